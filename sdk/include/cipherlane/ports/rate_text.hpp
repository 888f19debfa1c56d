#pragma once

#include <string>
#include <string_view>

namespace cipherlane::ports {

/// Digits of a rate of field 10 behind the first, which says how many of them are decimals.
inline constexpr std::size_t rate_digits = 7;
/// Whether this is a rate of field 10: eight digits, the first at most 7.
[[nodiscard]] bool is_rate(std::string_view rate) noexcept;
/// A rate of field 10 for people: "0.138600"; empty for one that is none.
[[nodiscard]] std::string rate_text(std::string_view rate);

} // namespace cipherlane::ports
