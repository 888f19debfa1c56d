#include "tag_table.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/emv/dol.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <algorithm>

namespace cipherlane::emv {
namespace {

constexpr unsigned filler = 0x0F;
constexpr unsigned separator = 0x0D;

unsigned nibble(byte_view value, std::size_t index) noexcept {
    return index % 2 == 0 ? value[index / 2] >> 4U : value[index / 2] & 0x0FU;
}

/// Digits, then nothing but filler; `separators` may stand between them.
bool is_packed(byte_view value, std::size_t separators) noexcept {
    bool ended = false;
    for (std::size_t i = 0; i < 2 * value.size(); ++i) {
        const unsigned one = nibble(value, i);
        if (one == separator && separators > 0 && !ended) {
            --separators;
        } else if (one == filler) {
            ended = true;
        } else if (one > 9 || ended) {
            return false;
        }
    }
    return separators == 0;
}

bool all_packed_digits(byte_view value) noexcept {
    return std::all_of(
        value.begin(), value.end(), [](std::uint8_t byte) { return byte >> 4U <= 9 && (byte & 15U) <= 9; });
}

bool all_chars(byte_view value, bool (*allowed)(std::uint8_t)) noexcept {
    return std::all_of(value.begin(), value.end(), allowed);
}

bool is_letter(std::uint8_t c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_letter_or_digit(std::uint8_t c) noexcept {
    return is_letter(c) || (c >= '0' && c <= '9');
}
// Names and labels may hold letters of any ISO 8859 part (tag 9F11), so only control characters are refused.
bool is_printable(std::uint8_t c) noexcept {
    return c >= ' ' && c != 0x7F;
}
bool is_ascii(std::uint8_t c) noexcept {
    return c >= ' ' && c < 0x7F;
}

bool has_format(tag_format format, byte_view value) {
    switch (format) {
    case tag_format::a: return all_chars(value, is_letter);
    case tag_format::an: return all_chars(value, is_letter_or_digit);
    case tag_format::ans: return all_chars(value, is_printable);
    case tag_format::cn: return is_packed(value, 0);
    case tag_format::n: return all_packed_digits(value);
    case tag_format::track2: return is_packed(value, 1);
    case tag_format::dol: return check_dol(value).has_value();
    case tag_format::constructed: return check_tlv(value).has_value();
    case tag_format::b: break;
    }
    return true;
}

std::string without_filler(byte_view value) {
    auto digits = to_hex(value);
    digits.erase(digits.find_last_not_of('F') + 1);
    return digits;
}

} // namespace

std::span<const tag_entry> tag_dictionary() noexcept {
    return detail::tag_table();
}

const tag_entry* find_tag(tag_number tag) noexcept {
    const auto rows = detail::tag_table();
    const auto at = std::lower_bound(
        rows.begin(), rows.end(), tag, [](const tag_entry& row, tag_number wanted) { return row.tag < wanted; });
    return at != rows.end() && at->tag == tag ? &*at : nullptr;
}

std::string_view to_string(tag_format format) noexcept {
    constexpr std::string_view names[] = {"a", "an", "ans", "b", "cn", "n", "track 2", "DOL", "template"};
    return names[static_cast<std::size_t>(format)];
}

result<void> check_value(tag_number tag, byte_view value) {
    const auto* row = find_tag(tag);
    if (row == nullptr) return {};
    const bool fits = value.size() >= row->least && (row->most == 0 || value.size() <= row->most);
    if (fits && has_format(row->format, value)) return {};
    return error(emv_errc::bad_value, layer::emv).during("check value").in_field(tag_text(tag));
}

std::string describe_value(tag_number tag, byte_view value) {
    const auto* row = find_tag(tag);
    if (row == nullptr) return masked_unnamed(value);
    if (row->privacy == tag_privacy::secret) return "(" + std::to_string(value.size()) + " bytes, not shown)";
    if (row->privacy == tag_privacy::pan) {
        // What is no number is told as such: it may be one that was shifted.
        if (!is_packed(value, 0) || value.empty() || value[0] >> 4U == filler)
            return "(" + std::to_string(value.size()) + " bytes that are no digits, not shown)";
        return mask_pan(without_filler(value));
    }
    switch (row->format) {
    case tag_format::a:
    case tag_format::an:
    case tag_format::ans:
        return all_chars(value, is_ascii) ? "\"" + std::string(as_text(value)) + "\"" : to_hex(value);
    case tag_format::cn: return is_packed(value, 0) ? without_filler(value) : to_hex(value);
    case tag_format::dol: return describe_dol(value);
    default: return to_hex(value);
    }
}

} // namespace cipherlane::emv
