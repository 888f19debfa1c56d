#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ledger/finding.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace cipherlane::acquiring {

/// What a person has found out: `paid` or `not_paid`.
using finding = ledger::finding;

struct decision_request {
    /// @param record `payment::handle`. @param reason who found out, and how: 1 to 200 bytes of UTF-8 without control
    /// characters; kept in the journal.
    decision_request(std::uint64_t record, finding value, std::string reason)
        : handle(record)
        , found(value)
        , note(std::move(reason)) {}
    std::uint64_t handle;
    finding found;
    std::string note;
    /// With `paid`: how much moved, where it is not all that was requested (a partial approval, a code of which the
    /// payer paid less; a tip entered at a payment terminal). More than zero, in its currency, and not more than was
    /// requested but where a payment terminal has taken it.
    std::optional<amount> moved;
};

/// Takes a person's word on what is not decided: a QR order or a refund that is `unknown`, a payment whose reversal
/// proved nothing, and one whose reversal cannot get through (the host is gone for good, the card's seal is damaged).
/// Asks nobody; `recovery` has been tried before. Finding and note are durable when this returns; what was blocked by
/// the record goes on. With `paid` the requested amount counts as moved, or `moved`.
///
/// @return `misuse`: `no_original`; `nothing_to_decide` (decided already); `code_still_valid` (`not_paid` of an order
/// whose code may still be scanned); `settlement_due` (the record's batch is being settled: first that, then this);
/// `bad_request` (field `note` or `moved`). `local_fault`.
using decision = flow<decision_request, payment>;

extern template class flow<decision_request, payment>;

} // namespace cipherlane::acquiring
