#include "key_access.hpp"

#include <cipherlane/crypto/key_block_keys.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::uint8_t encryption_variant = 0x45;     // 'E'
constexpr std::uint8_t authentication_variant = 0x4D; // 'M'
constexpr std::uint8_t encryption_usage = 0;
constexpr std::uint8_t authentication_usage = 1;

secret_bytes variant(byte_view protection, std::uint8_t mask) {
    secret_bytes made(protection);
    for (auto& byte : made.expose())
        byte ^= mask;
    return made;
}

/// The algorithm indicator of the derivation data: TDES with two and three keys, AES-128, -192, -256.
std::uint8_t indicator_of(algorithm cipher, std::size_t key_size) noexcept {
    if (cipher == algorithm::tdes) return key_size == 16 ? 0 : 1;
    return static_cast<std::uint8_t>(key_size / 8);
}

result<secret_bytes> derive(algorithm cipher, byte_view protection, std::uint8_t usage) {
    const std::size_t block = block_size_of(cipher);
    const std::size_t bits = 8 * protection.size();
    const auto context = keyed_cmac(cipher, protection);
    if (!context) return crypto_error(crypto_errc::unsupported_algorithm, "key block");
    secret_bytes made(protection.size());
    std::uint8_t counter = 1;
    for (std::size_t at = 0; at < made.size(); at += block, ++counter) {
        const std::uint8_t data[] = {counter, 0, usage, 0, 0, indicator_of(cipher, protection.size()),
            static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
        std::array<std::uint8_t, 16> part;
        std::size_t size = 0;
        const bool done = EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1 &&
                          EVP_MAC_update(context.get(), data, sizeof data) == 1 &&
                          EVP_MAC_final(context.get(), part.data(), &size, part.size()) == 1;
        if (!done) return crypto_error(crypto_errc::library_failed, "key block");
        std::copy_n(
            part.begin(), std::min(block, made.size() - at), made.expose().begin() + static_cast<std::ptrdiff_t>(at));
        wipe(part);
    }
    return made;
}

} // namespace

result<key_block_keys> derive_key_block_keys(key_block_version version, algorithm cipher, byte_view protection) {
    if (!key_size_fits(cipher, protection.size())) return crypto_error(crypto_errc::bad_key_length, "key block");
    if (version == key_block_version::a || version == key_block_version::c) {
        return key_block_keys{variant(protection, encryption_variant), variant(protection, authentication_variant)};
    }
    CIPHERLANE_TRY(auto encryption, derive(cipher, protection, encryption_usage));
    CIPHERLANE_TRY(auto authentication, derive(cipher, protection, authentication_usage));
    return key_block_keys{std::move(encryption), std::move(authentication)};
}

} // namespace cipherlane::crypto
