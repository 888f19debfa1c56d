#include "tls_session.hpp"

#include "certificate_words.hpp"

#include <cipherlane/net/errc.hpp>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>

namespace cipherlane::net {
namespace {

net_errc certificate_fault(long verdict) {
    switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return net_errc::certificate_expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return net_errc::certificate_not_yet_valid;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return net_errc::certificate_self_signed;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return net_errc::certificate_untrusted;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return net_errc::certificate_wrong_name;
    case X509_V_ERR_CERT_REVOKED: return net_errc::certificate_revoked;
    default: return net_errc::certificate_invalid;
    }
}

/// Alerts by which a peer says that it does not like who we are.
bool refuses_us(unsigned long code) {
    switch (ERR_GET_REASON(code)) {
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return true;
    default: return false;
    }
}

/// Before TLS 1.3 a peer that asked for a certificate and got none says no more than that the handshake failed.
bool misses_ours(const SSL* ssl, unsigned long code) {
    return ERR_GET_REASON(code) == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && SSL_get0_peer_CA_list(ssl) != nullptr &&
           SSL_get_certificate(ssl) == nullptr;
}

int clamped(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

} // namespace

tls_session::tls_session(SSL_CTX* context)
    : ssl_(SSL_new(context))
    , from_wire_(BIO_new(BIO_s_mem()))
    , to_wire_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(ssl_.get(), from_wire_, to_wire_);
    SSL_set_connect_state(ssl_.get());
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), look_at);
}

/// OpenSSL forgets a certificate that it refuses, and with it the names that people need to see.
int tls_session::look_at(int good, X509_STORE_CTX* chain) {
    if (good != 0 || certificate_fault(X509_STORE_CTX_get_error(chain)) != net_errc::certificate_wrong_name)
        return good;
    const auto* ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    if (ssl != nullptr)
        static_cast<tls_session*>(SSL_get_app_data(ssl))->found_names_ = names_on(X509_STORE_CTX_get0_cert(chain));
    return good;
}

/// OpenSSL takes an empty name for "check none", and a name with a NUL in it for nothing at all.
bool tls_session::expect(const std::string& peer_name) {
    if (peer_name.empty() || peer_name.find('\0') != std::string::npos) return false;
    expected_name_ = peer_name;
    X509_VERIFY_PARAM* rules = SSL_get0_param(ssl_.get());
    // An address is checked as one; only a name goes into the server name indication.
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, peer_name.c_str()) == 1) return true;
    // The subject's common name says nothing that was checked when the certificate was issued.
    X509_VERIFY_PARAM_set_hostflags(
        rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(rules, peer_name.data(), peer_name.size()) == 1 &&
           SSL_set_tlsext_host_name(ssl_.get(), peer_name.c_str()) == 1;
}

result<std::unique_ptr<tls_session>> tls_session::create(SSL_CTX* context, const std::string& peer_name) {
    std::unique_ptr<tls_session> made(new tls_session(context));
    const bool checked = made->expect(peer_name);
    ERR_clear_error();
    if (!checked) return error(net_errc::bad_setting, layer::net).during("tls").in_field("peer_name");
    return made;
}

void tls_session::feed(byte_view data) {
    // A memory BIO takes all of it.
    if (!data.empty()) BIO_write(from_wire_, data.data(), clamped(data.size()));
}

byte_view tls_session::take_output() {
    output_.resize(BIO_ctrl_pending(to_wire_));
    if (!output_.empty()) BIO_read(to_wire_, output_.data(), clamped(output_.size()));
    return output_;
}

error tls_session::with_words(error&& why) const {
    if (why.code() == net_errc::certificate_wrong_name)
        return std::move(why).with_hint("expected " + expected_name_ + ", found " + found_names_);
    if (why.code() == net_errc::certificate_refused && SSL_get_certificate(ssl_.get()) == nullptr)
        return std::move(why).with_hint("it wants a certificate, and none was given");
    return std::move(why);
}

error tls_session::failure(int outcome, std::string_view doing) const {
    const int kind = SSL_get_error(ssl_.get(), outcome);
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (kind == SSL_ERROR_ZERO_RETURN) return error(net_errc::closed_by_peer, layer::net).during(doing);
    const long verdict = SSL_get_verify_result(ssl_.get());
    const bool ours = ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    if (ours && verdict != X509_V_OK) return with_words(error(certificate_fault(verdict), layer::net).during(doing));
    const bool refused = refuses_us(code) || misses_ours(ssl_.get(), code);
    return with_words(
        error(refused ? net_errc::certificate_refused : net_errc::tls_failed, layer::net).during(doing));
}

result<tls_session::progress> tls_session::handshake() {
    ERR_clear_error();
    const int outcome = SSL_do_handshake(ssl_.get());
    if (outcome == 1) return progress::done;
    if (SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_WANT_READ) return progress::needs_input;
    return failure(outcome, "handshake");
}

result<void> tls_session::encrypt(byte_view data) {
    ERR_clear_error();
    while (!data.empty()) {
        const int taken = SSL_write(ssl_.get(), data.data(), clamped(data.size()));
        if (taken <= 0) return failure(taken, "write");
        data = data.subspan(static_cast<std::size_t>(taken));
    }
    return {};
}

result<std::size_t> tls_session::decrypt(byte_span into) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into.data(), clamped(into.size()));
    if (got > 0) return static_cast<std::size_t>(got);
    if (SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ) return std::size_t{0};
    return failure(got, "read");
}

void tls_session::close_notify() {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

action tls_handshake::resume(const event& what) {
    switch (what.what) {
    case event::kind::started: return advance();
    case event::kind::received: session_.feed(what.bytes); return advance();
    case event::kind::sent: return ended_ ? action::done() : action::receive();
    case event::kind::expired: break;
    case event::kind::failed:
        if (!ended_) outcome_ = error(what.why).with_hint("in the TLS handshake: the peer may speak no TLS");
        break;
    }
    return action::done();
}

action tls_handshake::advance() {
    auto step = session_.handshake();
    if (!step) outcome_ = step.error();
    // An alert that says what we did not like goes out even when it is over.
    ended_ = !step || *step == tls_session::progress::done;
    const byte_view output = session_.take_output();
    if (!output.empty()) return action::send(output);
    return ended_ ? action::done() : action::receive();
}

} // namespace cipherlane::net
