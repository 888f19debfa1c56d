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

/// Tells the host of everything that is stored: first of what moves money, then once of each notice. What it answers,
/// but does not take, is passed over and stays, and so does what cannot be made into a message.
/// @return why something that moves money could not be sent, or was not answered.
[[nodiscard]] result<void> send_advices(lane_core& on, const call& bounds);

/// Tells the host once of each stored notice, while it answers and the time allows. They hold nobody up.
void send_notices(lane_core& on, const call& bounds);

/// Before the totals are frozen: whether the host has taken or refused all money that was stored for it, or a person
/// has decided.
/// @return `advice_waiting` with the trace number of what is still stored.
[[nodiscard]] result<void> check_all_told(lane_core& on);

/// Whether the host can be told of a trade that is about to be stored: what can be made into no message would wait
/// for ever. @return as `iso8583::check_fields`.
[[nodiscard]] result<void> check_sendable(lane_core& on, ports::journal_record fresh,
    const std::optional<ports::journal_record>& original, const ports::stored_card* card);

/// Whether one more offline sale keeps to the settings: its own amount, and with it all that is stored.
/// @return `offline_limit`.
[[nodiscard]] result<void> check_offline_limits(lane_core& on, const amount& total);

/// Before an online trade: where as many of these open records are stored as the settings let be, the oldest is told
/// first, once, if the call leaves time for it. After a failure that is left alone for some minutes.
void relieve_store(lane_core& on, std::span<const ports::journal_record> open, const call& bounds);

} // namespace cipherlane::acquiring
