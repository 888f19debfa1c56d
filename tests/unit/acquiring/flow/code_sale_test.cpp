// Payment codes that the till scans (付款码), instalments, small amounts and partial approvals: rows and rules of the
// one flow.
#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/receipt.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::payment;
using acquiring::trade_request;
using acquiring::verdict;
using ports::trade;

const std::string payment_code = "6221345678901234567";

trade_request code_sale(const std::string& key, std::int64_t minor) {
    trade_request wish(trade::code_sale, key, amount(minor));
    wish.payment_code = payment_code;
    return wish;
}

trade_request in_instalments(const std::string& key, std::int64_t minor) {
    trade_request wish(trade::instalment_sale, key, amount(minor));
    wish.instalment = {12, "PLAN01", '0'};
    return wish;
}

TEST(CodeSale, SendsTheCodeAndKeepsTheVoucher) {
    lane_rig rig;
    come_to_trace_three(rig);
    rig.host.voucher = "A4010V000000003";
    const auto sold = do_trade(rig, code_sale("scan", 1000));
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_TRUE(sold->ok());
    expect_literal(rig, "QR sale");
    EXPECT_EQ(sold->voucher, "V000000003");
    EXPECT_EQ(sold->masked_pan, mask_pan(payment_code));
    EXPECT_EQ(rig.pinpad.trips, 0) << "no card";
    for (const auto& one : rig.records()) {
        EXPECT_FALSE(one.card_sealed);
        EXPECT_EQ(one.masked_pan.find(payment_code), std::string::npos);
    }
    const auto text = acquiring::receipt_text(*sold, rig.settings, acquiring::receipt_copy::cardholder);
    EXPECT_NE(text.find("PAYMENT CODE SALE 付款码消费"), std::string::npos) << text;
    EXPECT_NE(text.find("V000000003"), std::string::npos) << text;
}

TEST(CodeSale, IsVoidedAndRefundedByItsVoucher) {
    lane_rig rig;
    rig.host.voucher = "A4010V000000002";
    const auto first = do_trade(rig, code_sale("scan", 1000)).value();
    ASSERT_EQ(first.trace, 2U);
    rig.host.watch = [](const iso8583::message_view& view) {
        EXPECT_TRUE(view.equals(22, "032"));
        EXPECT_TRUE(view.equals(59, "A4010V000000002")) << view.value(59);
        EXPECT_FALSE(view.has(2));
    };
    const auto undone = rig.undo("undo", first.handle);
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->kind, trade::code_void);
    rig.host.watch = {};
    const auto second = do_trade(rig, code_sale("again", 1000)).value();
    const auto back = rig.give_back("back", second.handle, 400);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->kind, trade::code_refund);
    EXPECT_EQ(rig.booked(), 600);
    EXPECT_EQ(rig.books.taken(), 600);
    rig.host.mood.code = "51"; // the totals differ
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->uploaded, 4U) << "without a card number";
}

TEST(CodeSale, WithoutAnAnswerIsReversed) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto end = do_trade(rig, code_sale("scan", 1000));
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed);
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(CodeSale, NeedsACode) {
    lane_rig rig;
    for (const auto& code : {std::string(), std::string("a b"), std::string(351, '1'), std::string("\x01")}) {
        trade_request wish(trade::code_sale, "scan", amount(1));
        wish.payment_code = code;
        EXPECT_EQ(do_trade(rig, wish).error().field(), "payment_code");
    }
}

/// Where nobody looks at the wish, it is not forgotten: the key is free, and nothing has left.
TEST(CodeSale, WithoutCreditIsRefusedWhereNothingKeepsItOut) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    const auto before = rig.host.requests.size();
    for (const auto kind : {trade::code_sale, trade::sale, trade::offline_sale, trade::pre_auth}) {
        auto wish = code_sale("scan", 1000);
        wish.kind = kind;
        wish.funds = ports::order_funds::no_credit;
        const auto refused = do_trade(rig, wish);
        ASSERT_FALSE(refused) << static_cast<int>(kind);
        EXPECT_EQ(refused.error().code(), make_error_code(acquiring_errc::bad_request)) << refused.error();
        EXPECT_EQ(refused.error().field(), "funds") << refused.error();
    }
    EXPECT_TRUE(rig.records().empty());
    EXPECT_EQ(rig.host.requests.size(), before);
    EXPECT_TRUE(do_trade(rig, code_sale("scan", 1000))->ok());
    auto again = code_sale("scan", 1000);
    again.funds = ports::order_funds::no_credit;
    EXPECT_TRUE(do_trade(rig, again)->ok()) << "what has been done under a key is told";
}

TEST(Instalments, AreSoldAndVoidedWithTheirPlan) {
    lane_rig rig;
    come_to_trace_three(rig);
    const auto sold = do_trade(rig, in_instalments("tv", 1000));
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_TRUE(sold->ok());
    expect_literal(rig, "instalment sale");
    EXPECT_EQ(sold->periods, 12);
    rig.host.watch = [](const iso8583::message_view& view) {
        EXPECT_TRUE(view.equals(25, "64"));
        EXPECT_TRUE(view.equals(62, "12PLAN01                        0")) << view.value(62);
    };
    const auto undone = rig.undo("undo", sold->handle);
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->kind, trade::instalment_void);
    EXPECT_EQ(rig.books.taken(), 0);
    const auto text = acquiring::receipt_text(*sold, rig.settings, acquiring::receipt_copy::cardholder);
    EXPECT_NE(text.find("分期期数"), std::string::npos) << text;
}

TEST(Instalments, NeedAPlanThatCanBe) {
    lane_rig rig;
    auto wish = in_instalments("tv", 1000);
    wish.instalment.periods = 1;
    EXPECT_EQ(do_trade(rig, wish).error().field(), "instalment.periods");
    wish.instalment = {12, "PLAN 1", '0'};
    EXPECT_EQ(do_trade(rig, wish).error().field(), "instalment.code");
    wish.instalment = {12, "PLAN1", 'x'};
    EXPECT_EQ(do_trade(rig, wish).error().field(), "instalment.fee_mode");
}

TEST(SmallAmounts, NeedNoPinByTheRuleOfTheSettings) {
    auto settings = rig_settings();
    settings.small_amounts.most_minor = 100'000;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.pinpad.contactless = true;
    std::string entry;
    rig.host.watch = [&](const iso8583::message_view& view) {
        entry = view.value(22);
        EXPECT_EQ(view.has(52), entry.ends_with('1'));
    };
    const auto small = rig.sell("small", 100'000).value();
    EXPECT_EQ(entry, "072");
    EXPECT_TRUE(small.small_amount);
    const auto text = acquiring::receipt_text(small, rig.settings, acquiring::receipt_copy::merchant);
    EXPECT_NE(text.find("小额免密免签"), std::string::npos) << text;
    EXPECT_FALSE(rig.sell("large", 100'001)->small_amount);
    EXPECT_EQ(entry, "071");
    rig.pinpad.contactless = false;
    EXPECT_FALSE(rig.sell("stripe", 1)->small_amount);
    EXPECT_EQ(entry, "021");
    rig.pinpad.contactless = true;
    EXPECT_TRUE(do_trade(rig, {trade::pre_auth, "room", amount(1)})->ok());
    EXPECT_EQ(entry, "071") << "sales alone";
}

TEST(PartialApproval, IsOfferedOnlyWhereTheCallerTakesIt) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.code = "10";
    rig.host.mood.partial = 400;
    std::string offered;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0200") offered = view.value(60).substr(11);
    };
    EXPECT_EQ(rig.sell("whole", 1000)->outcome, verdict::reversed);
    EXPECT_EQ(offered, "500");
    acquiring::sale_request wish("some", amount(1000));
    wish.partial = acquiring::partial_approval::accept;
    const auto some = acquiring::sale(rig.lane()).run(wish, soon());
    ASSERT_TRUE(some) << some.error();
    EXPECT_EQ(offered, "501") << "60.6";
    EXPECT_EQ(some->approved, amount(400));
}

TEST(Completion, KeepsToPercentAndDaysOfTheSettings) {
    auto settings = rig_settings();
    settings.pre_auth.most_percent = 100;
    settings.pre_auth.valid_days = 30;
    lane_rig rig(settings);
    const auto held = do_trade(rig, {trade::pre_auth, "room", amount(1000)}).value();
    EXPECT_EQ(do_trade(rig, {trade::completion, "bill", amount(1001), held.handle}).error().code(),
        acquiring_errc::amount_too_large);
    rig.clock.time += std::chrono::days(31);
    EXPECT_EQ(do_trade(rig, {trade::completion, "bill", amount(1000), held.handle}).error().code(),
        acquiring_errc::reservation_expired);
}

} // namespace
} // namespace cipherlane::tests
