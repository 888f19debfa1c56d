#pragma once

#include "hsm-sim/keys/clear_key.hpp"
#include "hsm-sim/keys/pin.hpp"

#include <array>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// Visa PIN verification value: the rightmost 11 digits of the account without the check digit, the key index and
/// the first four digits of the PIN under the PVK pair, its decimal digits first.
[[nodiscard]] std::array<char, 4> visa_pvv(
    const clear_key& pvk, std::string_view account, char key_index, const clear_pin& pin) noexcept;

/// IBM 3624: 16 hex digits of validation data under the PVK, through the decimalisation table.
[[nodiscard]] std::array<char, 16> ibm_natural_pin(
    const clear_key& pvk, std::string_view validation, std::string_view decimalisation) noexcept;

/// The offset that leads from the natural PIN to the customer's, digit by digit modulo 10. As long as the PIN, in a
/// wiped holder.
[[nodiscard]] clear_pin ibm_offset(std::string_view natural, std::string_view pin) noexcept;
/// The PIN that natural PIN and offset give, as long as the offset.
[[nodiscard]] clear_pin ibm_pin(std::string_view natural, std::string_view offset) noexcept;

/// CVV of the card data as published by Visa: PAN, expiry and service code, 3 digits.
[[nodiscard]] std::array<char, 3> card_verification_value(
    const clear_key& cvk, std::string_view pan, std::string_view expiry, std::string_view service) noexcept;

/// American Express card security codes (version 1) from one cipher text: five, four and three digits in a row.
struct security_codes {
    std::array<char, 5> five{};
    std::array<char, 4> four{};
    std::array<char, 3> three{};
};
/// `pan` has at least 14 digits; `expiry` is YYMM.
[[nodiscard]] security_codes card_security_codes(
    const clear_key& csck, std::string_view pan, std::string_view expiry) noexcept;

} // namespace cipherlane::hsm_sim
