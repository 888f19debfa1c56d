#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::ledger {

const iso8583::transaction_row& message_of(const trade_row& row) noexcept {
    assert(row.message);
    return iso8583::row_of(*row.message);
}

bool reversible(ports::trade kind) noexcept {
    const auto& row = row_of(kind);
    return row.message && message_of(row).silence == iso8583::on_silence::reverse;
}

} // namespace cipherlane::ledger
