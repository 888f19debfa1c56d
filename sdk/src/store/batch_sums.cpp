#include "batch_sums.hpp"

#include <cipherlane/ledger/record_sum.hpp>
#include <cipherlane/ledger/totals.hpp>

namespace cipherlane::store {
namespace {

ports::batch_totals part_of(const ports::journal_record& record) {
    ports::batch_totals part;
    if (ledger::sums::of_batch.contains(record)) ledger::add(part, record);
    return part;
}

} // namespace

std::optional<ports::batch_totals> batch_sums::find(std::string_view terminal_id, std::uint32_t batch) const {
    const auto found = known_.find({std::string(terminal_id), batch});
    return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void batch_sums::keep(std::string_view terminal_id, std::uint32_t batch, const ports::batch_totals& sums) {
    constexpr std::size_t most = 256; // terminals of one journal
    if (known_.size() >= most) known_.clear();
    known_.insert_or_assign({std::string(terminal_id), batch}, sums);
}

void batch_sums::follow(const ports::journal_record& before, const ports::journal_record& after) {
    const auto was = part_of(before);
    if (was == part_of(after)) return;
    const auto found = known_.find({before.terminal_id, before.batch});
    if (found == known_.end()) return;
    if (was == ports::batch_totals()) {
        ledger::add(found->second, after);
    } else {
        known_.erase(found);
    }
}

} // namespace cipherlane::store
