#include "lane/at_card.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {
namespace {

result<std::optional<payment>> told_of(
    ports::store& journal, const std::optional<ports::journal_record>& found, const call& bounds) {
    if (!found) return std::optional<payment>();
    auto value = to_payment(as_told_now(journal, *found));
    value.told = told::recorded;
    CIPHERLANE_CHECK(tell_refunds(journal, value, bounds));
    return std::optional<payment>(std::move(value));
}

/// Of a void and of a refund the original says which one it is.
bool is_of_kind(ports::trade kind, ports::trade asked) noexcept {
    if (kind == asked || kind == ledger::at_terminal(asked)) return true;
    const auto role = ledger::row_of(kind).role;
    const bool by_original = role == ledger::trade_role::undoing || role == ledger::trade_role::returning;
    return by_original && role == ledger::row_of(asked).role;
}

bool was_begun_for(const ports::journal_record& record, const trade_request& wish) noexcept {
    if (!is_of_kind(record.kind, wish.kind)) return false;
    const auto& needs = ledger::row_of(record.kind).needs;
    if (record.original != (needs.contains(ledger::need::original) ? wish.handle : 0)) return false;
    // Otherwise the whole of the original.
    return !needs.contains(ledger::need::amount) || record.requested == wish.total;
}

} // namespace

ports::journal_record as_told_now(const ports::store& journal, ports::journal_record record) {
    if (!ledger::states::stands.contains(record.state) || !at_card::has(journal, record.id)) return record;
    record.state = ports::record_state::unknown;
    record.approved = amount(0, record.requested.unit());
    return record;
}

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

result<std::optional<payment>> lookup(
    ports::store& journal, std::string_view terminal_id, const trade_request& wish, const call& bounds) {
    CIPHERLANE_TRY(const auto found, journal.find_key(terminal_id, wish.idempotency_key, bounds));
    if (!found || ledger::states::frees_key.contains(found->state)) return std::optional<payment>();
    if (!was_begun_for(*found, wish)) return flow_error(acquiring_errc::key_reused, "request");
    return told_of(journal, found, bounds);
}

} // namespace cipherlane::acquiring
