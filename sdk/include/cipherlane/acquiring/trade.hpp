#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/instalment_plan.hpp>
#include <cipherlane/acquiring/payer_code.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/ports/order_funds.hpp>

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
    /// Whether credit may pay it. A gateway is told so with the order, and one that cannot keep credit out refuses
    /// the trade, with nothing sent; of a card, or a code that goes to the host, the rules judge (`order credit`,
    /// `trade_guard::judges_funds`). Where nothing does, the trade is refused: `bad_request` in "funds".
    ports::order_funds funds = ports::order_funds::any;
    /// Of a trade of a gateway, where a till has several: the name of the one that it goes to. Empty: a payer's code
    /// chooses by its prefix, and all else goes to the first. What undoes a payment goes where that went.
    std::string gateway;
    /// The payer's payment code as it was scanned (付款码), of a row that needs one: 1 to 350 printable characters.
    /// It goes to the host, or to the gateway; the journal has its first and its last digits alone. One that was
    /// scanned longer ago than `qr_settings::code_fresh` is refused before anything leaves (`code_too_old`).
    payer_code payment_code;
    /// The code that a person has got by telephone, of an offline settlement: up to 6 letters and digits.
    std::string authorization;
    instalment_plan instalment; ///< of a row that needs one
};

/// Runs a trade. `sale`, `qr_sale`, `void_payment` and `refund` are this with their rows; outcomes and errors as
/// there.
///
/// What the till does without the host (`ledger::stored_trades`: completion advice, offline sale and settlement, tip,
/// adjustment, offline refund) is durable as `stored` first and told to the host until it answers: at once where its
/// row allows, by `recovery`, and before the settlement, which waits for it. Errors besides: `misuse`
/// (`offline_limit`, `reservation_expired`), `rejected_by_peer` (`offline_declined`).
using trade = flow<trade_request, payment>;

extern template class flow<trade_request, payment>;

} // namespace cipherlane::acquiring
