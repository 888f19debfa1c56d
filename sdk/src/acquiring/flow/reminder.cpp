#include "flow/reminder.hpp"

#include <cipherlane/acquiring/settlement_reminder.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_set.hpp>

#include <algorithm>
#include <string>

namespace cipherlane::acquiring {

using moment = std::chrono::system_clock::time_point;

std::optional<std::chrono::minutes> time_of_day(std::string_view text) noexcept {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto two = [&](std::size_t at) -> int {
        const auto digits = text.substr(at, 2);
        return all_digits(digits) ? (digits[0] - '0') * 10 + (digits[1] - '0') : -1;
    };
    const auto hour = two(0);
    const auto minute = two(3);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
    return std::chrono::minutes(hour * 60 + minute);
}

moment settlement_due(moment begun, std::chrono::minutes at) noexcept {
    using namespace std::chrono;
    constexpr hours china{8};
    const auto there = floor<minutes>(begun) + china;
    const auto due = floor<days>(there) + at;
    return (due > there ? due : due + days(1)) - china;
}

bool settlement_is_due(moment begun, std::chrono::minutes at, moment now) noexcept {
    return now >= settlement_due(begun, at) || begun > now + std::chrono::days(1);
}

namespace {

/// When a batch has begun, and whether nothing that is open may change that any more.
struct batch_start {
    std::optional<moment> begun;
    bool for_good = false;
};

void take_earlier(std::optional<moment>& first, moment other) {
    if (!first || other < *first) first = other;
}

/// What is done at the till and stored for the host belongs to the settlement as what the host has approved.
result<batch_start> look_at_batch(
    ports::store& journal, std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    CIPHERLANE_TRY(const auto records, journal.batch_records(terminal_id, batch, bounds));
    CIPHERLANE_TRY(const auto open, journal.open_records(terminal_id, bounds));
    batch_start found;
    for (const auto& one : records) {
        if (ledger::records::in_totals.contains(one)) take_earlier(found.begun, one.created);
    }
    const auto approved = found.begun;
    std::optional<moment> first_open;
    for (const auto& one : open) {
        // What no side of a batch counts, such as a reservation, is nothing to settle.
        if (one.batch != batch || !ledger::counted_trades.contains(one.kind)) continue;
        take_earlier(first_open, one.created);
        if (ledger::states::repeats.contains(one.state)) take_earlier(found.begun, one.created);
    }
    found.for_good = approved && (!first_open || *approved <= *first_open);
    return found;
}

} // namespace

result<std::optional<moment>> batch_begun(
    ports::store& journal, std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    CIPHERLANE_TRY(const auto found, look_at_batch(journal, terminal_id, batch, bounds));
    return found.begun;
}

result<bool> settlement_overdue(
    ports::store& journal, const terminal_settings& terminal, const ports::clock& clock, const call& bounds) {
    const auto at = time_of_day(terminal.settlement.remind_at);
    if (!at) return false;
    CIPHERLANE_TRY(const auto state, journal.terminal(terminal.terminal_id, bounds));
    CIPHERLANE_TRY(const auto begun, batch_begun(journal, terminal.terminal_id, state.batch, bounds));
    return begun && settlement_is_due(*begun, *at, clock.now());
}

bool remind_of_settlement(lane_core& on) {
    const auto at = time_of_day(on.settings().settlement.remind_at);
    if (!at) return false;
    const auto state = on.journal().terminal(on.terminal_id(), on.journal_call());
    if (!state) return false;
    auto begun = on.batch_begun;
    if (!begun || begun->first != state->batch) {
        const auto found = look_at_batch(on.journal(), on.terminal_id(), state->batch, on.journal_call());
        if (!found || !found->begun) return false;
        begun = {state->batch, *found->begun};
        if (found->for_good) on.batch_begun = begun;
    }
    if (!settlement_is_due(begun->second, *at, on.clock().now())) return false;
    ports::journal_record batch;
    batch.terminal_id = on.terminal_id();
    batch.merchant_id = on.settings().merchant_id;
    batch.batch = state->batch;
    batch.created = begun->second;
    batch.order_number = "batch " + std::to_string(state->batch); // an alert for each
    on.raise(alert_kind::settlement_overdue, batch);
    return true;
}

} // namespace cipherlane::acquiring
