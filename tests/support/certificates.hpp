#pragma once

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <sys/stat.h>

namespace cipherlane::tests {

template <auto Release>
struct releaser {
    template <class T>
    void operator()(T* owned) const noexcept {
        Release(owned);
    }
};
using owned_key = std::unique_ptr<EVP_PKEY, releaser<EVP_PKEY_free>>;
using owned_certificate = std::unique_ptr<X509, releaser<X509_free>>;
using owned_context = std::unique_ptr<SSL_CTX, releaser<SSL_CTX_free>>;

/// A certificate with its key.
struct identity {
    owned_key key;
    owned_certificate certificate;
};

struct certificate_request {
    const char* common_name = "test";
    const char* names = nullptr; ///< subject alternative names
    long valid_from = -3600;     ///< seconds from now
    long valid_to = 365L * 24 * 3600;
    enum class role { authority, end } what = role::end;
};

inline void extend(X509* certificate, X509* issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    ASSERT_NE(extension, nullptr) << value;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// `issuer` null: self-signed.
inline identity issue(const certificate_request& wanted, const identity* issuer) {
    static long serial = 1;
    identity made{owned_key(EVP_EC_gen("P-256")), owned_certificate(X509_new())};
    X509* certificate = made.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.valid_to);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>(wanted.common_name), -1, -1, 0);
    X509* above = issuer != nullptr ? issuer->certificate.get() : certificate;
    X509_set_issuer_name(certificate, X509_get_subject_name(above));
    const bool authority = wanted.what == certificate_request::role::authority;
    extend(certificate, above, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (wanted.names != nullptr) extend(certificate, above, NID_subject_alt_name, wanted.names);
    X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256());
    return made;
}

using owned_revocations = std::unique_ptr<X509_CRL, releaser<X509_CRL_free>>;

/// The list by which `issuer` revokes a certificate of its own.
inline owned_revocations revoke(const identity& issuer, const identity& victim) {
    owned_revocations list(X509_CRL_new());
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get()));
    const std::unique_ptr<ASN1_TIME, releaser<ASN1_TIME_free>> from(
        ASN1_TIME_adj(nullptr, ::time(nullptr), 0, -3600));
    const std::unique_ptr<ASN1_TIME, releaser<ASN1_TIME_free>> to(ASN1_TIME_adj(nullptr, ::time(nullptr), 1, 0));
    X509_CRL_set1_lastUpdate(list.get(), from.get());
    X509_CRL_set1_nextUpdate(list.get(), to.get());
    X509_REVOKED* entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(victim.certificate.get()));
    X509_REVOKED_set_revocationDate(entry, from.get());
    X509_CRL_add0_revoked(list.get(), entry);
    X509_CRL_sort(list.get());
    X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256());
    return list;
}

/// PEM files in a folder that goes away with the object.
class pem_folder {
  public:
    [[nodiscard]] std::string certificate(const char* name, const identity& of) const {
        const auto path = folder_.file(name);
        FILE* file = std::fopen(path.c_str(), "w");
        PEM_write_X509(file, of.certificate.get());
        std::fclose(file);
        return path;
    }
    /// @param pass_phrase none: the key is not encrypted.
    [[nodiscard]] std::string key(const char* name, const identity& of, const char* pass_phrase = nullptr) const {
        const auto path = folder_.file(name);
        FILE* file = std::fopen(path.c_str(), "w");
        ::fchmod(::fileno(file), S_IRUSR | S_IWUSR); // as a key's file must be
        const auto* cipher = pass_phrase != nullptr ? EVP_aes_128_cbc() : nullptr;
        PEM_write_PrivateKey(file, of.key.get(), cipher, nullptr, 0, nullptr, const_cast<char*>(pass_phrase));
        std::fclose(file);
        return path;
    }
    [[nodiscard]] std::string revocations(const char* name, const owned_revocations& list) const {
        const auto path = folder_.file(name);
        FILE* file = std::fopen(path.c_str(), "a");
        PEM_write_X509_CRL(file, list.get());
        std::fclose(file);
        return path;
    }

  private:
    temporary_folder folder_;
};

} // namespace cipherlane::tests
