#include "dialect/key_text.hpp"

#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

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
    const auto end = std::min(text.size(), start + digits);
    for (std::size_t i = start; i < end; ++i) {
        if (hex_value(text[i]) < 0) return fail(hsm_errc::key_length).at_offset(i);
    }
    if (text.size() < start + digits) return fail(hsm_errc::incomplete).at_offset(text.size());
    return start + digits;
}

/// A storage index: 'K' and as many digits as the profile says.
std::size_t index_digits(const profile& dialect) {
    auto digits = dialect.quirk("key_index_digits");
    return digits.size() == 1 && is_digit(digits[0]) ? static_cast<std::size_t>(digits[0] - '0') : 0;
}

} // namespace

result<std::size_t> key_extent(const profile& dialect, std::string_view text, std::size_t untagged) {
    if (text.empty()) return fail(hsm_errc::incomplete).at_offset(0);
    const char tag = text[0];
    if (hex_value(tag) >= 0) return hex_extent(text, 0, untagged);
    if (const auto digits = index_digits(dialect); tag == 'K' && digits != 0) return hex_extent(text, 1, digits);
    const auto* scheme = dialect.scheme(tag);
    if (scheme == nullptr) return fail(hsm_errc::bad_scheme).at_offset(0);
    if (scheme->digits == 0) return block_extent(text);
    return hex_extent(text, 1, scheme->digits);
}

result<void> check_key(const profile& dialect, std::string_view text) {
    std::size_t untagged = text.size();
    if (!text.empty() && hex_value(text[0]) >= 0 && untagged != 16 && untagged != 32 && untagged != 48) {
        return fail(hsm_errc::key_length).at_offset(text.size());
    }
    auto extent = key_extent(dialect, text, untagged);
    if (!extent) {
        const bool is_short = extent.error().code() == make_error_code(hsm_errc::incomplete);
        if (is_short) return fail(hsm_errc::key_length).at_offset(text.size());
        return extent.error();
    }
    if (*extent != text.size()) return fail(hsm_errc::key_length).at_offset(*extent);
    return {};
}

} // namespace cipherlane::hsm
