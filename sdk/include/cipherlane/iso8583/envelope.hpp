#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/dialect.hpp>

#include <optional>

namespace cipherlane::iso8583 {

/// What a stream begins with, by a dialect's length in front of messages.
struct framed {
    std::size_t body_at = 0; ///< where the headers begin
    std::size_t body = 0;    ///< bytes of headers and message, without the trailer
    std::size_t whole = 0;   ///< bytes of the frame, with length and trailer
    bool poll = false;       ///< a length of zero: no message; the frame goes back as it came
};

/// Reads the length that `input` begins with. What it counts may not all be there yet: compare `whole`. A dialect
/// without a length takes all that there is.
/// @return `iso8583_errc::truncated` if the length itself is cut; `bad_frame_length` for one that is no number,
/// counts less than itself, or is zero where that is no poll; `too_long` above 65535 bytes.
[[nodiscard]] result<framed> read_frame(const dialect& format, byte_view input);

/// Writes the length for a body (headers and message) into the first `prefix_bytes()` of `out`.
/// @return `iso8583_errc::too_long`.
[[nodiscard]] result<void> write_frame_length(const frame_length& length, std::size_t body, byte_span out);

/// One piece of a header that was read.
struct found_piece {
    const header_piece* piece;
    byte_view bytes;
    std::size_t offset; ///< from the start of what was given
};

/// Goes over the pieces of a header. Allocates nothing; views live as long as dialect and bytes.
class header_reader {
  public:
    header_reader(const envelope_spec& outer, byte_view header) noexcept
        : pieces_(outer.pieces)
        , header_(header) {}
    /// The next piece that is there, whole or cut at the end of the bytes; nothing at the end.
    [[nodiscard]] std::optional<found_piece> next() noexcept;

  private:
    std::span<const header_piece> pieces_;
    byte_view header_;
    std::size_t at_ = 0;
};

} // namespace cipherlane::iso8583
