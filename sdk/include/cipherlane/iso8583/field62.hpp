#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/composite.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace cipherlane::iso8583 {

/// Field 62 with usage 22, one byte of tag and one of length, both binary: tag 00 is the SM4 PIN cryptogram
/// (field 52 is then all zeros); 09, 10, 12 and 13 carry what field 62 carries otherwise.
[[nodiscard]] const composite_spec& field62_tlv_format() noexcept;

inline constexpr std::size_t sm4_pin_bytes = 16;
using sm4_pin_field = std::array<std::uint8_t, 2 + sm4_pin_bytes>;

/// Field 62 of a transaction with an SM4 PIN: `00 10` and the 16 bytes of cryptogram.
/// @return `core_errc::wrong_length`.
[[nodiscard]] result<sm4_pin_field> write_sm4_pin(byte_view cryptogram);
/// The cryptogram in field 62; a view into `field62`.
/// @return `iso8583_errc::missing_field` without tag 00, `bad_subfield` for another size.
[[nodiscard]] result<byte_view> read_sm4_pin(byte_view field62);

} // namespace cipherlane::iso8583
