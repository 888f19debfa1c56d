#include "key_access.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/kcv.hpp>

#include <array>

namespace cipherlane::crypto {
namespace {

using check_block = std::array<std::uint8_t, 16>;
constexpr std::size_t longest_cmac = 5;

result<check_block> whole_check_value(algorithm cipher, byte_view key, kcv_method method) {
    check_block value{};
    const auto block = byte_span(value).first(block_size_of(cipher));
    if (method == kcv_method::legacy) {
        CIPHERLANE_TRY(auto worker, block_cipher::create(cipher, key));
        CIPHERLANE_CHECK(worker.encrypt_ecb(block, block));
        return value;
    }
    const auto context = keyed_cmac(cipher, key);
    std::size_t written = 0;
    if (!context || EVP_MAC_update(context.get(), block.data(), block.size()) != 1 ||
        EVP_MAC_final(context.get(), value.data(), &written, value.size()) != 1) {
        return crypto_error(crypto_errc::unsupported_algorithm, "check value");
    }
    return value;
}

} // namespace

result<bytes> key_check_value(algorithm cipher, byte_view key, kcv_method method, std::size_t length) {
    const std::size_t longest = method == kcv_method::legacy ? block_size_of(cipher) : longest_cmac;
    if (!key_size_fits(cipher, key.size())) return crypto_error(crypto_errc::bad_key_length, "check value");
    if (length == 0 || length > longest) return crypto_error(crypto_errc::bad_check_value_length, "check value");
    CIPHERLANE_TRY(const check_block value, whole_check_value(cipher, key, method));
    return bytes(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(length));
}

result<void> verify_key_check_value(
    algorithm cipher, byte_view key, kcv_method method, byte_view expected, const key_policy& policy) {
    const bool by_zeros = method == kcv_method::legacy;
    if (by_zeros && cipher == algorithm::aes && policy.aes_legacy_check_value == key_policy::rule::refused) {
        return crypto_error(crypto_errc::refused_by_policy, "check value");
    }
    if (expected.size() > (by_zeros ? policy.legacy_kcv_limit : policy.cmac_kcv_limit)) {
        return crypto_error(crypto_errc::bad_check_value_length, "check value");
    }
    CIPHERLANE_TRY(const bytes value, key_check_value(cipher, key, method, expected.size()));
    if (!equal_in_constant_time(value, expected)) {
        return crypto_error(crypto_errc::check_value_mismatch, "check value");
    }
    return {};
}

} // namespace cipherlane::crypto
