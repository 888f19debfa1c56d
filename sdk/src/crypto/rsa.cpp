#include "pem_text.hpp"
#include "provider.hpp"

#include <cipherlane/crypto/rsa.hpp>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace cipherlane::crypto {
namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;

constexpr int shortest_modulus = 2048;
constexpr unsigned longest_generated = 4096;

result<key_ptr> judge(key_ptr key) {
    if (!key) return crypto_error(crypto_errc::bad_key_encoding, "RSA key");
    if (EVP_PKEY_is_a(key.get(), "RSA") != 1 || EVP_PKEY_get_bits(key.get()) < shortest_modulus) {
        return crypto_error(crypto_errc::bad_key_length, "RSA key");
    }
    return key;
}

bool use_sha256(EVP_MD_CTX* context, EVP_PKEY* key, bool verify) {
    const char* name = digest_name(digest_algorithm::sha256);
    EVP_PKEY_CTX* inner = nullptr; // belongs to `context`
    const int begun = verify ? EVP_DigestVerifyInit_ex(context, &inner, name, nullptr, nullptr, key, nullptr)
                             : EVP_DigestSignInit_ex(context, &inner, name, nullptr, nullptr, key, nullptr);
    return begun == 1 && EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PADDING) == 1;
}

} // namespace

struct rsa_public_key::state {
    key_ptr key;
};
struct rsa_private_key::state {
    key_ptr key;
};

rsa_public_key::rsa_public_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
rsa_public_key::rsa_public_key(rsa_public_key&&) noexcept = default;
rsa_public_key& rsa_public_key::operator=(rsa_public_key&&) noexcept = default;
rsa_public_key::~rsa_public_key() = default;

result<rsa_public_key> rsa_public_key::from_pem(std::string_view pem) {
    key_ptr key(PEM_read_bio_PUBKEY(pem_reader(pem).get(), nullptr, no_passphrase, nullptr));
    if (!key) {
        const certificate_ptr certificate(PEM_read_bio_X509(pem_reader(pem).get(), nullptr, no_passphrase, nullptr));
        if (certificate) key.reset(X509_get_pubkey(certificate.get()));
    }
    CIPHERLANE_TRY(auto judged, judge(std::move(key)));
    return rsa_public_key(std::make_unique<state>(state{std::move(judged)}));
}

result<rsa_public_key> rsa_public_key::from_der(byte_view der) {
    const auto* at = der.data();
    key_ptr key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    if (at != der.data() + der.size()) key.reset();
    CIPHERLANE_TRY(auto judged, judge(std::move(key)));
    return rsa_public_key(std::make_unique<state>(state{std::move(judged)}));
}

result<void> rsa_public_key::verify_sha256(byte_view data, byte_view signature) const {
    const digest_context context(EVP_MD_CTX_new());
    if (!context || !use_sha256(context.get(), state_->key.get(), true)) {
        return crypto_error(crypto_errc::library_failed, "RSA verify");
    }
    if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) != 1) {
        return crypto_error(crypto_errc::verification_failed, "RSA verify");
    }
    return {};
}

result<bytes> rsa_public_key::digest_in(byte_view signature) const {
    const key_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
    if (!context || EVP_PKEY_verify_recover_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) {
        return crypto_error(crypto_errc::library_failed, "RSA verify");
    }
    bytes info(static_cast<std::size_t>(EVP_PKEY_get_size(state_->key.get())));
    std::size_t size = info.size();
    if (EVP_PKEY_verify_recover(context.get(), info.data(), &size, signature.data(), signature.size()) != 1)
        return crypto_error(crypto_errc::verification_failed, "RSA verify");
    info.resize(size);
    return info;
}

rsa_private_key::rsa_private_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
rsa_private_key::rsa_private_key(rsa_private_key&&) noexcept = default;
rsa_private_key& rsa_private_key::operator=(rsa_private_key&&) noexcept = default;
rsa_private_key::~rsa_private_key() = default;

result<rsa_private_key> rsa_private_key::from_pem(std::string_view pem) {
    key_ptr key(PEM_read_bio_PrivateKey(pem_reader(pem).get(), nullptr, no_passphrase, nullptr));
    CIPHERLANE_TRY(auto judged, judge(std::move(key)));
    return rsa_private_key(std::make_unique<state>(state{std::move(judged)}));
}

result<rsa_private_key> rsa_private_key::from_der(byte_view der) {
    const auto* at = der.data();
    key_ptr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
    if (at != der.data() + der.size()) key.reset();
    CIPHERLANE_TRY(auto judged, judge(std::move(key)));
    return rsa_private_key(std::make_unique<state>(state{std::move(judged)}));
}

result<rsa_private_key> rsa_private_key::generate(unsigned bits) {
    if (bits < shortest_modulus || bits > longest_generated) {
        return crypto_error(crypto_errc::bad_key_length, "RSA generate");
    }
    key_ptr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
    if (!key) return crypto_error(crypto_errc::library_failed, "RSA generate");
    return rsa_private_key(std::make_unique<state>(state{std::move(key)}));
}

result<bytes> rsa_private_key::public_der() const {
    std::uint8_t* data = nullptr;
    const int size = i2d_PUBKEY(state_->key.get(), &data);
    if (size <= 0) return crypto_error(crypto_errc::library_failed, "RSA key");
    bytes der(data, data + size);
    OPENSSL_free(data);
    return der;
}

result<bytes> rsa_private_key::sign_sha256(byte_view data) const {
    const digest_context context(EVP_MD_CTX_new());
    std::size_t size = 0;
    if (!context || !use_sha256(context.get(), state_->key.get(), false) ||
        EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "RSA sign");
    }
    bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "RSA sign");
    }
    signature.resize(size);
    return signature;
}

} // namespace cipherlane::crypto
