#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <optional>
#include <span>

namespace cipherlane::acquiring {

/// What the till does without the host and tells it later (store and forward).

/// Tells the host of a stored record: as often in one go as the settings let a reversal be sent, byte for byte the
/// same, and of its original first where that is stored too. What the host says is durable before this returns;
/// `record` becomes what the journal then has.
/// @return while the host has not taken it: why.
[[nodiscard]] std::optional<error> send_advice(lane_core& on, ports::journal_record& record, const call& bounds);

/// Tells the host of everything that is stored. What it answers, but does not take, is passed over and stays.
/// @return why nothing could be sent, or was not answered.
[[nodiscard]] result<void> send_advices(lane_core& on, const call& bounds);

/// Whether one more offline sale keeps to the settings: its own amount, and with it all that is stored.
/// @return `offline_limit`.
[[nodiscard]] result<void> check_offline_limits(lane_core& on, const amount& total);

/// Before an online trade: where as many of these open records are stored as the settings let be, they are told
/// first.
void relieve_store(lane_core& on, std::span<const ports::journal_record> open, const call& bounds);

/// Whether what is added to a trade, with what was added before, keeps to the settings.
/// @return `amount_too_large`.
[[nodiscard]] result<void> check_added(lane_core& on, const ports::journal_record& original, const amount& total);

} // namespace cipherlane::acquiring
