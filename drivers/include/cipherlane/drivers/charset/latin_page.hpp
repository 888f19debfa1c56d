#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// A code page of one byte a character: ASCII below, its own letters from 80 on.
struct latin_page {
    std::string_view name; ///< "cp858"
    std::string_view about;
    std::u32string_view upper; ///< 128 characters; U+FFFD where the page has none
};

/// The table of them.
[[nodiscard]] std::span<const latin_page> latin_pages() noexcept;
/// Null for a name that is not known.
[[nodiscard]] const latin_page* find_latin_page(std::string_view name) noexcept;

/// What becomes of a character that a page does not have.
enum class missing_letter : std::uint8_t {
    refused,
    plain, ///< its plain letters, "a" for "ã", "ss" for "ß"; refused where it has none
};

/// UTF-8 as bytes of a page.
/// @return `unsendable_text` with the offset, for control characters too; the hint names the character and the page.
[[nodiscard]] result<bytes> to_latin(
    std::string_view text, const latin_page& page, missing_letter how, std::string_view field);

/// Bytes of a page as UTF-8; what the page does not have becomes U+FFFD.
[[nodiscard]] std::string from_latin(byte_view text, const latin_page& page);

} // namespace cipherlane::drivers
