#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/payment.hpp>

#include <cstdint>
#include <string>

namespace cipherlane::acquiring {

/// A refund of all or part of a payment, of this batch or an earlier one (退货).
struct refund_request {
    /// @param original `payment::handle` of an approved sale or QR sale.
    refund_request(std::string key, std::uint64_t original, amount value)
        : idempotency_key(std::move(key))
        , handle(original)
        , total(value) {}

    std::string idempotency_key; ///< as in `sale_request`
    std::uint64_t handle;
    amount total;
};

/// Gives money back: MTI 0220, processing code 200000, fields 37, 61 and 63 naming the original; for a QR sale
/// through the gateway. The card's number comes from the journal's seal; if that has been erased the card is read
/// again.
///
/// A refund has no reversal: one without an answer is `unknown`, is never repeated by itself and raises an alert. One
/// for a QR sale is asked for again under its own number where its key is used again, or by `recovery` with its
/// handle. So is one that the host answers with 68, 94, 96 or 98, which prove nothing (`why` is `not_decided`).
/// Otherwise outcomes and errors as with `sale`; `misuse` with `no_original`, `original_not_approved`,
/// `amount_too_large` (all refunds of one payment together), and, as with a void, `batch_full`.
using refund = flow<refund_request, payment>;

extern template class flow<refund_request, payment>;

} // namespace cipherlane::acquiring
