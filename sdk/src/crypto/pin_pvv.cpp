#include "decimalize.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/pin_pvv.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block_size = 8;
constexpr std::size_t pan_digits = 11;
constexpr std::size_t max_pan = 19;
constexpr std::size_t pin_digits = 4;

result<void> check_input(const pin_verification_key& key, std::string_view pan, std::string_view key_index) {
    if (const auto wrong = first_non_digit(pan); wrong < pan.size()) {
        return crypto_error(crypto_errc::bad_pan, "PVV").in_field("pan").at_offset(wrong);
    }
    if (pan.size() <= pan_digits || pan.size() > max_pan) {
        return crypto_error(crypto_errc::bad_pan, "PVV").in_field("pan");
    }
    if (key_index.size() != 1 || first_non_digit(key_index) != 1) {
        return crypto_error(crypto_errc::bad_key_index, "PVV").in_field("key index");
    }
    if (key.cipher() != algorithm::tdes || key.size() != 2 * block_size) {
        return crypto_error(crypto_errc::bad_key_length, "PVV");
    }
    return {};
}

} // namespace

result<fixed_text<4>> visa_pvv(
    pin_verification_key& key, std::string_view pan, std::string_view key_index, const clear_pin& pin) {
    CIPHERLANE_CHECK(check_input(key, pan, key_index));
    const auto account = pan.substr(pan.size() - 1 - pan_digits, pan_digits);
    const auto head = pin.expose().substr(0, pin_digits);
    std::array<char, 2 * block_size> text; // the transformed security parameter
    auto end = std::copy(account.begin(), account.end(), text.begin());
    *end++ = key_index.front();
    std::copy(head.begin(), head.end(), end);

    std::array<std::uint8_t, block_size> block;
    pack_hex_digits({text.data(), text.size()}, block);
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    CIPHERLANE_TRY(auto* whole, key_access::cipher(key));
    CIPHERLANE_CHECK(whole->encrypt_ecb(block, block));
    std::array<char, 4> digits;
    decimalize_in_two_passes(block, digits);
    wipe(block);
    return fixed_text<4>(std::string_view(digits.data(), digits.size()));
}

result<void> verify_visa_pvv(pin_verification_key& key, std::string_view pan, std::string_view key_index,
    const clear_pin& pin, std::string_view pvv) {
    CIPHERLANE_TRY(const auto computed, visa_pvv(key, pan, key_index, pin));
    if (!equal_in_constant_time(as_bytes(computed.view()), as_bytes(pvv))) {
        return crypto_error(crypto_errc::verification_failed, "PVV");
    }
    return {};
}

} // namespace cipherlane::crypto
