#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ledger/upload_plan.hpp>

#include <algorithm>

namespace cipherlane::ledger {

// Which records go up how is Q/CUP 009.1 part 1's, no clause numbers known.

using ports::journal_record;

std::size_t upload_plan::size() const noexcept {
    return stripes.size() + chips.size() + refunds.size();
}

const journal_record& upload_plan::at(std::size_t place) const noexcept {
    if (place < stripes.size()) return stripes[place];
    place -= stripes.size();
    return place < chips.size() ? chips[place] : refunds[place - chips.size()];
}

upload_plan upload_of(std::span<const journal_record> batch, iso8583::settlement_verdict host) {
    const bool balanced = host == iso8583::settlement_verdict::balanced;
    upload_plan plan;
    for (const auto& record : batch) {
        const auto how = row_of(record.kind).upload;
        const bool chip = !record.chip.empty() && record.card_sealed;
        if (how == batch_upload::details && chip) plan.chips.push_back(record);
        if (balanced) continue;
        if (how == batch_upload::details && !chip) plan.stripes.push_back(record);
        if (how == batch_upload::refund_message) plan.refunds.push_back(record);
    }
    return plan;
}

upload_step step_at(const upload_plan& plan, std::size_t place) noexcept {
    using iso8583::transaction;
    if (place < plan.stripes.size())
        return {transaction::upload_mag, std::min(plan.stripes.size() - place, iso8583::max_upload_records)};
    const bool chip = place < plan.stripes.size() + plan.chips.size();
    return {chip ? transaction::upload_ic : transaction::upload_refund, 1};
}

} // namespace cipherlane::ledger
