#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// A merchant or terminal number: at most 32 characters, held in place.
using issued_number = fixed_text<32>;

/// How a merchant or terminal number (商户号, 终端号) is built, as one line of text with a character for each place:
///
/// | character | place |
/// |---|---|
/// | `0` to `9`, `A` to `Z` | fixed: institution, region, MCC, whatever the scheme prescribes |
/// | `#` | a hidden place, one of 0 to 9 |
/// | `@` | a hidden place, one of 0 to 9 and A to Z; not beside `#` |
/// | `%` | the check digit of ISO/IEC 7812-1 annex B over all other places; the last place, with digits only |
/// | space | none: groups the text for the eye |
///
/// For instance "898 2900 5411 ######% ": institution 898, region 2900, MCC 5411, a million numbers, check digit.
///
/// The hidden places must make at least a million numbers (6 `#` or 4 `@`): below that, format-preserving encryption
/// hides nothing (NIST SP 800-38G). The 15-digit number of UnionPay leaves 4 places behind institution, region and
/// MCC; free two more, or hide a terminal number with `@`. At most 18 `#` or 12 `@`. A value; thread safe.
class number_layout {
  public:
    enum class check_digit : std::uint8_t { none, luhn };
    static constexpr std::size_t max_size = 32;

    /// @return `crypto_errc::bad_layout` with the offset of the character that does not fit, or without one if the
    /// layout is empty, too long or hides too much; `domain_too_small` if it hides too little.
    [[nodiscard]] static result<number_layout> parse(std::string_view text);

    /// The layout without its spaces.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }
    /// Characters of a number.
    [[nodiscard]] std::size_t size() const noexcept { return text().size(); }
    [[nodiscard]] std::size_t hidden_places() const noexcept { return hidden_; }
    /// Values of a hidden place: 10 or 36.
    [[nodiscard]] std::uint32_t radix() const noexcept { return radix_; }
    /// How many numbers there are.
    [[nodiscard]] std::uint64_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] check_digit check() const noexcept { return check_; }

    /// Puts the hidden characters, of which there must be `hidden_places()`, and the check digit in their places.
    [[nodiscard]] issued_number compose(std::string_view hidden) const noexcept;

    /// The hidden characters of a number, as many as there are hidden places.
    /// @return `crypto_errc::not_of_this_plan` with the offset of what does not fit, without one for another length.
    [[nodiscard]] result<issued_number> hidden_of(std::string_view number) const;

  private:
    number_layout() noexcept = default;
    issued_number text_;
    std::size_t hidden_ = 0;
    std::uint32_t radix_ = 10;
    std::uint64_t capacity_ = 1;
    check_digit check_ = check_digit::none;
};

} // namespace cipherlane::crypto
