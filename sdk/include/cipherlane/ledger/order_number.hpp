#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::ledger {

/// A code of an order: the mark of the order, and how many codes came before this one.
struct order_code {
    std::string_view mark;
    std::uint32_t renewals = 0;
};

/// More codes than this no order has: two digits say which one it is.
inline constexpr std::uint32_t most_renewals = 98;

/// The number under which the gateway has a code of an order: the first has the order's mark alone, the second "-02"
/// behind it, and so on. Each code is an order of its own there, so that one can be closed and the next be opened.
/// @param renewals at most `most_renewals`.
[[nodiscard]] std::string number_of_code(std::string_view mark, std::uint32_t renewals);

/// Of which order a number of the gateway's is a code. A number without such an end is a mark; so may be one with it,
/// if somebody else has made it: ask for the whole of it first. The view lives as long as `number`.
[[nodiscard]] order_code code_of_number(std::string_view number) noexcept;

} // namespace cipherlane::ledger
