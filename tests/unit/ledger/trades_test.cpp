#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace cipherlane::ledger {
namespace {

using ports::trade;

constexpr auto all_trades = {trade::sale, trade::void_sale, trade::refund, trade::qr_sale, trade::qr_refund,
    trade::pre_auth, trade::pre_auth_void, trade::completion, trade::completion_void, trade::completion_advice,
    trade::offline_sale, trade::offline_settlement, trade::adjustment, trade::tip, trade::offline_refund,
    trade::code_sale, trade::code_void, trade::code_refund, trade::instalment_sale, trade::instalment_void,
    trade::script_notice, trade::device_sale, trade::device_void, trade::device_refund, trade::device_pre_auth,
    trade::device_pre_auth_void, trade::device_completion, trade::qr_return, trade::qr_charge};

TEST(Trades, EachHasOneRow) {
    EXPECT_EQ(trades().size(), all_trades.size());
    std::set<std::string_view> names;
    std::set<std::string_view> titles;
    for (const auto kind : all_trades) {
        EXPECT_EQ(row_of(kind).kind, kind);
        names.insert(row_of(kind).name);
        titles.insert(row_of(kind).title);
    }
    EXPECT_EQ(
        names, (std::set<std::string_view>{"sale", "void", "refund", "QR sale", "QR refund", "pre-authorisation",
                   "pre-authorisation void", "completion", "completion void", "completion advice", "offline sale",
                   "offline settlement", "adjustment", "tip", "offline refund", "payment code sale",
                   "payment code void", "payment code refund", "instalment sale", "instalment void", "script notice",
                   "terminal sale", "terminal void", "terminal refund", "terminal pre-authorisation",
                   "terminal pre-authorisation void", "terminal completion", "QR return", "QR charge"}));
    EXPECT_EQ(titles.size(), all_trades.size());
}

TEST(Trades, ANumberOfAnotherVersionHasNoRow) {
    EXPECT_EQ(find_row(static_cast<trade>(0)), nullptr);
    EXPECT_EQ(find_row(static_cast<trade>(trades().size() + 1)), nullptr);
    EXPECT_EQ(find_row(static_cast<trade>(255)), nullptr);
}

constexpr auto device_trades = trade_set::of(trade::device_sale, trade::device_void, trade::device_refund,
    trade::device_pre_auth, trade::device_pre_auth_void, trade::device_completion);

constexpr auto by_gateway = trade_set::of(trade::qr_sale, trade::qr_refund, trade::qr_return, trade::qr_charge);

TEST(Trades, GoToTheHostToTheGatewayOrToATerminal) {
    for (const auto kind : all_trades) {
        const bool elsewhere = by_gateway.contains(kind) || device_trades.contains(kind);
        EXPECT_EQ(host_trades.contains(kind), !elsewhere);
    }
    EXPECT_EQ(terminal_trades, device_trades);
    EXPECT_EQ(gateway_trades, by_gateway);
    EXPECT_EQ(message_of(row_of(trade::sale)).name, "sale");
    EXPECT_EQ(message_of(row_of(trade::void_sale)).name, "void");
    EXPECT_EQ(message_of(row_of(trade::refund)).name, "refund");
    EXPECT_EQ(row_of(trade::qr_sale).verb, gateway_verb::order);
    EXPECT_EQ(row_of(trade::qr_refund).verb, gateway_verb::refund);
}

TEST(Trades, SayWhatVoidsAndRefundsThem) {
    EXPECT_EQ(voided_by(trade::sale), trade::void_sale);
    EXPECT_EQ(refunded_by(trade::sale), trade::refund);
    EXPECT_EQ(refunded_by(trade::qr_sale), trade::qr_refund);
    EXPECT_EQ(voided_by(trade::qr_sale), std::nullopt);
    for (const auto kind : {trade::void_sale, trade::refund, trade::qr_refund}) {
        EXPECT_EQ(voided_by(kind), std::nullopt);
        EXPECT_EQ(refunded_by(kind), std::nullopt);
    }
    EXPECT_EQ(voided_by(trade::pre_auth), trade::pre_auth_void);
    EXPECT_EQ(refunded_by(trade::pre_auth), std::nullopt);
    EXPECT_EQ(voided_by(trade::completion), trade::completion_void);
    EXPECT_EQ(refunded_by(trade::completion), trade::refund);
    for (const auto kind : all_trades) {
        const auto wanted = kind == trade::pre_auth          ? std::optional(trade::completion)
                            : kind == trade::device_pre_auth ? std::optional(trade::device_completion)
                                                             : std::nullopt;
        EXPECT_EQ(completed_by(kind), wanted);
    }
    EXPECT_EQ(returning_trades,
        trade_set::of(trade::refund, trade::qr_refund, trade::completion, trade::completion_advice,
            trade::offline_refund, trade::code_refund, trade::device_refund, trade::device_completion));
    EXPECT_EQ(refunded_by(trade::completion_advice), trade::refund);
    EXPECT_EQ(voided_by(trade::completion_advice), std::nullopt);
    EXPECT_EQ(refunded_by(trade::offline_sale), trade::offline_refund);
    EXPECT_EQ(refunded_by(trade::offline_settlement), trade::refund);
    EXPECT_EQ(voided_by(trade::code_sale), trade::code_void);
    EXPECT_EQ(refunded_by(trade::code_sale), trade::code_refund);
    EXPECT_EQ(voided_by(trade::instalment_sale), trade::instalment_void);
    EXPECT_EQ(refunded_by(trade::instalment_sale), std::nullopt);
    EXPECT_EQ(adding_trades, trade_set::of(trade::adjustment, trade::tip));
    EXPECT_EQ(notified_by(trade::sale), trade::script_notice);
    EXPECT_EQ(notified_by(trade::void_sale), std::nullopt);
}

/// What has no reversal and is told until it is answered is done at the till first; the column `reversal` of the
/// dialect's table says no for each.
TEST(Trades, AreStoredWhereTheHostIsToldAfterwards) {
    EXPECT_EQ(stored_trades, trade_set::of(trade::completion_advice, trade::offline_sale, trade::offline_settlement,
                                 trade::adjustment, trade::tip, trade::offline_refund, trade::script_notice));
    for (const auto kind : host_trades) {
        const bool repeats = message_of(row_of(kind)).silence == iso8583::on_silence::repeat;
        EXPECT_EQ(repeats, stored_trades.contains(kind)) << row_of(kind).name;
        EXPECT_FALSE(repeats && reversible(kind)) << row_of(kind).name;
    }
    for (const auto kind : {trade::code_sale, trade::code_void, trade::instalment_sale, trade::instalment_void})
        EXPECT_TRUE(reversible(kind)) << row_of(kind).name;
    EXPECT_FALSE(reversible(trade::code_refund));
}

/// UnionPay POS dialect: a sale and its void are reversed, a refund is not; the gateway has no reversal.
TEST(Trades, AReversalUndoesSalesAndVoidsAlone) {
    EXPECT_TRUE(reversible(trade::sale));
    EXPECT_TRUE(reversible(trade::void_sale));
    EXPECT_FALSE(reversible(trade::refund));
    EXPECT_FALSE(reversible(trade::qr_sale));
    EXPECT_FALSE(reversible(trade::qr_refund));
    for (const auto kind : {trade::pre_auth, trade::pre_auth_void, trade::completion, trade::completion_void}) {
        EXPECT_TRUE(reversible(kind));
    }
}

TEST(Trades, NeedTheCardOnlyWhereItIsPresented) {
    EXPECT_EQ(row_of(trade::sale).needs,
        need_set::of(need::card, need::pin, need::small_amounts, need::amount, need::currency_choice));
    EXPECT_EQ(row_of(trade::void_sale).needs, need_set::of(need::original));
    EXPECT_EQ(row_of(trade::refund).needs, need_set::of(need::original, need::amount));
    EXPECT_EQ(row_of(trade::qr_sale).needs, need_set::of(need::amount));
    EXPECT_EQ(row_of(trade::qr_refund).needs, need_set::of(need::original, need::amount));
    EXPECT_EQ(
        row_of(trade::pre_auth).needs, need_set::of(need::card, need::pin, need::amount, need::currency_choice));
    EXPECT_EQ(row_of(trade::pre_auth_void).needs, need_set::of(need::original, need::authorisation));
    EXPECT_EQ(row_of(trade::completion).needs, need_set::of(need::original, need::authorisation, need::amount));
    EXPECT_EQ(row_of(trade::completion_void).needs, need_set::of(need::original));
}

TEST(Trades, GoUpInABatchAsTheHostWantsThem) {
    EXPECT_EQ(row_of(trade::sale).upload, batch_upload::details);
    EXPECT_EQ(row_of(trade::void_sale).upload, batch_upload::details);
    EXPECT_EQ(row_of(trade::refund).upload, batch_upload::refund_message);
    EXPECT_EQ(row_of(trade::qr_sale).upload, batch_upload::nothing);
    EXPECT_EQ(row_of(trade::qr_refund).upload, batch_upload::nothing);
    EXPECT_EQ(row_of(trade::pre_auth).upload, batch_upload::nothing) << "no money has moved";
    EXPECT_EQ(row_of(trade::completion).upload, batch_upload::details);
}

TEST(Trades, GainOnTheDebitSideAndGiveOnTheCreditSide) {
    EXPECT_EQ(signed_minor(trade::sale, 5), 5);
    EXPECT_EQ(signed_minor(trade::void_sale, 5), -5);
    EXPECT_EQ(signed_minor(trade::refund, 5), -5);
    EXPECT_EQ(signed_minor(trade::qr_sale, 5), 5);
    EXPECT_EQ(signed_minor(trade::qr_refund, 5), -5);
}

/// A lane with a terminal does there what a till asks of its host by the same name; what follows an original goes
/// where that one went.
TEST(Trades, OfATerminalStandInTheHostsPlace) {
    EXPECT_EQ(at_terminal(trade::sale), trade::device_sale);
    EXPECT_EQ(at_terminal(trade::pre_auth), trade::device_pre_auth);
    EXPECT_EQ(at_terminal(trade::completion), trade::device_completion);
    EXPECT_EQ(at_terminal(trade::qr_sale), trade::qr_sale);
    EXPECT_EQ(voided_by(trade::device_sale), trade::device_void);
    EXPECT_EQ(voided_by(trade::device_completion), trade::device_void);
    EXPECT_EQ(refunded_by(trade::device_sale), trade::device_refund);
    EXPECT_EQ(voided_by(trade::device_pre_auth), trade::device_pre_auth_void);
    EXPECT_EQ(verb_of(trade::device_void), ports::terminal_verb::void_payment);
    EXPECT_EQ(at_gateway(trade::code_sale), trade::qr_charge);
    EXPECT_EQ(at_gateway(trade::sale), trade::sale);
    EXPECT_EQ(at_gateway(trade::code_refund), trade::code_refund);
    for (const auto& row : trades())
        EXPECT_EQ(verb_of(row.kind).has_value(), row.through == channel::terminal) << row.name;
    for (const auto kind : terminal_trades) {
        EXPECT_FALSE(reversible(kind));
        EXPECT_EQ(row_of(kind).upload, batch_upload::nothing);
    }
}

TEST(EnumSet, IteratesInAscendingOrder) {
    const auto set = trade_set::of(trade::qr_refund, trade::sale, trade::refund);
    std::vector<trade> seen;
    for (const auto one : set)
        seen.push_back(one);
    EXPECT_EQ(seen, (std::vector{trade::sale, trade::refund, trade::qr_refund}));
    EXPECT_EQ(set.size(), 3);
    EXPECT_EQ(set.without(trade_set::of(trade::sale)).size(), 2);
    EXPECT_TRUE(trade_set().empty());
}

} // namespace
} // namespace cipherlane::ledger
