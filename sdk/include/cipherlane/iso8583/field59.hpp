#pragma once

#include <cipherlane/iso8583/composite.hpp>

#include <string_view>

namespace cipherlane::iso8583 {

/// Field 59 of `cup-pos`: tag an2, length n3 in characters, value. A1 SM4 PIN cryptogram, A2 terminal serial block
/// (nested: 01 device type, 02 serial number, 03 random, 04 its MAC, 05 application version), A3 payment code,
/// A4 payment voucher number (void and refund of a QR payment). Other tags are kept.
///
/// Read it with `composite_reader` or `find_subfield`, write it with `composite_writer`.
[[nodiscard]] const composite_spec& field59_format() noexcept;

inline constexpr std::string_view tag_sm4_pin = "A1";
inline constexpr std::string_view tag_terminal_serial = "A2";
inline constexpr std::string_view tag_payment_code = "A3";
inline constexpr std::string_view tag_payment_voucher = "A4";

} // namespace cipherlane::iso8583
