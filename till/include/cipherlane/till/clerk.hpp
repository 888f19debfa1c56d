#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// What an operator (操作员) may be allowed to do. See docs/24-clerks.md for which trade needs which.
enum class right : std::uint8_t {
    sell,   ///< payments, completions, tips and adjustments
    undo,   ///< voids
    refund, ///< refunds
    decide, ///< a person's word on what nothing else can decide
    settle,
    review, ///< to take what whoever judges risk wants to be looked at
};

/// "sell", "void", "refund", "decide", "settle", "review".
[[nodiscard]] std::string_view to_string(right value) noexcept;
[[nodiscard]] std::optional<right> find_right(std::string_view word) noexcept;

struct clerk {
    std::string id;   ///< 1 to 3 letters and digits, as field 63 has it
    std::string name; ///< for people
    std::vector<right> rights;
    [[nodiscard]] bool may(right what) const noexcept;
};

/// "sell, void".
[[nodiscard]] std::string words_of(const std::vector<right>& rights);

} // namespace cipherlane
