#include <cipherlane/ledger/offline_limits.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::ledger {

bool fits_offline(
    const amount& total, std::span<const ports::journal_record> stored, const offline_limits& limits) noexcept {
    std::int64_t together = total.minor();
    std::uint32_t count = 1;
    for (const auto& record : stored) {
        if (!row_of(record.kind).needs.contains(need::offline_approval)) continue;
        together += record.requested.minor();
        ++count;
    }
    return total.minor() <= limits.most_each_minor && together <= limits.most_together_minor &&
           count <= limits.most_records;
}

} // namespace cipherlane::ledger
