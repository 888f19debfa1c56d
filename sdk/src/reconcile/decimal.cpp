#include "decimal.hpp"

#include <cipherlane/core/digits.hpp>

namespace cipherlane::reconcile {
namespace {

/// Beyond this no further digit fits.
constexpr std::int64_t largest = 100'000'000'000'000'000;

} // namespace

std::optional<std::int64_t> parse_decimal(std::string_view text) noexcept {
    bool negative = false;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    std::int64_t value = 0;
    unsigned decimals = 0;
    bool behind_point = false;
    for (const char c : text) {
        if (c == '.' && !behind_point) {
            behind_point = true;
            continue;
        }
        if (!is_digit(c) || value > largest) return std::nullopt;
        if (behind_point && ++decimals > most_decimals) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    for (; decimals < most_decimals; ++decimals) {
        if (value > largest) return std::nullopt;
        value *= 10;
    }
    return negative ? -value : value;
}

std::optional<std::int64_t> nth_decimal(std::string_view line, std::size_t nth) noexcept {
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (!is_digit(line[at])) continue;
        auto end = at;
        while (end < line.size() &&
               (is_digit(line[end]) || (line[end] == '.' && end + 1 < line.size() && is_digit(line[end + 1])))) {
            ++end;
        }
        if (--nth == 0) {
            const auto begin = at > 0 && line[at - 1] == '-' ? at - 1 : at;
            return parse_decimal(line.substr(begin, end - begin));
        }
        at = end;
    }
    return std::nullopt;
}

} // namespace cipherlane::reconcile
