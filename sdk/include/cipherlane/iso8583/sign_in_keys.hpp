#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

/// One working key as a sign-in answer brings it: encrypted under the terminal's master key.
struct sign_in_key {
    bytes cryptogram;  ///< 8, 16 or 24 bytes
    bytes check_value; ///< 4 bytes as a rule, or none where the form has none

    friend bool operator==(const sign_in_key&, const sign_in_key&) = default;
};

/// Bytes of each key and check value in one form of field 62. A size of zero: not there.
struct sign_in_layout {
    std::uint8_t tpk = 16;
    std::uint8_t tpk_check = 4;
    std::uint8_t tak = 16;
    std::uint8_t tak_check = 4;
    std::uint8_t tdk = 0;
    std::uint8_t tdk_check = 0;

    /// A division in words, "16+8 16+8" or with a track key "24+4 24+4 24+4": key and check value of TPK, TAK and
    /// perhaps TDK. Keys are 8, 16 or 24 bytes, check values 0 to 16.
    /// @return `iso8583_errc::bad_subfield`.
    [[nodiscard]] static result<sign_in_layout> parse(std::string_view words);

    [[nodiscard]] constexpr std::size_t size() const noexcept {
        return std::size_t{tpk} + tpk_check + tak + tak_check + tdk + tdk_check;
    }
    friend bool operator==(const sign_in_layout&, const sign_in_layout&) = default;
};

/// The forms by total length: 24 (single keys), 40 (double), 56, 60 and 84 (with track key).
///
/// Sources agree on 24, 40 and 60. The division of 56 (16+4, 16+4, 16) and 84 (three times 24+4) is doubtful:
/// give another layout where a host divides them otherwise.
[[nodiscard]] std::span<const sign_in_layout> sign_in_layouts() noexcept;

/// Field 62 of a sign-in answer (签到): PIN key (TPK, PIK), MAC key (TAK, MAK), and with some forms the track key
/// (TDK, TRK).
struct sign_in_keys {
    sign_in_key tpk;
    sign_in_key tak; ///< eight bytes where the right half of its slot is zero: a single-length key
    std::optional<sign_in_key> tdk;

    /// @return `iso8583_errc::bad_subfield` for a length that no form has.
    [[nodiscard]] static result<sign_in_keys> parse(byte_view field62);
    [[nodiscard]] static result<sign_in_keys> parse(byte_view field62, const sign_in_layout& layout);
    /// The bytes of field 62; keys shorter than their slot are filled with zeros.
    /// @return `core_errc::wrong_length` for a key or check value that does not fit.
    [[nodiscard]] result<bytes> to_field62(const sign_in_layout& layout) const;
};

} // namespace cipherlane::iso8583
