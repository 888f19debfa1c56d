#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/order_funds.hpp>

#include <string>

namespace cipherlane::acquiring {

/// A payment by a dynamic code that the customer scans (主扫, 动态码).
struct qr_sale_request {
    /// @param key as in `sale_request`.
    qr_sale_request(std::string key, amount value)
        : idempotency_key(std::move(key))
        , total(value) {}

    std::string idempotency_key;
    amount total;
    std::string subject = "payment";                    ///< what the payer reads
    std::string gateway;                                ///< as in `trade_request`
    ports::order_funds funds = ports::order_funds::any; ///< likewise
};

/// Orders a code at the gateway, shows it, and waits for its payment: a signed notification, or a query where none
/// comes. The code leaves the display when it is paid, cancelled or expired, and when anything goes wrong.
///
/// At the deadline, on a stop request and on expiry the order is cancelled at the gateway, and what the gateway says
/// then decides: a payer who was faster has paid. `declined` with `host_code` "cancelled" or "expired"; `unknown`
/// where the gateway does not say. A stop request ends as `declined`, not as an error, once the order has been made.
using qr_sale = flow<qr_sale_request, payment>;

extern template class flow<qr_sale_request, payment>;

} // namespace cipherlane::acquiring
