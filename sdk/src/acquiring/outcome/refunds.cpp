#include <cipherlane/acquiring/refunds.hpp>
#include <cipherlane/ledger/taking.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {

result<void> tell_refunds(ports::store& journal, payment& value, const call& bounds) {
    if (value.outcome != verdict::approved || !ledger::refunded_by(value.kind)) return {};
    CIPHERLANE_TRY(const auto given, journal.refunded(value.handle, bounds));
    if (given.minor() == 0) return {};
    CIPHERLANE_TRY(const auto open, journal.open_records(value.terminal_id, bounds));
    value.refunded = ledger::surely_given_back(value.handle, amount(given.minor(), value.requested.unit()), open);
    if (ledger::all_given_back(value.approved, value.refunded)) value.outcome = verdict::refunded;
    return {};
}

} // namespace cipherlane::acquiring
