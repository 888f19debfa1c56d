// 银联商务's own cases that lose money: answers that name somebody else, bills that are closed by their code alone,
// refunds that were only accepted, both forms of requests.
#include "running_gateway.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using ports::qr_order_state;
namespace netpay = hostlink::netpay;

class Netpay : public testing::Test {
  protected:
    gateway_under_test subject = make_netpay_gateway();
    ports::qr_gateway& client() { return *subject.client; }
    running_gateway& simulator() { return *subject.simulator; }
    static std::string no(const std::string& name) { return timed_number(name); }
    void make_paid(const std::string& name) {
        ASSERT_TRUE(client().create({no(name), amount(1990)}, call(10s)));
        simulator().pay(no(name));
    }
    [[nodiscard]] std::unique_ptr<netpay::gateway> another(netpay::gateway_settings settings = {}) {
        settings.address = simulator().address();
        settings.merchant_id = till_merchant;
        return make_netpay_client(settings);
    }
    template <class Told>
    static void expect_unknown(const Told& told, hostlink_errc why, std::string_view field) {
        ASSERT_FALSE(told) << field;
        EXPECT_EQ(told.error().code(), why) << told.error();
        EXPECT_EQ(told.error().field(), field) << told.error();
        EXPECT_TRUE(told.error().is(condition::outcome_unknown));
    }
};

TEST_F(Netpay, BothFormsOfRequestsAreTaken) {
    netpay::gateway_settings fields;
    fields.form = netpay::request_form::form_param;
    const auto by_fields = another(fields);
    ASSERT_TRUE(by_fields->create({no("ORDER-1"), amount(1990)}, call(10s)));
    EXPECT_EQ(client().query(no("ORDER-1"), call(10s))->state, qr_order_state::waiting);
    EXPECT_EQ(by_fields->query(no("ORDER-1"), call(10s))->state, qr_order_state::waiting);
}

TEST_F(Netpay, ACodeOfBeforeTheRestartIsShownAndClosedAgain) {
    const auto first = client().create({no("ORDER-2"), amount(1990)}, call(10s)).value();
    const auto restarted = another();
    EXPECT_EQ(restarted->create({no("ORDER-2"), amount(1990)}, call(10s))->code_url, first.code_url);
    EXPECT_TRUE(restarted->create({no("ORDER-2"), amount(5)}, call(10s)).error().is(condition::rejected_by_peer));
    EXPECT_EQ(restarted->cancel(no("ORDER-2"), call(10s))->state, qr_order_state::cancelled);
    const auto later = no("ORDER-2") + "-02";
    ASSERT_TRUE(restarted->create({later, amount(1990)}, call(10s)));
    simulator().pay(later);
    EXPECT_EQ(restarted->query(later, call(10s))->state, qr_order_state::paid);
}

TEST_F(Netpay, ANumberOfAnotherFormIsNotSent) {
    for (const char* number : {"ORDER-1", "TEST000120261340000000ABCDEF", "TEST000120260921221320ABCDE",
             "TEST000120260921221320ABCDE_", "TEST000120260921221320ABCDEF-99"}) {
        const auto told = client().create({number, amount(1)}, call(10s));
        ASSERT_FALSE(told) << number;
        EXPECT_EQ(told.error().code(), hostlink_errc::bad_setting) << told.error();
    }
    EXPECT_TRUE(client()
                    .charge({no("CHARGE-1"), amount(1, currency{840, 2}), wiped_text("13")}, call(10s))
                    .error()
                    .is(condition::misuse))
        << "not yuan";
    EXPECT_TRUE(simulator().ask({{"cmd", "orders"}}).at("orders").empty());
}

TEST_F(Netpay, ARefundCountsOnceItIsDone) {
    make_paid("ORDER-3");
    simulator().plan("processing", "refund");
    ASSERT_TRUE(client().refund({no("ORDER-3"), no("REFUND-1"), amount(500)}, call(10s)))
        << "asked again, it says so";
    netpay::gateway_settings slow;
    slow.refund_poll = 60s; // longer than the call has
    simulator().plan("abnormal", "refund");
    expect_unknown(another(slow)->refund({no("ORDER-3"), no("REFUND-2"), amount(500)}, call(10s)),
        hostlink_errc::not_done_yet, "refundStatus");
    EXPECT_EQ(simulator().order(no("ORDER-3")).at("refunded"), 1000);
    ports::qr_refund_request failed(no("ORDER-3"), no("REFUND-3"), amount(990));
    simulator().plan("closed", "refund");
    EXPECT_TRUE(client().refund(failed, call(10s)).error().is(condition::rejected_by_peer));
    failed.asked_before = true;
    EXPECT_TRUE(client().refund(failed, call(10s)).error().is(condition::rejected_by_peer))
        << "its own number says so";
    expect_unknown(client().query(no("ORDER-3"), call(10s)), hostlink_errc::not_done_yet, "billStatus");
}

TEST_F(Netpay, ARefundThatMayHaveBeenTakenIsNeverToldAsDeclined) {
    make_paid("ORDER-4");
    ports::qr_refund_request wish(no("ORDER-4"), no("REFUND-4"), amount(1990));
    wish.asked_before = true;
    for (const char* verb : {"refund", "query"}) {
        simulator().plan("sign_error", verb);
        EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown)) << verb;
    }
    simulator().plan("no_answer", "POST");
    EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown));
    EXPECT_TRUE(client().refund(wish, call(10s)));
    EXPECT_EQ(simulator().order(no("ORDER-4")).at("refunded"), 1990);
    wish.asked_before = false;
    simulator().plan("sign_error", "query");
    EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown))
        << "a question that is refused declines nothing";
}

TEST_F(Netpay, AChargeCountsAsItsQuerySays) {
    simulator().plan("other_amount", "query");
    expect_unknown(client().charge({no("CHARGE-2"), amount(1990), wiped_text("132")}, call(10s)),
        hostlink_errc::unreadable_answer, "originalTransactionAmount");
    simulator().plan("no_json", "query");
    expect_unknown(client().charge({no("CHARGE-3"), amount(1990), wiped_text("133")}, call(10s)),
        hostlink_errc::unreadable_answer, "merchantOrderId");
    simulator().plan("processing", "reverse");
    expect_unknown(client().reverse(no("CHARGE-3"), call(10s)), hostlink_errc::not_done_yet, "queryResCode");
    EXPECT_EQ(client().reverse(no("CHARGE-3"), call(10s))->state, qr_order_state::refunded);
    EXPECT_TRUE(client().reverse(no("CHARGE-9"), call(10s)).error().is(condition::outcome_unknown));
}

/// Stands still.
class stopped_clock final : public ports::clock {
  public:
    std::chrono::system_clock::time_point now() const override { return at; }
    std::chrono::system_clock::time_point at{1'790'000'000s}; ///< 2026-09-21 22:13:20
};

TEST_F(Netpay, AChargeThatNeverCameEndsByTheWordOfTheSettings) {
    stopped_clock clock;
    netpay::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    settings.longest_way = 60s;
    const std::string number = "TEST000120260921221320HARGE4";
    const auto lose = [&](ports::qr_gateway& at) {
        simulator().plan("bare_404", "POST");
        return at.charge({number, amount(1990), wiped_text("134")}, call(10s));
    };
    const auto without = make_netpay_client(settings, nullptr, &clock);
    EXPECT_TRUE(lose(*without).error().is(condition::outcome_unknown));
    expect_unknown(without->reverse(number, call(10s)), hostlink_errc::unnamed_refusal, "errCode");
    settings.no_charge_code = "NO_ORDER";
    const auto known = make_netpay_client(settings, nullptr, &clock);
    EXPECT_TRUE(lose(*known).error().is(condition::outcome_unknown));
    expect_unknown(known->reverse(number, call(10s)), hostlink_errc::may_still_come, "order_number");
    expect_unknown(known->query(number, call(10s)), hostlink_errc::may_still_come, "order_number");
    clock.at += 61s;
    settings.longest_way = 0ms; // of the request that was sent just now
    const auto later = make_netpay_client(settings, nullptr, &clock);
    const auto none = later->reverse(number, call(10s));
    EXPECT_TRUE(none.error().is(condition::rejected_by_peer)) << none.error();
    EXPECT_EQ(none.error().peer_code(), "404");
    clock.at += 100min; // 23:54: the query speaks of its own day, which may have begun at netpay
    expect_unknown(later->reverse(number, call(10s)), hostlink_errc::unnamed_refusal, "errCode");
    clock.at += 20min;
    expect_unknown(later->reverse(number, call(10s)), hostlink_errc::unnamed_refusal, "errCode");
    const std::string begun = "TEST000120260922000500HARGE5"; // by netpay's clock perhaps the day before
    expect_unknown(later->reverse(begun, call(10s)), hostlink_errc::unnamed_refusal, "errCode");
    settings.no_charge_code = "00";
    EXPECT_EQ(settings.validate().error().field(), "no_charge_code");
}

TEST_F(Netpay, WithoutTlsOnlyThisMachineIsBelieved) {
    netpay::gateway_settings settings;
    settings.address = "192.0.2.1:443";
    settings.merchant_id = till_merchant;
    settings.plain = hostlink::plain_http::anywhere;
    EXPECT_EQ(settings.validate().error().field(), "tls");
}

} // namespace
} // namespace cipherlane::tests
