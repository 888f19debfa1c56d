#pragma once

#include <cipherlane/core/bytes.hpp>

#include <string_view>

namespace cipherlane {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return static_cast<unsigned char>(c - '0') <= 9;
}

/// True for text of decimal digits alone, and for none at all. Looks at each character whatever the others are: card
/// numbers and PINs take the same time.
[[nodiscard]] constexpr bool all_digits(std::string_view text) noexcept {
    unsigned wrong = 0;
    for (const char c : text)
        wrong |= (static_cast<unsigned>(static_cast<unsigned char>(c)) - '0') > 9U ? 1U : 0U;
    return wrong == 0;
}
[[nodiscard]] inline bool all_digits(byte_view text) noexcept {
    return all_digits(as_text(text));
}

} // namespace cipherlane
