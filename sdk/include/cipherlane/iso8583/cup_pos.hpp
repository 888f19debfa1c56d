#pragma once

#include <cipherlane/iso8583/dialect.hpp>

#include <cstdint>

namespace cipherlane::iso8583 {

/// The UnionPay POS dialect (银联直联 POS, Q/CUP 009.1 part 1): `cup-pos`.
///
/// Two bytes of length, TPDU, six bytes of header, optional dial-monitor header; message type and bitmap packed,
/// fields 2 to 64, lengths packed (LL one byte, LLL two), numbers packed, field 64 the MAC. A non-zero filler
/// nibble is refused. Fields 55, 62 and 64 are opaque to the codec; their structure is in `field62.hpp` and
/// in the tables that `explain` uses.
[[nodiscard]] const dialect& cup_pos() noexcept;

/// How an SM4 MAC fills field 64; both forms are seen, and DES and 3DES always use the characters.
enum class sm4_mac_form : std::uint8_t {
    raw8,  ///< the first 8 bytes of the result
    ascii8 ///< its first 8 hex characters
};

/// What differs from host to host within `cup-pos`. The defaults are what public sources agree on; where they
/// do not, the comment says so.
struct cup_pos_profile {
    /// Doubtful: two sources speak for raw8, one for ascii8.
    sm4_mac_form mac_form = sm4_mac_form::raw8;
    /// Message type of the balance inquiry. "0100" in some variants (doubtful).
    const char* balance_mti = "0200";
    /// Field 60.3 of the echo test (doubtful, general knowledge).
    const char* echo_code = "301";
    /// Field 60.3 of sign-in: 001 single-length keys, 003 double-length, 004 with a track key.
    const char* sign_in_code = "003";
};

} // namespace cipherlane::iso8583
