#include "simulation/mutants.hpp"

#include <array>

namespace cipherlane::simulation {
namespace {

constexpr auto rows = std::to_array<mutant_row>({
    {mutant::never_syncs, "never-syncs", "sale"},
    {mutant::forgets_one_sync, "forgets-one-sync", "sale"},
    {mutant::loses_names, "loses-names", "sale"},
    {mutant::begin_not_synced, "begin-not-synced", "sale-given-up"},
    {mutant::verdict_not_synced, "verdict-not-synced", "sale"},
    {mutant::reversal_dropped, "reversal-dropped", "sale"},
    {mutant::doubts_forgotten, "doubts-forgotten", "sale-given-up"},
    {mutant::untold_forgotten, "untold-forgotten", "sale-given-up"},
    {mutant::closed_too_early, "closed-too-early", "sale-given-up"},
    {mutant::key_changed, "key-changed", "sale"},
    {mutant::old_trace_reused, "old-trace-reused", "two-sales"},
    {mutant::totals_wrong, "totals-wrong", "sale"},
    {mutant::mark_ignored, "mark-ignored", "journal-from-a-copy"},
    {mutant::stored_dropped, "stored-dropped", "offline-sale"},
    {mutant::told_forgotten, "told-forgotten", "completion-advice"},
    {mutant::mac_believed, "mac-believed", "sale"},
    {mutant::any_answer_believed, "any-answer-believed", "sale-declined"},
    {mutant::silence_is_refusal, "silence-is-refusal", "sale-given-up"},
    {mutant::silence_is_cancelled, "silence-is-cancelled", "qr-sale-impatient"},
    {mutant::new_refund_number, "new-refund-number", "qr-refund"},
    {mutant::paid_is_cancelled, "paid-is-cancelled", "qr-sale-slow-payer"},
    {mutant::code_left_standing, "code-left-standing", "qr-sale"},
    {mutant::approved_before_verdict, "approved-before-verdict", "sale"},
    {mutant::alerts_dropped, "alerts-dropped", "refund"},
});

} // namespace

std::span<const mutant_row> all_mutants() noexcept {
    return rows;
}

std::string_view to_string(mutant value) noexcept {
    for (const auto& row : rows) {
        if (row.what == value) return row.name;
    }
    return "none";
}

mutant mutant_of(std::string_view name) noexcept {
    for (const auto& row : rows) {
        if (row.name == name) return row.what;
    }
    return mutant::none;
}

} // namespace cipherlane::simulation
