#include "flow/advice.hpp"

#include "flow/host_word.hpp"
#include "flow/original.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"
#include "host/sign_in.hpp"

#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

using ledger::advice_word;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

/// All of it comes from journal records, so that each repeat has the same bytes (under the same MAC key).
result<iso8583::message> advice_request(
    lane_core& on, const journal_record& record, const std::optional<journal_record>& original) {
    const auto& row = ledger::message_of(ledger::row_of(record.kind));
    request_source from(record);
    if (original) from.original = &*original;
    if (!record.card_sealed) return request(row, from, on.settings());
    CIPHERLANE_TRY(const auto card, on.journal().card(record.id, on.journal_call()));
    from.card = &card;
    return request(row, from, on.settings());
}

struct send_end {
    std::optional<error> why; ///< absent: the host has taken or refused it
    bool again = false;       ///< another send in the same go may end it
};

send_end take_answer(lane_core& on, journal_record& record, const host_answer& answer, ledger::sent_before earlier) {
    auto verdict = word_of_host(on, answer);
    const auto word = ledger::word_on_advice(*verdict.host_code, earlier);
    if (word == advice_word::passing) {
        journal_verdict heard(record_state::stored, ports::decider::host);
        heard.host_code = verdict.host_code;
        (void)write_verdict(on, record, heard);
        return {flow_error(acquiring_errc::advice_waiting, "advice").with_peer_code(*verdict.host_code), true};
    }
    const bool taken = word == advice_word::taken;
    if (taken) verdict.approved = record.requested;
    if (!taken) verdict.state = record_state::declined;
    // A repeat is answered as such; what the first answer would have said is not known.
    auto why = write_verdict(on, record, verdict).why;
    if (!why && !taken) on.raise(alert_kind::advice_refused, record);
    return {std::move(why), false};
}

send_end send_once(
    lane_core& on, journal_record& record, const std::optional<journal_record>& original, const call& bounds) {
    auto message = advice_request(on, record, original);
    if (!message) return {message.error(), false};
    const auto& row = ledger::row_of(record.kind);
    const auto earlier = record.reversal_sends == 0 ? ledger::sent_before::never
                         : record.host_code.empty() ? ledger::sent_before::unanswered
                                                    : ledger::sent_before::answered;
    (void)on.journal().count_reversal_send(record.id, on.journal_call());
    const auto got = exchange(on, *message, ledger::message_of(row), row.name, record.masked_pan, bounds);
    if (got.what == exchange_end::kind::not_sent) return {got.why, got.why.is(condition::link_lost)};
    ++record.reversal_sends;
    if (got.what == exchange_end::kind::in_doubt) return {got.why, true};
    return take_answer(on, record, *got.answer, earlier);
}

/// What the record is about, told to the host before it.
result<std::optional<journal_record>> told_original(lane_core& on, const journal_record& record, const call& bounds) {
    if (record.original == 0) return std::optional<journal_record>();
    CIPHERLANE_TRY(auto original, find_original(on, record.original, "advice", on.journal_call()));
    if (ledger::states::repeats.contains(original.state)) {
        if (auto why = send_advice(on, original, bounds)) return *why;
    }
    return std::optional(std::move(original));
}

/// Stored records, oldest first.
result<std::vector<journal_record>> stored_records(lane_core& on) {
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    std::erase_if(open, [](const auto& one) { return !ledger::states::repeats.contains(one.state); });
    return open;
}

} // namespace

std::optional<error> send_advice(lane_core& on, journal_record& record, const call& bounds) {
    const auto named = [&](const error& why) { return error(why).for_trace(record.trace); };
    if (is_foreign(on, record)) return named(flow_error(acquiring_errc::other_counterpart, "advice"));
    const auto original = told_original(on, record, bounds);
    if (!original) return named(original.error());
    send_end end{flow_error(acquiring_errc::advice_waiting, "advice"), true};
    for (std::uint32_t sends = 0; end.again && sends < on.settings().reversal.sends; ++sends) {
        // A repeat after A0 needs new keys; without them it would fail the same way.
        if (const auto signed_in = ensure_signed_in(on, bounds); !signed_in) return named(signed_in.error());
        end = send_once(on, record, *original, bounds);
    }
    if (!end.why) return std::nullopt;
    return named(*end.why);
}

result<void> send_advices(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto stored, stored_records(on));
    for (auto& record : stored) {
        // As the original of another it may have been told meanwhile.
        CIPHERLANE_TRY(record, find_original(on, record.id, "advice", on.journal_call()));
        if (!ledger::states::repeats.contains(record.state)) continue;
        const auto why = send_advice(on, record, bounds);
        const bool answered =
            !why || why->code() == acquiring_errc::advice_waiting || why->code() == acquiring_errc::other_counterpart;
        if (!answered) return *why;
    }
    return {};
}

result<void> check_offline_limits(lane_core& on, const amount& total) {
    const auto& limits = on.settings().offline;
    CIPHERLANE_TRY(const auto stored, stored_records(on));
    std::int64_t together = total.minor();
    std::uint32_t count = 1;
    for (const auto& record : stored) {
        if (!ledger::row_of(record.kind).needs.contains(ledger::need::offline_approval)) continue;
        together += record.requested.minor();
        ++count;
    }
    const bool fits = total.minor() <= limits.most_each_minor && together <= limits.most_together_minor &&
                      count <= limits.most_records;
    if (!fits) return flow_error(acquiring_errc::offline_limit, "offline");
    return {};
}

void relieve_store(lane_core& on, std::span<const journal_record> open, const call& bounds) {
    const auto stored = std::count_if(
        open.begin(), open.end(), [](const auto& one) { return ledger::states::repeats.contains(one.state); });
    if (stored != 0 && stored >= on.settings().offline.most_records) (void)send_advices(on, bounds);
}

result<void> check_added(lane_core& on, const journal_record& original, const amount& total) {
    CIPHERLANE_TRY(auto records, on.journal().batch_records(on.terminal_id(), original.batch, on.journal_call()));
    CIPHERLANE_TRY(const auto stored, stored_records(on));
    records.insert(records.end(), stored.begin(), stored.end());
    std::int64_t added = total.minor();
    for (const auto& one : records) {
        const bool adds = one.original == original.id && ledger::adding_trades.contains(one.kind);
        if (adds) added += one.requested.minor();
    }
    const auto most = original.approved.minor() * on.settings().offline.most_added_percent / 100;
    if (added > most) return flow_error(acquiring_errc::amount_too_large, "request").for_trace(original.trace);
    return {};
}

} // namespace cipherlane::acquiring
