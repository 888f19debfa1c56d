#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/digits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane {

/// Numbers in fields of messages: digits alone, neither sign nor space.

/// The number that 1 to 18 digits are; nothing for anything else.
[[nodiscard]] constexpr std::optional<std::int64_t> number_of(std::string_view digits) noexcept {
    constexpr std::size_t longest = 18;
    if (digits.empty() || digits.size() > longest || !all_digits(digits)) return std::nullopt;
    std::int64_t number = 0;
    for (const char digit : digits)
        number = number * 10 + (digit - '0');
    return number;
}

/// The amount of which `amount::to_n12` makes these twelve digits (ISO 8583 field 4); nothing for anything else.
[[nodiscard]] constexpr std::optional<amount> amount_of_n12(std::string_view digits, currency unit = cny) noexcept {
    const auto minor = digits.size() == 12 ? number_of(digits) : std::nullopt;
    if (!minor) return std::nullopt;
    return amount(*minor, unit);
}

} // namespace cipherlane
