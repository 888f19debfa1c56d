#pragma once

#include "host_exchange.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/sale.hpp>

#include <optional>
#include <string>

namespace cipherlane::acquiring {

/// The steps that trades with the host have in common.

/// What a key and amount must be before anything is done with them.
[[nodiscard]] result<void> check_request(const lane_core& on, std::string_view key, const amount& total);

/// If the terminal has used `key`: what came of it, sending nothing new but a reversal that is pending.
/// @return `key_reused` if it was for something else.
[[nodiscard]] result<std::optional<payment>> replay(lane_core& on, std::string_view key, ports::trade kind,
    const amount& total, std::uint64_t original, const call& bounds);

/// Before a trade with the host: no settlement under way, keys there and not out of date, no doubt left over.
[[nodiscard]] result<ports::terminal_state> ready_for_host(lane_core& on, const call& bounds);

/// @return `too_little_time` if the host could not answer before the deadline.
[[nodiscard]] result<void> check_time(lane_core& on, const call& bounds);

/// @return `batch_full` if one more trade of this kind might not fit into the totals by which the open batch is
/// settled.
[[nodiscard]] result<void> check_room(lane_core& on, ports::trade kind, const amount& total, const call& bounds);

/// A record with what every trade has.
[[nodiscard]] ports::journal_record new_record(const lane_core& on, std::string_view key, ports::trade kind,
    const amount& total, const iso8583::transaction_row& row);

/// Fills what a request takes from its record: 4, 22, 23, 25, 49, 60, 61; and from the card: 2, 14.
void fill_from_record(iso8583::message& request, const ports::journal_record& record, const ports::stored_card* card);

/// The verdict of an exchange, durable before anybody is told; what is in doubt is reversed, now or later.
/// An error means that nothing left and nothing is pending.
[[nodiscard]] result<payment> conclude(lane_core& on, const ports::journal_record& record, const exchange_end& end,
    partial_approval partial, const call& bounds);

/// A chip card has declined what the host approved: the approval becomes a reversal, now or later.
[[nodiscard]] payment reverse_approved(lane_core& on, const payment& approved, const call& bounds);

/// The closing mark: from here on the caller counts as told.
void close(lane_core& on, const payment& told);

} // namespace cipherlane::acquiring
