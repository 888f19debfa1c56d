#include "simulation/mutant_store.hpp"

#include <utility>
#include <vector>

namespace cipherlane::simulation {
namespace {

/// The disk says that it has synced and has not, while this lives.
class unsynced {
  public:
    unsynced(disk& on, bool really) noexcept
        : on_(on)
        , before_(on.wrong) {
        if (really) on_.wrong = disk_fault::never_syncs;
    }
    unsynced(const unsynced&) = delete;
    unsynced& operator=(const unsynced&) = delete;
    ~unsynced() { on_.wrong = before_; }

  private:
    disk& on_;
    disk_fault before_;
};

} // namespace

result<ports::journal_record> mutant_store::begin(
    const ports::journal_record& fresh, const ports::stored_card* card, const call& bounds) {
    const unsynced lost(world_.drive, is(mutant::begin_not_synced));
    auto wish = fresh;
    if (is(mutant::key_changed)) wish.idempotency_key += "#" + std::to_string(++keys_);
    auto written = faulty_store::begin(wish, card, bounds);
    if (written && is(mutant::old_trace_reused)) {
        const auto own = written->trace;
        if (last_trace_ != 0) written->trace = last_trace_;
        last_trace_ = own;
    }
    return written;
}

result<void> mutant_store::decide(std::uint64_t id, const ports::journal_verdict& verdict, const call& bounds) {
    const unsynced lost(world_.drive, is(mutant::verdict_not_synced));
    if (is(mutant::told_forgotten) && verdict.state == ports::record_state::approved) {
        CIPHERLANE_TRY(const auto record, find(id, bounds));
        if (record && record->state == ports::record_state::stored) return {};
    }
    CIPHERLANE_CHECK(faulty_store::decide(id, verdict, bounds));
    if (!is(mutant::closed_too_early)) return {};
    CIPHERLANE_CHECK(close_record(id, bounds));
    CIPHERLANE_TRY([[maybe_unused]] const auto trace, take_trace("TEST0001", bounds)); // brings it to the disk
    return {};
}

result<std::vector<ports::journal_record>> mutant_store::open_records(
    std::string_view terminal_id, const call& bounds) {
    if (is(mutant::doubts_forgotten)) return std::vector<ports::journal_record>();
    auto found = faulty_store::open_records(terminal_id, bounds);
    if (found && is(mutant::stored_dropped)) {
        std::erase_if(*found, [](const auto& one) { return one.state == ports::record_state::stored; });
    }
    return found;
}

result<std::vector<ports::journal_record>> mutant_store::untold_records(
    std::string_view terminal_id, const call& bounds) {
    if (is(mutant::untold_forgotten)) return std::vector<ports::journal_record>();
    return faulty_store::untold_records(terminal_id, bounds);
}

result<ports::batch_totals> mutant_store::totals(
    std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    auto sums = faulty_store::totals(terminal_id, batch, bounds);
    if (sums && is(mutant::totals_wrong) && sums->debit.minor > 0) --sums->debit.minor;
    return sums;
}

} // namespace cipherlane::simulation
