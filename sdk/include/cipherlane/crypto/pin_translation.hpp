#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/pin_block.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// Kinds of PIN block as the translation policy sees them.
enum class translated_format : std::uint8_t {
    iso_0,
    iso_1,
    iso_2,
    iso_3,
    iso_4,
    nonstandard, ///< IBM 3624, Docutel, Diebold, PLUS …
};

/// "0" to "4"; any other name is `nonstandard`.
[[nodiscard]] translated_format find_translated_format(std::string_view name) noexcept;

/// Whether the PAN in the block becomes another one.
enum class pan_change : std::uint8_t { no, yes };

/// The translation rules of PCI PIN v3.1, requirement 3-3, as a table: formats 0, 3 and 4 translate among themselves,
/// 1 goes to these and to itself; nothing goes to 1 from 0, 3, 4, nothing out of 2 or into it, nothing into a
/// nonstandard format; the PAN never changes. (Removing the PAN makes a dictionary of blocks: UCAM-CL-TR-560.)
[[nodiscard]] bool translation_allowed(translated_format from, translated_format to, pan_change change) noexcept;

/// What a cipher machine does: decrypts under one PIN key, encrypts under another, perhaps in another format. For
/// simulators and tests; the PIN is in clear between. Checks the policy first. The PAN is the same on both sides.
/// UnionPay's SM4 block counts as format 0.
/// @return `crypto_errc::translation_refused`, and the errors of `decrypt_pin_block` and `encrypt_pin_block`.
[[nodiscard]] result<pin_cryptogram> translate_pin_block(pin_key& from_key, pin_block_format from,
    byte_view cryptogram, pin_key& to_key, pin_block_format to, std::string_view pan_digits);

} // namespace cipherlane::crypto
