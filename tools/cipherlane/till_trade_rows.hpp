#pragma once

#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/acquiring/void_payment.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cipherlane::cli {

/// A trade that scripts and other programs ask a till for, by its verb.
struct till_trade {
    const char* verb;
    const char* about;
    /// What it is told, a letter each: k key, a amount, A an amount that may be left out, o original, p a partial
    /// approval may be taken, s subject, t authorization, q payment code, g through the gateway, n which gateway,
    /// c no credit, i instalments.
    std::string_view takes;
    ports::trade kind; ///< of a void and a refund: the usual one; the original decides

    [[nodiscard]] constexpr bool has(char what) const noexcept { return takes.find(what) != std::string_view::npos; }
};

inline constexpr auto till_trades = std::to_array<till_trade>({
    {"sale", "Sell by card", "kap", ports::trade::sale},
    {"void", "Undo a sale of the open batch", "ko", ports::trade::void_sale},
    {"refund", "Give all or part of a payment back", "kAo", ports::trade::refund},
    {"preauth", "Reserve an amount on a card", "ka", ports::trade::pre_auth},
    {"complete", "Take what a pre-authorisation has reserved", "kao", ports::trade::completion},
    {"advise", "Take what a pre-authorisation has reserved; the host is told until it answers", "kao",
        ports::trade::completion_advice},
    {"offline", "Sell by a chip card that approves by itself; the host is told later", "ka",
        ports::trade::offline_sale},
    {"by-telephone", "Sell by a code that was given by telephone", "kat", ports::trade::offline_settlement},
    {"adjust", "Add to a sale what was left out", "kao", ports::trade::adjustment},
    {"tip", "Add a tip to a sale", "kao", ports::trade::tip},
    {"scan", "Sell by the payer's payment code", "kaqgc", ports::trade::code_sale},
    {"instalments", "Sell in instalments", "kai", ports::trade::instalment_sale},
    {"qr", "Sell by a code that the payer scans", "kasnc", ports::trade::qr_sale},
});

/// What a trade is asked with must be what the ledger's row of it needs.
constexpr bool fits_the_ledger(const till_trade& one) {
    using ledger::need;
    const auto& needs = ledger::row_of(one.kind).needs;
    const bool by_telephone = needs.contains(need::authorisation) && !needs.contains(need::original);
    return one.has('k') && one.has('o') == needs.contains(need::original) &&
           (one.has('a') || one.has('A')) == needs.contains(need::amount) && one.has('t') == by_telephone &&
           one.has('q') == needs.contains(need::code) && one.has('i') == needs.contains(need::instalment);
}
static_assert([] {
    for (const auto& one : till_trades)
        if (!fits_the_ledger(one)) return false;
    return true;
}());

/// Null where there is none.
[[nodiscard]] constexpr const till_trade* find_till_trade(std::string_view verb) noexcept {
    for (const auto& one : till_trades)
        if (verb == one.verb) return &one;
    return nullptr;
}

/// What a till is asked for.
using trade_order = std::variant<acquiring::trade_request, acquiring::void_request, acquiring::refund_request>;

/// Of a void and a refund the original says which one it is.
[[nodiscard]] inline trade_order order_of(const till_trade& row, acquiring::trade_request wish) {
    switch (ledger::row_of(row.kind).role) {
    case ledger::trade_role::undoing: return acquiring::void_request(std::move(wish.idempotency_key), wish.handle);
    case ledger::trade_role::returning:
        return acquiring::refund_request(std::move(wish.idempotency_key), wish.handle, wish.total);
    default: return wish;
    }
}

} // namespace cipherlane::cli
