#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cipherlane::simulation {

/// A fault of the till's own that is put into a run on purpose: a judge that does not find each of them would not
/// find it in the code either.
enum class mutant : std::uint8_t {
    none,
    // The disk.
    never_syncs,
    forgets_one_sync,
    loses_names,
    // The journal.
    begin_not_synced,   ///< the request leaves before its record is on the disk
    verdict_not_synced, ///< told before it is on the disk
    reversal_dropped,   ///< a reversal counts as done, and nobody has heard of it
    doubts_forgotten,   ///< after a restart nobody asks for what is open
    untold_forgotten,   ///< nor for what may never have been told
    closed_too_early,   ///< counts as told with its verdict
    key_changed,        ///< a key is written so that it is not found again
    old_trace_reused,   ///< a request bears the number of the one before
    totals_wrong,       ///< a batch adds up to less than it has
    mark_ignored,       ///< a journal that is an old copy is taken for the till's own
    stored_dropped,     ///< what was done without the host is never told
    told_forgotten,     ///< that the host has answered is not kept: it is told again
    // The link to the host.
    mac_believed,        ///< any MAC is right
    any_answer_believed, ///< an earlier answer is taken for this one
    silence_is_refusal,  ///< a request without an answer counts as one that never left
    // The gateway.
    silence_is_cancelled, ///< an order that the gateway does not speak of counts as closed
    new_refund_number,    ///< a refund that is asked for again is another one
    paid_is_cancelled,    ///< closing an order never finds that it was paid
    // What people see.
    code_left_standing,      ///< the display keeps a code that was cleared
    approved_before_verdict, ///< the pad says approved, whatever the verdict is
    alerts_dropped,          ///< nobody hears of what is not known
};

struct mutant_row {
    mutant what;
    std::string_view name;
    std::string_view scenario; ///< that shows it
};

/// All of them but `none`.
[[nodiscard]] std::span<const mutant_row> all_mutants() noexcept;
[[nodiscard]] std::string_view to_string(mutant value) noexcept;
/// `none` for a name that is no mutant's.
[[nodiscard]] mutant mutant_of(std::string_view name) noexcept;

} // namespace cipherlane::simulation
