#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <cstdint>
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
};

/// Takes a person's word on what no machine can decide: a QR order or a refund that is `unknown`, and a payment whose
/// reversal the host refused. Asks nobody; `recovery` has been tried before. Finding and note are durable when this
/// returns; what was blocked by the record goes on. With `paid` the whole requested amount counts as moved.
///
/// @return `misuse`: `no_original`; `nothing_to_decide` (decided already, or a reversal that is still being sent);
/// `code_still_valid` (`not_paid` of an order whose code may still be scanned); `settlement_due` (the record's batch
/// is being settled: first that, then this); `bad_request` (note). `local_fault`.
using decision = flow<decision_request, payment>;

extern template class flow<decision_request, payment>;

} // namespace cipherlane::acquiring
