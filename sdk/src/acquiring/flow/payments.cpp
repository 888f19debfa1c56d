#include "flow/payments.hpp"

#include "flow/original.hpp"
#include "flow/trade.hpp"

#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {
namespace {

using ledger::trade_role;

/// Which trade does to a payment what its role says; the payment itself tells.
result<ports::trade> kind_for(
    lane_core& on, trade_role role, std::uint64_t original, std::string_view operation, const call& bounds) {
    CIPHERLANE_TRY(const auto record, find_original(on, original, operation, bounds));
    if (const auto kind = ledger::follower(record.kind, role)) return *kind;
    return flow_error(acquiring_errc::original_not_approved, operation).for_trace(record.trace);
}

} // namespace

result<payment> perform(lane_core& on, const sale_request& request, const call& bounds) {
    trade_request wish(ports::trade::sale, request.idempotency_key, request.total);
    wish.partial = request.partial;
    return run_trade(on, wish, bounds);
}

result<payment> perform(lane_core& on, const qr_sale_request& request, const call& bounds) {
    trade_request wish(ports::trade::qr_sale, request.idempotency_key, request.total);
    wish.subject = request.subject;
    wish.gateway = request.gateway;
    wish.funds = request.funds;
    return run_trade(on, wish, bounds);
}

result<payment> perform(lane_core& on, const void_request& request, const call& bounds) {
    CIPHERLANE_TRY(const auto kind, kind_for(on, trade_role::undoing, request.handle, "void", bounds));
    return run_trade(on, {kind, request.idempotency_key, {}, request.handle}, bounds);
}

result<payment> perform(lane_core& on, const refund_request& request, const call& bounds) {
    CIPHERLANE_TRY(const auto kind, kind_for(on, trade_role::returning, request.handle, "refund", bounds));
    return run_trade(on, {kind, request.idempotency_key, request.total, request.handle}, bounds);
}

result<payment> perform(lane_core& on, const trade_request& request, const call& bounds) {
    return run_trade(on, request, bounds);
}

} // namespace cipherlane::acquiring
