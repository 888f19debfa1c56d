#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstring>

namespace cipherlane::hsm {

// Whole texts are judged eight characters at a time and without a branch on what they are: they may be a key's.

namespace text_checks {

[[nodiscard]] constexpr std::uint64_t eight(std::uint8_t byte) noexcept {
    return 0x0101010101010101 * std::uint64_t{byte};
}

inline constexpr std::uint64_t high = eight(0x80);

/// Of each of the functions below: the high bit of each byte of `text` that is wrong; the other bits say nothing.
/// The additions carry into a neighbour only where a byte has its own high bit, which is wrong anyway.
struct digits {
    [[nodiscard]] static constexpr std::uint64_t wrong(std::uint64_t text) noexcept {
        const auto value = text ^ eight('0');
        return value | (value + eight(0x76)); // 10 and more
    }
};
struct hex {
    [[nodiscard]] static constexpr std::uint64_t wrong(std::uint64_t text) noexcept {
        const auto plain = text & ~high;
        const auto no_digit = (plain ^ eight('0')) + eight(0x76);
        const auto letter = (plain | eight(0x20)) ^ eight(0x60);                 // 1 to 6
        const auto no_letter = ~(letter + eight(0x7F)) | (letter + eight(0x79)); // 0, 7 and more
        return text | (no_digit & no_letter);
    }
};
struct printable {
    [[nodiscard]] static constexpr std::uint64_t wrong(std::uint64_t text) noexcept {
        const auto plain = text & ~high;
        return text | ~(plain + eight(0x60)) | (plain + eight(0x01));
    }
};

/// The characters from `at` on that one `Part` holds.
template <class Part>
[[nodiscard]] inline std::uint64_t load(byte_view text, std::size_t at) noexcept {
    Part part = 0;
    std::memcpy(&part, text.data() + at, sizeof part);
    return part;
}

/// A text of fewer than eight, made eight: some stand there twice, or zeros, which are right in each kind of text.
[[nodiscard]] inline std::uint64_t made_eight(byte_view text) noexcept {
    const auto size = text.size();
    if (size >= 4) return load<std::uint32_t>(text, 0) | load<std::uint32_t>(text, size - 4) << 32U;
    constexpr auto zeros = eight('0') << 32U;
    if (size >= 2) return zeros | load<std::uint16_t>(text, 0) | load<std::uint16_t>(text, size - 2) << 16U;
    return eight(size == 1 ? text[0] : std::uint8_t{'0'});
}

template <class What>
[[nodiscard]] inline bool all(byte_view text) noexcept {
    constexpr std::size_t step = sizeof(std::uint64_t);
    if (text.size() < step) return (What::wrong(made_eight(text)) & high) == 0;
    std::uint64_t wrong = 0;
    const auto last = text.size() - step;
    for (std::size_t at = 0; at < last; at += step)
        wrong |= What::wrong(load<std::uint64_t>(text, at));
    wrong |= What::wrong(load<std::uint64_t>(text, last)); // some of them again
    return (wrong & high) == 0;
}

} // namespace text_checks

[[nodiscard]] inline bool only_digits(byte_view text) noexcept {
    return text_checks::all<text_checks::digits>(text);
}

[[nodiscard]] inline bool only_hex(byte_view text) noexcept {
    return text_checks::all<text_checks::hex>(text);
}

/// From a space to a tilde.
[[nodiscard]] inline bool only_printable(byte_view text) noexcept {
    return text_checks::all<text_checks::printable>(text);
}

/// For words and codes of a few characters, where calling the library costs more than looking.
[[nodiscard]] inline bool is_same(byte_view a, byte_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

} // namespace cipherlane::hsm
