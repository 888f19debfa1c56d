#pragma once

#include "simkit/fault_plan.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// A row of the table of amounts and cards: what a payment chooses that the host does.
struct table_row {
    std::string choice;         ///< two digits
    std::string kind;           ///< a fault of `host_faults()`; empty: the payment is approved as any other
    std::string value;          ///< of the fault
    std::string reversal_kind;  ///< likewise, for a reversal of it
    std::string reversal_value; ///< of that fault
    std::string words;
};

/// THE table of amounts and cards, in the order of the choices. The codes that refuse are those of
/// `iso8583::response_codes()`, chosen by their own digits.
[[nodiscard]] const std::vector<table_row>& request_table();

/// Amounts whose last two digits choose: 4,000.00 to 4,999.99 in minor units.
inline constexpr std::int64_t least_choosing_amount = 400'000;
inline constexpr std::int64_t most_choosing_amount = 499'999;

/// The test card of a row, which chooses it whatever the amount.
[[nodiscard]] std::string table_card(const table_row& row);
inline constexpr std::string_view table_card_expiry = "3012"; ///< YYMM
inline constexpr std::string_view table_card_pin = "135790";
inline constexpr std::int64_t table_card_balance = 1'000'000'000;

/// The row that a payment chooses, by its card or else by its amount; null where neither chooses.
[[nodiscard]] const table_row* row_chosen(std::string_view card, std::int64_t amount);

/// What goes wrong with a payment of that row, or with its reversal, where `operation` is a transaction that the
/// fault can hit.
enum class table_moment : std::uint8_t { payment, reversal };
[[nodiscard]] std::optional<fault> fault_of(const table_row& row, table_moment moment, const std::string& operation);

/// A line for each row, under a heading.
void print_table(std::ostream& to);

} // namespace cipherlane::sim
