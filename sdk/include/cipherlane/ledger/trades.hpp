#pragma once

#include <cipherlane/iso8583/transaction_table.hpp>
#include <cipherlane/ledger/enum_set.hpp>
#include <cipherlane/ledger/money_side.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <array>
#include <cassert>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cipherlane::ledger {

using trade_set = enum_set<ports::trade>;

/// Who decides a trade.
enum class channel : std::uint8_t {
    host,
    gateway,
    terminal, ///< a payment terminal with a host of its own
};

/// What is asked of the QR gateway.
enum class gateway_verb : std::uint8_t {
    none,
    order,  ///< a code that the payer scans
    charge, ///< the payer's own code
    refund,
};

/// What a trade is to the trade that it names as its original.
enum class trade_role : std::uint8_t {
    payment,   ///< it names none
    undoing,   ///< undoes the whole of it: a void (撤销)
    returning, ///< gives back all or part of it: a refund (退货)
    finishing, ///< takes what it had reserved: a completion (预授权完成)
    adding,    ///< adds to it: a tip (小费), an adjustment (结算调整)
    notifying, ///< tells the host more about it, and moves no money; made by the flow itself
    rejecting, ///< gives back a payment that came besides it, and that nobody has booked; made by the flow itself
};

/// In which totals it is counted.
enum class counted_in : std::uint8_t {
    nothing,
    host_totals, ///< those that the host's settlement compares
    apart,       ///< shown beside them: the host does not know these trades
};

/// When the host hears of a trade.
enum class delivery : std::uint8_t {
    online, ///< it decides the trade
    stored, ///< the trade is done at the till first, and told until the host has answered (store and forward)
};

/// What a request needs beyond the terminal's own data.
enum class need : std::uint8_t {
    card,
    pin,
    small_amounts, ///< no PIN where the rule for small amounts says so
    original,
    authorisation, ///< its original's code; without an original, one that a person has got by telephone
    amount,
    code,             ///< the payer's payment code
    instalment,       ///< periods and plan
    offline_approval, ///< the chip's own
    currency_choice,  ///< the cardholder's, where the host offers one
};
using need_set = enum_set<need>;

/// How an approved trade is told to the host again where the totals did not balance.
enum class batch_upload : std::uint8_t {
    nothing,
    details,        ///< up to eight in a message: 0320, magnetic stripe; those of chips one by one: 0320, chip
    refund_message, ///< one by one: 0320, refund
};

/// One row: what money is in a trade of this kind.
struct trade_row {
    ports::trade kind;
    std::string_view name; ///< for logs, lists and exports; does not change
    channel through;
    std::optional<iso8583::transaction> message; ///< its request; of a trade of the host
    gateway_verb verb;                           ///< of a trade of the gateway
    delivery sends;
    trade_role role;
    trade_set originals; ///< what its original may be
    money_side side;
    counted_in totals;
    need_set needs;
    batch_upload upload;
    std::string_view title; ///< key of its title on receipts
};

/// THE table: a row for each `ports::trade`, in the order of its numbers. What becomes of an unknown outcome stands
/// with the message (`iso8583::transaction_row::silence`) and is read from there. The trades of the host are those of
/// Q/CUP 009.1 part 1 (terminal application, POS), which is not public: the rows agree with what its messages are
/// known to be, and no clause numbers are known. Those of gateways and card terminals are general knowledge.
inline constexpr auto trade_table = [] {
    using enum ports::trade;
    using iso8583::transaction;
    constexpr auto of = [](auto... kinds) { return trade_set::of(kinds...); };
    constexpr auto needs = [](auto... what) { return need_set::of(what...); };
    constexpr auto no_message = std::nullopt;
    constexpr auto host = channel::host;
    constexpr auto gateway = channel::gateway;
    constexpr auto terminal = channel::terminal;
    constexpr auto no_verb = gateway_verb::none;
    constexpr auto online = delivery::online;
    constexpr auto stored = delivery::stored;
    return std::to_array<trade_row>({
        {sale, "sale", host, transaction::sale, no_verb, online, trade_role::payment, of(), money_side::debit,
            counted_in::host_totals,
            needs(need::card, need::pin, need::small_amounts, need::amount, need::currency_choice),
            batch_upload::details, "sale"},
        {void_sale, "void", host, transaction::sale_void, no_verb, online, trade_role::undoing, of(sale),
            money_side::credit, counted_in::host_totals, needs(need::original), batch_upload::details, "void"},
        {refund, "refund", host, transaction::refund, no_verb, online, trade_role::returning,
            of(sale, completion, completion_advice, offline_settlement), money_side::credit, counted_in::host_totals,
            needs(need::original, need::amount), batch_upload::refund_message, "refund"},
        {qr_sale, "QR sale", gateway, no_message, gateway_verb::order, online, trade_role::payment, of(),
            money_side::debit, counted_in::apart, needs(need::amount), batch_upload::nothing, "qr_sale"},
        {qr_refund, "QR refund", gateway, no_message, gateway_verb::refund, online, trade_role::returning,
            of(qr_sale, qr_charge), money_side::credit, counted_in::apart, needs(need::original, need::amount),
            batch_upload::nothing, "qr_refund"},
        {pre_auth, "pre-authorisation", host, transaction::pre_auth, no_verb, online, trade_role::payment, of(),
            money_side::none, counted_in::nothing, needs(need::card, need::pin, need::amount, need::currency_choice),
            batch_upload::nothing, "pre_auth"},
        {pre_auth_void, "pre-authorisation void", host, transaction::pre_auth_void, no_verb, online,
            trade_role::undoing, of(pre_auth), money_side::none, counted_in::nothing,
            needs(need::original, need::authorisation), batch_upload::nothing, "pre_auth_void"},
        {completion, "completion", host, transaction::completion, no_verb, online, trade_role::finishing,
            of(pre_auth), money_side::debit, counted_in::host_totals,
            needs(need::original, need::authorisation, need::amount), batch_upload::details, "completion"},
        {completion_void, "completion void", host, transaction::completion_void, no_verb, online, trade_role::undoing,
            of(completion), money_side::credit, counted_in::host_totals, needs(need::original), batch_upload::details,
            "completion_void"},
        {completion_advice, "completion advice", host, transaction::completion_advice, no_verb, stored,
            trade_role::finishing, of(pre_auth), money_side::debit, counted_in::host_totals,
            needs(need::original, need::authorisation, need::amount), batch_upload::details, "completion_advice"},
        {offline_sale, "offline sale", host, transaction::offline_upload, no_verb, stored, trade_role::payment, of(),
            money_side::debit, counted_in::host_totals, needs(need::card, need::offline_approval, need::amount),
            batch_upload::details, "offline_sale"},
        {offline_settlement, "offline settlement", host, transaction::offline_settlement, no_verb, stored,
            trade_role::payment, of(), money_side::debit, counted_in::host_totals,
            needs(need::card, need::authorisation, need::amount), batch_upload::details, "offline_settlement"},
        {adjustment, "adjustment", host, transaction::adjustment, no_verb, stored, trade_role::adding,
            of(sale, offline_settlement), money_side::debit, counted_in::host_totals,
            needs(need::original, need::amount), batch_upload::details, "adjustment"},
        {tip, "tip", host, transaction::tip, no_verb, stored, trade_role::adding, of(sale, offline_settlement),
            money_side::debit, counted_in::host_totals, needs(need::original, need::amount), batch_upload::details,
            "tip"},
        {offline_refund, "offline refund", host, transaction::offline_refund, no_verb, stored, trade_role::returning,
            of(offline_sale), money_side::credit, counted_in::host_totals, needs(need::original, need::amount),
            batch_upload::refund_message, "offline_refund"},
        {code_sale, "payment code sale", host, transaction::qr_sale, no_verb, online, trade_role::payment, of(),
            money_side::debit, counted_in::host_totals, needs(need::code, need::amount), batch_upload::details,
            "code_sale"},
        {code_void, "payment code void", host, transaction::qr_void, no_verb, online, trade_role::undoing,
            of(code_sale), money_side::credit, counted_in::host_totals, needs(need::original), batch_upload::details,
            "code_void"},
        {code_refund, "payment code refund", host, transaction::qr_refund, no_verb, online, trade_role::returning,
            of(code_sale), money_side::credit, counted_in::host_totals, needs(need::original, need::amount),
            batch_upload::refund_message, "code_refund"},
        {instalment_sale, "instalment sale", host, transaction::instalment_sale, no_verb, online, trade_role::payment,
            of(), money_side::debit, counted_in::host_totals,
            needs(need::card, need::pin, need::instalment, need::amount), batch_upload::details, "instalment_sale"},
        {instalment_void, "instalment void", host, transaction::instalment_void, no_verb, online, trade_role::undoing,
            of(instalment_sale), money_side::credit, counted_in::host_totals, needs(need::original),
            batch_upload::details, "instalment_void"},
        {script_notice, "script notice", host, transaction::script_notice, no_verb, stored, trade_role::notifying,
            of(sale, pre_auth, instalment_sale), money_side::none, counted_in::nothing, needs(need::original),
            batch_upload::nothing, "script_notice"},
        {device_sale, "terminal sale", terminal, no_message, no_verb, online, trade_role::payment, of(),
            money_side::debit, counted_in::host_totals, needs(need::amount), batch_upload::nothing, "device_sale"},
        {device_void, "terminal void", terminal, no_message, no_verb, online, trade_role::undoing,
            of(device_sale, device_completion), money_side::credit, counted_in::host_totals, needs(need::original),
            batch_upload::nothing, "device_void"},
        {device_refund, "terminal refund", terminal, no_message, no_verb, online, trade_role::returning,
            of(device_sale, device_completion), money_side::credit, counted_in::host_totals,
            needs(need::original, need::amount), batch_upload::nothing, "device_refund"},
        {device_pre_auth, "terminal pre-authorisation", terminal, no_message, no_verb, online, trade_role::payment,
            of(), money_side::none, counted_in::nothing, needs(need::amount), batch_upload::nothing,
            "device_pre_auth"},
        {device_pre_auth_void, "terminal pre-authorisation void", terminal, no_message, no_verb, online,
            trade_role::undoing, of(device_pre_auth), money_side::none, counted_in::nothing, needs(need::original),
            batch_upload::nothing, "device_pre_auth_void"},
        {device_completion, "terminal completion", terminal, no_message, no_verb, online, trade_role::finishing,
            of(device_pre_auth), money_side::debit, counted_in::host_totals, needs(need::original, need::amount),
            batch_upload::nothing, "device_completion"},
        {qr_return, "QR return", gateway, no_message, gateway_verb::refund, online, trade_role::rejecting,
            of(qr_sale, qr_charge), money_side::none, counted_in::nothing, needs(need::original),
            batch_upload::nothing, "qr_return"},
        {qr_charge, "QR charge", gateway, no_message, gateway_verb::charge, online, trade_role::payment, of(),
            money_side::debit, counted_in::apart, needs(need::code, need::amount), batch_upload::nothing,
            "qr_charge"},
    });
}();

[[nodiscard]] constexpr std::span<const trade_row> trades() noexcept {
    return trade_table;
}

/// Nothing for a number that is no trade of this version.
[[nodiscard]] constexpr const trade_row* find_row(ports::trade kind) noexcept {
    const auto at = static_cast<std::size_t>(kind) - 1; // 0 becomes the greatest number
    return at < trade_table.size() ? &trade_table[at] : nullptr;
}

/// The trade whose request a message is; nothing where it is none.
[[nodiscard]] constexpr const trade_row* find_row(iso8583::transaction message) noexcept {
    for (const auto& row : trade_table) {
        if (row.message == message) return &row;
    }
    return nullptr;
}

/// `kind` must have a row.
[[nodiscard]] constexpr const trade_row& row_of(ports::trade kind) noexcept {
    const auto* row = find_row(kind);
    assert(row != nullptr);
    return *row;
}

/// All trades whose row fits.
template <class Fits>
[[nodiscard]] constexpr trade_set trades_where(Fits fits) {
    trade_set found;
    for (const auto& row : trade_table) {
        if (fits(row)) found.insert(row.kind);
    }
    return found;
}

/// What has an order at the gateway that somebody may pay: by the code that the till shows, or by the one that the
/// payer does.
inline constexpr trade_set order_trades =
    trades_where([](const auto& row) { return row.verb == gateway_verb::order || row.verb == gateway_verb::charge; });

/// The part of them that the payer's own code pays, and the one whose code the till shows.
inline constexpr trade_set charge_trades =
    trades_where([](const auto& row) { return row.verb == gateway_verb::charge; });
inline constexpr trade_set shown_code_trades = order_trades.without(charge_trades);
/// What gives back at the gateway, whether somebody asked for it or the flow does it by itself.
inline constexpr trade_set gateway_refunds =
    trades_where([](const auto& row) { return row.verb == gateway_verb::refund; });

inline constexpr trade_set host_trades = trades_where([](const auto& row) { return row.through == channel::host; });
inline constexpr trade_set gateway_trades =
    trades_where([](const auto& row) { return row.through == channel::gateway; });
inline constexpr trade_set terminal_trades =
    trades_where([](const auto& row) { return row.through == channel::terminal; });
/// What takes from what an earlier trade has paid or reserved: refunds and completions.
inline constexpr trade_set returning_trades = trades_where(
    [](const auto& row) { return row.role == trade_role::returning || row.role == trade_role::finishing; });

/// What the till does by itself and tells the host later.
inline constexpr trade_set stored_trades =
    trades_where([](const auto& row) { return row.sends == delivery::stored; });
/// What adds to an earlier trade.
inline constexpr trade_set adding_trades =
    trades_where([](const auto& row) { return row.role == trade_role::adding; });

/// What the flow makes of itself: nobody may ask for it, and nobody is told of it as of a payment.
inline constexpr trade_set own_trades = trades_where(
    [](const auto& row) { return row.role == trade_role::notifying || row.role == trade_role::rejecting; });

/// What somebody asks for, and is told of.
inline constexpr trade_set asked_trades = trades_where([](const auto&) { return true; }).without(own_trades);

/// What is counted, on either side, by the host or apart.
inline constexpr trade_set counted_trades =
    trades_where([](const auto& row) { return row.totals != counted_in::nothing; });

/// What undoes the whole of an earlier trade.
inline constexpr trade_set undoing_trades =
    trades_where([](const auto& row) { return row.role == trade_role::undoing; });

/// The trade of that role for which `kind` may be the original.
[[nodiscard]] constexpr std::optional<ports::trade> follower(ports::trade kind, trade_role role) noexcept {
    for (const auto& row : trade_table) {
        if (row.role == role && row.originals.contains(kind)) return row.kind;
    }
    return std::nullopt;
}
/// What tells the host more about a trade.
[[nodiscard]] constexpr std::optional<ports::trade> notified_by(ports::trade kind) noexcept {
    return follower(kind, trade_role::notifying);
}
/// What voids, refunds or completes a trade; nothing where nothing does.
[[nodiscard]] constexpr std::optional<ports::trade> voided_by(ports::trade kind) noexcept {
    return follower(kind, trade_role::undoing);
}
[[nodiscard]] constexpr std::optional<ports::trade> refunded_by(ports::trade kind) noexcept {
    return follower(kind, trade_role::returning);
}
[[nodiscard]] constexpr std::optional<ports::trade> completed_by(ports::trade kind) noexcept {
    return follower(kind, trade_role::finishing);
}

/// A trade of a payment terminal: what it is asked for, and in whose place it stands where a lane has a terminal
/// instead of a host.
struct terminal_row {
    ports::trade kind;
    ports::terminal_verb verb;
    /// Of voids and refunds none: they are asked for by role, and the original says which one it is.
    std::optional<ports::trade> instead_of;
};
inline constexpr auto terminal_table = [] {
    using enum ports::trade;
    using verb = ports::terminal_verb;
    return std::to_array<terminal_row>({
        {device_sale, verb::authorise, sale},
        {device_void, verb::void_payment, std::nullopt},
        {device_refund, verb::refund, std::nullopt},
        {device_pre_auth, verb::pre_authorise, pre_auth},
        {device_pre_auth_void, verb::void_pre_authorisation, std::nullopt},
        {device_completion, verb::complete, completion},
    });
}();
/// What a terminal is asked for; nothing for what is none of its trades.
[[nodiscard]] constexpr std::optional<ports::terminal_verb> verb_of(ports::trade kind) noexcept {
    for (const auto& row : terminal_table) {
        if (row.kind == kind) return row.verb;
    }
    return std::nullopt;
}
/// The trade as a lane with a terminal in the place of the host does it.
[[nodiscard]] constexpr ports::trade at_terminal(ports::trade kind) noexcept {
    for (const auto& row : terminal_table) {
        if (row.instead_of == kind) return row.kind;
    }
    return kind;
}

/// The trade as the gateway does it: what is paid by the payer's code may go through either.
[[nodiscard]] constexpr ports::trade at_gateway(ports::trade kind) noexcept {
    const auto& row = row_of(kind);
    for (const auto& other : trade_table) {
        const bool alike = other.role == row.role && row.needs.contains(need::code);
        if (alike && other.through == channel::gateway && other.needs.contains(need::code)) return other.kind;
    }
    return kind;
}

/// An amount of a trade as the merchant's gain: negative on the credit side, 0 where no money moves.
[[nodiscard]] constexpr std::int64_t signed_minor(ports::trade kind, std::int64_t minor) noexcept {
    switch (row_of(kind).side) {
    case money_side::debit: return minor;
    case money_side::credit: return -minor;
    case money_side::none: break;
    }
    return 0;
}

/// The message row of a trade of the host.
[[nodiscard]] constexpr const iso8583::transaction_row& message_of(const trade_row& row) noexcept {
    assert(row.message);
    return iso8583::row_of(*row.message);
}

/// True for trades whose unknown outcome is undone by a reversal (冲正).
[[nodiscard]] constexpr bool reversible(ports::trade kind) noexcept {
    const auto& row = row_of(kind);
    return row.message && message_of(row).silence == iso8583::on_silence::reverse;
}

namespace detail {

constexpr bool in_order() {
    for (std::size_t i = 0; i < trade_table.size(); ++i) {
        if (static_cast<std::size_t>(trade_table[i].kind) != i + 1) return false;
    }
    return true;
}

constexpr bool sound(const trade_row& row) {
    const bool refers = row.role != trade_role::payment;
    if (refers == row.originals.empty() || refers != row.needs.contains(need::original)) return false;
    const bool through_host = row.through == channel::host;
    if (row.sends == delivery::stored && !through_host) return false;
    const bool through_gateway = row.through == channel::gateway;
    if (through_host != row.message.has_value() || through_gateway == (row.verb == gateway_verb::none)) return false;
    // What is told afterwards goes out again until it is answered.
    const bool repeats = row.message && message_of(row).silence == iso8583::on_silence::repeat;
    if (repeats != (row.sends == delivery::stored)) return false;
    if (row.name.empty() || row.title.empty()) return false;
    // What is counted has a side. The host's totals hold the host's trades, or those of the terminal that stands in
    // its place; what the host counts can be told again.
    if ((row.totals == counted_in::nothing) != (row.side == money_side::none)) return false;
    if (row.totals == counted_in::host_totals && through_gateway) return false;
    const bool told_again = through_host && row.totals == counted_in::host_totals;
    if (told_again != (row.upload != batch_upload::nothing)) return false;
    for (const auto original : row.originals) {
        const auto& of = row_of(original);
        if (of.through != row.through) return false;
        // Money comes back from where it went: from a debit, never from a credit.
        if (row.role == trade_role::returning && of.side != money_side::debit) return false;
        if (row.role == trade_role::returning && row.side != money_side::credit) return false;
        if (row.role == trade_role::undoing && of.side == money_side::debit && row.side != money_side::credit) {
            return false;
        }
        if (of.role == trade_role::undoing) return false; // a void is undone by a reversal alone
    }
    return true;
}

constexpr bool all_sound() {
    for (const auto& row : trade_table) {
        if (!sound(row)) return false;
    }
    return true;
}

/// No trade has two that void, refund or complete it, and are sent in the same way. What adds to a trade, and what is
/// told of it, is always named.
constexpr bool followers_unique() {
    for (const auto& a : trade_table) {
        for (const auto& b : trade_table) {
            const bool alike = a.kind != b.kind && a.role == b.role && a.sends == b.sends;
            if (alike && a.role != trade_role::adding && !(a.originals & b.originals).empty()) return false;
        }
    }
    return true;
}

static_assert(in_order());
static_assert(all_sound());
static_assert(followers_unique());

constexpr bool terminal_rows_complete() {
    trade_set found;
    for (const auto& row : terminal_table)
        found.insert(row.kind);
    return found == terminal_trades;
}
static_assert(terminal_rows_complete());

} // namespace detail
} // namespace cipherlane::ledger
