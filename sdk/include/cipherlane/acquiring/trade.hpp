#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/sale.hpp>

#include <cstdint>
#include <string>

namespace cipherlane::acquiring {

/// A trade of any row of the ledger's table (`ledger/trades.hpp`). What of the request counts is said by what the row
/// needs: an amount, an original.
struct trade_request {
    /// @param key as in `sale_request`.
    trade_request(ports::trade what, std::string key, amount value = {}, std::uint64_t original = 0)
        : kind(what)
        , idempotency_key(std::move(key))
        , total(value)
        , handle(original) {}

    ports::trade kind;
    std::string idempotency_key;
    amount total;         ///< of a row that needs no amount: the original's whole amount is taken
    std::uint64_t handle; ///< `payment::handle` of the original
    partial_approval partial = partial_approval::refuse;
    std::string subject = "payment"; ///< of a QR order: what the payer reads
};

/// Runs a trade. `sale`, `qr_sale`, `void_payment` and `refund` are this with their rows; outcomes and errors as
/// there.
using trade = flow<trade_request, payment>;

extern template class flow<trade_request, payment>;

} // namespace cipherlane::acquiring
