#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>

namespace cipherlane::acquiring {

/// A number for an order or refund that no other one has, of this journal or of one that was lost: terminal 8, date
/// and time 14, random 6. Durable with its record before the gateway hears of it.
[[nodiscard]] result<std::string> new_order_number(const lane_core& on);

/// The order's own mark. Records of earlier versions have none on file: theirs is terminal 8, date 8, batch 6, trace
/// 6.
[[nodiscard]] std::string order_mark(const ports::journal_record& record);

/// What the gateway calls the last code of an order (`ledger::number_of_code`).
[[nodiscard]] std::string order_number(const ports::journal_record& record);

/// Whether a gateway's word is about the last code of that order: its number, and payee and terminal where they are
/// told.
[[nodiscard]] bool speaks_of(const ports::journal_record& record, const ports::qr_order_status& told);

/// Durable: the gateway has the order, and somebody may pay. Whatever happens to this run, a later one knows it.
/// @param expires zero where nobody has told.
[[nodiscard]] result<void> keep_issued(
    lane_core& on, ports::journal_record& record, std::chrono::system_clock::time_point expires);

/// What the gateway's word makes of an order: its end, or what it has told that does not decide.
[[nodiscard]] ports::journal_verdict word_of_gateway(
    const ports::journal_record& record, const ports::qr_order_status& told);

/// Writes what the gateway says of an order; `unknown` while it may still be paid.
[[nodiscard]] payment conclude_order(
    lane_core& on, ports::journal_record& record, const result<ports::qr_order_status>& status);

/// The gateway would not or could not make an order or a refund: `declined` where it said so, else `unknown`.
[[nodiscard]] payment conclude_failure(lane_core& on, ports::journal_record& record, const error& why);

/// Closes an order at the gateway, or undoes a charge: what it is then. A gateway that does not answer is asked
/// again, less and less often, as long as `bounds` leaves the time and the settings let it; the caller's stop does
/// not end that: the code must not be payable when nobody waits for it.
[[nodiscard]] result<ports::qr_order_status> close_at_gateway(
    lane_core& on, const ports::journal_record& record, const call& bounds);

/// Writes what the gateway has said to that. An order that has been acknowledged and is then not known there stays
/// `unknown`.
[[nodiscard]] payment conclude_closing(
    lane_core& on, ports::journal_record& record, const result<ports::qr_order_status>& status);

/// Both, asking once.
[[nodiscard]] payment cancel_order(lane_core& on, ports::journal_record& record);

/// Asks the gateway for the refund of `original`. May be repeated: the same refund number is the same refund. An
/// error means that nothing left, now or earlier.
[[nodiscard]] result<payment> send_refund(
    lane_core& on, ports::journal_record& record, const ports::journal_record& original, const call& bounds);

/// Decides a record of the gateway that is `unknown`: a refund by its repeat, an order by closing it. One of another
/// gateway or merchant stays as it is.
[[nodiscard]] payment resolve_order(lane_core& on, ports::journal_record& record, const call& bounds);

/// Before a new order: no earlier one may be left that somebody could still pay. Refunds are not asked for again, and
/// hold nobody up.
/// @param at of this gateway alone, where the lane has several: one that is silent keeps no other from work. Null: of
/// all.
/// @return `order_pending`.
[[nodiscard]] result<void> settle_orders(lane_core& on, const ports::qr_gateway* at, const call& bounds);

} // namespace cipherlane::acquiring
