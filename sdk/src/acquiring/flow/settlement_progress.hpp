#pragma once

#include "host/request.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/last_settlement.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace cipherlane::acquiring {

/// How far a settlement has come, durable before its next step; none where it is over.
[[nodiscard]] inline result<void> save_progress(lane_core& on, const ports::settlement_progress& progress) {
    return on.journal().save_settlement(on.terminal_id(), progress, on.journal_call());
}

/// The host's verdict as the store keeps it.
[[nodiscard]] iso8583::settlement_verdict verdict_of(const ports::settlement_progress& progress) noexcept;
[[nodiscard]] bool is_balanced(const ports::settlement_progress& progress) noexcept;
[[nodiscard]] settlement_result result_of(const ports::settlement_progress& progress) noexcept;
/// What the other side has told and the till has not counted; of what nobody has told nothing is said.
[[nodiscard]] std::vector<ledger::side_difference> differences_of(
    settled_with whom, const ports::settlement_progress& progress);

/// What a message of a settlement is made of that is about no record.
[[nodiscard]] result<request_source> new_source(lane_core& on, std::uint32_t batch);

/// A code of the host that takes nothing.
[[nodiscard]] error refusal(std::string_view message, std::string_view code, std::uint32_t trace);

/// A step that cannot be done, and that must be done before the batch may be closed: unless a person has said
/// otherwise, the settlement stays where it is. @return `why`, with what is needed in words.
[[nodiscard]] result<void> needs_a_person(lane_core& on, after_refusal how, const error& why);

/// How a step of the settlement is taken: whether what it asks may have reached the host before, and who closes the
/// batch where it cannot be done.
struct step_taken {
    ledger::totals_asked earlier;
    after_refusal how;
};

/// Over totals that the host would not take, or perhaps has taken before, or of which it tells nothing that can be
/// read, a person alone closes the batch, and nothing more is sent.
[[nodiscard]] result<void> close_unproven(lane_core& on, ports::settlement_progress& progress, after_refusal how,
    settlement_report& report, const error& why);

/// A step that could not be asked for, or was not answered. The first time the next run asks again; once that was in
/// vain, whatever stands in the way (the line, a sign-in, keys, a record that cannot be written), a person may close
/// the batch, as above. Not where the caller took the wish back.
[[nodiscard]] result<void> end_unasked(lane_core& on, ports::settlement_progress& progress, const step_taken& as,
    settlement_report& report, const error& why, const call& bounds);

} // namespace cipherlane::acquiring
