#pragma once

#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/reconcile/entry.hpp>

#include <optional>

namespace cipherlane::reconcile {

/// What the till's own records say, in the terms in which both sides are compared.

[[nodiscard]] standing standing_of(ports::record_state state) noexcept;
/// Which way the money of a trade goes; nothing where it moves none.
[[nodiscard]] std::optional<direction> way_of(const ledger::trade_row& row) noexcept;

} // namespace cipherlane::reconcile
