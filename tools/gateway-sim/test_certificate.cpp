#include "gateway-sim/test_certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace cipherlane::sim {
namespace {

using bio_ptr = std::unique_ptr<BIO, decltype(&::BIO_free)>;
using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
using certificate_ptr = std::unique_ptr<X509, decltype(&::X509_free)>;

bio_ptr reading(std::string_view text) {
    return {::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &::BIO_free};
}

key_ptr key_in(std::string_view pem) {
    return {::PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, nullptr, nullptr), &::EVP_PKEY_free};
}

bool mark_as_authority(X509* made) {
    const std::unique_ptr<X509_EXTENSION, decltype(&::X509_EXTENSION_free)> mark(
        ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE"), &::X509_EXTENSION_free);
    return mark != nullptr && ::X509_add_ext(made, mark.get(), -1) == 1;
}

} // namespace

std::string make_test_certificate(std::string_view key_pem, const std::string& common_name, long serial,
    std::string_view issuer_certificate, std::string_view issuer_key, std::chrono::seconds until,
    certificate_use use) {
    const bool is_root = issuer_certificate.empty();
    const bool issues = is_root || use == certificate_use::issues_others;
    const auto key = key_in(key_pem);
    const auto signer = key_in(is_root ? key_pem : issuer_key);
    const certificate_ptr issuer(
        is_root ? nullptr : ::PEM_read_bio_X509(reading(issuer_certificate).get(), nullptr, nullptr, nullptr),
        &::X509_free);
    const certificate_ptr made(::X509_new(), &::X509_free);
    const bio_ptr out(::BIO_new(::BIO_s_mem()), &::BIO_free);
    if (!key || !signer || !made || !out || (!is_root && !issuer)) return {};
    constexpr long year = 365L * 24 * 3600;
    const auto ends = static_cast<long>(until.count());
    const long begins = ends < 0 ? ends - year : -3600;
    auto* name = ::X509_get_subject_name(made.get());
    const auto* common = reinterpret_cast<const unsigned char*>(common_name.c_str());
    const bool whole =
        ::X509_set_version(made.get(), 2) == 1 &&
        ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), serial) == 1 &&
        ::X509_gmtime_adj(X509_getm_notBefore(made.get()), begins) != nullptr &&
        ::X509_gmtime_adj(X509_getm_notAfter(made.get()), ends) != nullptr &&
        ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1, 0) == 1 &&
        ::X509_set_issuer_name(made.get(), is_root ? name : ::X509_get_subject_name(issuer.get())) == 1 &&
        ::X509_set_pubkey(made.get(), key.get()) == 1 && (!issues || mark_as_authority(made.get())) &&
        ::X509_sign(made.get(), signer.get(), ::EVP_sha256()) > 0 && ::PEM_write_bio_X509(out.get(), made.get()) == 1;
    if (!whole) return {};
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace cipherlane::sim
