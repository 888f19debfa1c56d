#pragma once

#include <cipherlane/crypto/unionpay_mac.hpp>

#include <string_view>

namespace cipherlane::crypto {

/// The terminal serial cryptogram (终端序列号密文, 银联21号文): shows that a message comes from the device whose
/// serial number it names. Eight upper-case hex characters: the POS MAC under SM4 over the serial number and, behind
/// it, the factor. The key is one of its own, which the maker puts into the device; it is neither TMK nor TAK.
///
/// `serial`: 1 to 50 characters as sent; `factor`: digits, the last six of the card number or payment code, at most
/// ten, or none where the device takes none.
/// @return `crypto_errc::unsupported_algorithm` for a key that is not SM4; `bad_data_length` or `bad_numeral` with
/// the field; the errors of `unionpay_mac`.
[[nodiscard]] result<unionpay_mac_field> terminal_serial_cryptogram(
    mac_key& key, std::string_view serial, std::string_view factor);

/// Compares in constant time. @return `crypto_errc::verification_failed`, and the errors above.
[[nodiscard]] result<void> verify_terminal_serial_cryptogram(
    mac_key& key, std::string_view serial, std::string_view factor, const unionpay_mac_field& received);

} // namespace cipherlane::crypto
