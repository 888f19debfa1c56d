#include "flow/key_in_use.hpp"

#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/refunds.hpp>
#include <cipherlane/ledger/record_set.hpp>

namespace cipherlane::acquiring {
namespace {

result<std::optional<payment>> told_of(
    ports::store& journal, const std::optional<ports::journal_record>& found, const call& bounds) {
    if (!found) return std::optional<payment>();
    auto value = to_payment(as_told_now(*found));
    value.told = told::recorded;
    CIPHERLANE_CHECK(tell_refunds(journal, value, bounds));
    return std::optional<payment>(std::move(value));
}

} // namespace

ports::journal_record as_told_now(ports::journal_record record) {
    if (!ledger::records::at_card.contains(record)) return record;
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
    CIPHERLANE_TRY(const auto found, key_in_use(journal, terminal_id, wish, bounds));
    return told_of(journal, found, bounds);
}

} // namespace cipherlane::acquiring
