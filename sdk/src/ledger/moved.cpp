#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/moved.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::ledger {

using ports::journal_record;

std::optional<amount> moved_by(
    const journal_record& record, finding found, const std::optional<amount>& named) noexcept {
    if (found == finding::not_paid) return amount(0, record.requested.unit());
    const auto moved = named.value_or(record.requested);
    const auto& row = row_of(record.kind);
    const bool may_exceed = row.through == channel::terminal && row.side == money_side::debit;
    const bool whole = row.role == trade_role::undoing;
    const bool one_unit = moved.unit() == record.requested.unit();
    const bool fits = whole ? moved == record.requested : moved.is_within(record.requested) || may_exceed;
    return one_unit && moved.minor() > 0 && fits ? std::optional(moved) : std::nullopt;
}

std::optional<amount> booked_by(
    const journal_record& record, std::string_view code, const std::optional<amount>& told) noexcept {
    if (row_of(record.kind).role == trade_role::notifying) return amount(0, record.requested.unit());
    const bool in_part = iso8583::response_of(code).action == iso8583::response_action::approve_partial;
    return in_part ? told : record.requested;
}

} // namespace cipherlane::ledger
