#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>

namespace cipherlane::iso8583 {

/// The most bytes a message can have on the wire, with the length in front and its gap.
inline constexpr std::size_t max_message_bytes = 65535 + 16;

/// Reads one whole message with its length in front, and checks all of it: length, TPDU, header, message type,
/// bitmap, every length prefix, every digit, character and padding nibble. Allocates nothing.
///
/// `input` and `format` must outlive the view.
/// @return `bad_message` with the field's number as path ("35", or "length", "tpdu", "header", "mti", "bitmap") and
/// the byte offset from the start of `input`: `iso8583_errc::truncated`, `trailing_bytes`, `bad_frame_length`,
/// `poll` (a length of zero that is no message), `unknown_field`, `bad_length_prefix`, `not_digits`, `bad_character`,
/// `bad_padding` and so on.
[[nodiscard]] result<message_view> decode(const dialect& format, byte_view input);

/// The same without the length in front, but with the trailer: as `ports::host` hands messages over.
[[nodiscard]] result<message_view> decode_body(const dialect& format, byte_view input);

/// A message built into the caller's buffer; all views point into it.
struct encoded_message {
    byte_span frame;     ///< everything, with the length in front
    byte_span body;      ///< without the length: from the TPDU on
    byte_view mac_range; ///< what the MAC is made over; empty without a MAC field
    byte_span mac; ///< the MAC field, to be filled by the caller: 8 bytes (16 where the dialect writes hex); or empty
};

/// Writes a message with its length in front. Every value is checked as `decode` would; allocates nothing.
/// Fixed text is filled with spaces where its field says so; digits must be there in full.
/// @return `misuse` or `bad_message` with the field's number: `iso8583_errc::buffer_too_small`, `unknown_field`,
/// `too_long`, `too_short`, `not_digits`, `bad_character`, `bad_mti`, `bad_tpdu`, `bad_header`.
[[nodiscard]] result<encoded_message> encode(const dialect& format, const message& what, byte_span out);

/// As above into new bytes (with the length in front); for tools and tests.
[[nodiscard]] result<bytes> encode(const dialect& format, const message& what);

} // namespace cipherlane::iso8583
