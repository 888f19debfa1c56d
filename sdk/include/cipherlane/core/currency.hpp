#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane {

/// A currency by its ISO 4217 number, with its count of decimals.
struct currency {
    std::uint16_t number = 156; ///< CNY
    std::uint8_t decimals = 2;
    friend bool operator==(const currency&, const currency&) = default;
};

inline constexpr currency cny{156, 2};

/// The currency of a number with its exponent (ISO 4217, list one); nothing for a number that is not listed.
[[nodiscard]] std::optional<currency> find_currency(std::uint16_t number) noexcept;

/// "CNY"; empty for a number that is not listed.
[[nodiscard]] std::string_view letters_of(const currency& unit) noexcept;

} // namespace cipherlane
