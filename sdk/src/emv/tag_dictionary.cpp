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
std::string text_of(std::size_t number) {
    return std::to_string(number);
}

/// What is wrong with the first byte that `allowed` refuses; empty: none.
std::string wrong_char(byte_view value, bool (*allowed)(std::uint8_t), std::string_view expected) {
    const auto at = std::find_if_not(value.begin(), value.end(), allowed);
    if (at == value.end()) return {};
    return "found " + to_hex({&*at, 1}) + " as byte " + text_of(static_cast<std::size_t>(at - value.begin()) + 1) +
           ", expected " + std::string(expected);
}

std::string wrong_digit(byte_view value) {
    for (std::size_t i = 0; i < 2 * value.size(); ++i) {
        if (nibble(value, i) > 9)
            return std::string("found ") + "0123456789ABCDEF"[nibble(value, i)] + " as digit " + text_of(i + 1) +
                   ", allowed 0 to 9";
    }
    return {};
}

std::string wrong_packed(byte_view value, std::size_t separators) {
    if (is_packed(value, separators)) return {};
    return separators == 0 ? "expected digits, and F behind them alone"
                           : "expected digits, one D between them, and F behind them alone";
}

std::string wrong_structure(const result<void>& read, std::string_view expected) {
    if (read) return {};
    return read.error().code().message() + ", expected " + std::string(expected);
}

std::string wrong_content(tag_format format, byte_view value) {
    switch (format) {
    case tag_format::a: return wrong_char(value, is_letter, "letters");
    case tag_format::an: return wrong_char(value, is_letter_or_digit, "letters and digits");
    case tag_format::ans: return wrong_char(value, is_printable, "printable characters");
    case tag_format::cn: return wrong_packed(value, 0);
    case tag_format::n: return wrong_digit(value);
    case tag_format::track2: return wrong_packed(value, 1);
    case tag_format::dol: return wrong_structure(check_dol(value), "tags and lengths");
    case tag_format::constructed: return wrong_structure(check_tlv(value), "TLV");
    case tag_format::b: break;
    }
    return {};
}

std::string wrong_size(const tag_entry& row, std::size_t size) {
    if (size >= row.least && (row.most == 0 || size <= row.most)) return {};
    auto words = "found " + text_of(size) + (size == 1 ? " byte, " : " bytes, ");
    if (row.least == row.most) return words + "expected " + text_of(row.most);
    if (row.most == 0) return words + "expected " + text_of(row.least) + " or more";
    return words + "allowed " + text_of(row.least) + " to " + text_of(row.most);
}

/// Two packed digits against their bounds.
std::string wrong_part(std::string_view name, std::uint8_t packed, unsigned least, unsigned most) {
    const auto number = (packed >> 4U) * 10U + (packed & 15U);
    if (number >= least && number <= most) return {};
    const auto two = [](unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    return "found " + std::string(name) + " " + two(number) + ", allowed " + two(least) + " to " + two(most);
}

/// YYMMDD. Issuers let cards end on the 31st of every month.
std::string wrong_date(byte_view value, bool expiry) {
    if (auto words = wrong_part("month", value[1], 1, 12); !words.empty()) return words;
    const auto month = (value[1] >> 4U) * 10U + (value[1] & 15U);
    const auto year = (value[0] >> 4U) * 10U + (value[0] & 15U);
    const bool short_month = month == 4 || month == 6 || month == 9 || month == 11;
    const unsigned last = month == 2 ? (year % 4 == 0 ? 29U : 28U) : short_month ? 30U : 31U;
    return wrong_part("day", value[2], 1, expiry ? 31U : last);
}

std::string wrong_time(byte_view value) {
    if (auto words = wrong_part("hour", value[0], 0, 23); !words.empty()) return words;
    if (auto words = wrong_part("minute", value[1], 0, 59); !words.empty()) return words;
    return wrong_part("second", value[2], 0, 59);
}

/// What of a value is not as its row has it; empty: nothing.
std::string wrong_form(const tag_entry& row, byte_view value) {
    constexpr tag_number transaction_date = 0x9A;
    constexpr tag_number expiration_date = 0x5F24;
    constexpr tag_number effective_date = 0x5F25;
    constexpr tag_number transaction_time = 0x9F21;
    if (auto words = wrong_size(row, value.size()); !words.empty()) return words;
    if (auto words = wrong_content(row.format, value); !words.empty()) return words;
    switch (row.tag) {
    case transaction_date:
    case effective_date: return wrong_date(value, false);
    case expiration_date: return wrong_date(value, true);
    case transaction_time: return wrong_time(value);
    default: return {};
    }
}

bool is_text(tag_format format) noexcept {
    return format == tag_format::a || format == tag_format::an || format == tag_format::ans;
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
    const auto words = wrong_form(*row, value);
    if (words.empty()) return {};
    return error(emv_errc::bad_value, layer::emv).during("check value").in_field(tag_text(tag)).with_hint(words);
}

bool may_be_personal(tag_number tag, byte_view value) {
    const auto* row = find_tag(tag);
    if (row == nullptr || is_text(row->format) || !wrong_form(*row, value).empty()) return true;
    // A cryptogram, a counter or an amount is as long as its tag says and nothing else; what has no fixed length may
    // be anything.
    const bool loose = row->format == tag_format::b && (row->least != row->most || row->most == 0);
    return loose && holds_personal(value);
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
    if (is_text(row->format)) return masked_unnamed(value, unnamed_form::text);
    if (may_be_personal(tag, value)) {
        if (auto shown = masked_unnamed(value); shown != to_hex(value)) return shown;
    }
    switch (row->format) {
    case tag_format::cn: return is_packed(value, 0) ? without_filler(value) : to_hex(value);
    case tag_format::dol: return describe_dol(value);
    default: return to_hex(value);
    }
}

} // namespace cipherlane::emv
