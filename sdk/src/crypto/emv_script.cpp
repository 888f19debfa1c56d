#include "declassified.hpp"
#include "emv_session.hpp"
#include "mac_check.hpp"
#include "script_padding.hpp"

#include <cipherlane/crypto/emv_script.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block_size = 8;
constexpr std::array<std::uint8_t, block_size> no_iv{};

std::size_t padded_size(std::size_t size, emv_script_padding padding) noexcept {
    if (padding == emv_script_padding::when_needed && size % block_size == 0) return size;
    return (size / block_size + 1) * block_size;
}

} // namespace

result<mac_value> emv_script_mac(emv_smi_session_key& key, byte_view command) {
    return emv_mac(key, mac_padding::method_2, command, "script MAC");
}

result<void> verify_emv_script_mac(emv_smi_session_key& key, byte_view command, byte_view mac, std::size_t length) {
    CIPHERLANE_TRY(const mac_value computed, emv_script_mac(key, command));
    return check_mac(computed, mac, length, "script MAC");
}

result<bytes> emv_script_encrypt(
    emv_smc_session_key& key, emv_script_mode mode, emv_script_padding padding, byte_view data) {
    constexpr auto operation = "script encryption";
    CIPHERLANE_CHECK(check_emv_key(key, operation));
    if (data.empty()) return crypto_error(crypto_errc::empty_input, operation);
    secret_bytes clear(padded_size(data.size(), padding));
    std::ranges::copy(data, clear.expose().begin());
    if (clear.size() != data.size()) clear.expose()[data.size()] = script_pad_begin;
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(key));
    bytes made(clear.size());
    CIPHERLANE_CHECK(mode == emv_script_mode::ecb ? cipher->encrypt_ecb(clear.expose(), made)
                                                  : cipher->encrypt_cbc(no_iv, clear.expose(), made));
    return made;
}

result<secret_bytes> emv_script_decrypt(
    emv_smc_session_key& key, emv_script_mode mode, emv_script_padding padding, byte_view cryptogram) {
    constexpr auto operation = "script encryption";
    CIPHERLANE_CHECK(check_emv_key(key, operation));
    if (cryptogram.empty() || cryptogram.size() % block_size != 0) {
        return crypto_error(crypto_errc::bad_data_length, operation);
    }
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(key));
    secret_bytes clear(cryptogram.size());
    CIPHERLANE_CHECK(mode == emv_script_mode::ecb ? cipher->decrypt_ecb(cryptogram, clear.expose())
                                                  : cipher->decrypt_cbc(no_iv, cryptogram, clear.expose()));
    if (padding == emv_script_padding::when_needed) return clear;
    const std::size_t taken_off = declassified(script_padding_of(clear.expose()));
    if (taken_off == 0) return crypto_error(crypto_errc::verification_failed, operation);
    return secret_bytes(byte_view(clear.expose()).first(clear.size() - taken_off));
}

} // namespace cipherlane::crypto
