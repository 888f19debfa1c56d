// WeChat Pay's own cases that lose money: answers without a signature, refunds that are accepted and not done, a
// charge that may still come, keys that change.
#include "running_gateway.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using ports::qr_order_state;
namespace wechat = hostlink::wechat;

class Wechat : public testing::Test {
  protected:
    gateway_under_test subject = make_wechat_gateway();
    wechat::gateway& client() { return static_cast<wechat::gateway&>(*subject.client); }
    running_gateway& simulator() { return *subject.simulator; }
    void make_paid(const std::string& number) {
        ASSERT_TRUE(client().create({number, amount(1990)}, call(10s)));
        simulator().pay(number);
    }
    template <class Told>
    static void expect_fault(const Told& told, hostlink_errc why, std::string_view field) {
        ASSERT_FALSE(told) << field;
        EXPECT_EQ(told.error().code(), why) << told.error();
        EXPECT_EQ(told.error().field(), field) << told.error();
        EXPECT_TRUE(told.error().is(condition::outcome_unknown));
    }
};

TEST_F(Wechat, AGoodAnswerWithoutASignatureIsNone) {
    using enum hostlink_errc;
    make_paid("ORDER-1");
    const auto each = [&](const char* kind, std::string_view field) {
        SCOPED_TRACE(kind);
        simulator().plan(kind, "query");
        expect_fault(client().query("ORDER-1", call(10s)), unproven_answer, field);
        simulator().plan(kind, "create");
        expect_fault(client().create({"ORDER-" + std::string(kind), amount(1)}, call(10s)), unproven_answer, field);
        simulator().plan(kind, "cancel");
        expect_fault(client().cancel("ORDER-" + std::string(kind), call(10s)), unproven_answer, field);
        simulator().plan(kind, "charge");
        expect_fault(client().charge({"CHARGE-" + std::string(kind), amount(1), wiped_text(kind)}, call(10s)),
            unproven_answer, field);
        simulator().plan(kind, "reverse");
        expect_fault(client().reverse("CHARGE-" + std::string(kind), call(10s)), unproven_answer, field);
        simulator().plan(kind, "refund");
        expect_fault(client().refund({"ORDER-1", "REFUND-" + std::string(kind), amount(1)}, call(10s)),
            unproven_answer, field);
    };
    each("unsigned", "Wechatpay-Timestamp");
    each("forged", "Wechatpay-Signature");
}

TEST_F(Wechat, ARefundCountsOnceItIsDone) {
    make_paid("ORDER-3");
    simulator().plan("processing", "refund");
    const auto done = client().refund({"ORDER-3", "REFUND-2", amount(1990)}, call(10s));
    ASSERT_TRUE(done) << done.error();
    EXPECT_EQ(done->state, qr_order_state::refunded);
    make_paid("ORDER-4");
    simulator().plan("abnormal", "refund");
    expect_fault(
        client().refund({"ORDER-4", "REFUND-3", amount(1990)}, call(10s)), hostlink_errc::not_done_yet, "status");
    make_paid("ORDER-5");
    wechat::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    settings.refund_poll = 60s; // longer than the call has
    simulator().plan("processing", "refund");
    const auto accepted = make_wechat_client(settings)->refund({"ORDER-5", "REFUND-4", amount(1990)}, call(10s));
    expect_fault(accepted, hostlink_errc::not_done_yet, "status");
    EXPECT_TRUE(client().refund({"ORDER-5", "REFUND-4", amount(1990)}, call(10s))) << "asked again by its number";
    EXPECT_EQ(simulator().order("ORDER-5").at("refunded"), 1990);
}

TEST_F(Wechat, AnOrderThatWasGivenBackByOthersIsAPersons) {
    make_paid("ORDER-6");
    simulator().plan("given_back", "query");
    expect_fault(client().query("ORDER-6", call(10s)), hostlink_errc::not_done_yet, "trade_state");
}

TEST_F(Wechat, AChargeOfAnotherAmountIsNone) {
    simulator().plan("other_amount", "charge");
    const auto told = client().charge({"CHARGE-2", amount(1990), wiped_text("134")}, call(10s));
    expect_fault(told, hostlink_errc::unreadable_answer, "amount.total");
}

TEST_F(Wechat, AChargeThatMayStillComeIsNotUndone) {
    simulator().plan("bare_404", "POST"); // lost on its way
    ASSERT_FALSE(client().charge({"CHARGE-3", amount(1990), wiped_text("134")}, call(10s)));
    const auto told = client().reverse("CHARGE-3", call(10s));
    expect_fault(told, hostlink_errc::may_still_come, "order_number");
}

TEST_F(Wechat, ADayIsABillWhoseDigestFits) {
    make_paid("ORDER-7");
    const auto bill = client().bill("2026-09-21", wechat::gateway::bill_kind::success, call(10s));
    ASSERT_TRUE(bill) << bill.error();
    EXPECT_NE(bill->find("`ORDER-7,"), std::string::npos);
    EXPECT_TRUE(bill->starts_with("\xEF\xBB\xBF交易时间,"));
    EXPECT_TRUE(bill->ends_with("`1,`19.90,`0.00000,`19.90\r\n"));
    EXPECT_TRUE(client().refresh_certificates(call(10s)).error().is(condition::rejected_by_peer))
        << "a merchant with the public key alone has none";
}

TEST_F(Wechat, TheSecondAddressTakesOverWhereTheFirstIsNotReached) {
    hostlink::wechat::gateway_settings settings;
    settings.address = "127.0.0.1:1"; // nobody listens there
    settings.second_address = simulator().address();
    settings.merchant_id = till_merchant;
    const auto second = make_wechat_client(settings);
    EXPECT_TRUE(second->create({"ORDER-8", amount(5)}, call(10s)));
    EXPECT_TRUE(second->query("ORDER-8", call(10s)));
}

} // namespace
} // namespace cipherlane::tests
