#include "simulation/card_terminal.hpp"

#include "simulation/devices.hpp"

#include <charconv>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using ports::terminal_outcome;
using ports::terminal_report;
using ports::terminal_verb;

constexpr auto terminal_time = 4'000ms;

terminal_report left_open() {
    terminal_report report;
    report.why = without_effect(fault::timed_out);
    return report;
}

terminal_report refused_by_it() {
    terminal_report report;
    report.outcome = terminal_outcome::declined;
    report.code = "05";
    return report;
}

terminal_report approved_by(const terminal_day::entry& what, std::size_t receipt) {
    terminal_report report;
    report.outcome = terminal_outcome::approved;
    report.total = amount(what.minor);
    report.code = "00";
    report.receipt = std::to_string(receipt);
    report.masked_pan = "622200******0004";
    return report;
}

std::size_t receipt_of(std::string_view digits) {
    std::size_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

} // namespace

result<void> card_terminal::open(const call& bounds) {
    return take_call(world_, "open terminal", bounds);
}

const ports::terminal_capabilities& card_terminal::capabilities() const noexcept {
    static const auto can = [] {
        ports::terminal_capabilities made;
        made.void_payment = made.refund = made.settle = made.tells_last = made.last_amount = true;
        return made;
    }();
    return can;
}

result<std::string> card_terminal::last_done(const call& bounds) {
    CIPHERLANE_CHECK(take_call(world_, "last of terminal", bounds));
    return std::to_string(world_.terminal.entries.size());
}

result<terminal_report> card_terminal::run(const ports::terminal_request& request, const call& bounds) {
    CIPHERLANE_CHECK(take_call(world_, "ask terminal", bounds));
    const auto lost = world_.doors.next(point::gateway_request, "terminal request");
    if (lost == fault::off || lost == fault::request_lost) return left_open();
    world_.time.pass(terminal_time);
    auto report = carry_out(request);
    const auto silent = world_.doors.next(point::gateway_answer, "terminal answer");
    if (silent == fault::off || silent == fault::answer_lost) return left_open();
    return report;
}

/// A void is of the whole, once, and of the open day.
terminal_report card_terminal::carry_out(const ports::terminal_request& request) {
    auto& day = world_.terminal;
    if (request.what == terminal_verb::void_payment) {
        const auto original = receipt_of(request.original);
        const bool there = original > day.closed && original <= day.entries.size();
        if (!there || day.entries[original - 1].undone) return refused_by_it();
        day.entries[original - 1].undone = true;
    }
    day.entries.push_back({request.what, request.total.minor(), world_.key, false});
    return approved_by(day.entries.back(), day.entries.size());
}

terminal_report card_terminal::recover(const ports::terminal_doubt& doubt, const call& bounds) {
    if (!take_call(world_, "what became of it", bounds)) return left_open();
    const auto& entries = world_.terminal.entries;
    const auto before = receipt_of(doubt.before);
    if (entries.size() <= before) return refused_by_it();
    return approved_by(entries[before], before + 1);
}

std::int64_t card_terminal::net_of_day() const {
    std::int64_t net = 0;
    const auto& day = world_.terminal;
    for (auto at = day.closed; at < day.entries.size(); ++at) {
        const auto& one = day.entries[at];
        net += one.what == terminal_verb::authorise ? one.minor : -one.minor;
    }
    return net;
}

result<ports::terminal_settlement> card_terminal::settle(const call& bounds) {
    CIPHERLANE_CHECK(take_call(world_, "close day", bounds));
    ports::terminal_settlement closed;
    closed.total = ports::batch_side{net_of_day(), 0};
    world_.terminal.closed = world_.terminal.entries.size();
    const auto silent = world_.doors.next(point::gateway_answer, "day closed");
    if (silent == fault::off || silent == fault::answer_lost) return without_effect(fault::timed_out);
    return closed;
}

result<void> card_terminal::print_again(const call& /*bounds*/) {
    return {};
}

result<ports::terminal_health> card_terminal::status(const call& /*bounds*/) {
    ports::terminal_health health;
    health.ready = true;
    return health;
}

result<void> card_terminal::abort(const call& /*bounds*/) {
    return {};
}

} // namespace cipherlane::simulation
