#include "emv_session.hpp"
#include "mac_check.hpp"

#include <cipherlane/crypto/emv_arpc.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t cryptogram_size = 8;
constexpr std::size_t response_code_size = 2;
constexpr std::size_t status_update_size = 4;
constexpr std::size_t longest_proprietary = 8;
constexpr std::size_t longest_message = cryptogram_size + status_update_size + longest_proprietary;

result<void> check_arqc(byte_view arqc) {
    if (arqc.size() != cryptogram_size) return crypto_error(crypto_errc::bad_cryptogram, "ARPC").in_field("arqc");
    return {};
}

result<void> compare(byte_view computed, byte_view received) {
    if (!equal_in_constant_time(computed, received)) return crypto_error(crypto_errc::verification_failed, "ARPC");
    return {};
}

} // namespace

result<std::array<std::uint8_t, 8>> arpc_method_1(emv_ac_session_key& key, byte_view arqc, byte_view response_code) {
    CIPHERLANE_CHECK(check_arqc(arqc));
    if (response_code.size() != response_code_size) {
        return crypto_error(crypto_errc::bad_response_data, "ARPC").in_field("response code");
    }
    CIPHERLANE_CHECK(check_emv_key(key, "ARPC"));
    std::array<std::uint8_t, cryptogram_size> block{};
    std::ranges::copy(arqc, block.begin());
    for (std::size_t i = 0; i < response_code_size; ++i)
        block[i] ^= response_code[i];
    CIPHERLANE_TRY(auto* whole, key_access::cipher(key));
    CIPHERLANE_CHECK(whole->encrypt_ecb(block, block));
    return block;
}

result<std::array<std::uint8_t, 4>> arpc_method_2(
    emv_ac_session_key& key, byte_view arqc, byte_view card_status_update, byte_view proprietary_data) {
    CIPHERLANE_CHECK(check_arqc(arqc));
    if (card_status_update.size() != status_update_size) {
        return crypto_error(crypto_errc::bad_response_data, "ARPC").in_field("card status update");
    }
    if (proprietary_data.size() > longest_proprietary) {
        return crypto_error(crypto_errc::bad_response_data, "ARPC").in_field("proprietary data");
    }
    std::array<std::uint8_t, longest_message> message{};
    auto end = std::ranges::copy(arqc, message.begin()).out;
    end = std::ranges::copy(card_status_update, end).out;
    std::ranges::copy(proprietary_data, end);
    const auto used = arqc.size() + card_status_update.size() + proprietary_data.size();
    CIPHERLANE_TRY(
        const mac_value whole, emv_mac(key, mac_padding::method_2, byte_view(message).first(used), "ARPC"));
    std::array<std::uint8_t, 4> made{};
    std::ranges::copy(whole.first(made.size()), made.begin());
    return made;
}

result<void> verify_arpc_method_1(emv_ac_session_key& key, byte_view arqc, byte_view response_code, byte_view arpc) {
    CIPHERLANE_TRY(const auto computed, arpc_method_1(key, arqc, response_code));
    return compare(computed, arpc);
}

result<void> verify_arpc_method_2(emv_ac_session_key& key, byte_view arqc, byte_view card_status_update,
    byte_view proprietary_data, byte_view arpc) {
    CIPHERLANE_TRY(const auto computed, arpc_method_2(key, arqc, card_status_update, proprietary_data));
    return compare(computed, arpc);
}

} // namespace cipherlane::crypto
