#include "last_result.hpp"

#include <cipherlane/core/pause.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using ports::terminal_doubt;
using ports::terminal_outcome;
using ports::terminal_report;

/// Questions come at most so many times more rarely than at first.
constexpr int rarest = 8;

before_request before_of(const terminal_doubt& doubt) {
    if (doubt.before.empty()) return before_request::untold;
    return doubt.before == no_last_result ? before_request::none : before_request::named;
}

last_result last_of(std::string_view name, const terminal_doubt& doubt) {
    if (name.empty()) return last_result::untold;
    if (name == no_last_result) return last_result::none;
    return name == doubt.before ? last_result::before : last_result::another;
}

last_facts facts_of(const last_told& told, const terminal_doubt& doubt, request_time time, host_part host) {
    last_facts known;
    known.before = before_of(doubt);
    known.last = last_of(told.name, doubt);
    known.end = told.report.outcome == terminal_outcome::approved ? last_end::approved : last_end::otherwise;
    known.kind = told.kind;
    known.total = told.total;
    known.time = time == request_time::over ? told.time : time;
    known.host = host;
    return known;
}

terminal_report not_done(const terminal_doubt& doubt) {
    terminal_report made;
    made.total = amount(0, doubt.wish.total.unit());
    made.outcome = terminal_outcome::declined;
    made.text = "not carried out by the terminal";
    return made;
}

/// The terminal says of a later transaction than the one before that it does not know: once that is kept, no refusal
/// follows, whatever it tells next.
terminal_report unsure_too(terminal_report made, const last_told& told, const last_facts& known) {
    if (!told.report.host_unsure || known.last != last_result::another) return made;
    made.host_unsure = true;
    made.code = told.report.code;
    made.text = told.report.text;
    return made;
}

/// What was told last is not it, which proves nothing yet: whoever asks must know how long it takes.
error not_yet(const deadline& over) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(over.left()).count();
    return refused(drivers_errc::wrong_answer)
        .in_field("last result")
        .with_hint("it is another one, which proves nothing for " + std::to_string(left) +
                   " s more: a call must last that long");
}

} // namespace

terminal_report unknown_report(const ports::terminal_request& wish, error why) {
    terminal_report made;
    made.total = amount(0, wish.total.unit());
    made.why = std::move(why).during(to_string(wish.what));
    return made;
}

likeness likeness_of(const amount& told, const amount& wanted) noexcept {
    if (told.minor() == 0) return likeness::untold;
    return told == wanted ? likeness::same : likeness::other;
}

terminal_report ask_last(const terminal_doubt& doubt, const last_question& question, const call& bounds) {
    auto why = refused(drivers_errc::wrong_answer).in_field("last result");
    if (before_of(doubt) != before_request::named)
        return unknown_report(doubt.wish, std::move(why).with_hint("it had told none before the payment"));
    const bool ended = doubt.unsure; // by the terminal's own word, which was that its host is silent
    const auto host = ended ? host_part::perhaps : question.host;
    auto rest = question.rest;
    while (!bounds.stopped() && !bounds.until().passed()) {
        // Looked up before it is asked: what it stores meanwhile is not in its answer.
        const auto time = ended || question.over.passed() ? request_time::over : request_time::running;
        auto told = question.ask(bounds);
        if (!told) {
            why = told.error();
        } else {
            const bool elsewhere = is_another(question.of, told->terminal);
            if (elsewhere) told->name.clear(); // it says nothing of this request
            const auto known = facts_of(*told, doubt, time, host);
            switch (verdict_of(known)) {
            case last_verdict::approved: return std::move(told->report);
            case last_verdict::declined: return not_done(doubt);
            case last_verdict::unknown:
                why = refused(drivers_errc::wrong_answer).in_field(elsewhere ? "terminal id" : "last result");
                if (known.last == last_result::before)
                    why = refused(drivers_errc::no_answer).in_field("host's answer").with_peer_code(doubt.code);
                return unsure_too(unknown_report(doubt.wish, std::move(why)), *told, known);
            case last_verdict::ask_again: why = not_yet(question.over); break;
            }
        }
        const auto left = question.over.left();
        cipherlane::pause(bounds.no_later_than(left.count() > 0 ? std::min(rest, left) : rest));
        rest = std::min(2 * rest, rarest * question.rest);
    }
    return unknown_report(doubt.wish, std::move(why));
}

bool is_another(std::string_view terminal, std::string_view now) noexcept {
    return !terminal.empty() && !now.empty() && terminal != now;
}

error another_terminal(std::string_view terminal, std::string_view now) {
    return refused(drivers_errc::wrong_answer)
        .in_field("terminal id")
        .with_hint("expected " + std::string(terminal) + ", found " + std::string(now) + ": ask again");
}

deadline over_at(
    std::chrono::milliseconds longest, const terminal_doubt& doubt, std::optional<monotonic_clock::time_point> sign) {
    auto left = longest - doubt.age;
    if (sign)
        left = std::max(
            left, longest - std::chrono::duration_cast<std::chrono::milliseconds>(monotonic_clock::now() - *sign));
    return deadline::in(std::max(left, std::chrono::milliseconds{0}));
}

result<void> may_begin(const call& bounds, std::chrono::milliseconds least, std::string_view operation) {
    const auto refused = [&](net_errc why) { return error(make_error_code(why), layer::drivers).during(operation); };
    if (bounds.stopped()) return refused(net_errc::cancelled);
    if (bounds.until().left() < least) return refused(net_errc::timed_out);
    return {};
}

call before_it_is_stopped(const call& bounds, std::chrono::milliseconds stopping) {
    const auto left = bounds.until().left();
    return bounds.no_later_than(left - std::min(stopping, left / 4));
}

} // namespace cipherlane::drivers
