#include "trade.hpp"

#include "flows.hpp"
#include "reversal.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/field63.hpp>
#include <cipherlane/iso8583/gbk.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/totals.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

constexpr std::size_t longest_key = 64;

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

/// The host's text for the operator, UTF-8. Bytes that are no GBK are kept as hex.
std::string host_text(const host_answer& answer) {
    const auto value = answer.value(63);
    const auto field = iso8583::field63::parse(value);
    if (!field) return {};
    auto text = iso8583::gbk_to_utf8(as_bytes(field->texts));
    return trimmed(text ? *std::move(text) : to_hex(as_bytes(field->texts)));
}

void take_host_fields(lane_core& on, const host_answer& answer, journal_verdict& verdict) {
    const auto set = [&](std::optional<std::string>& member, int field) {
        if (answer.view().has(field)) member = trimmed(answer.value(field));
    };
    verdict.host_code = answer.code();
    set(verdict.reference, 37);
    set(verdict.authorization, 38);
    set(verdict.host_time, 12);
    set(verdict.acquirer, 32);
    verdict.host_text = host_text(answer);
    if (const auto date = ports::infer_year(answer.value(13), on.clock().now()); !date.empty()) {
        verdict.host_date = date;
    }
}

/// Writes a verdict and gives the payment; without the disk nothing may be told but that it is not known.
payment record_verdict(lane_core& on, journal_record record, const journal_verdict& verdict) {
    if (const auto written = on.journal().decide(record.id, verdict, on.journal_call()); !written) {
        on.raise(alert_kind::journal_failed, record);
        auto value = to_payment(record);
        value.outcome = verdict::unknown;
        value.why = written.error();
        return value;
    }
    ledger::apply(record, verdict);
    return to_payment(record);
}

/// A record that has just become `reversal_pending` is reversed now if the settings and the time allow.
payment reverse_now(lane_core& on, const journal_record& record, payment value, const call& bounds) {
    if (on.settings().reversal.when != reversal_time::at_once) return value;
    if (!check_time(on, bounds)) return value;
    const auto end = send_reversal(on, record, bounds);
    if (end.state == record_state::reversed) value.outcome = verdict::reversed;
    return value;
}

/// What left without an answer to believe: becomes a reversal, now if the settings and the time allow, else before
/// the next trade. What cannot be reversed stays unknown.
payment doubt(lane_core& on, journal_record record, journal_verdict verdict, const error& why, const call& bounds) {
    verdict.state = ledger::state_if_unknown(record.kind);
    verdict.by = ports::decider::till;
    auto value = record_verdict(on, record, verdict);
    if (value.why) return value;
    value.why = why;
    ledger::apply(record, verdict);
    if (!ledger::reversible(record.kind)) {
        on.raise(alert_kind::refund_unknown, record);
        return value;
    }
    return reverse_now(on, record, std::move(value), bounds);
}

} // namespace

result<void> check_request(const lane_core& on, std::string_view key, const amount& total) {
    const auto bad = [](std::string_view what) {
        return flow_error(acquiring_errc::bad_request, "request").in_field(what);
    };
    if (key.empty() || key.size() > longest_key) return bad("idempotency_key");
    if (total.minor() <= 0 || total.minor() > amount::max_minor) return bad("total");
    if (total.unit() != on.settings().unit) return bad("total.unit");
    return {};
}

result<std::optional<payment>> replay(lane_core& on, std::string_view key, ports::trade kind, const amount& total,
    std::uint64_t original, const call& bounds) {
    CIPHERLANE_TRY(auto found, on.journal().find_key(on.terminal_id(), key, bounds));
    if (!found || found->state == record_state::not_sent) return std::optional<payment>();
    if (found->kind != kind || found->requested != total || found->original != original) {
        return flow_error(acquiring_errc::key_reused, "request");
    }
    auto value = to_payment(*found);
    if (value.outcome == verdict::unknown) {
        CIPHERLANE_TRY(auto decided, perform(on, recovery_request(found->id), bounds));
        if (!decided.empty()) value = std::move(decided.front());
    }
    value.told = told::recorded;
    close(on, value);
    return std::optional<payment>(std::move(value));
}

result<ports::terminal_state> ready_for_host(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY([[maybe_unused]] auto* const host, on.host());
    CIPHERLANE_TRY([[maybe_unused]] auto* const sealer, on.sealer());
    CIPHERLANE_TRY(const auto progress, on.journal().settlement(on.terminal_id(), bounds));
    if (progress.step != ports::settlement_step::none) return flow_error(acquiring_errc::settlement_due, "trade");
    CIPHERLANE_TRY(const auto before, on.journal().terminal(on.terminal_id(), bounds));
    if (before.sign_in_due || before.mac_key.cryptogram.empty() || !on.mac_key_loaded) {
        CIPHERLANE_TRY([[maybe_unused]] const auto report, perform(on, sign_in_request{}, bounds));
    }
    CIPHERLANE_CHECK(settle_doubts(on, bounds));
    return on.journal().terminal(on.terminal_id(), bounds);
}

result<void> check_time(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto* const host, on.host());
    if (bounds.until().left() < host->response_time()) return flow_error(acquiring_errc::too_little_time, "send");
    if (bounds.stopped()) {
        return error(boost::system::errc::make_error_code(boost::system::errc::operation_canceled), layer::acquiring)
            .during("send");
    }
    return {};
}

result<void> check_room(lane_core& on, ports::trade kind, const amount& total, const call& bounds) {
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), bounds));
    CIPHERLANE_TRY(const auto totals, on.journal().totals(on.terminal_id(), terminal.batch, bounds));
    if (!ledger::has_room(totals, kind, total)) return flow_error(acquiring_errc::batch_full, "trade");
    return {};
}

journal_record new_record(const lane_core& on, std::string_view key, ports::trade kind, const amount& total,
    const iso8583::transaction_row& row) {
    journal_record record;
    record.terminal_id = on.terminal_id();
    record.merchant_id = on.settings().merchant_id;
    record.idempotency_key = key;
    record.kind = kind;
    record.mti = row.mti;
    record.processing_code = row.field3;
    record.requested = total;
    record.approved = amount(0, total.unit());
    record.condition_code = row.field25;
    record.transaction_code = row.type;
    record.field60_rest = field60_rest(on, row);
    record.created_date = on.today();
    return record;
}

void fill_from_record(iso8583::message& request, const journal_record& record, const ports::stored_card* card) {
    if (card != nullptr) {
        request.set(2, card->account.expose());
        if (!card->expiry.empty()) request.set(14, card->expiry);
    }
    request.set(4, record.requested.to_n12());
    request.set(22, record.entry);
    if (!record.sequence_number.empty()) request.set(23, record.sequence_number);
    request.set(49, "156");
    request.set(60, record.transaction_code + six_digits(record.batch) + record.field60_rest);
    if (!record.field61.empty()) request.set(61, record.field61);
}

result<payment> conclude(lane_core& on, const journal_record& record, const exchange_end& end,
    partial_approval partial, const call& bounds) {
    if (end.what == exchange_end::kind::not_sent) {
        // If this mark is lost the record will be reversed for nothing, which does no harm.
        (void)on.journal().decide(
            record.id, journal_verdict(record_state::not_sent, ports::decider::till), on.journal_call());
        return error(end.why).for_trace(record.trace);
    }
    journal_verdict verdict(record_state::approved, ports::decider::host);
    if (end.what == exchange_end::kind::in_doubt) {
        verdict.reversal_reason = end.reversal_reason;
        return doubt(on, record, std::move(verdict), error(end.why).for_trace(record.trace), bounds);
    }
    take_host_fields(on, *end.answer, verdict);
    if (ledger::leaves_open(record.kind, *verdict.host_code)) {
        const auto why = flow_error(acquiring_errc::not_decided, "answer").with_peer_code(*verdict.host_code);
        return doubt(on, record, std::move(verdict), error(why).for_trace(record.trace), bounds);
    }
    const auto action = iso8583::response_of(*verdict.host_code).action;
    if (!iso8583::approved(action)) {
        verdict.state = record_state::declined;
        return record_verdict(on, record, verdict);
    }
    verdict.approved = record.requested;
    if (action == iso8583::response_action::approve_partial) {
        const auto digits = end.answer->value(4);
        const auto given = amount(std::atoll(digits.c_str()), record.requested.unit());
        if (partial == partial_approval::refuse || digits.empty() || given > record.requested) {
            verdict.reversal_reason = iso8583::reversal_other;
            verdict.approved.reset();
            return doubt(on, record, std::move(verdict),
                flow_error(acquiring_errc::partial_refused, "answer").for_trace(record.trace), bounds);
        }
        verdict.approved = given;
    }
    return record_verdict(on, record, verdict);
}

payment reverse_approved(lane_core& on, const payment& approved, const call& bounds) {
    const auto why = flow_error(acquiring_errc::declined_by_card, "sale").for_trace(approved.trace);
    const auto not_written = [&](const error& fault) {
        auto value = approved;
        value.outcome = verdict::unknown;
        value.approved = amount(0, approved.requested.unit());
        value.why = fault;
        return value;
    };
    const auto found = on.journal().find(approved.handle, on.journal_call());
    if (!found) return not_written(found.error());
    if (!*found) return not_written(flow_error(acquiring_errc::no_original, "sale"));
    auto record = **found;
    journal_verdict verdict(record_state::reversal_pending, ports::decider::card);
    verdict.reversal_reason = iso8583::reversal_other;
    auto value = record_verdict(on, record, verdict);
    if (value.why) return value;
    value.why = why;
    ledger::apply(record, verdict);
    return reverse_now(on, record, std::move(value), bounds);
}

void close(lane_core& on, const payment& told) {
    if (told.outcome == verdict::unknown) return;
    (void)on.journal().close_record(told.handle, on.journal_call());
}

} // namespace cipherlane::acquiring
