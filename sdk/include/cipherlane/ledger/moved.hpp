#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/ledger/finding.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::ledger {

/// How much of a trade's money a word has moved.

/// By what a person has found out or a card terminal says, who may name a sum that is not the one asked for. What
/// undoes a trade undoes all of it, or nothing, as its original then counts as voided. Nothing takes more than was
/// asked for but a payment at a card terminal, at which a tip is entered.
/// @return nothing for a sum that cannot have moved.
[[nodiscard]] std::optional<amount> moved_by(
    const ports::journal_record& record, finding found, const std::optional<amount>& named) noexcept;

/// By a host that has taken a stored trade. What moves no money is worth nothing.
/// @param told what the answer says of a part (`iso8583::response_action::approve_partial`).
/// @return nothing where it approves a part and does not say which.
[[nodiscard]] std::optional<amount> booked_by(
    const ports::journal_record& record, std::string_view code, const std::optional<amount>& told) noexcept;

} // namespace cipherlane::ledger
