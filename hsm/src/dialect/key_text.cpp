#include "dialect/key_text.hpp"

#include "dialect/text_checks.hpp"
#include "fail.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

/// Key blocks: version, then their length without the scheme tag in four decimal digits (X9.143, 5; Thales alike).
result<std::size_t> block_extent(std::string_view text) {
    if (text.size() < 6) return fail(hsm_errc::incomplete).at_offset(text.size());
    std::size_t size = 0;
    for (std::size_t i = 2; i < 6; ++i) {
        if (!is_digit(text[i])) return fail(hsm_errc::bad_block).at_offset(i);
        size = size * 10 + static_cast<std::size_t>(text[i] - '0');
    }
    if (size < 16) return fail(hsm_errc::bad_block).at_offset(2);
    if (text.size() < 1 + size) return fail(hsm_errc::incomplete).at_offset(text.size());
    for (std::size_t i = 1; i <= size; ++i) {
        if (text[i] < 0x20 || text[i] > 0x7E) return fail(hsm_errc::bad_block).at_offset(i);
    }
    return 1 + size;
}

result<std::size_t> hex_extent(std::string_view text, std::size_t start, std::size_t digits) {
    const auto there = text.substr(start, digits);
    if (!only_hex(as_bytes(there))) {
        const auto wrong = std::find_if(there.begin(), there.end(), [](char c) { return hex_value(c) < 0; });
        return fail(hsm_errc::key_length).at_offset(start + static_cast<std::size_t>(wrong - there.begin()));
    }
    if (text.size() < start + digits) return fail(hsm_errc::incomplete).at_offset(text.size());
    return start + digits;
}

/// Digits of a stored key's number; 0 where keys do not stand by number.
std::size_t index_digits(const profile& dialect) {
    auto digits = dialect.quirk("key_index_digits");
    return digits.size() == 1 && is_digit(digits[0]) ? static_cast<std::size_t>(digits[0] - '0') : 0;
}

/// What a base key stands behind in place of a zone PIN key.
bool is_serial_mark(const profile& dialect, char c) {
    return std::any_of(
        dialect.marks.serial.begin(), dialect.marks.serial.end(), [c](char mark) { return mark == c; });
}

} // namespace

result<std::size_t> key_extent(const profile& dialect, std::string_view text, std::size_t untagged) {
    if (text.empty()) return fail(hsm_errc::incomplete).at_offset(0);
    const char tag = text[0];
    if (hex_value(tag) >= 0) return hex_extent(text, 0, untagged);
    const char stored = dialect.marks.stored;
    // Looked up only behind its mark: most keys have none.
    const auto index = [&](bool marked) { return marked ? index_digits(dialect) : 0; };
    if (const auto size = index(tag == stored); size != 0) return hex_extent(text, 1, size);
    const auto* scheme = dialect.scheme(tag);
    if (scheme == nullptr) return fail(hsm_errc::bad_scheme).at_offset(0);
    if (const auto size = index(text.size() > 1 && text[1] == stored); size != 0) return hex_extent(text, 2, size);
    if (scheme->digits == 0) return block_extent(text);
    return hex_extent(text, 1, scheme->digits);
}

result<std::size_t> dukpt_key_extent(const profile& dialect, std::string_view text, std::size_t untagged) {
    if (text.empty() || !is_serial_mark(dialect, text[0])) return key_extent(dialect, text, untagged);
    auto base = key_extent(dialect, text.substr(1), 32);
    if (!base) {
        auto why = base.error();
        return std::move(why).at_offset(1 + why.offset().value_or(0));
    }
    const auto at = 1 + *base;
    CIPHERLANE_TRY(const auto described, hex_extent(text, at, dialect.marks.description));
    std::size_t size = dialect.marks.serial_least;
    for (auto i = at; i < described; ++i)
        size += static_cast<std::size_t>(hex_value(text[i]));
    return hex_extent(text, described, size);
}

std::optional<bool> has_wide_blocks(const profile& dialect, std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (hex_value(text[0]) >= 0 || is_serial_mark(dialect, text[0])) return false;
    const auto* scheme = dialect.scheme(text[0]);
    if (scheme == nullptr) return std::nullopt;
    switch (scheme->cipher) {
    case key_cipher::des:
    case key_cipher::tdes: return false;
    case key_cipher::any: break;
    default: return true;
    }
    // Tag, version, length in four, usage in two: then the algorithm (X9.143, 5; Thales alike).
    if (text.size() < 9) return std::nullopt;
    if (text[8] == 'A') return true;
    return text[8] == 'T' || text[8] == 'D' ? std::optional(false) : std::nullopt;
}

namespace {

/// A tag and its digits and no mark of another kind, which is what nearly every key is.
bool is_tagged_digits(const profile& dialect, std::string_view text) {
    const auto& marks = dialect.marks;
    if (text.size() < 2 || text[0] == marks.stored || text[1] == marks.stored) return false;
    if (hex_value(text[0]) >= 0 || is_serial_mark(dialect, text[0])) return false;
    const auto* scheme = dialect.scheme(text[0]);
    return scheme != nullptr && scheme->digits != 0 && scheme->digits == text.size() - 1 &&
           only_hex(as_bytes(text.substr(1)));
}

} // namespace

result<void> check_key(const profile& dialect, std::string_view text, bool takes_serial) {
    if (is_tagged_digits(dialect, text)) return {};
    std::size_t untagged = text.size();
    if (!text.empty() && hex_value(text[0]) >= 0 && untagged != 16 && untagged != 32 && untagged != 48) {
        return fail(hsm_errc::key_length).at_offset(text.size());
    }
    auto extent = takes_serial ? dukpt_key_extent(dialect, text, untagged) : key_extent(dialect, text, untagged);
    if (!extent) {
        const bool is_short = extent.error().code() == make_error_code(hsm_errc::incomplete);
        if (is_short) return fail(hsm_errc::key_length).at_offset(text.size());
        return extent.error();
    }
    if (*extent != text.size()) return fail(hsm_errc::key_length).at_offset(*extent);
    return {};
}

} // namespace cipherlane::hsm
