#include "gateway/der_text.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <ctime>

namespace cipherlane::hostlink {
namespace {

template <auto Free>
struct freed {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using x509_ptr = std::unique_ptr<X509, freed<X509_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freed<BN_free>>;
using store_ptr = std::unique_ptr<X509_STORE, freed<X509_STORE_free>>;
using store_context = std::unique_ptr<X509_STORE_CTX, freed<X509_STORE_CTX_free>>;

void free_list(STACK_OF(X509) * list) noexcept {
    sk_X509_free(list);
}

error no_certificate() {
    return error(hostlink_errc::bad_key, layer::hostlink).during("certificate");
}

x509_ptr from_der(byte_view der) {
    const auto* at = der.data();
    x509_ptr made(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (at != der.data() + der.size()) made.reset();
    return made;
}

std::string owned_text(char* text) {
    std::string copy(text != nullptr ? text : "");
    OPENSSL_free(text);
    return copy;
}

std::string value_of(const X509_NAME_ENTRY* entry) {
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
    if (size < 0) return {};
    std::string value(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return value;
}

std::string common_name_in(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    return at < 0 ? std::string() : value_of(X509_NAME_get_entry(name, at));
}

std::chrono::system_clock::time_point moment(const ASN1_TIME* when) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(when, &parts) != 1) return {};
    constexpr std::time_t last = 7'258'118'400; // the year 2200: more than the clock's finer unit need hold
    return std::chrono::system_clock::from_time_t(std::clamp<std::time_t>(::timegm(&parts), -last, last));
}

} // namespace

struct certificate::state {
    x509_ptr x509;
};

certificate::certificate(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
certificate::certificate(certificate&&) noexcept = default;
certificate& certificate::operator=(certificate&&) noexcept = default;
certificate::~certificate() = default;

result<certificate> certificate::create(std::string_view text) {
    CIPHERLANE_TRY(const auto der, der_of_text(text));
    auto x509 = from_der(der);
    if (!x509) return no_certificate();
    return certificate(std::make_unique<state>(state{std::move(x509)}));
}

result<std::vector<certificate>> certificate::create_all(std::string_view pem) {
    std::vector<certificate> all;
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    for (auto at = pem.find("-----BEGIN CERTIFICATE-----"); at != std::string_view::npos;
         at = pem.find("-----BEGIN CERTIFICATE-----", at + 1)) {
        const auto stop = pem.find(end, at);
        if (stop == std::string_view::npos) return no_certificate();
        CIPHERLANE_TRY(auto one, create(pem.substr(at, stop + end.size() - at)));
        all.push_back(std::move(one));
    }
    if (all.empty()) return no_certificate();
    return all;
}

std::string certificate::serial_hex() const {
    const number_ptr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(state_->x509.get()), nullptr));
    return owned_text(BN_bn2hex(number.get()));
}

std::string certificate::serial_decimal() const {
    const number_ptr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(state_->x509.get()), nullptr));
    return owned_text(BN_bn2dec(number.get()));
}

std::string certificate::issuer_reversed() const {
    const auto* name = X509_get_issuer_name(state_->x509.get());
    std::string text;
    for (int i = X509_NAME_entry_count(name); i-- > 0;) {
        const auto* entry = X509_NAME_get_entry(name, i);
        if (!text.empty()) text += ',';
        text += OBJ_nid2sn(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)));
        text += '=' + value_of(entry);
    }
    return text;
}

std::string certificate::common_name() const {
    return common_name_in(X509_get_subject_name(state_->x509.get()));
}

std::string certificate::issuer_common_name() const {
    return common_name_in(X509_get_issuer_name(state_->x509.get()));
}

bool certificate::is_self_issued() const {
    const auto* const one = state_->x509.get();
    return X509_NAME_cmp(X509_get_subject_name(one), X509_get_issuer_name(one)) == 0;
}

std::chrono::system_clock::time_point certificate::begins() const {
    return moment(X509_get0_notBefore(state_->x509.get()));
}

std::chrono::system_clock::time_point certificate::ends() const {
    return moment(X509_get0_notAfter(state_->x509.get()));
}

bool certificate::is_signed_with_rsa() const {
    char oid[64] = {};
    const auto* how = X509_get0_tbs_sigalg(state_->x509.get());
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, how);
    OBJ_obj2txt(oid, sizeof oid, object, 1);
    return std::string_view(oid).starts_with("1.2.840.113549.1.1");
}

bytes certificate::public_der() const {
    unsigned char* data = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(state_->x509.get()), &data);
    if (size <= 0) return {};
    bytes der(data, data + size);
    OPENSSL_free(data);
    return der;
}

bool certificate::leads_to(const std::vector<certificate>& roots, const std::vector<certificate>& between,
    std::chrono::system_clock::time_point when) const {
    return leads(roots, between, &when);
}

bool certificate::leads_to(const std::vector<certificate>& roots, const std::vector<certificate>& between) const {
    return leads(roots, between, nullptr);
}

bool certificate::leads(const std::vector<certificate>& roots, const std::vector<certificate>& between,
    const std::chrono::system_clock::time_point* when) const {
    const store_ptr trusted(X509_STORE_new());
    const store_context judged(X509_STORE_CTX_new());
    const std::unique_ptr<STACK_OF(X509), freed<free_list>> middle(sk_X509_new_null());
    if (!trusted || !judged || !middle) return false;
    for (const auto& one : roots)
        if (X509_STORE_add_cert(trusted.get(), one.state_->x509.get()) != 1) return false;
    for (const auto& one : between)
        if (sk_X509_push(middle.get(), one.state_->x509.get()) <= 0) return false;
    if (X509_STORE_CTX_init(judged.get(), trusted.get(), state_->x509.get(), middle.get()) != 1) return false;
    if (when != nullptr) {
        X509_STORE_CTX_set_time(judged.get(), 0, std::chrono::system_clock::to_time_t(*when));
    } else {
        X509_STORE_CTX_set_flags(judged.get(), X509_V_FLAG_NO_CHECK_TIME);
    }
    return X509_verify_cert(judged.get()) == 1;
}

result<bytes> public_der_of(std::string_view text) {
    CIPHERLANE_TRY(auto der, der_of_text(text));
    if (const auto x509 = from_der(der)) {
        unsigned char* data = nullptr;
        const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509.get()), &data);
        if (size <= 0) return no_certificate();
        der.assign(data, data + size);
        OPENSSL_free(data);
    }
    return der;
}

} // namespace cipherlane::hostlink
