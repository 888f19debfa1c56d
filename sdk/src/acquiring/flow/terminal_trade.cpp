#include "flow/terminal_trade.hpp"

#include "flow/unsent.hpp"
#include "flow/verdict.hpp"

#include <cipherlane/ledger/moved.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;
using ports::terminal_outcome;
using ports::terminal_report;

void note_terminal(lane_core& on, const journal_record& record, std::string what, std::string result) {
    timeline_entry entry;
    entry.from = party::till;
    entry.to = party::terminal;
    entry.what = std::move(what);
    entry.result = std::move(result);
    entry.total = record.requested;
    entry.trace = record.trace;
    on.note(std::move(entry));
}

/// What the record asks of the terminal: of its original it needs the receipt number.
result<ports::terminal_request> request_of(lane_core& on, const journal_record& record) {
    const auto verb = ledger::verb_of(record.kind);
    if (!verb) return flow_error(acquiring_errc::bad_request, "terminal").in_field("kind").for_trace(record.trace);
    ports::terminal_request wish(*verb, record.requested);
    if (record.original == 0) return wish;
    CIPHERLANE_TRY(const auto original, on.journal().find(record.original, on.journal_call()));
    if (original) wish.original = original->voucher;
    return wish;
}

record_state state_of(terminal_outcome told, const journal_record& record) {
    switch (told) {
    case terminal_outcome::approved: return record_state::approved;
    case terminal_outcome::declined: return record_state::declined;
    case terminal_outcome::unknown: break;
    }
    return ledger::state_if_unknown(record.kind);
}

ports::terminal_doubt doubt_of(lane_core& on, const journal_record& record, const ports::terminal_request& wish) {
    ports::terminal_doubt doubt(wish, record.device_before);
    doubt.unsure = record.device_unsure;
    doubt.code = record.host_code;
    const auto now = monotonic_clock::now();
    const auto since = on.under_way_since.try_emplace(record.id, now).first->second;
    doubt.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - since);
    return doubt;
}

/// What has left is asked for while the payment's call lasts; what is not known by its end is asked for later.
/// Whoever has stopped it waits for that no longer than a card may take.
call asking_call(const lane_core& on, const call& bounds) {
    if (!bounds.stopped()) return bounds;
    return call(bounds.until()).no_later_than(on.settings().timers.card);
}

/// An approval of what cannot have been approved proves that something was done, and not what: it is a person's.
terminal_report believed(terminal_report told, const journal_record& record) {
    const bool approves = told.outcome == terminal_outcome::approved;
    if (!approves || ledger::moved_by(record, ledger::finding::paid, told.total)) return told;
    told.outcome = terminal_outcome::unknown;
    told.host_unsure = true;
    told.why = flow_error(acquiring_errc::bad_answer, "terminal")
                   .in_field("total")
                   .for_trace(record.trace)
                   .with_hint("the terminal says that it approved " + told.total.to_string());
    return told;
}

payment conclude_report(lane_core& on, journal_record& record, terminal_report as_told) {
    const auto told = believed(std::move(as_told), record);
    const auto state = state_of(told.outcome, record);
    const bool decides = ledger::states::decided.contains(state);
    if (decides) on.under_way_since.erase(record.id);
    const bool says = decides || told.host_unsure;
    journal_verdict verdict(state, says ? ports::decider::terminal : ports::decider::till);
    if (says) {
        verdict.host_code = told.code;
        verdict.host_text = told.text;
    }
    if (told.host_unsure) verdict.device_unsure = true;
    if (ledger::states::counts.contains(state)) {
        verdict.approved = told.total;
        verdict.voucher = told.receipt;
        verdict.reference = told.trace;
        verdict.authorization = told.authorization;
        verdict.host_date = ports::infer_year(told.date, on.clock().now());
        verdict.host_time = told.time;
        if (!told.masked_pan.empty()) verdict.masked_pan = told.masked_pan;
    }
    auto end = write_verdict(on, record, verdict, told.why);
    // A tip, a part, or not what was asked for at all: the books have what the terminal says, and a person looks.
    if (ledger::states::counts.contains(record.state) && record.approved != record.requested)
        on.raise(alert_kind::other_total, record);
    return end;
}

/// Durable before anything is asked: a later run must not take what the terminal has not stored for a refusal.
void keep_doubt(lane_core& on, journal_record& record, const terminal_report& told) {
    journal_verdict verdict(ledger::state_if_unknown(record.kind), ports::decider::terminal);
    verdict.host_code = told.code;
    verdict.host_text = told.text;
    verdict.device_unsure = true;
    const auto written = write_step(on, record, verdict);
    if (written) return;
    on.log().warning("acquiring", "the terminal's doubt is not kept: " + written.error().to_string());
    on.raise(alert_kind::journal_failed, record);
}

terminal_report ask_again(lane_core& on, ports::terminal& terminal, const ports::terminal_doubt& doubt,
    const journal_record& record, const call& bounds) {
    on.enter(stage::sending);
    auto told = terminal.recover(doubt, bounds);
    note_terminal(on, record, "ask what became of it", std::string(to_string(told.outcome)));
    return told;
}

} // namespace

result<payment> ask_terminal(lane_core& on, ports::terminal& terminal, journal_record& record, const call& bounds) {
    const auto wish = request_of(on, record);
    if (!wish) return write_not_sent(on, record, wish.error());
    if (const auto held = on.journal().confirm_hold(on.terminal_id(), on.journal_call()); !held)
        return write_not_sent(on, record, held.error());
    on.enter(terminal.capabilities().aborts ? stage::card : stage::sending);
    on.under_way_since.emplace(record.id, monotonic_clock::now());
    auto told = terminal.run(*wish, bounds);
    note_terminal(on, record, std::string(to_string(wish->what)),
        told ? std::string(to_string(told->outcome)) : told.error().code().message());
    if (!told) {
        on.under_way_since.erase(record.id);
        return write_not_sent(on, record, told.error());
    }
    if (told->outcome == terminal_outcome::unknown) {
        const auto why = told->why;
        auto doubt = doubt_of(on, record, *wish);
        if (told->host_unsure) {
            keep_doubt(on, record, *told);
            doubt.unsure = true;
            doubt.code = told->code;
        }
        *told = ask_again(on, terminal, doubt, record, asking_call(on, bounds));
        if (told->outcome == terminal_outcome::unknown) told->why = why;
    }
    return conclude_report(on, record, *std::move(told));
}

payment resolve_at_terminal(lane_core& on, journal_record& record, const call& bounds) {
    const auto leave = [&](const error& why) {
        auto value = to_payment(record);
        value.why = error(why).for_trace(record.trace);
        return value;
    };
    const auto terminal = on.terminal();
    if (!terminal) return leave(terminal.error());
    if (const auto opened = (*terminal)->open(bounds); !opened) return leave(opened.error());
    if (is_foreign(on, record)) return leave(flow_error(acquiring_errc::other_counterpart, "earlier payment"));
    const auto wish = request_of(on, record);
    if (!wish) return leave(wish.error());
    auto told = ask_again(on, **terminal, doubt_of(on, record, *wish), record, bounds);
    return conclude_report(on, record, std::move(told));
}

result<std::optional<std::uint32_t>> settle_terminal(lane_core& on, const call& bounds) {
    std::optional<std::uint32_t> taken;
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    for (auto& record : open) {
        if (!ledger::terminal_trades.contains(record.kind)) continue;
        CIPHERLANE_CHECK(take_over(on, record));
        raise_about(on, record);
        if (!ledger::states::open.contains(record.state)) continue;
        const auto end = resolve_at_terminal(on, record, bounds);
        if (end.outcome == verdict::unknown) {
            const auto why = end.why ? end.why->to_string() : "the terminal does not know";
            return flow_error(acquiring_errc::terminal_pending, "earlier payment")
                .for_trace(record.trace)
                .with_hint("recover asks again, and what it cannot tell a person decides: " + why);
        }
        if (!end.ok()) continue;
        on.raise(alert_kind::untold_verdict, record);
        taken = record.trace;
    }
    return taken;
}

} // namespace cipherlane::acquiring
