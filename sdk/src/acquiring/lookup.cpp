#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {
namespace {

result<std::optional<payment>> told_of(
    ports::store& journal, const std::optional<ports::journal_record>& found, const call& bounds) {
    if (!found) return std::optional<payment>();
    auto value = to_payment(*found);
    value.told = told::recorded;
    CIPHERLANE_CHECK(tell_refunds(journal, value, bounds));
    return std::optional<payment>(std::move(value));
}

} // namespace

result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, std::string_view key, const call& bounds) {
    CIPHERLANE_TRY(const auto found, journal.find_key(terminal_id, key, bounds));
    return told_of(journal, found, bounds);
}

result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, std::uint64_t handle, const call& bounds) {
    CIPHERLANE_TRY(auto found, journal.find(handle, bounds));
    if (found && found->terminal_id != terminal_id) found.reset();
    return told_of(journal, found, bounds);
}

result<void> tell_refunds(ports::store& journal, payment& value, const call& bounds) {
    if (value.outcome != verdict::approved || !ledger::refunded_by(value.kind)) return {};
    CIPHERLANE_TRY(const auto given, journal.refunded(value.handle, bounds));
    if (given.minor() == 0) return {};
    auto certain = given.minor();
    CIPHERLANE_TRY(const auto open, journal.open_records(value.terminal_id, bounds));
    for (const auto& record : open) {
        if (record.original == value.handle && ledger::gives_back(record)) certain -= record.requested.minor();
    }
    value.refunded = amount(certain, value.requested.unit());
    if (value.refunded >= value.approved) value.outcome = verdict::refunded;
    return {};
}

} // namespace cipherlane::acquiring
