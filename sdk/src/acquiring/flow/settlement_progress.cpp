#include "flow/settlement_progress.hpp"

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
