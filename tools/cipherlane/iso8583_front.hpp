#pragma once

#include "cipherlane/iso8583_doctor.hpp"

#include <cipherlane/iso8583/envelope.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What stands in front of a message of an unknown capture: its length and its header.
namespace cipherlane::cli::doctor {

/// A length in front that is tried, and how it is told.
struct length_guess {
    iso8583::frame_length length;
    std::string_view word; ///< of a dialect's file
    std::string_view text;
};
[[nodiscard]] std::span<const length_guess> length_guesses();

/// What stands in front of a message, taken apart.
struct front {
    std::optional<length_guess> length;
    std::ptrdiff_t adjust = 0;
    std::size_t header_at = 0;
};

/// What a header is made of: known pieces in front, and what is left.
struct named_header {
    std::vector<std::pair<const iso8583::header_piece*, byte_view>> known;
    byte_view rest;
};

/// What stands around a message: the length that fits, or one that is meant and wrong, and the headers behind it.
struct surroundings {
    front before;
    std::optional<front> wrong; ///< only where no length fits
    named_header header;
    std::size_t score = 0; ///< how well what stands in front is explained
    bool in_place = false; ///< the input begins here, or a length of two bytes and more or known pieces end here

    [[nodiscard]] bool has_piece(std::string_view name) const noexcept;
};

/// Looked at in one go: each of its parts is asked for at every place, under every table.
[[nodiscard]] surroundings look_around(byte_view data, std::size_t at, std::size_t behind);

/// The same for one input, each place looked at once.
class places {
  public:
    explicit places(byte_view data);
    places(const places&) = delete;
    places& operator=(const places&) = delete;
    ~places();

    /// Holds as long as this object.
    const surroundings& around(std::size_t at, std::size_t behind);

  private:
    struct known;

    byte_view data_;
    std::unique_ptr<known> known_;
};

/// The number in front, by one form; nothing where it is none.
[[nodiscard]] std::optional<std::size_t> number_in_front(const iso8583::frame_length& length, byte_view data);

/// What a length counts, in words.
[[nodiscard]] std::string told(const front& before, std::size_t trailer);

/// The length that fits best before a message at `at`: it must say what follows, itself or the trailer counted or
/// not.
[[nodiscard]] front front_of(byte_view data, std::size_t at, std::size_t behind);

/// A number in front that is near enough to be meant as the length, and is not what follows: with it, the header must
/// be known or none.
[[nodiscard]] std::optional<front> wrong_length(byte_view frame, std::size_t at);

/// Whether these bytes begin with a piece that is known.
[[nodiscard]] bool begins_with_piece(byte_view header);

/// Whether bytes behind a message are signs that end a frame or fill a record.
[[nodiscard]] bool ends_a_frame(byte_view tail);

/// Whether the length in front says that the message ends before its last `behind` bytes.
[[nodiscard]] bool leaves_out(byte_view data, std::size_t at, std::size_t behind);

/// Whether bytes that nothing explains may be printed: few, and no run of digits in them as long as a card number.
[[nodiscard]] bool may_be_shown(byte_view unexplained);

/// What another protocol carries: a place in an input, and by whom in words.
struct carried {
    std::size_t at = 0;
    std::size_t size = 0;
    std::string by; ///< empty: by nobody
};

/// The payload of a captured TCP packet, the body of an HTTP message, what stands in a serial frame (02 … 03 and a
/// check byte); of what is nested the innermost. Nothing where the input is no such thing.
[[nodiscard]] std::optional<carried> carried_in(byte_view data);

/// Names the pieces of a header, the rest by its form, in the diagnosis and its TOML.
void name_header(byte_view data, diagnosis& to);

} // namespace cipherlane::cli::doctor
