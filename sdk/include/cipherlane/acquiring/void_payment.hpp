#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/payment.hpp>

#include <cstdint>
#include <string>

namespace cipherlane::acquiring {

/// The void of a sale of the open batch (消费撤销).
struct void_request {
    /// @param original `payment::handle` of an approved sale.
    void_request(std::string key, std::uint64_t original)
        : idempotency_key(std::move(key))
        , handle(original) {}

    std::string idempotency_key; ///< as in `sale_request`
    std::uint64_t handle;
};

/// Undoes a sale: MTI 0200, processing code 200000, fields 37, 38 and 61 naming the original. The card's number comes
/// from the journal's seal; no card and no PIN is asked for. Outcomes and errors as with `sale`; `misuse` with
/// `no_original`, `original_not_approved`, `batch_full`, or `amount_too_large` where a refund has been given (or is
/// in doubt).
using void_payment = flow<void_request, payment>;

extern template class flow<void_request, payment>;

} // namespace cipherlane::acquiring
