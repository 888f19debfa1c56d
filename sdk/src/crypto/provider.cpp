#include "provider.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <array>

namespace cipherlane::crypto {
namespace {

/// 3.0.8 is the oldest version whose locking and MAC re-initialisation are known to be right.
constexpr unsigned long oldest_openssl = 0x30000080UL;

struct cipher_row {
    algorithm cipher;
    cipher_mode mode;
    std::size_t key_size;
    const char* name;
};

constexpr std::array cipher_rows{
    cipher_row{algorithm::tdes, cipher_mode::ecb, 16, "DES-EDE-ECB"},
    cipher_row{algorithm::tdes, cipher_mode::cbc, 16, "DES-EDE-CBC"},
    cipher_row{algorithm::tdes, cipher_mode::cfb, 16, "DES-EDE-CFB"},
    cipher_row{algorithm::tdes, cipher_mode::ofb, 16, "DES-EDE-OFB"},
    cipher_row{algorithm::tdes, cipher_mode::ecb, 24, "DES-EDE3-ECB"},
    cipher_row{algorithm::tdes, cipher_mode::cbc, 24, "DES-EDE3-CBC"},
    cipher_row{algorithm::tdes, cipher_mode::cfb, 24, "DES-EDE3-CFB"},
    cipher_row{algorithm::tdes, cipher_mode::ofb, 24, "DES-EDE3-OFB"},
    cipher_row{algorithm::aes, cipher_mode::ecb, 16, "AES-128-ECB"},
    cipher_row{algorithm::aes, cipher_mode::cbc, 16, "AES-128-CBC"},
    cipher_row{algorithm::aes, cipher_mode::cfb, 16, "AES-128-CFB"},
    cipher_row{algorithm::aes, cipher_mode::ofb, 16, "AES-128-OFB"},
    cipher_row{algorithm::aes, cipher_mode::ctr, 16, "AES-128-CTR"},
    cipher_row{algorithm::aes, cipher_mode::gcm, 16, "AES-128-GCM"},
    cipher_row{algorithm::aes, cipher_mode::ecb, 24, "AES-192-ECB"},
    cipher_row{algorithm::aes, cipher_mode::cbc, 24, "AES-192-CBC"},
    cipher_row{algorithm::aes, cipher_mode::cfb, 24, "AES-192-CFB"},
    cipher_row{algorithm::aes, cipher_mode::ofb, 24, "AES-192-OFB"},
    cipher_row{algorithm::aes, cipher_mode::ctr, 24, "AES-192-CTR"},
    cipher_row{algorithm::aes, cipher_mode::gcm, 24, "AES-192-GCM"},
    cipher_row{algorithm::aes, cipher_mode::ecb, 32, "AES-256-ECB"},
    cipher_row{algorithm::aes, cipher_mode::cbc, 32, "AES-256-CBC"},
    cipher_row{algorithm::aes, cipher_mode::cfb, 32, "AES-256-CFB"},
    cipher_row{algorithm::aes, cipher_mode::ofb, 32, "AES-256-OFB"},
    cipher_row{algorithm::aes, cipher_mode::ctr, 32, "AES-256-CTR"},
    cipher_row{algorithm::aes, cipher_mode::gcm, 32, "AES-256-GCM"},
    cipher_row{algorithm::sm4, cipher_mode::ecb, 16, "SM4-ECB"},
    cipher_row{algorithm::sm4, cipher_mode::cbc, 16, "SM4-CBC"},
    cipher_row{algorithm::sm4, cipher_mode::cfb, 16, "SM4-CFB"},
    cipher_row{algorithm::sm4, cipher_mode::ofb, 16, "SM4-OFB"},
    cipher_row{algorithm::sm4, cipher_mode::ctr, 16, "SM4-CTR"},
};

constexpr std::array digest_names{"SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SM3"};

/// Never freed: keys in static storage may outlive any order of destruction.
struct fetched {
    std::array<EVP_CIPHER*, cipher_rows.size()> ciphers{};
    std::array<EVP_MD*, digest_names.size()> digests{};
    EVP_MAC* cmac = nullptr;
    EVP_MAC* hmac = nullptr;

    fetched() noexcept {
        if (OpenSSL_version_num() < oldest_openssl) return;
        for (std::size_t i = 0; i < cipher_rows.size(); ++i) {
            ciphers[i] = EVP_CIPHER_fetch(nullptr, cipher_rows[i].name, nullptr);
        }
        for (std::size_t i = 0; i < digest_names.size(); ++i) {
            digests[i] = EVP_MD_fetch(nullptr, digest_names[i], nullptr);
        }
        cmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_CMAC, nullptr);
        hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    }
};

const fetched& all() noexcept {
    static const fetched instance;
    return instance;
}

const cipher_row* find_row(algorithm cipher, cipher_mode mode, std::size_t key_size) noexcept {
    for (const auto& row : cipher_rows) {
        if (row.cipher == cipher && row.mode == mode && row.key_size == key_size) return &row;
    }
    return nullptr;
}

} // namespace

const EVP_CIPHER* fetched_cipher(algorithm cipher, cipher_mode mode, std::size_t key_size) noexcept {
    const auto* row = find_row(cipher, mode, key_size);
    return row == nullptr ? nullptr : all().ciphers[static_cast<std::size_t>(row - cipher_rows.data())];
}

const char* cipher_name(algorithm cipher, cipher_mode mode, std::size_t key_size) noexcept {
    const auto* row = find_row(cipher, mode, key_size);
    return row == nullptr ? nullptr : row->name;
}

const EVP_MD* fetched_digest(digest_algorithm hash) noexcept {
    return all().digests[static_cast<std::size_t>(hash)];
}

const char* digest_name(digest_algorithm hash) noexcept {
    return digest_names[static_cast<std::size_t>(hash)];
}

EVP_MAC* fetched_cmac() noexcept {
    return all().cmac;
}

EVP_MAC* fetched_hmac() noexcept {
    return all().hmac;
}

cipher_context keyed_context(const EVP_CIPHER* cipher, direction way, const std::uint8_t* key) noexcept {
    if (cipher == nullptr) return nullptr;
    cipher_context made(EVP_CIPHER_CTX_new());
    if (!made || EVP_CipherInit_ex2(made.get(), cipher, key, nullptr, static_cast<int>(way), nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(made.get(), 0) != 1) {
        return nullptr;
    }
    return made;
}

} // namespace cipherlane::crypto
