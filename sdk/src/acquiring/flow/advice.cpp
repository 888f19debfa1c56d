#include "flow/advice.hpp"

#include "flow/host_word.hpp"
#include "flow/original.hpp"
#include "flow/request_on_file.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"
#include "host/sign_in.hpp"
#include "lane/failed_lately.hpp"

#include <cipherlane/ledger/moved.hpp>
#include <cipherlane/ledger/offline_limits.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/totals.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::acquiring {
namespace {

using ledger::advice_word;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

result<iso8583::message> advice_request(
    lane_core& on, const journal_record& record, const std::optional<journal_record>& original) {
    request_source from(record);
    if (original) from.original = &*original;
    return request_on_file(on, ledger::message_of(ledger::row_of(record.kind)), from);
}

struct send_end {
    std::optional<error> why; ///< absent: the host has taken or refused it
    bool again = false;       ///< another send in the same go may end it
    bool refused = false;     ///< by words that do not prove that it was not taken: only a person can find out
};

bool notifies(const journal_record& record) {
    return ledger::row_of(record.kind).role == ledger::trade_role::notifying;
}

/// It was answered, and is not taken: the same goes out again.
send_end stays_stored(lane_core& on, journal_record& record, const std::string& code, ports::sent_before earlier) {
    const auto now = ledger::once_answered(earlier, code, on.settings().offline.duplicate);
    if (now != earlier || !ledger::in_doubt(earlier)) {
        journal_verdict heard(record_state::stored, ports::decider::host);
        heard.host_code = code;
        heard.earlier_sends = now;
        (void)write_verdict(on, record, heard);
    }
    return {
        flow_error(acquiring_errc::advice_waiting, "advice").with_peer_code(code), true, ledger::is_stuck(now, code)};
}

send_end take_answer(lane_core& on, journal_record& record, const host_answer& answer, ports::sent_before earlier) {
    auto verdict = word_of_host(on, answer);
    const auto word = ledger::word_on_advice(*verdict.host_code, earlier, on.settings().offline.duplicate);
    const bool taken = word == advice_word::taken;
    const auto booked = ledger::booked_by(record, *verdict.host_code, approved_part(record, answer));
    if (word == advice_word::passing || (taken && !booked))
        return stays_stored(on, record, *verdict.host_code, earlier);
    if (taken) verdict.approved = booked;
    if (!taken) verdict.state = record_state::declined;
    // A repeat is answered as such; what the first answer would have said is not known.
    auto why = write_verdict(on, record, verdict).why;
    if (why) return {std::move(why), false};
    const bool in_full = taken && (notifies(record) || *booked == record.requested);
    if (!in_full) on.raise(alert_kind::advice_refused, record);
    // Nobody is told of a notice.
    if (notifies(record)) (void)on.journal().close_record(record.id, on.journal_call());
    return {};
}

/// The first send is durable before it leaves: a record that may have left must never end as not sent. So is that
/// what was answered before says nothing of this send.
result<void> count_send(lane_core& on, journal_record& record) {
    CIPHERLANE_CHECK(on.journal().count_reversal_send(record.id, on.journal_call()));
    const bool first = record.reversal_sends++ == 0;
    const auto sent = ledger::once_sent(record);
    if (!first && sent == record.earlier_sends) return {};
    journal_verdict leaving(record_state::stored, ports::decider::till);
    leaving.earlier_sends = sent;
    return write_step(on, record, leaving);
}

/// Nothing has left after all: what is known of the sends before it stands as it was.
void take_back(lane_core& on, journal_record& record, ports::sent_before earlier) {
    if (ledger::once_sent(record) == earlier) return;
    journal_verdict back(record_state::stored, ports::decider::till);
    back.earlier_sends = earlier;
    (void)write_verdict(on, record, back);
}

send_end send_once(
    lane_core& on, journal_record& record, const std::optional<journal_record>& original, const call& bounds) {
    auto message = advice_request(on, record, original);
    if (!message) return {message.error(), false};
    const auto& row = ledger::row_of(record.kind);
    const auto earlier = record.earlier_sends;
    if (const auto counted = count_send(on, record); !counted) {
        take_back(on, record, earlier);
        return {counted.error(), false};
    }
    const auto got = exchange(on, *message, ledger::message_of(row), row.name, record.masked_pan, bounds);
    if (got.what == exchange_end::kind::not_sent) {
        take_back(on, record, earlier);
        return {got.why, got.why.is(condition::link_lost)};
    }
    if (got.what == exchange_end::kind::in_doubt) return {got.why, true};
    return take_answer(on, record, *got.answer, earlier);
}

std::optional<error> tell(lane_core& on, journal_record& record, std::uint32_t tries, const call& bounds);

/// What the record is about, told to the host before it.
result<std::optional<journal_record>> told_original(
    lane_core& on, const journal_record& record, std::uint32_t tries, const call& bounds) {
    if (record.original == 0) return std::optional<journal_record>();
    CIPHERLANE_TRY(auto original, find_original(on, record.original, "advice", on.journal_call()));
    if (ledger::states::repeats.contains(original.state)) {
        if (auto why = tell(on, original, tries, bounds)) return *why;
    }
    return std::optional(std::move(original));
}

std::optional<error> tell(lane_core& on, journal_record& record, std::uint32_t tries, const call& bounds) {
    const auto named = [&](const error& why) { return error(why).for_trace(record.trace); };
    if (is_foreign(on, record)) return named(flow_error(acquiring_errc::other_counterpart, "advice"));
    if (const auto open = check_not_frozen(on, record, "advice"); !open) return open.error();
    const auto original = told_original(on, record, tries, bounds);
    if (!original) return named(original.error());
    send_end end{flow_error(acquiring_errc::advice_waiting, "advice"), true};
    for (std::uint32_t sends = 0; end.again && sends < tries; ++sends) {
        // A repeat after A0 needs new keys; without them it would fail the same way.
        if (const auto signed_in = ensure_signed_in(on, bounds); !signed_in) return named(signed_in.error());
        end = send_once(on, record, *original, bounds);
    }
    if (!end.why) return std::nullopt;
    if (end.refused) on.raise(alert_kind::advice_refused, record);
    return named(*end.why);
}

/// Stored records, oldest first.
result<std::vector<journal_record>> stored_records(lane_core& on) {
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    std::erase_if(open, [](const auto& one) { return !ledger::states::repeats.contains(one.state); });
    return open;
}

/// Whether the host has said something, or is not the one to say it.
bool is_answered(const std::optional<error>& why) {
    return !why || why->code() == acquiring_errc::advice_waiting || why->code() == acquiring_errc::other_counterpart;
}

/// Such an error is the record's own: the host may take the others.
bool of_one_record(const error& why) {
    return why.where() == layer::iso8583;
}

} // namespace

std::optional<error> send_advice(lane_core& on, journal_record& record, const call& bounds) {
    return tell(on, record, on.settings().reversal.sends, bounds);
}

result<void> send_advices(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto stored, stored_records(on));
    std::optional<error> unsendable;
    for (auto& record : stored) {
        if (!ledger::awaits_host(record)) continue;
        // As the original of another it may have been told meanwhile.
        CIPHERLANE_TRY(record, find_original(on, record.id, "advice", on.journal_call()));
        if (!ledger::states::repeats.contains(record.state)) continue;
        const auto why = send_advice(on, record, bounds);
        if (is_answered(why)) continue;
        if (!of_one_record(*why)) return *why;
        if (!unsendable) unsendable = why;
    }
    send_notices(on, bounds);
    if (unsendable) return *unsendable;
    return {};
}

void send_notices(lane_core& on, const call& bounds) {
    const auto stored = stored_records(on);
    const auto host = on.host();
    if (!stored || !host) return;
    for (auto record : *stored) {
        if (ledger::awaits_host(record)) continue;
        // They move no money: they may not take the time of what does.
        if (bounds.until().left() < 3 * (*host)->response_time()) return;
        if (!is_answered(tell(on, record, 1, bounds))) return;
    }
}

result<void> check_all_told(lane_core& on) {
    CIPHERLANE_TRY(const auto stored, stored_records(on));
    for (const auto& record : stored) {
        if (!ledger::awaits_host(record)) continue;
        raise_about(on, record);
        // Another host's belongs to this batch all the same: that host, or a person, must end it.
        const auto why = is_foreign(on, record) ? acquiring_errc::other_counterpart : acquiring_errc::advice_waiting;
        return flow_error(why, "settlement").for_trace(record.trace);
    }
    return {};
}

result<void> check_sendable(lane_core& on, journal_record fresh, const std::optional<journal_record>& original,
    const ports::stored_card* card) {
    fresh.trace = 1;
    fresh.batch = 1;
    const auto& row = ledger::message_of(ledger::row_of(fresh.kind));
    request_source from(fresh);
    from.card = card;
    if (original) from.original = &*original;
    auto trial = request(row, from, on.settings());
    if (row.seal == iso8583::sealing::mac) trial.leave_mac_hole();
    return iso8583::check_fields(trial, row);
}

result<void> check_offline_limits(lane_core& on, const amount& total) {
    const auto& limits = on.settings().offline;
    CIPHERLANE_TRY(const auto stored, stored_records(on));
    const ledger::offline_limits most{limits.most_each_minor, limits.most_together_minor, limits.most_records};
    if (!ledger::fits_offline(total, stored, most)) return flow_error(acquiring_errc::offline_limit, "offline");
    return {};
}

void relieve_store(lane_core& on, std::span<const journal_record> open, const call& bounds) {
    const auto waits = [&](const auto& one) { return ledger::awaits_host(one) && !is_foreign(on, one); };
    const auto stored = std::count_if(open.begin(), open.end(), waits);
    if (stored == 0 || stored < on.settings().offline.most_records) return;
    const auto host = on.host();
    // The trade itself needs its card and its answer yet.
    const auto needed =
        2 * (host ? (*host)->response_time() : std::chrono::milliseconds(0)) + on.settings().timers.card;
    if (!host || bounds.until().left() < needed) return;
    const auto now = on.clock().now();
    if (failed_lately(on.relief_failed, now)) return;
    auto oldest = *std::find_if(open.begin(), open.end(), waits);
    on.relief_failed.reset();
    if (tell(on, oldest, 1, bounds)) on.relief_failed = now;
}

} // namespace cipherlane::acquiring
