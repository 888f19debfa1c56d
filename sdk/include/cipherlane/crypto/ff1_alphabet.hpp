#pragma once

#include <cipherlane/core/result.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::crypto {

/// The characters that stand for the numerals of FF1 (NIST SP 800-38G, section 4): the first for 0 and so on. A
/// value; thread safe.
class ff1_alphabet {
  public:
    static constexpr std::size_t max_size = 95; // printable ASCII

    /// @param characters 2 to 95 distinct printable ASCII characters.
    /// @return `crypto_errc::bad_radix` for another number of them, `bad_numeral` with the offset of one that is
    /// repeated or not printable.
    [[nodiscard]] static result<ff1_alphabet> create(std::string_view characters);

    /// The first `radix` of 0 to 9 and a to z. @return `crypto_errc::bad_radix` unless 2 to 36.
    [[nodiscard]] static result<ff1_alphabet> alphanumeric(std::uint32_t radix);

    [[nodiscard]] std::uint32_t radix() const noexcept { return size_; }

    /// `out` has as many places as `text` has characters, and the other way round.
    /// @return `crypto_errc::bad_numeral` with the offset of a character that is not in the alphabet.
    [[nodiscard]] result<void> to_numerals(std::string_view text, std::span<std::uint16_t> out) const;
    /// @return `crypto_errc::bad_numeral` with the offset of a numeral that is not below the radix.
    [[nodiscard]] result<void> to_text(std::span<const std::uint16_t> numerals, std::span<char> out) const;

  private:
    ff1_alphabet() noexcept = default;
    std::array<char, max_size> characters_{};
    std::array<std::uint8_t, 128> numerals_{}; // by character, from 1; 0 is none
    std::uint32_t size_ = 0;
};

} // namespace cipherlane::crypto
