#include <cipherlane/acquiring/refunds.hpp>
#include <cipherlane/ledger/record_sum.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {

result<void> tell_refunds(ports::store& journal, payment& value, const call& bounds) {
    if (value.outcome != verdict::approved || !ledger::refunded_by(value.kind)) return {};
    CIPHERLANE_TRY(const auto given, journal.refunded(value.handle, bounds));
    if (given.minor() == 0) return {};
    auto certain = given.minor();
    CIPHERLANE_TRY(const auto open, journal.open_records(value.terminal_id, bounds));
    for (const auto& record : open) {
        if (record.original == value.handle) certain -= ledger::sums::given_back.part_of(record);
    }
    value.refunded = amount(certain, value.requested.unit());
    if (value.refunded >= value.approved) value.outcome = verdict::refunded;
    return {};
}

} // namespace cipherlane::acquiring
