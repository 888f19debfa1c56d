#include "flow/settlement.hpp"

#include "flow/advice.hpp"
#include "flow/batch_upload.hpp"
#include "flow/guard.hpp"
#include "flow/order_outcome.hpp"
#include "flow/ready.hpp"
#include "flow/reversal.hpp"
#include "flow/settlement_progress.hpp"
#include "flow/terminal_settlement.hpp"
#include "flow/verdict.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"
#include "host/service.hpp"
#include "host/sign_in.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <limits>

namespace cipherlane::acquiring {
namespace {

// The order of the steps (totals by 0500, records and end message by 0320, 60.3 from 201 to 207) is Q/CUP 009.1
// part 1's, no clause numbers known; that records of chips may go up after balanced totals too is doubtful, and a
// setting.

using iso8583::transaction;
using ports::journal_record;
using ports::settlement_progress;
using ports::settlement_step;

using iso8583::settlement_verdict;

/// Field 48 of the totals. @return `core_errc::out_of_range` where a count or a sum has more digits than the field.
result<std::string> totals_field(const ports::batch_totals& of) {
    using count_type = decltype(iso8583::card_totals::debit_count);
    constexpr std::uint32_t most = std::numeric_limits<count_type>::max();
    if (of.debit.count > most || of.credit.count > most) {
        return error(core_errc::out_of_range, layer::acquiring).during("settlement").in_field("48");
    }
    iso8583::settlement_totals totals;
    totals.domestic.debit_amount = of.debit.minor;
    totals.domestic.debit_count = static_cast<count_type>(of.debit.count);
    totals.domestic.credit_amount = of.credit.minor;
    totals.domestic.credit_count = static_cast<count_type>(of.credit.count);
    return totals.to_digits();
}

/// What must be clear before the totals are frozen: that they can be sent, too, as until they are no trade is taken.
result<settlement_progress> begin(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(const auto terminal, ready_for_host(on, bounds));
    CIPHERLANE_CHECK(check_at_rest(on, terminal.batch, bounds));
    // What the host does not know yet would be missing in its totals.
    CIPHERLANE_CHECK(send_advices(on, bounds));
    CIPHERLANE_CHECK(check_all_told(on));
    // An order that the gateway does not decide belongs to the gateway's books, not to the host's totals.
    if (on.has_gateway()) (void)settle_orders(on, nullptr, bounds);
    settlement_progress progress;
    progress.batch = terminal.batch;
    progress.step = settlement_step::totals_sent;
    CIPHERLANE_TRY(progress.totals, on.journal().totals(on.terminal_id(), terminal.batch, on.journal_call()));
    CIPHERLANE_TRY([[maybe_unused]] const auto digits, totals_field(progress.totals));
    CIPHERLANE_CHECK(save_progress(on, progress));
    return progress;
}

/// What is left for a person, told again so that nobody overlooks it at the end of the day.
result<std::vector<payment>> still_open(lane_core& on) {
    CIPHERLANE_TRY(const auto records, on.journal().open_records(on.terminal_id(), on.journal_call()));
    std::vector<payment> open;
    for (const auto& record : records) {
        raise_about(on, record);
        open.push_back(to_payment(record));
    }
    return open;
}

/// Asks the host to count. It may have asked for a sign-in instead before.
exchange_end ask_totals(
    lane_core& on, const settlement_progress& progress, const request_source& from, const call& bounds) {
    const auto cannot = [](const error& why) {
        exchange_end end;
        end.why = why;
        return end;
    };
    const auto terminal = on.journal().terminal(on.terminal_id(), on.journal_call());
    if (!terminal) return cannot(terminal.error());
    if (terminal->sign_in_due) {
        if (const auto signed_in = ensure_signed_in(on, bounds); !signed_in) return cannot(signed_in.error());
    }
    const auto digits = totals_field(progress.totals);
    if (!digits) return cannot(digits.error());
    const auto& row = iso8583::row_of(transaction::batch_settle);
    auto message = request(row, from, on.settings());
    message.set(48, *digits);
    return exchange(on, message, row, "settlement", {}, bounds);
}

result<void> take_answer(lane_core& on, settlement_progress& progress, after_refusal how, settlement_report& report,
    const host_answer& answer) {
    const auto told = iso8583::settlement_totals::parse(answer.value(48));
    if (!told) {
        const auto why = flow_error(acquiring_errc::bad_answer, "0510").in_field("48").with_peer_code(answer.code());
        return close_unproven(on, progress, how, report, why);
    }
    ledger::take_host_totals(progress, *told);
    // Figures without a verdict, be they all zeros, are an answer: "not known" is kept for where there was none.
    if (verdict_of(progress) == iso8583::settlement_verdict::none)
        progress.host_result = static_cast<std::uint8_t>(iso8583::settlement_verdict::error);
    progress.step = settlement_step::uploading;
    return save_progress(on, progress);
}

result<void> send_totals(lane_core& on, settlement_progress& progress, const step_taken& as,
    settlement_report& report, const call& bounds) {
    CIPHERLANE_TRY(const auto from, new_source(on, progress.batch));
    auto end = ask_totals(on, progress, from, bounds);
    // What certainly did not leave, now or before, holds nothing up; what cannot be taken back goes on: the next run
    // asks for it.
    const bool asked = end.what != exchange_end::kind::not_sent || as.earlier == ledger::totals_asked::before;
    if (!asked) (void)save_progress(on, {});
    const auto answer = answer_of(std::move(end), "settlement", from.trace);
    if (!answer) return end_unasked(on, progress, as, report, answer.error(), bounds);
    const auto code = answer->code();
    switch (ledger::word_on_settlement(code, as.earlier)) {
    case ledger::settlement_word::counted: break;
    case ledger::settlement_word::refused: {
        // Trades may go on, and settling may be tried again.
        CIPHERLANE_CHECK(save_progress(on, {}));
        return flow_error(acquiring_errc::settlement_refused, "0500").with_peer_code(code);
    }
    case ledger::settlement_word::unproven:
        return close_unproven(on, progress, as.how, report, refusal("0500", code, from.trace));
    }
    return take_answer(on, progress, as.how, report, *answer);
}

/// The end message, whose refusal says more of a batch the first time than once an answer to it was lost: the host
/// may have closed it then, and nothing goes up into a closed batch again.
/// @param uploaded the progress to go back to while nothing of the end has left.
result<void> send_end(lane_core& on, settlement_progress& progress, const settlement_progress& uploaded,
    const step_taken& as, settlement_report& report, const call& bounds) {
    const bool balanced = is_balanced(progress);
    if (balanced && !on.settings().settlement.end_when_balanced) return {};
    const auto& row = iso8583::row_of(transaction::upload_end);
    CIPHERLANE_TRY(auto from, new_source(on, progress.batch));
    from.network = balanced ? row.network : row.network_unbalanced;
    auto message = request(row, from, on.settings());
    message.set(48, zero_padded(progress.uploaded % 10000, 4));
    CIPHERLANE_CHECK(save_progress(on, progress));
    auto end = exchange(on, message, row, "batch end", {}, bounds);
    const bool asked = end.what != exchange_end::kind::not_sent || as.earlier == ledger::totals_asked::before;
    if (!asked) (void)save_progress(on, uploaded);
    const auto answer = answer_of(std::move(end), "batch end", from.trace);
    if (!answer) return end_unasked(on, progress, as, report, answer.error(), bounds);
    const auto code = answer->code();
    const auto word = ledger::word_on_settlement(code, as.earlier);
    if (word == ledger::settlement_word::counted) return {};
    const auto why = refusal("0320 end", code, from.trace);
    if (word == ledger::settlement_word::unproven) return close_unproven(on, progress, as.how, report, why);
    report.end_code = code;
    const auto stands = needs_a_person(on, as.how, why);
    if (!stands && !balanced) {
        // The host misses records: the next run sends all of them again, which it knows by their trace numbers.
        progress.step = settlement_step::uploading;
        progress.uploaded = 0;
        progress.left_out.clear();
        CIPHERLANE_CHECK(save_progress(on, progress));
    }
    return stands;
}

/// What goes up for the totals, and its end.
/// @param begun the step that an earlier run has left.
result<void> tell_records(lane_core& on, settlement_progress& progress, settlement_step begun, after_refusal how,
    settlement_report& report, const call& bounds) {
    using enum ledger::totals_asked;
    const bool ended = begun == settlement_step::ending;
    auto uploaded = progress;
    if (ended) {
        CIPHERLANE_TRY(report.left_out, left_out(on, progress));
    } else {
        const step_taken as{begun == settlement_step::uploading ? before : never, how};
        CIPHERLANE_TRY(const auto up, upload(on, progress, as, report, bounds));
        if (up == upload_end::broken_off) return {};
        uploaded = progress;
        progress.step = settlement_step::ending;
        progress.uploaded -= static_cast<std::uint32_t>(progress.left_out.size());
    }
    return send_end(on, progress, uploaded, {ended ? before : never, how}, report, bounds);
}

/// What was decided after its own batch was closed: the closing of this one settles it, and nobody would hear of it
/// any more.
result<std::vector<payment>> decided_late(lane_core& on, std::uint32_t batch) {
    CIPHERLANE_TRY(const auto records, on.journal().late_records(on.terminal_id(), batch, on.journal_call()));
    std::vector<payment> late;
    for (const auto& record : records) {
        if (ledger::counted_trades.contains(record.kind)) late.push_back(to_payment(record));
    }
    return late;
}

/// Somebody else may have settled it while this one waited for its turn.
result<void> check_batch(
    lane_core& on, const settlement_progress& under_way, const settlement_request& wish, const call& bounds) {
    if (wish.only_batch == 0) return {};
    auto open = under_way.batch;
    if (under_way.step == settlement_step::none) {
        CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), bounds));
        open = terminal.batch;
    }
    if (open == wish.only_batch) return {};
    return flow_error(acquiring_errc::bad_request, "settlement")
        .in_field("batch")
        .with_hint("found batch " + std::to_string(open) + ", expected " + std::to_string(wish.only_batch));
}

/// Its end counts as having told all that is decided, and at its hour nobody stands there who was.
result<void> check_told(lane_core& on, const call& bounds) {
    const auto refuse = [](std::string_view hint) {
        return flow_error(acquiring_errc::not_told, "settlement").with_hint(hint);
    };
    if (!on.recovered) return refuse("expected recover after the start");
    CIPHERLANE_TRY(const auto untold, on.journal().untold_records(on.terminal_id(), bounds));
    for (const auto& record : untold) {
        if (ledger::records::taken_untold.contains(record))
            return refuse("expected each payment to be acknowledged").for_trace(record.trace);
    }
    return {};
}

/// A silent host is told no totals at night: then nothing is under way, and payments go on. One that answers, and
/// does not know the question, is there.
result<void> check_line(lane_core& on, const call& bounds) {
    const auto answered = perform(on, service_request(service::echo), bounds);
    if (answered || answered.error().is(condition::rejected_by_peer)) return {};
    return answered.error();
}

/// All that is asked of whoever counts beside the till; nothing where an earlier run has asked it all.
result<void> tell_other_side(
    lane_core& on, settlement_progress& progress, after_refusal how, settlement_report& report, const call& bounds) {
    using enum ledger::totals_asked;
    const auto begun = report.resumed ? progress.step : settlement_step::none;
    if (begun == settlement_step::done) {
        CIPHERLANE_TRY(report.left_out, left_out(on, progress));
        return {};
    }
    const step_taken as{report.resumed ? before : never, how};
    if (on.has_terminal()) return settle_at_terminal(on, progress, as, bounds);
    if (progress.step == settlement_step::totals_sent)
        CIPHERLANE_CHECK(send_totals(on, progress, as, report, bounds));
    if (progress.step == settlement_step::totals_sent) return {}; // closed by a person
    return tell_records(on, progress, begun, how, report, bounds);
}

} // namespace

result<settlement_report> perform(lane_core& on, const settlement_request& wish, const call& bounds) {
    CIPHERLANE_TRY(auto progress, on.journal().settlement(on.terminal_id(), bounds));
    settlement_report report;
    report.resumed = progress.step != settlement_step::none;
    CIPHERLANE_CHECK(check_batch(on, progress, wish, bounds));
    const bool at_terminal = on.has_terminal();
    const bool by_itself = wish.by == settling::by_its_time;
    if (by_itself) CIPHERLANE_CHECK(check_told(on, bounds));
    if (!report.resumed) {
        if (by_itself && !at_terminal) CIPHERLANE_CHECK(check_line(on, bounds));
        const auto what = by_itself ? ports::deed::settle_at_its_time : ports::deed::settle;
        CIPHERLANE_CHECK(may_begin(on, {what, {}, ports::trade::sale, amount(0, on.settings().unit), 0}, bounds));
        CIPHERLANE_TRY(progress, at_terminal ? begin_at_terminal(on, bounds) : begin(on, bounds));
    }
    CIPHERLANE_CHECK(tell_other_side(on, progress, wish.refused, report, bounds));
    // Trades that the host does not count go on meanwhile: the slip has those of the batch's end, as its closing
    // does.
    CIPHERLANE_TRY(const auto now, on.journal().totals(on.terminal_id(), progress.batch, on.journal_call()));
    ledger::take_apart(progress.totals, now);
    // Nothing is asked again from here on, and `last_settlement` has what it came to.
    progress.step = settlement_step::done;
    CIPHERLANE_CHECK(save_progress(on, progress));
    CIPHERLANE_TRY(report.late, decided_late(on, progress.batch));
    CIPHERLANE_CHECK(on.journal().close_batch(on.terminal_id(), progress.batch, on.journal_call()));
    report.batch = progress.batch;
    report.totals = progress.totals;
    report.host = result_of(progress);
    report.uploaded = progress.uploaded;
    report.differences = differences_of(at_terminal ? settled_with::card_terminal : settled_with::host, progress);
    // The batch is closed; that the list is missing must not say otherwise: the alerts come again.
    if (auto open = still_open(on)) report.open = *std::move(open);
    const auto days = std::chrono::days(on.settings().settlement.erase_cards_after_days);
    // The batch is closed; that old card data stays a day longer must not say otherwise.
    const auto erased = on.journal().erase_cards(on.clock().now() - days, on.journal_call());
    report.cards_erased = erased ? *erased : 0;
    return report;
}

} // namespace cipherlane::acquiring
