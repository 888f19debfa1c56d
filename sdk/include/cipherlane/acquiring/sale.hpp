#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/partial_approval.hpp>
#include <cipherlane/acquiring/payment.hpp>

#include <string>

namespace cipherlane::acquiring {

/// A card sale (消费).
struct sale_request {
    /// @param key the caller's name for this payment, unique for the terminal: with the same key again nothing is
    /// sent and the recorded outcome comes back. 1 to 64 characters.
    sale_request(std::string key, amount value)
        : idempotency_key(std::move(key))
        , total(value) {}

    std::string idempotency_key;
    amount total;
    partial_approval partial = partial_approval::refuse;
};

/// Takes a payment by card: MTI 0200, processing code 000000 (pos terminal specification, sale).
///
/// The order of things: key looked up, card read, PIN taken, record durable with all that its reversal needs, request
/// sent, answer's MAC checked, verdict durable, PIN pad told, caller told. Pending reversals go first; while one is
/// not answered no sale is sent.
///
/// A chip card hears what the host said and may decline what it approved: that is reversed, with `why`
/// `declined_by_card`. A pad that fails at that moment changes no verdict.
///
/// Approved, declined, reversed and unknown are outcomes. An error means that no request left and nothing is pending:
/// `cancelled` (stop request or cardholder), `timed_out` (`too_little_time` included), `link_lost`, `misuse`
/// (`key_reused`; `batch_full`: settle first), `local_fault`; the same key may be used again. After the first byte
/// has left neither deadline nor stop request ends the sale: it becomes approved, declined, or a reversal.
using sale = flow<sale_request, payment>;

extern template class flow<sale_request, payment>;

} // namespace cipherlane::acquiring
