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
constexpr std::chrono::milliseconds longest_pause = 1h;
constexpr auto between_days = 24h;
constexpr auto for_reading = 30s;
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
    , first_(std::clamp(first, least_between_looks, longest_pause))
    , daily_(std::move(daily))
    , log_(log) {}

gateway_care::~gateway_care() {
    thread_.request_stop(); // ends the call that is under way, too
    if (thread_.joinable()) thread_.join();
}

void gateway_care::start() {
    if (places_.empty()) return;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void gateway_care::run(const std::stop_token& stop) {
    auto told = monotonic_clock::now();
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            woken_.wait_until(lock, stop, next_look(), [] { return false; });
        }
        for (auto& one : places_)
            look(one, stop);
        if (daily_ && !stop.stop_requested() && monotonic_clock::now() - told >= between_days) {
            told = monotonic_clock::now();
            daily_();
        }
    }
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

void gateway_care::look(place& at, const std::stop_token& stop) {
    if (stop.stop_requested()) return;
    const auto open = journal_.open_records(at.of.terminal_id, call(for_reading, stop));
    if (!open) return log_.warning("gateway", "what is in doubt cannot be read: " + open.error().to_string());
    const auto before = std::exchange(at.doubts, {});
    std::set<std::string> silent; // a gateway that has not answered is not asked for the next one, either
    for (const auto& record : *open) {
        if (!is_in_doubt(record) || !at.of.gateways.contains(record.counterpart)) continue;
        const auto known = before.find(record.id);
        auto one = known != before.end() ? known->second : doubt{monotonic_clock::now() + first_, first_};
        if (monotonic_clock::now() >= one.next && !stop.stop_requested()) {
            if (!silent.contains(record.counterpart) && !ask(at.of, record, stop)) silent.insert(record.counterpart);
            one.pause = std::min(one.pause * 2, longest_pause);
            one.next = monotonic_clock::now() + one.pause;
        }
        at.doubts.emplace(record.id, one);
    }
}

bool gateway_care::ask(const seat& at, const ports::journal_record& about, const std::stop_token& stop) {
    const auto told =
        acquiring::recovery(*at.lane).run(acquiring::recovery_request(about.id), call(for_asking, stop));
    if (!told || told->empty()) return false;
    const auto& end = told->front();
    if (end.decided()) {
        log_.info("gateway", "terminal " + at.terminal_id + ", order " + about.order_number +
                                 ", was in doubt: " + std::string(to_string(end.outcome)));
        return true;
    }
    return !end.why || !(end.why->is(condition::link_lost) || end.why->is(condition::timed_out) ||
                           end.why->is(condition::outcome_unknown));
}

} // namespace cipherlane::assembly
