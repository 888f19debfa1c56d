#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <cstddef>
#include <optional>

namespace cipherlane::hsm {

/// One message cut from a stream; the views live as long as the input.
struct frame_view {
    byte_view header;
    byte_view body;           ///< in dialects without a length: all that is there, perhaps not yet the whole message
    std::size_t consumed = 0; ///< length, header and body; without a length: the header alone
};

/// Starts a message at the end of `out`: room for the length, then the header, filled with `header_fill` where
/// `header` is short. Returns the mark for `end_frame`.
[[nodiscard]] std::size_t begin_frame(const framing& how, byte_view header, bytes& out);
/// Appends the trailer and writes the length. `hsm_errc::bad_length` if the message is longer than `largest`.
[[nodiscard]] result<void> end_frame(const framing& how, std::size_t mark, bytes& out);

/// The first message of `input`; nothing while it is not whole (without a length: while the header is not).
/// `hsm_errc::bad_length` when the length is above `largest` or shorter than the header: the stream is lost then.
[[nodiscard]] result<std::optional<frame_view>> cut_frame(const framing& how, byte_view input);

} // namespace cipherlane::hsm
