// What the port `qr_gateway` promises, of every client of a gateway that there is, each against its simulator.
#include "running_gateway.hpp"

#include <cipherlane/core/pause.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/store/memory_journal.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cipherlane::tests {

using namespace std::chrono_literals;
using ports::qr_order_state;

namespace {

/// Keys are made once: that takes its time.
const temporary_folder& folder() {
    static const temporary_folder made;
    return made;
}

template <class Settings>
void set_link(Settings& settings, const running_gateway& simulator) {
    settings.address = simulator.address();
    settings.merchant_id = till_merchant;
    settings.response_time = 5s;
}

const ports::system_clock& wall() {
    static const ports::system_clock made;
    return made;
}

} // namespace

gateway_under_test make_own_gateway() {
    sim::gateway_settings how;
    how.key_file = folder().file("own.pem");
    gateway_under_test made{"cipherlane", std::make_unique<running_gateway>(how)};
    auto verifier = hostlink::notification_verifier::create(made.simulator->public_key(), wall()).value();
    made.listener = hostlink::notification_listener::listen("127.0.0.1:0", std::move(verifier)).value();
    hostlink::http_gateway_settings settings;
    set_link(settings, *made.simulator);
    made.client = hostlink::http_gateway::create(settings, made.listener.get()).value();
    return made;
}

namespace {

std::string wechat_file(const char* name) {
    return whole_file(folder().file("wechat") + "/" + name);
}

/// Made by the simulator's start.
std::shared_ptr<hostlink::wechat::platform> empty_platform(const std::string& sub_mchid = {}) {
    hostlink::wechat::merchant of;
    of.mchid = "1999000001";
    of.sub_mchid = sub_mchid;
    of.appid = "wx0123456789abcdef";
    of.serial = "5AF1C0DE00000000000000000000000000000001";
    secret_bytes key(as_bytes(wechat_file("api_v3.key")));
    return hostlink::wechat::platform::create(of, std::move(key), wall()).value();
}

std::shared_ptr<hostlink::wechat::platform> wechat_platform() {
    auto known = empty_platform();
    known->add_key("PUB_KEY_ID_0119990000012026092100000001", wechat_file("platform_public.pem")).value();
    return known;
}

} // namespace

std::shared_ptr<hostlink::wechat::platform> wechat_test_platform() {
    return wechat_platform();
}

std::shared_ptr<hostlink::wechat::platform> wechat_empty_platform(const std::string& sub_mchid) {
    return empty_platform(sub_mchid);
}

std::string wechat_key_file(const char* name) {
    return folder().file("wechat") + "/" + name;
}

std::unique_ptr<hostlink::wechat::gateway> make_wechat_client(const hostlink::wechat::gateway_settings& settings,
    hostlink::notification_listener* listener, hostlink::host_connector connect) {
    std::shared_ptr<hostlink::request_signer> signer =
        hostlink::key_signer::create(wechat_file("merchant_key.pem")).value();
    return hostlink::wechat::gateway::create(settings, wechat_platform(), signer, listener, {}, std::move(connect))
        .value();
}

gateway_under_test make_wechat_gateway() {
    sim::gateway_settings how;
    how.key_file = folder().file("own.pem");
    how.wechat_keys = folder().file("wechat");
    gateway_under_test made{"wechat", std::make_unique<running_gateway>(how)};
    made.listener = hostlink::notification_listener::listen(
        "127.0.0.1:0", hostlink::wechat::make_notice_reader(wechat_platform()))
                        .value();
    hostlink::wechat::gateway_settings settings;
    set_link(settings, *made.simulator);
    settings.refund_poll = 10ms;
    made.client = make_wechat_client(settings, made.listener.get());
    return made;
}

namespace {

std::string alipay_file(const char* name) {
    return whole_file(folder().file("alipay") + "/" + name);
}

std::shared_ptr<const hostlink::alipay::platform> alipay_platform() {
    hostlink::alipay::merchant of;
    of.app_id = "2026000000000001";
    of.seller_id = "2088000000000009";
    return hostlink::alipay::platform::with_key(of, alipay_file("platform_public.pem")).value();
}

} // namespace

std::string alipay_key_file(const char* name) {
    return folder().file("alipay") + "/" + name;
}

std::unique_ptr<hostlink::alipay::gateway> make_alipay_client(const hostlink::alipay::gateway_settings& settings,
    hostlink::notification_listener* listener, hostlink::host_connector connect) {
    std::shared_ptr<hostlink::request_signer> signer =
        hostlink::key_signer::create(alipay_file("merchant_key.pem")).value();
    return hostlink::alipay::gateway::create(
        settings, alipay_platform(), signer, wall(), listener, {}, std::move(connect))
        .value();
}

gateway_under_test make_alipay_gateway() {
    sim::gateway_settings how;
    how.key_file = folder().file("own.pem");
    how.alipay_keys = folder().file("alipay");
    gateway_under_test made{"alipay", std::make_unique<running_gateway>(how)};
    made.tells_terminal = false;
    made.listener = hostlink::notification_listener::listen(
        "127.0.0.1:0", hostlink::alipay::make_notice_reader(alipay_platform()))
                        .value();
    hostlink::alipay::gateway_settings settings;
    set_link(settings, *made.simulator);
    settings.refund_poll = 10ms;
    settings.longest_code = 0s; // nobody else has asked for codes here
    made.client = make_alipay_client(settings, made.listener.get());
    return made;
}

std::string unionpay_key_file(const char* name) {
    return folder().file("unionpay") + "/" + name;
}

std::string timed_number(const std::string& name) {
    static const auto since = ports::to_civil(std::chrono::system_clock::now());
    auto plain = name;
    std::erase(plain, '-');
    plain = (plain + "00000").substr(0, 1) + (plain + "00000").substr(std::max<std::size_t>(plain.size(), 6) - 5, 5);
    return (name.starts_with("REFUND") ? "RTEST0001" : "TEST0001") + since.yyyymmdd() + since.hhmmss() + plain;
}

std::shared_ptr<const hostlink::unionpay::platform> unionpay_test_platform(const std::string& served) {
    hostlink::unionpay::merchant of;
    of.sub_mer_id = served;
    if (!served.empty()) of.sub_mer_name = of.sub_mer_abbr = "茶馆";
    of.mer_id = "777290058110048";
    hostlink::unionpay::trust by;
    by.roots = hostlink::certificate::create_all(whole_file(unionpay_key_file("root.pem"))).value();
    return hostlink::unionpay::platform::create(
        of, whole_file(unionpay_key_file("merchant_certificate.pem")), std::move(by), wall())
        .value();
}

std::unique_ptr<hostlink::unionpay::gateway> make_unionpay_client(
    const hostlink::unionpay::gateway_settings& settings, hostlink::notification_listener* listener,
    const std::string& served) {
    std::shared_ptr<hostlink::request_signer> signer =
        hostlink::key_signer::create(whole_file(unionpay_key_file("merchant_key.pem"))).value();
    return hostlink::unionpay::gateway::create(settings, unionpay_test_platform(served), signer, listener).value();
}

gateway_under_test make_unionpay_gateway() {
    sim::gateway_settings how;
    how.key_file = folder().file("own.pem");
    how.unionpay_keys = folder().file("unionpay");
    gateway_under_test made{"unionpay", std::make_unique<running_gateway>(how)};
    made.tells_terminal = false;
    made.timed = true;
    made.closes = false;
    made.listener = hostlink::notification_listener::listen(
        "127.0.0.1:0", hostlink::unionpay::make_notice_reader(unionpay_test_platform()))
                        .value();
    hostlink::unionpay::gateway_settings settings;
    set_link(settings, *made.simulator);
    settings.refund_poll = 10ms;
    settings.longest_code = 0s; // nobody else has asked for codes here
    made.client = make_unionpay_client(settings, made.listener.get());
    return made;
}

std::string netpay_key_file(const char* name) {
    return folder().file("netpay") + "/" + name;
}

namespace {

std::shared_ptr<const hostlink::netpay::platform> netpay_platform() {
    hostlink::netpay::merchant of;
    of.app_id = "10037e6f6823b20801682b6a5e5a0006";
    of.mid = "898340149000005";
    of.tid = "88880001";
    of.source = "3194";
    const auto key = [](const char* name) { return secret_bytes(as_bytes(whole_file(netpay_key_file(name)))); };
    return hostlink::netpay::platform::create(of, key("app.key"), key("notice.key")).value();
}

} // namespace

std::unique_ptr<hostlink::netpay::gateway> make_netpay_client(const hostlink::netpay::gateway_settings& settings,
    hostlink::notification_listener* listener, const ports::clock* clock) {
    return hostlink::netpay::gateway::create(
        settings, netpay_platform(), clock != nullptr ? *clock : wall(), listener)
        .value();
}

gateway_under_test make_netpay_gateway() {
    sim::gateway_settings how;
    how.key_file = folder().file("own.pem");
    how.netpay_keys = folder().file("netpay");
    gateway_under_test made{"netpay", std::make_unique<running_gateway>(how)};
    made.tells_terminal = false;
    made.timed = true;
    made.listener = hostlink::notification_listener::listen(
        "127.0.0.1:0", hostlink::netpay::make_notice_reader(netpay_platform()))
                        .value();
    hostlink::netpay::gateway_settings settings;
    set_link(settings, *made.simulator);
    settings.refund_poll = 10ms;
    settings.longest_way = 0ms;
    made.client = make_netpay_client(settings, made.listener.get());
    return made;
}

namespace {

using maker = gateway_under_test (*)();

class Gateway : public testing::TestWithParam<std::pair<const char*, maker>> {
  protected:
    gateway_under_test subject = GetParam().second();
    ports::qr_gateway& client() { return *subject.client; }
    running_gateway& simulator() { return *subject.simulator; }

    /// As this gateway takes numbers.
    [[nodiscard]] std::string no(const std::string& name) const { return subject.timed ? timed_number(name) : name; }
    /// What an order is once the till has asked for its closing, before its code ends.
    [[nodiscard]] qr_order_state closed() const {
        return subject.closes ? qr_order_state::cancelled : qr_order_state::waiting;
    }
    static ports::qr_order_request wish(const std::string& number, std::int64_t fen = 1990) {
        ports::qr_order_request made(number, amount(fen));
        made.terminal_id = "TEST0001";
        made.subject = "咖啡 中杯/Café";
        made.issued = std::chrono::system_clock::now();
        return made;
    }
    static ports::qr_charge_request code(
        const std::string& number, const std::string& text, std::int64_t fen = 1990) {
        ports::qr_charge_request made(number, amount(fen), wiped_text(text));
        made.terminal_id = "TEST0001";
        return made;
    }
    /// State, amount and whose it is, of an order that was told.
    static void expect_told(const result<ports::qr_order_status>& told, const std::string& number,
        qr_order_state state, std::int64_t paid) {
        ASSERT_TRUE(told) << told.error();
        EXPECT_EQ(told->state, state) << to_string(told->state);
        EXPECT_EQ(told->paid, amount(paid));
        EXPECT_EQ(told->order_number, number);
        EXPECT_TRUE(told->merchant_id == till_merchant) << told->merchant_id;
        EXPECT_EQ(told->transaction_number.empty(), paid == 0);
    }
    template <class Told>
    static void expect_error(const Told& told, condition what) {
        ASSERT_FALSE(told);
        EXPECT_TRUE(told.error().is(what)) << told.error();
    }
};

INSTANTIATE_TEST_SUITE_P(All, Gateway,
    testing::Values(std::pair("cipherlane", &make_own_gateway), std::pair("wechat", &make_wechat_gateway),
        std::pair("alipay", &make_alipay_gateway), std::pair("unionpay", &make_unionpay_gateway),
        std::pair("netpay", &make_netpay_gateway)),
    [](const auto& one) { return std::string(one.param.first); });

TEST_P(Gateway, AnOrderIsShownPaidAndToldOnce) {
    store::memory_journal journal(wall());
    subject.listener->keep_in(journal);
    const auto order = client().create(wish(no("ORDER-1")), call(10s));
    ASSERT_TRUE(order) << order.error();
    EXPECT_FALSE(order->code_url.empty());
    EXPECT_EQ(order->merchant_id, till_merchant);
    EXPECT_GT(order->expires, std::chrono::system_clock::now());
    EXPECT_TRUE(client().create(wish(no("ORDER-1")), call(10s))) << "the same again is the same order";
    expect_told(client().query(no("ORDER-1"), call(10s)), no("ORDER-1"), qr_order_state::waiting, 0);
    simulator().plan("duplicate_notification", "notification");
    simulator().pay(no("ORDER-1"));
    const auto notice = client().wait_notification(no("ORDER-1"), call(20s));
    expect_told(notice, no("ORDER-1"), qr_order_state::paid, 1990);
    EXPECT_EQ(notice->terminal_id, subject.tells_terminal ? "TEST0001" : "") << "the number tells, too";
    EXPECT_EQ(journal.open_notices(call(5s)).value().size(), 1U) << "durable before it was answered, and once";
    expect_told(client().query(no("ORDER-1"), call(10s)), no("ORDER-1"), qr_order_state::paid, 1990);
    expect_told(client().cancel(no("ORDER-1"), call(10s)), no("ORDER-1"), qr_order_state::paid, 1990);
    expect_error(client().create(wish(no("ORDER-1"), 5), call(10s)), condition::rejected_by_peer);
}

/// With its notice as with its answer, as far as it says so, and never in its own words.
TEST_P(Gateway, WhoHasPaidAndFromWhatIsTold) {
    using ports::funding;
    const std::string_view name = GetParam().first;
    const bool tells_funds = name != "netpay";
    const bool tells_payer = tells_funds && name != "unionpay";
    const auto expect = [&](const result<ports::qr_order_status>& told, funding pays) {
        ASSERT_TRUE(told) << told.error();
        EXPECT_EQ(told->payer.pays, tells_funds ? pays : funding::unknown);
        EXPECT_EQ(told->payer.name.empty(), !tells_payer);
        EXPECT_EQ(told->payer.name.find("somebody"), std::string::npos);
    };
    std::vector<std::string> names;
    const struct {
        std::string number;
        const char* from;
        funding pays;
    } payments[] = {{no("ORDER-1"), "credit", funding::credit}, {no("ORDER-2"), "debit", funding::debit}};
    for (const auto& one : payments) {
        ASSERT_TRUE(client().create(wish(one.number), call(10s)));
        simulator().pay_from(one.number, one.from, "somebody");
        const auto notice = client().wait_notification(one.number, call(20s));
        expect(notice, one.pays);
        const auto asked = client().query(one.number, call(10s));
        expect(asked, one.pays);
        if (!notice || !asked) return;
        names.push_back(notice->payer.name);
        names.push_back(asked->payer.name);
    }
    EXPECT_EQ(std::count(names.begin(), names.end(), names.front()), 4) << "one payer, by whichever word";
}

/// As far as it has a word for it; else nothing leaves.
TEST_P(Gateway, CreditIsKeptOutOfASingleOrder) {
    const std::string_view name = GetParam().first;
    const auto credit_of = [&](const std::string& number) {
        const auto order = simulator().order(number);
        return order.is_null() ? std::string("not sent") : order.at("credit").dump();
    };
    const auto expected = [](bool can) { return can ? "false" : "not sent"; };
    ASSERT_TRUE(client().create(wish(no("ORDER-1")), call(10s)));
    EXPECT_EQ(credit_of(no("ORDER-1")), "true");
    auto order = wish(no("ORDER-2"));
    order.funds = ports::order_funds::no_credit;
    const bool orders = name != "unionpay";
    const auto made = client().create(order, call(10s));
    EXPECT_EQ(made.has_value(), orders);
    EXPECT_EQ(credit_of(no("ORDER-2")), expected(orders));
    auto charge = code(no("ORDER-3"), "134567890123456789");
    charge.funds = ports::order_funds::no_credit;
    const bool charges = name == "cipherlane" || name == "alipay";
    const auto charged = client().charge(charge, call(10s));
    EXPECT_EQ(charged.has_value(), charges);
    EXPECT_EQ(credit_of(no("ORDER-3")), expected(charges));
    if (!charges) {
        expect_error(charged, condition::misuse);
        EXPECT_EQ(charged.error().field(), "funds");
    }
}

TEST_P(Gateway, AClosedOrderStaysClosed) {
    ASSERT_TRUE(client().create(wish(no("ORDER-2")), call(10s)));
    expect_told(client().cancel(no("ORDER-2"), call(10s)), no("ORDER-2"), closed(), 0);
    expect_told(client().cancel(no("ORDER-2"), call(10s)), no("ORDER-2"), closed(), 0);
    expect_told(client().query(no("ORDER-2"), call(10s)), no("ORDER-2"), closed(), 0);
    const auto none = client().query(no("ORDER-NONE"), call(10s));
    expect_error(none, condition::rejected_by_peer);
    EXPECT_EQ(none.error().peer_code(), "404");
}

TEST_P(Gateway, APayersCodeIsChargedOnce) {
    expect_told(client().charge(code(no("CHARGE-1"), "134567890123456789"), call(10s)), no("CHARGE-1"),
        qr_order_state::paid, 1990);
    expect_told(client().query(no("CHARGE-1"), call(10s)), no("CHARGE-1"), qr_order_state::paid, 1990);
    expect_error(client().charge(code(no("CHARGE-2"), "134567890123456789"), call(10s)), condition::rejected_by_peer);
    simulator().ask({{"cmd", "wallet"}, {"code", "135"}, {"manner", "refuses"}});
    expect_error(client().charge(code(no("CHARGE-3"), "135"), call(10s)), condition::rejected_by_peer);
    expect_told(client().reverse(no("CHARGE-1"), call(10s)), no("CHARGE-1"), qr_order_state::refunded, 1990);
}

TEST_P(Gateway, APasswordIsWaitedForAndUndone) {
    simulator().ask({{"cmd", "wallet"}, {"code", "136"}, {"manner", "asks"}});
    simulator().ask({{"cmd", "wallet"}, {"code", "137"}, {"manner", "asks"}});
    expect_told(client().charge(code(no("CHARGE-4"), "136"), call(10s)), no("CHARGE-4"), qr_order_state::paying, 0);
    expect_told(client().query(no("CHARGE-4"), call(10s)), no("CHARGE-4"), qr_order_state::paying, 0);
    simulator().pay(no("CHARGE-4"));
    expect_told(client().query(no("CHARGE-4"), call(10s)), no("CHARGE-4"), qr_order_state::paid, 1990);
    expect_told(client().charge(code(no("CHARGE-5"), "137"), call(10s)), no("CHARGE-5"), qr_order_state::paying, 0);
    expect_told(client().reverse(no("CHARGE-5"), call(10s)), no("CHARGE-5"), qr_order_state::cancelled, 0);
    expect_told(client().reverse(no("CHARGE-5"), call(10s)), no("CHARGE-5"), qr_order_state::cancelled, 0);
}

TEST_P(Gateway, ARefundIsDoneOnceByItsNumber) {
    ASSERT_TRUE(client().create(wish(no("ORDER-3")), call(10s)));
    expect_error(
        client().refund({no("ORDER-3"), no("REFUND-1"), amount(500)}, call(10s)), condition::rejected_by_peer);
    simulator().pay(no("ORDER-3"));
    for (int again = 0; again < 2; ++again)
        ASSERT_TRUE(client().refund({no("ORDER-3"), no("REFUND-1"), amount(500)}, call(10s)));
    EXPECT_EQ(simulator().order(no("ORDER-3")).at("refunded"), 500);
    ASSERT_TRUE(client().refund({no("ORDER-3"), no("REFUND-2"), amount(1490)}, call(10s)));
    EXPECT_EQ(simulator().order(no("ORDER-3")).at("refunded"), 1990);
    expect_error(client().refund({no("ORDER-3"), no("REFUND-3"), amount(1)}, call(10s)), condition::rejected_by_peer);
}

/// The gateway has told the payment, and then says once more that nobody has paid.
TEST_P(Gateway, ARefundIsNotRefusedByAnAnswerThatIsLate) {
    ASSERT_TRUE(client().create(wish(no("ORDER-3")), call(10s)));
    simulator().pay(no("ORDER-3"));
    ports::qr_refund_request back(no("ORDER-3"), no("REFUND-1"), amount(1990));
    back.transaction_number = client().query(no("ORDER-3"), call(10s)).value().transaction_number;
    simulator().plan("processing", "query");
    const auto first = client().refund(back, call(10s));
    EXPECT_TRUE(first || first.error().is(condition::outcome_unknown)) << first.error();
    simulator().no_faults();
    back.asked_before = true;
    ASSERT_TRUE(client().refund(back, call(10s)));
    EXPECT_EQ(simulator().order(no("ORDER-3")).at("refunded"), 1990);
}

TEST_P(Gateway, AnAnswerThatIsLostLeavesTheOutcomeUnknown) {
    ASSERT_TRUE(client().create(wish(no("ORDER-4")), call(10s)));
    simulator().pay(no("ORDER-4"));
    for (const char* kind : {"no_answer", "server_error", "bare_404"}) {
        for (int verb = 0; verb < 6; ++verb) {
            simulator().plan_with_all(kind, 9);
            const auto told = verb == 1   ? client().query(no("ORDER-4"), call(10s)).error()
                              : verb == 0 ? client().create(wish(no("ORDER-5")), call(10s)).error()
                              : verb == 2 ? client().cancel(no("ORDER-4"), call(10s)).error()
                              : verb == 3 ? client().charge(code(no("CHARGE-6"), "138"), call(10s)).error()
                              : verb == 4
                                  ? client().reverse(no("CHARGE-6"), call(10s)).error()
                                  : client().refund({no("ORDER-4"), no("REFUND-4"), amount(1)}, call(10s)).error();
            EXPECT_TRUE(told.is(condition::outcome_unknown)) << kind << " " << verb << ": " << told;
            simulator().no_faults();
        }
    }
    EXPECT_LE(simulator().order(no("ORDER-4")).at("refunded"), 1);
}

TEST_P(Gateway, AnAnswerAboutAnotherMerchantIsNone) {
    ASSERT_TRUE(client().create(wish(no("ORDER-6")), call(10s)));
    simulator().pay(no("ORDER-6"));
    simulator().plan("other_merchant", "query");
    expect_error(client().query(no("ORDER-6"), call(10s)), condition::outcome_unknown);
    simulator().plan("no_json", "query");
    expect_error(client().query(no("ORDER-6"), call(10s)), condition::outcome_unknown);
    expect_told(client().query(no("ORDER-6"), call(10s)), no("ORDER-6"), qr_order_state::paid, 1990);
}

TEST_P(Gateway, AForgedNoticeIsNotBelieved) {
    ASSERT_TRUE(client().create(wish(no("ORDER-7")), call(10s)));
    simulator().plan("bad_signature", "notification");
    simulator().pay(no("ORDER-7"));
    for (const auto end = deadline::in(20s); subject.listener->statistics().refused == 0 && !end.passed();)
        pause(call(5ms));
    EXPECT_GE(subject.listener->statistics().refused, 1U);
    expect_error(client().wait_notification(no("ORDER-7"), call(50ms)), condition::timed_out);
    EXPECT_EQ(subject.listener->statistics().taken, 0U);
    expect_told(client().query(no("ORDER-7"), call(10s)), no("ORDER-7"), qr_order_state::paid, 1990);
}

TEST_P(Gateway, APaymentAfterTheEndIsTold) {
    ASSERT_TRUE(client().create(wish(no("ORDER-8")), call(10s)));
    simulator().plan("paid_after_close", "cancel");
    expect_told(client().cancel(no("ORDER-8"), call(10s)), no("ORDER-8"), closed(), 0);
    if (!subject.closes) simulator().pay(no("ORDER-8"));
    expect_told(client().wait_notification(no("ORDER-8"), call(20s)), no("ORDER-8"), qr_order_state::paid, 1990);
}

TEST_P(Gateway, WhatIsNotSentIsToldAsSuch) {
    std::stop_source stop;
    stop.request_stop();
    expect_error(client().create(wish(no("ORDER-9")), call(10s, stop.get_token())), condition::cancelled);
    expect_error(client().query("no number", call(10s)), condition::misuse);
    expect_error(client().query("../../v3/x", call(10s)), condition::misuse);
    EXPECT_FALSE(client().identity().empty());
}

} // namespace
} // namespace cipherlane::tests
