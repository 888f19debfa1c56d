#include "gateway-sim/notification_signer.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <filesystem>
#include <memory>

namespace cipherlane::sim {
namespace {

constexpr std::size_t longest_key = 16'384; // characters of a PEM file

/// PKCS#8, a test key. Empty if the library fails.
std::string new_private_pem() {
    const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(EVP_RSA_gen(2048), &::EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), &::BIO_free);
    if (!key || !out) return {};
    if (::PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace

result<notification_signer> notification_signer::create() {
    CIPHERLANE_TRY(auto key, crypto::rsa_private_key::generate(2048));
    return of(std::move(key));
}

result<notification_signer> notification_signer::keep(const std::string& file) {
    std::error_code failed;
    if (!std::filesystem::exists(file, failed)) {
        const auto pem = new_private_pem();
        CIPHERLANE_CHECK(secret_file::create(file, as_bytes(pem)));
    }
    CIPHERLANE_TRY(auto there, secret_file::open(file));
    CIPHERLANE_TRY(const auto pem, there.read(longest_key));
    CIPHERLANE_TRY(auto key, crypto::rsa_private_key::from_pem(as_text(pem.expose())));
    return of(std::move(key));
}

result<notification_signer> notification_signer::of(crypto::rsa_private_key key) {
    CIPHERLANE_TRY(const auto der, key.public_der());
    notification_signer made(std::move(key));
    const std::string text = to_base64(der);
    made.public_pem_ = "-----BEGIN PUBLIC KEY-----\n";
    for (std::size_t at = 0; at < text.size(); at += 64)
        made.public_pem_ += text.substr(at, 64) + "\n";
    made.public_pem_ += "-----END PUBLIC KEY-----\n";
    return made;
}

result<std::string> notification_signer::sign(
    std::string_view timestamp, std::string_view nonce, std::string_view body) const {
    std::string text;
    for (const auto part : {timestamp, nonce, body})
        text.append(part).append("\n");
    return sign_text(text);
}

result<std::string> notification_signer::sign_text(std::string_view text) const {
    CIPHERLANE_TRY(const auto signature, key_.sign_sha256(as_bytes(text)));
    return to_base64(signature);
}

} // namespace cipherlane::sim
