#include "settlement_desk.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/settlement_reminder.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::assembly {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 15s;
constexpr auto between_looks_at_held = 1s;
constexpr auto for_telling = 1min; ///< after which somebody is called
constexpr auto for_reading = 30s;
constexpr auto for_settlement = 15min; ///< with the upload of a whole batch
constexpr std::chrono::minutes longest_pause{30};

} // namespace

settlement_desk::settlement_desk(ports::store& journal, const ports::clock& clock, hearers told, const logger& log)
    : journal_(journal)
    , clock_(clock)
    , told_(std::move(told))
    , log_(log) {}

void settlement_desk::add(seat one) {
    places_.push_back({std::move(one)});
}

void settlement_desk::start() {
    if (places_.empty()) return;
    thread_.start([this](const std::stop_token& stop) {
        look(stop);
        const bool held = std::any_of(places_.begin(), places_.end(), [](const place& one) { return one.held; });
        return monotonic_clock::now() + (held ? between_looks_at_held : between_looks);
    });
}

void settlement_desk::look(std::stop_token stop) {
    for (auto& one : places_) {
        if (stop.stop_requested()) return;
        if (may_try(one)) settle(one, stop);
    }
}

/// A clock that was set back ends the pause.
bool settlement_desk::may_try(const place& one) const {
    const auto now = clock_.now();
    return !one.failed || now < *one.failed || now >= *one.failed + one.pause;
}

result<std::uint32_t> settlement_desk::batch_due(const place& one, const call& bounds) {
    const auto& id = one.of.terminal_id;
    CIPHERLANE_TRY(const auto terminal, journal_.terminal(id, bounds));
    CIPHERLANE_TRY(const auto begun, acquiring::batch_begun(journal_, id, terminal.batch, bounds));
    const bool due = begun && acquiring::settlement_is_due(*begun, one.of.at, clock_.now());
    return due ? terminal.batch : 0;
}

void settlement_desk::settle(place& one, std::stop_token stop) {
    const auto batch = batch_due(one, call(for_reading, stop));
    if (!batch) return failed(one, 0, batch.error());
    if (*batch == 0) {
        one.pause = 0min;
        return;
    }
    acquiring::settlement_request wish;
    wish.by = acquiring::settling::by_its_time;
    wish.only_batch = *batch;
    const auto done = acquiring::settlement(*one.of.lane).run(wish, call(for_settlement, stop));
    if (!done && done.error().code() == acquiring_errc::not_told) return hold(one, *batch, done.error());
    one.held.reset();
    if (!done) return failed(one, *batch, done.error());
    one.pause = 0min;
    log_.info("settlement",
        "terminal " + one.of.terminal_id + ", batch " + std::to_string(done->batch) +
            " is settled: " + (done->host == acquiring::settlement_result::balanced ? "balanced" : "NOT BALANCED"));
    if (told_.settled) told_.settled(one.of.terminal_id, *done);
}

/// Whoever has just come, or is just telling a customer, has a moment.
void settlement_desk::hold(place& one, std::uint32_t batch, const error& why) {
    const auto now = clock_.now();
    if (!one.held || now < *one.held) {
        one.held = now;
        log_.info("settlement", "terminal " + one.of.terminal_id + ", batch " + std::to_string(batch) +
                                    " waits to be settled: " + why.to_string());
    }
    if (now >= *one.held + for_telling) raise_overdue(one, batch);
}

void settlement_desk::failed(place& one, std::uint32_t batch, const error& why) {
    if (why.is(condition::cancelled)) return; // the till ends
    one.pause = std::clamp<std::chrono::minutes>(one.pause * 2, 1min, longest_pause);
    one.failed = clock_.now();
    log_.warning("settlement", "terminal " + one.of.terminal_id + ", batch " + std::to_string(batch) +
                                   " could not be settled: " + why.to_string() + "; tried again in " +
                                   std::to_string(one.pause.count()) + " min");
    raise_overdue(one, batch);
}

void settlement_desk::raise_overdue(place& one, std::uint32_t batch) {
    if (batch == 0 || batch == one.told_of || !told_.overdue) return;
    one.told_of = batch;
    ports::journal_record about;
    about.terminal_id = one.of.terminal_id;
    about.merchant_id = one.of.merchant_id;
    about.batch = batch;
    about.created = clock_.now();
    about.order_number = "batch " + std::to_string(batch);
    told_.overdue(about);
}

} // namespace cipherlane::assembly
