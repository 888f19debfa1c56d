#include "flow/settlement_progress.hpp"

#include <cipherlane/ledger/terminal_life.hpp>

namespace cipherlane::acquiring {

using iso8583::settlement_verdict;

settlement_verdict verdict_of(const ports::settlement_progress& progress) noexcept {
    for (const auto one :
        {settlement_verdict::balanced, settlement_verdict::not_balanced, settlement_verdict::error}) {
        if (progress.host_result == static_cast<std::uint8_t>(one)) return one;
    }
    return settlement_verdict::none;
}

bool is_balanced(const ports::settlement_progress& progress) noexcept {
    return verdict_of(progress) == settlement_verdict::balanced;
}

settlement_result result_of(const ports::settlement_progress& progress) noexcept {
    switch (verdict_of(progress)) {
    case settlement_verdict::balanced: return settlement_result::balanced;
    case settlement_verdict::not_balanced: return settlement_result::not_balanced;
    case settlement_verdict::none:
    case settlement_verdict::error: break;
    }
    return settlement_result::host_error;
}

std::vector<ledger::side_difference> differences_of(settled_with whom, const ports::settlement_progress& progress) {
    const auto verdict = verdict_of(progress);
    if (whom == settled_with::host) {
        const auto counted = [](const ports::batch_side& side) { return side != ports::batch_side(); };
        const bool answered =
            verdict != settlement_verdict::none || counted(progress.host_debit) || counted(progress.host_credit);
        return answered ? ledger::differences(progress) : std::vector<ledger::side_difference>();
    }
    const bool told = verdict == settlement_verdict::balanced || verdict == settlement_verdict::not_balanced;
    return told ? ledger::net_difference(progress) : std::vector<ledger::side_difference>();
}

result<std::optional<settlement_report>> last_settlement(
    ports::store& journal, std::string_view terminal_id, settled_with whom, const call& bounds) {
    CIPHERLANE_TRY(const auto progress, journal.settlement(terminal_id, bounds));
    CIPHERLANE_TRY(const auto terminal, journal.terminal(terminal_id, bounds));
    const bool closed = progress.step == ports::settlement_step::none && progress.batch != 0 &&
                        ledger::end_of(progress.batch).next_batch == terminal.batch;
    if (!closed) return std::optional<settlement_report>();
    settlement_report report;
    report.batch = progress.batch;
    report.totals = progress.totals;
    report.host = result_of(progress);
    report.uploaded = progress.uploaded;
    report.differences = differences_of(whom, progress);
    for (const auto id : progress.left_out) {
        CIPHERLANE_TRY(const auto record, journal.find(id, bounds));
        if (record) report.left_out.push_back(to_payment(*record));
    }
    CIPHERLANE_TRY(const auto open, journal.open_records(terminal_id, bounds));
    for (const auto& record : open)
        report.open.push_back(to_payment(record));
    return std::optional(std::move(report));
}

result<request_source> new_source(lane_core& on, std::uint32_t batch) {
    CIPHERLANE_TRY(const auto trace, on.journal().take_trace(on.terminal_id(), on.journal_call()));
    return request_source(trace, batch);
}

error refusal(std::string_view message, std::string_view code, std::uint32_t trace) {
    return flow_error(acquiring_errc::settlement_refused, message).with_peer_code(code).for_trace(trace);
}

result<void> needs_a_person(lane_core& on, after_refusal how, const error& why) {
    on.log().warning("acquiring", "a step of the settlement cannot be done: " + why.to_string());
    if (how == after_refusal::close_batch) return {};
    return error(why).with_hint("expected a repeat that succeeds; else ask the acquirer whether the batch is closed "
                                "there, then close it here "
                                "(close_batch)");
}

result<void> close_unproven(lane_core& on, ports::settlement_progress& progress, after_refusal how,
    settlement_report& report, const error& why) {
    CIPHERLANE_CHECK(needs_a_person(on, how, why));
    // Who has not answered the totals has counted nothing: no verdict at all.
    if (progress.step != ports::settlement_step::totals_sent)
        progress.host_result = static_cast<std::uint8_t>(settlement_verdict::error);
    report.end_code = why.peer_code();
    return {};
}

result<void> end_unasked(lane_core& on, ports::settlement_progress& progress, const step_taken& as,
    settlement_report& report, const error& why, const call& bounds) {
    if (as.earlier == ledger::totals_asked::never || bounds.stopped()) return why;
    return close_unproven(on, progress, as.how, report, why);
}

} // namespace cipherlane::acquiring
