#include "certificate_words.hpp"
#include "tls_session.hpp"
#include "tls_transport.hpp"

#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>
#include <cipherlane/net/tls.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace cipherlane::net {
namespace {

struct release_context {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using owned_context = std::unique_ptr<SSL_CTX, release_context>;

error bad(std::string_view field) {
    ERR_clear_error();
    return error(net_errc::bad_setting, layer::net).during("tls settings").in_field(field);
}

error bad_file(std::string_view field, const std::string& path, std::string_view expected) {
    return bad(field).at_endpoint(path).with_hint(expected);
}

constexpr std::string_view certificates = "expected a file of certificates in PEM";

/// A key that wants a pass phrase is a fault of the settings: nobody sits at the till's terminal to type one.
int no_pass_phrase(char* /*into*/, int /*size*/, int /*writing*/, void* /*data*/) {
    return 0;
}

/// From a file that is for us alone, as every key is; read once, so that what was judged is what is used.
result<void> use_key_file(SSL_CTX* context, const std::string& path) {
    constexpr std::size_t longest = 64 * 1024;
    auto file = secret_file::open(path);
    if (!file) return error(file.error()).in_field("key_file");
    CIPHERLANE_TRY(const auto text, file->read(longest));
    struct release {
        void operator()(BIO* source) const noexcept { BIO_free(source); }
        void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    };
    const std::unique_ptr<BIO, release> source(BIO_new_mem_buf(text.expose().data(), static_cast<int>(text.size())));
    const std::unique_ptr<EVP_PKEY, release> key(
        source ? PEM_read_bio_PrivateKey(source.get(), nullptr, no_pass_phrase, nullptr) : nullptr);
    // Fails too when the key does not belong to the certificate.
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
        return bad_file("key_file", path, "expected the certificate's own key in PEM, without a pass phrase");
    return {};
}

bool holds_revocations(X509_STORE* store) {
    const auto* objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, i)) == X509_LU_CRL) return true;
    }
    return false;
}

/// Revocation lists, from a file of their own or beside the authorities: where there is one, every certificate of a
/// chain is looked up, and one whose issuer gave no list is refused.
result<void> check_revocations(SSL_CTX* context, const std::string& crl_file) {
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    if (!crl_file.empty()) {
        X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
        if (lookup == nullptr || X509_load_crl_file(lookup, crl_file.c_str(), X509_FILETYPE_PEM) <= 0) {
            return bad_file("crl_file", crl_file, "expected a file of revocation lists in PEM");
        }
    }
    if (holds_revocations(store)) X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return {};
}

result<owned_context> make_context(const tls_settings& settings) {
    owned_context context(SSL_CTX_new(TLS_client_method()));
    if (!context) return error(net_errc::system_fault, layer::net).during("tls");
    const bool only_13 = settings.least == tls_settings::version::tls_1_3;
    SSL_CTX_set_min_proto_version(context.get(), only_13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (settings.ca_file.empty()) {
        if (SSL_CTX_set_default_verify_paths(context.get()) != 1) return bad("ca_file");
    } else if (SSL_CTX_load_verify_file(context.get(), settings.ca_file.c_str()) != 1) {
        return bad_file("ca_file", settings.ca_file, certificates);
    }
    CIPHERLANE_CHECK(check_revocations(context.get(), settings.crl_file));
    if (settings.certificate_file.empty()) return context;
    if (SSL_CTX_use_certificate_chain_file(context.get(), settings.certificate_file.c_str()) != 1) {
        return bad_file("certificate_file", settings.certificate_file, certificates);
    }
    CIPHERLANE_CHECK(use_key_file(context.get(), settings.key_file));
    return context;
}

void warn_of_expiry(const X509* certificate, std::chrono::hours before, const logger& log, const std::string& whose) {
    int days = 0;
    int seconds = 0;
    if (certificate == nullptr || ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) != 1)
        return;
    const std::chrono::seconds left = std::chrono::hours{24} * days + std::chrono::seconds{seconds};
    if (left > before) return;
    log.warning("tls", "the certificate of " + whose + " " + expiry_words(left));
}

/// The handshake with the session that it sets up.
class secured_exchange final : public exchange<std::unique_ptr<tls_session>> {
  public:
    explicit secured_exchange(std::unique_ptr<tls_session> session)
        : session_(std::move(session))
        , handshake_(*session_) {}
    [[nodiscard]] action resume(const event& what) override { return handshake_.resume(what); }
    [[nodiscard]] result<std::unique_ptr<tls_session>> take() override {
        CIPHERLANE_CHECK(handshake_.take());
        return std::move(session_);
    }

  private:
    std::unique_ptr<tls_session> session_;
    tls_handshake handshake_;
};

} // namespace

class tls_client::body {
  public:
    body(owned_context context, tls_settings settings, logger log)
        : context_(std::move(context))
        , settings_(std::move(settings))
        , log_(std::move(log)) {}

    [[nodiscard]] result<std::unique_ptr<secured_exchange>> begin(const std::string& host) const {
        CIPHERLANE_TRY(auto session,
            tls_session::create(context_.get(), settings_.peer_name.empty() ? host : settings_.peer_name));
        return std::make_unique<secured_exchange>(std::move(session));
    }

    [[nodiscard]] result<std::unique_ptr<transport>> finish(
        result<std::unique_ptr<tls_session>> outcome, std::unique_ptr<transport> link) const {
        if (!outcome) return outcome.error().at_endpoint(link->endpoint());
        warn_of_expiry(
            (*outcome)->peer_certificate(), settings_.warn_before_expiry, log_, std::string(link->endpoint()));
        return make_tls_transport(std::move(link), std::move(*outcome));
    }

    void warn_of_our_own() const {
        warn_of_expiry(SSL_CTX_get0_certificate(context_.get()), settings_.warn_before_expiry, log_, "this client");
    }

  private:
    owned_context context_;
    tls_settings settings_;
    logger log_;
};

result<void> tls_settings::validate() const {
    if (certificate_file.empty() != key_file.empty()) return bad(key_file.empty() ? "key_file" : "certificate_file");
    if (warn_before_expiry.count() < 0) return bad("warn_before_expiry");
    return {};
}

tls_client::tls_client(std::shared_ptr<const body> inner)
    : body_(std::move(inner)) {}
tls_client::~tls_client() = default;

result<std::shared_ptr<tls_client>> tls_client::create(const tls_settings& settings, logger log) {
    CIPHERLANE_CHECK(settings.validate());
    CIPHERLANE_TRY(auto context, make_context(settings));
    auto inner = std::make_shared<const body>(std::move(context), settings, std::move(log));
    inner->warn_of_our_own();
    return std::shared_ptr<tls_client>(new tls_client(std::move(inner)));
}

result<std::unique_ptr<transport>> tls_client::secure(
    std::unique_ptr<transport> link, const std::string& host, const call& bounds) const {
    CIPHERLANE_TRY(const auto handshake, body_->begin(host));
    auto outcome = run(*handshake, *link, bounds);
    return body_->finish(std::move(outcome), std::move(link));
}

void tls_client::async_secure(std::unique_ptr<transport> link, std::string host, call bounds,
    completion<std::unique_ptr<transport>> done) const {
    auto begun = body_->begin(host);
    if (!begun) {
        const auto executor = link->get_executor();
        return post_completion<std::unique_ptr<transport>>(executor, std::move(done), begun.error());
    }
    auto handshake = *std::move(begun);
    transport& over = *link;
    auto slot = boost::asio::get_associated_cancellation_slot(done);
    async_run(std::move(handshake), over, bounds,
        boost::asio::bind_executor(over.get_executor(),
            boost::asio::bind_cancellation_slot(slot, [inner = body_, kept = std::move(link), end = std::move(done)](
                                                          result<std::unique_ptr<tls_session>> outcome) mutable {
                const auto executor = kept->get_executor();
                post_completion<std::unique_ptr<transport>>(
                    executor, std::move(end), inner->finish(std::move(outcome), std::move(kept)));
            })));
}

result<std::unique_ptr<transport>> connect_tls(
    boost::asio::any_io_executor on, const tcp_settings& settings, const tls_client& client, const call& bounds) {
    CIPHERLANE_TRY(auto link, connect_tcp(std::move(on), settings, bounds));
    return client.secure(std::move(link), settings.host, bounds);
}

void async_connect_tls(boost::asio::any_io_executor on, tcp_settings settings,
    std::shared_ptr<const tls_client> client, call bounds, completion<std::unique_ptr<transport>> done) {
    const auto limits = bounds.no_later_than(settings.connect_timeout);
    const auto host = settings.host;
    auto slot = boost::asio::get_associated_cancellation_slot(done);
    async_connect_tcp(on, std::move(settings), limits,
        boost::asio::bind_executor(on, boost::asio::bind_cancellation_slot(
                                           slot, [on, host, limits, with = std::move(client), end = std::move(done)](
                                                     result<std::unique_ptr<transport>> link) mutable {
                                               if (!link) return post_completion(on, std::move(end), std::move(link));
                                               with->async_secure(*std::move(link), host, limits, std::move(end));
                                           })));
}

} // namespace cipherlane::net
