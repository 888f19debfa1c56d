#include "gateway_care.hpp"

#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::assembly {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds most_between_looks = 1min;
constexpr std::chrono::milliseconds least_between_looks = 50ms;
constexpr std::chrono::milliseconds longest_silence = 1h;
constexpr auto between_days = 24h;
constexpr auto for_open_records = 30s;
constexpr auto for_asking = 2min; ///< in its turn behind a payment

/// A flow that has ended has left it so: what is under way is in no such state.
bool is_in_doubt(const ports::journal_record& record) {
    return ledger::states::a_persons.contains(record.state) && ledger::order_trades.contains(record.kind) &&
           ledger::may_be_paid(record);
}

} // namespace

gateway_care::gateway_care(
    ports::store& journal, std::chrono::milliseconds first, std::function<void()> daily, const logger& log)
    : journal_(journal)
    , first_(std::clamp(first, least_between_looks, longest_silence))
    , daily_(std::move(daily))
    , log_(log) {}

void gateway_care::start() {
    if (places_.empty()) return;
    thread_.start([this](const std::stop_token& stop) { return look(stop); });
}

gateway_care::moment gateway_care::look(const std::stop_token& stop) {
    for (auto& one : places_)
        look_at(one, stop);
    if (daily_ && !stop.stop_requested() && monotonic_clock::now() - told_days_ >= between_days) {
        told_days_ = monotonic_clock::now();
        daily_();
    }
    return next_look();
}

/// The first that is due, and not later than a new one may be seen.
gateway_care::moment gateway_care::next_look() const {
    const auto now = monotonic_clock::now();
    auto next = now + std::min(first_, most_between_looks);
    for (const auto& at : places_)
        for (const auto& [handle, one] : at.doubts)
            next = std::min(next, one.next);
    return std::max(next, now + least_between_looks);
}

void gateway_care::look_at(place& at, const std::stop_token& stop) {
    if (stop.stop_requested()) return;
    const auto open = journal_.open_records(at.of.terminal_id, call(for_open_records, stop));
    if (!open) {
        if (!stop.stop_requested())
            log_.warning("gateway", "what is in doubt cannot be read: " + open.error().to_string());
        return;
    }
    const auto before = std::exchange(at.doubts, {});
    std::set<std::string> silent; // a gateway that has not answered is not asked for the next one, either
    bool customer = false;
    for (const auto& record : *open) {
        if (!is_in_doubt(record) || !at.of.gateways.contains(record.counterpart)) continue;
        const auto known = before.find(record.id);
        auto one = known != before.end() ? known->second : doubt{monotonic_clock::now() + first_, first_};
        if (monotonic_clock::now() >= one.next && !customer && !stop.stop_requested()) {
            const auto end = silent.contains(record.counterpart) ? answer::silent : ask(at.of, record, stop);
            if (end == answer::silent) silent.insert(record.counterpart);
            customer = end == answer::put_off;
            one.pause = customer ? one.pause : std::min(one.pause * 2, longest_silence);
            one.next = monotonic_clock::now() + (customer ? first_ : one.pause);
        }
        at.doubts.emplace(record.id, one);
    }
}

gateway_care::answer gateway_care::ask(
    const seat& at, const ports::journal_record& about, const std::stop_token& stop) {
    const acquiring::recovery_request wish(about.id, acquiring::recovering::while_nobody_waits);
    const auto told = acquiring::recovery(*at.lane).run(wish, call(for_asking, stop));
    if (!told || told->empty()) return answer::put_off;
    const auto& end = told->front();
    if (end.decided()) {
        log_.info("gateway", "terminal " + at.terminal_id + ", order " + about.order_number +
                                 ", was in doubt: " + std::string(to_string(end.outcome)));
        return answer::told;
    }
    if (!end.why) return answer::told;
    if (end.why->is(condition::cancelled)) return answer::put_off;
    const bool silent = end.why->is(condition::link_lost) || end.why->is(condition::timed_out) ||
                        end.why->is(condition::outcome_unknown);
    return silent ? answer::silent : answer::told;
}

} // namespace cipherlane::assembly
