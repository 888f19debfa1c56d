// UnionPay's own cases that lose money: answers without a signature or currency, orders that cannot be closed,
// refunds that were only accepted, charges that may still come, numbers without their time.
#include "running_gateway.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using ports::qr_order_state;
namespace unionpay = hostlink::unionpay;

class Unionpay : public testing::Test {
  protected:
    gateway_under_test subject = make_unionpay_gateway();
    ports::qr_gateway& client() { return *subject.client; }
    running_gateway& simulator() { return *subject.simulator; }
    static std::string no(const std::string& name) { return timed_number(name); }
    static ports::qr_charge_request code(const std::string& name, std::int64_t fen = 1990) {
        return {no(name), amount(fen), wiped_text("62" + name)};
    }
    void make_paid(const std::string& name) {
        ASSERT_TRUE(client().create({no(name), amount(1990)}, call(10s)));
        simulator().pay(no(name));
    }
    [[nodiscard]] std::unique_ptr<unionpay::gateway> another(
        unionpay::gateway_settings settings = {}, const std::string& served = {}) {
        settings.address = simulator().address();
        settings.merchant_id = till_merchant;
        return make_unionpay_client(settings, nullptr, served);
    }
    template <class Told>
    static void expect_unknown(const Told& told, hostlink_errc why, std::string_view field) {
        ASSERT_FALSE(told) << field;
        EXPECT_EQ(told.error().code(), why) << told.error();
        EXPECT_EQ(told.error().field(), field) << told.error();
        EXPECT_TRUE(told.error().is(condition::outcome_unknown));
    }
};

TEST_F(Unionpay, AnAnswerWithoutARightSignatureIsNone) {
    using enum hostlink_errc;
    make_paid("ORDER-1");
    ASSERT_TRUE(client().charge(code("CHARGE-0"), call(10s)));
    for (const std::string kind : {"unsigned", "forged"}) {
        SCOPED_TRACE(kind);
        const auto* const field = kind == "unsigned" ? "signPubKeyCert" : "signature";
        simulator().plan(kind, "query");
        expect_unknown(client().query(no("ORDER-1"), call(10s)), unproven_answer, field);
        simulator().plan(kind, "create");
        expect_unknown(
            client().create({no("ORDER-" + kind.substr(0, 1)), amount(1)}, call(10s)), unproven_answer, field);
        simulator().plan(kind, "charge");
        expect_unknown(client().charge(code("CHARGE-" + kind.substr(0, 1)), call(10s)), unproven_answer, field);
        simulator().plan(kind, "refund");
        expect_unknown(client().refund({no("ORDER-1"), no("REFUND-" + kind.substr(0, 1)), amount(1)}, call(10s)),
            unproven_answer, field);
    }
    simulator().plan("forged", "reverse");
    expect_unknown(client().reverse(no("CHARGE-0"), call(10s)), unproven_answer, "signature");
    EXPECT_EQ(client().reverse(no("CHARGE-0"), call(10s))->state, qr_order_state::refunded)
        << "the void's number tells";
}

TEST_F(Unionpay, ANumberWithoutItsTimeIsNotSent) {
    for (const char* number : {"ORDER-1", "TEST000120261340000000AB", "TEST00012026093012000",
             "TEST000120260921221320_A", "TEST000120260921221320x02", "TEST0001202609212213200123456789012345678"}) {
        const auto told = client().create({number, amount(1)}, call(10s));
        ASSERT_FALSE(told) << number;
        EXPECT_EQ(told.error().code(), hostlink_errc::bad_setting) << told.error();
    }
    EXPECT_EQ(client().refund({no("ORDER-1"), "TEST000120260921221320R1", amount(1)}, call(10s)).error().field(),
        "refund_number");
    EXPECT_TRUE(client()
                    .charge({no("CHARGE-1"), amount(1, currency{840, 2}), wiped_text("62")}, call(10s))
                    .error()
                    .is(condition::misuse))
        << "not yuan";
    EXPECT_TRUE(simulator().ask({{"cmd", "orders"}}).at("orders").empty());
}

TEST_F(Unionpay, ALaterCodeOfAnOrderHasANumberOfItsOwn) {
    const auto number = no("ORDER-1") + "-02";
    ASSERT_TRUE(client().create({number, amount(1990)}, call(10s)));
    simulator().pay(number);
    const auto told = client().wait_notification(number, call(20s));
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->order_number, number);
    EXPECT_EQ(client().query(number, call(10s))->state, qr_order_state::paid);
}

TEST_F(Unionpay, AnOrderThatNobodyHasScannedWaitsUntilItsCodeEnds) {
    ASSERT_TRUE(client().create({no("ORDER-2"), amount(1990)}, call(10s)));
    EXPECT_EQ(client().cancel(no("ORDER-2"), call(10s))->state, qr_order_state::waiting) << "there is no closing";
    ports::qr_order_request old(no("ORDER-3"), amount(1990));
    old.issued = std::chrono::system_clock::now() - 1h;
    ASSERT_TRUE(client().create(old, call(10s)));
    EXPECT_EQ(client().cancel(no("ORDER-3"), call(10s))->state, qr_order_state::expired);
    ports::qr_order_request ending(no("ORDER-4"), amount(1990));
    ending.issued = std::chrono::system_clock::now();
    ending.valid_for = 4s; // ends a second earlier at UnionPay
    const auto order = client().create(ending, call(10s));
    ASSERT_TRUE(order) << order.error();
    EXPECT_EQ(order->expires, ending.issued + 3s);
    EXPECT_EQ(client().cancel(no("ORDER-4"), call(20s))->state, qr_order_state::expired) << "it is waited for";
    EXPECT_EQ(another()->query(no("ORDER-2"), call(10s))->state, qr_order_state::waiting)
        << "a code of before the restart may still be scanned";
    unionpay::gateway_settings ended;
    ended.longest_code = 0s;
    EXPECT_EQ(another(ended)->cancel(no("ORDER-2"), call(10s))->state, qr_order_state::expired)
        << "then it has ended, and nobody has paid: the till's next order does not wait for ever";
    expect_unknown(
        another()->create({no("ORDER-2"), amount(1990)}, call(10s)), hostlink_errc::not_done_yet, "qrCode");
    EXPECT_TRUE(client().create({no("ORDER-2"), amount(5)}, call(10s)).error().is(condition::rejected_by_peer));
}

TEST_F(Unionpay, AnotherCurrencyOrNoneIsNoPayment) {
    using enum hostlink_errc;
    make_paid("ORDER-5");
    simulator().plan("no_currency", "query");
    expect_unknown(client().query(no("ORDER-5"), call(10s)), unreadable_answer, "currencyCode");
    simulator().plan("no_currency", "charge");
    EXPECT_EQ(client().charge(code("CHARGE-5"), call(10s))->state, qr_order_state::paid) << "its query tells";
    simulator().plan_both("no_currency", "charge", "no_currency", "query");
    expect_unknown(client().charge(code("CHARGE-6"), call(10s)), unreadable_answer, "currencyCode");
    simulator().plan("other_amount", "charge");
    expect_unknown(client().charge(code("CHARGE-7"), call(10s)), unreadable_answer, "txnAmt");
}

TEST_F(Unionpay, ARefundCountsOnceItsOwnNumberSaysSo) {
    make_paid("ORDER-8");
    simulator().plan("processing", "refund");
    ASSERT_TRUE(client().refund({no("ORDER-8"), no("REFUND-1"), amount(500)}, call(10s))) << "its query says so";
    unionpay::gateway_settings slow;
    slow.refund_poll = 60s; // longer than the call has
    simulator().plan("abnormal", "refund");
    expect_unknown(another(slow)->refund({no("ORDER-8"), no("REFUND-2"), amount(500)}, call(10s)),
        hostlink_errc::not_done_yet, "origRespCode");
    EXPECT_EQ(simulator().order(no("ORDER-8")).at("refunded"), 1000);
    ports::qr_refund_request failed(no("ORDER-8"), no("REFUND-3"), amount(990));
    simulator().plan("closed", "refund");
    EXPECT_TRUE(client().refund(failed, call(10s)).error().is(condition::rejected_by_peer));
    failed.asked_before = true;
    EXPECT_TRUE(client().refund(failed, call(10s)).error().is(condition::rejected_by_peer))
        << "its own number says so";
    const auto other = client().refund({no("ORDER-8"), no("REFUND-1"), amount(501)}, call(10s));
    EXPECT_TRUE(other.error().is(condition::rejected_by_peer)) << other.error();
}

TEST_F(Unionpay, ARefundThatMayHaveBeenTakenIsNeverToldAsDeclined) {
    make_paid("ORDER-9");
    ports::qr_refund_request wish(no("ORDER-9"), no("REFUND-4"), amount(1990));
    simulator().plan_both("processing", "refund", "sign_error", "refund_query");
    EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown));
    wish.asked_before = true;
    for (const char* kind : {"sign_error", "forged"}) {
        simulator().plan(kind, "refund_query");
        EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown)) << kind;
    }
    EXPECT_TRUE(client().refund(wish, call(10s)));
    EXPECT_EQ(simulator().order(no("ORDER-9")).at("refunded"), 1990);
    ports::qr_refund_request lost(no("ORDER-9"), no("REFUND-5"), amount(1));
    lost.asked_before = true; // UnionPay has never got it, and now refuses it
    EXPECT_TRUE(client().refund(lost, call(10s)).error().is(condition::outcome_unknown));
    simulator().plan("sign_error", "query");
    const auto unasked = client().refund({no("ORDER-9"), no("REFUND-6"), amount(1)}, call(10s));
    EXPECT_TRUE(unasked.error().is(condition::outcome_unknown)) << "a question that is refused declines nothing";
}

TEST_F(Unionpay, WhatFailsAfterACallSaysNothingOfIt) {
    simulator().plan_both("asked_twice", "charge", "sign_error", "query");
    EXPECT_TRUE(client().charge(code("CHARGE-8"), call(10s)).error().is(condition::outcome_unknown));
    simulator().plan_both("asked_twice", "charge", "no_answer", "POST");
    EXPECT_TRUE(client().charge(code("CHARGE-9"), call(10s)).error().is(condition::outcome_unknown));
}

TEST_F(Unionpay, AChargeThatMayStillComeIsNotUndone) {
    simulator().plan("bare_404", "POST"); // lost on its way
    ASSERT_FALSE(client().charge(code("CHARGE-1"), call(10s)));
    expect_unknown(client().reverse(no("CHARGE-1"), call(10s)), hostlink_errc::may_still_come, "order_number");
    expect_unknown(client().query(no("CHARGE-1"), call(10s)), hostlink_errc::may_still_come, "order_number");
    expect_unknown(another()->reverse(no("CHARGE-1"), call(10s)), hostlink_errc::may_still_come, "order_number");
}

TEST_F(Unionpay, AnUndoingIsDoneOnceByItsNumber) {
    simulator().ask({{"cmd", "wallet"}, {"code", "62CHARGE-2"}, {"manner", "asks"}});
    ASSERT_EQ(client().charge(code("CHARGE-2"), call(10s))->state, qr_order_state::paying);
    simulator().plan("processing", "reverse");
    EXPECT_EQ(client().reverse(no("CHARGE-2"), call(10s))->state, qr_order_state::cancelled) << "its query says so";
    ASSERT_EQ(client().charge(code("CHARGE-3"), call(10s))->state, qr_order_state::paid);
    simulator().plan("abnormal", "reverse");
    expect_unknown(client().reverse(no("CHARGE-3"), call(10s)), hostlink_errc::not_done_yet, "origRespCode");
    EXPECT_EQ(simulator().order(no("CHARGE-3")).at("refunded"), 1990) << "once";
}

/// Paid between the question and the reversal: the till hears that the charge was undone, and later of its payment.
TEST_F(Unionpay, AChargePaidWhileItIsUndoneHasGoneBackByItsUndoing) {
    simulator().ask({{"cmd", "wallet"}, {"code", "62CHARGE-5"}, {"manner", "asks"}});
    ASSERT_EQ(client().charge(code("CHARGE-5"), call(10s))->state, qr_order_state::paying);
    simulator().pay(no("CHARGE-5"));
    simulator().plan("processing", "query");
    ASSERT_EQ(client().reverse(no("CHARGE-5"), call(10s))->state, qr_order_state::cancelled);
    ASSERT_EQ(simulator().order(no("CHARGE-5")).at("refunded"), 1990);
    ports::qr_refund_request wish(no("CHARGE-5"), no("REFUND-7"), amount(1990));
    wish.transaction_number = simulator().order(no("CHARGE-5")).at("transaction_number");
    for (const bool before : {false, true}) {
        wish.asked_before = before;
        const auto told = client().refund(wish, call(10s));
        ASSERT_TRUE(told) << told.error();
        EXPECT_EQ(told->state, qr_order_state::refunded);
        EXPECT_EQ(told->transaction_number, wish.transaction_number);
    }
    EXPECT_EQ(simulator().order(no("CHARGE-5")).at("refunded"), 1990) << "once";
    auto part = wish;
    part.total = amount(5);
    EXPECT_FALSE(client().refund(part, call(10s))) << "not of what went back";
    auto another = wish;
    another.transaction_number = "4200000000";
    EXPECT_FALSE(client().refund(another, call(10s))) << "nor of another payment";
    simulator().plan("abnormal", "reverse");
    ASSERT_EQ(client().charge(code("CHARGE-6"), call(10s))->state, qr_order_state::paid);
    ASSERT_FALSE(client().reverse(no("CHARGE-6"), call(10s))) << "its void is not done yet";
    EXPECT_FALSE(client().refund({no("CHARGE-6"), no("REFUND-8"), amount(1990)}, call(10s)))
        << "what is not done yet is no evidence";
}

/// Undone before it was paid: the undoing was taken of nothing, and the payment stands.
TEST_F(Unionpay, AChargePaidAfterItsUndoingHasNotGoneBackByIt) {
    simulator().ask({{"cmd", "wallet"}, {"code", "62CHARGE-7"}, {"manner", "asks"}});
    ASSERT_EQ(client().charge(code("CHARGE-7"), call(10s))->state, qr_order_state::paying);
    ASSERT_EQ(client().reverse(no("CHARGE-7"), call(10s))->state, qr_order_state::cancelled);
    simulator().pay(no("CHARGE-7"), "late");
    ASSERT_EQ(simulator().order(no("CHARGE-7")).at("refunded"), 0);
    ports::qr_refund_request wish(no("CHARGE-7"), no("REFUND-9"), amount(1990));
    wish.transaction_number = simulator().order(no("CHARGE-7")).at("transaction_number");
    simulator().plan("closed", "refund"); // the refund's own number says that it moves nothing
    for (const bool before : {false, true}) {
        wish.asked_before = before;
        EXPECT_FALSE(client().refund(wish, call(10s)));
    }
    EXPECT_EQ(simulator().order(no("CHARGE-7")).at("refunded"), 0) << "nothing has gone back, and nobody says so";
}

TEST_F(Unionpay, APlatformNamesWhomItServes) {
    const auto platform = another({}, "SHOP0001");
    EXPECT_NE(platform->identity().find("SHOP0001"), std::string::npos);
    ASSERT_TRUE(platform->create({no("ORDER-1"), amount(1990)}, call(10s)));
    simulator().pay(no("ORDER-1"));
    EXPECT_EQ(platform->query(no("ORDER-1"), call(10s))->state, qr_order_state::paid);
    for (const char* verb : {"query", "create", "charge"}) {
        simulator().plan("other_merchant", verb);
        const std::string at(verb);
        const auto why = at == "query"    ? platform->query(no("ORDER-1"), call(10s)).error()
                         : at == "create" ? platform->create({no("ORDER-2"), amount(1)}, call(10s)).error()
                                          : platform->charge(code("CHARGE-4"), call(10s)).error();
        EXPECT_EQ(why.field(), "subMerId") << at << ": of another whom the platform serves";
        EXPECT_TRUE(why.is(condition::outcome_unknown)) << why;
    }
    ASSERT_TRUE(platform->refund({no("ORDER-1"), no("REFUND-1"), amount(1990)}, call(10s)));
}

TEST_F(Unionpay, AKeyThatIsNotOfTheCertificateIsRefusedAtTheStart) {
    unionpay::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    std::shared_ptr<hostlink::request_signer> theirs =
        hostlink::key_signer::create(whole_file(unionpay_key_file("platform_key.pem"))).value();
    const auto made = unionpay::gateway::create(settings, unionpay_test_platform(), theirs, nullptr);
    EXPECT_EQ(made.error().code(), hostlink_errc::bad_key);
    EXPECT_EQ(made.error().field(), "sign_certificate");
}

} // namespace
} // namespace cipherlane::tests
