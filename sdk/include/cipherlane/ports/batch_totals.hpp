#pragma once

#include <cstdint>

namespace cipherlane::ports {

/// One side of a batch.
struct batch_side {
    std::int64_t minor = 0;
    std::uint32_t count = 0;
    friend bool operator==(const batch_side&, const batch_side&) = default;
};

/// What a batch adds up to. Debit: sales, voided ones included; credit: voids and refunds. Trades of the QR gateway
/// are counted apart, as the host does not know them.
struct batch_totals {
    batch_side debit;
    batch_side credit;
    batch_side qr_debit;
    batch_side qr_credit;
    friend bool operator==(const batch_totals&, const batch_totals&) = default;
};

} // namespace cipherlane::ports
