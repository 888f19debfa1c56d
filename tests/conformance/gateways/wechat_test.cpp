// WeChat Pay's own cases that lose money: answers without a signature, refunds that are accepted and not done, a
// charge that may still come, keys that change.
#include "gateway-sim/test_certificate.hpp"
#include "running_gateway.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/core/time_source.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/certificate_keeper.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using ports::qr_order_state;
namespace wechat = hostlink::wechat;
using hostlink::http_fields;
using hostlink::key_signer;
using hostlink::request_signer;

/// Connects to the simulator as often as `left` says, and is a link that is down after that.
hostlink::host_connector scarce_to(const std::string& address, boost::asio::io_context& io, int& left) {
    return [address, &io, &left](const call& bounds) -> result<std::unique_ptr<net::transport>> {
        if (left-- > 0) return net::connect_tcp(io.get_executor(), net::parse_endpoint(address).value(), bounds);
        return error(hostlink_errc::not_secured, layer::hostlink);
    };
}

class Wechat : public testing::Test {
  protected:
    gateway_under_test subject = make_wechat_gateway();
    wechat::gateway& client() { return static_cast<wechat::gateway&>(*subject.client); }
    running_gateway& simulator() { return *subject.simulator; }
    hostlink::host_connector scarce(boost::asio::io_context& io, int& left) {
        return scarce_to(simulator().address(), io, left);
    }
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

TEST_F(Wechat, ARefundThatMayHaveBeenTakenIsNeverToldAsDeclined) {
    make_paid("ORDER-10");
    simulator().plan("no_answer", "POST");
    ports::qr_refund_request wish("ORDER-10", "REFUND-10", amount(1990));
    EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown));
    for (const char* verb : {"query", "refund"}) {
        SCOPED_TRACE(verb);
        simulator().plan("sign_error", verb);
        wish.asked_before = true;
        EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown));
        simulator().plan("sign_error", verb);
        wish.asked_before = false;
        const auto first = client().refund(wish, call(10s)).error();
        EXPECT_EQ(first.is(condition::rejected_by_peer), std::string_view(verb) == "refund")
            << "of what was never sent the refusal is a verdict: " << first;
    }
    simulator().plan_both("asked_twice", "refund", "sign_error", "refund_query");
    EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown));
    simulator().no_faults();
    wish.asked_before = true;
    EXPECT_TRUE(client().refund(wish, call(10s)));
    EXPECT_EQ(simulator().order("ORDER-10").at("refunded"), 1990);
    ports::qr_refund_request more("ORDER-10", "REFUND-11", amount(1));
    more.asked_before = true; // NOT_ENOUGH says nothing of the one that was lost
    EXPECT_TRUE(client().refund(more, call(10s)).error().is(condition::outcome_unknown));
    make_paid("ORDER-11");
    simulator().plan("closed", "refund");
    ports::qr_refund_request failed("ORDER-11", "REFUND-12", amount(1990));
    failed.asked_before = true;
    EXPECT_TRUE(client().refund(failed, call(10s)).error().is(condition::rejected_by_peer)) << "by its number";
}

/// What was sent is not undone by a question that cannot be sent after it.
TEST_F(Wechat, WhatFailsAfterACallSaysNothingOfIt) {
    make_paid("ORDER-12");
    wechat::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    int left = 0;
    boost::asio::io_context io;
    const auto client = make_wechat_client(settings, nullptr, scarce(io, left));
    simulator().plan("asked_twice", "charge");
    left = 1;
    const auto charged = client->charge({"CHARGE-7", amount(1990), wiped_text("139")}, call(10s));
    expect_fault(charged, hostlink_errc::lost_after_send, "");
    simulator().plan_both("asked_twice", "charge", "sign_error", "query");
    left = 2;
    const auto refused = client->charge({"CHARGE-8", amount(1990), wiped_text("140")}, call(10s));
    expect_fault(refused, hostlink_errc::lost_after_send, "serial or merchant_key");
    simulator().plan("asked_twice", "refund");
    left = 2;
    const auto refunded = client->refund({"ORDER-12", "REFUND-13", amount(1990)}, call(10s));
    expect_fault(refunded, hostlink_errc::lost_after_send, "");
    left = 1;
    const auto reversed = client->reverse("CHARGE-7", call(10s));
    expect_fault(reversed, hostlink_errc::lost_after_send, "");
    left = 1;
    expect_fault(client->cancel("ORDER-12", call(10s)), hostlink_errc::lost_after_send, "");
    left = 0;
    EXPECT_TRUE(
        client->charge({"CHARGE-9", amount(1), wiped_text("141")}, call(10s)).error().is(condition::link_lost))
        << "nothing was sent";
}

TEST_F(Wechat, WhatIsAcceptedIsNotDone) {
    simulator().plan("accepted", "charge");
    const auto charged = client().charge({"CHARGE-10", amount(1990), wiped_text("142")}, call(10s));
    ASSERT_TRUE(charged) << charged.error();
    EXPECT_EQ(charged->state, qr_order_state::paying) << "202 in the form of an error";
    simulator().plan("accepted", "create");
    expect_fault(client().create({"ORDER-13", amount(1990)}, call(10s)), hostlink_errc::not_done_yet, "code_url");
    simulator().plan("accepted", "cancel");
    const auto open = client().cancel("ORDER-13", call(10s));
    ASSERT_TRUE(open) << open.error();
    EXPECT_EQ(open->state, qr_order_state::waiting) << "only 204 closes";
    make_paid("ORDER-14");
    simulator().plan("accepted", "refund");
    EXPECT_TRUE(client().refund({"ORDER-14", "REFUND-14", amount(1990)}, call(10s))) << "its number tells";
}

TEST_F(Wechat, MoneyIsYuanByName) {
    constexpr currency dollars{840, 2};
    const auto not_sent = [](const auto& told) { return !told && told.error().is(condition::misuse); };
    EXPECT_TRUE(not_sent(client().create({"ORDER-15", amount(1, dollars)}, call(10s))));
    EXPECT_TRUE(not_sent(client().charge({"CHARGE-11", amount(1, dollars), wiped_text("143")}, call(10s))));
    make_paid("ORDER-16");
    EXPECT_TRUE(not_sent(client().refund({"ORDER-16", "REFUND-15", amount(1, dollars)}, call(10s))));
    simulator().plan("no_currency", "query");
    expect_fault(client().query("ORDER-16", call(10s)), hostlink_errc::unreadable_answer, "amount.currency");
    simulator().plan("no_currency", "refund");
    expect_fault(client().refund({"ORDER-16", "REFUND-16", amount(1)}, call(10s)), hostlink_errc::unreadable_answer,
        "amount.currency");
}

/// The answer with the certificates is signed with the public key, which was there before them.
TEST_F(Wechat, WhoChangesOverTakesCertificates) {
    make_paid("ORDER-17");
    simulator().plan("by_certificate", "query");
    expect_fault(client().query("ORDER-17", call(10s)), hostlink_errc::unproven_answer, "Wechatpay-Serial");
    const auto fresh = make_wechat_gateway();
    ASSERT_TRUE(fresh.client->create({"ORDER-18", amount(1990)}, call(10s)));
    fresh.simulator->plan_both("by_certificate", "query", "has_certificates", "certificates");
    const auto told = fresh.client->query("ORDER-18", call(10s));
    EXPECT_TRUE(told) << told.error();
}

/// Anybody can name a key in a notice; the platform alone says that there are certificates.
TEST(WechatPlatform, HearsWhoNamesUnknownKeysEverLess) {
    (void)make_wechat_gateway(); // makes the keys
    const auto known = wechat_test_platform();
    const auto now = std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
    http_fields invented;
    invented.add("Wechatpay-Timestamp", now);
    invented.add("Wechatpay-Nonce", "n");
    invented.add("Wechatpay-Serial", "5AF1C0DE");
    invented.add("Wechatpay-Signature", "AAAA");
    EXPECT_FALSE(known->check(invented, "{}"));
    EXPECT_TRUE(known->wants_keys());
    EXPECT_TRUE(known->claim_refresh());
    EXPECT_FALSE(known->wants_keys()) << "a try is enough";
    EXPECT_FALSE(known->check(invented, "{}"));
    EXPECT_FALSE(known->claim_refresh()) << "not twice in a minute";
    known->note_no_certificates();
    EXPECT_FALSE(known->check(invented, "{}"));
    EXPECT_FALSE(known->wants_keys()) << "a merchant with the public key alone";
}

/// Of another authority: of UnionPay's test system, published.
const std::string other_root = [] {
    const auto all = source_file("tests/vectors/gateways.txt");
    const std::string name = "\nU1.certificate\t";
    const auto from = all.find(name) + name.size();
    return "-----BEGIN CERTIFICATE-----\n" + all.substr(from, all.find('\n', from) - from) +
           "\n-----END CERTIFICATE-----\n";
}();

/// A partner (服务商) speaks for the merchant that it serves, in every call, and is told of both.
TEST_F(Wechat, APartnerServesAMerchant) {
    const auto known = wechat_empty_platform("1999000008");
    ASSERT_TRUE(known->add_key(
        "PUB_KEY_ID_0119990000012026092100000001", whole_file(wechat_key_file("platform_public.pem"))));
    wechat::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    settings.refund_poll = 10ms;
    std::shared_ptr<request_signer> signer =
        key_signer::create(whole_file(wechat_key_file("merchant_key.pem"))).value();
    const auto partner = wechat::gateway::create(settings, known, signer, nullptr, logger::none()).value();
    EXPECT_EQ(partner->identity(), "wechat 1999000001 1999000008");
    ASSERT_TRUE(partner->create({"PARTNER-1", amount(1990)}, call(10s)));
    EXPECT_EQ(partner->query("PARTNER-1", call(10s)).value().state, qr_order_state::waiting);
    simulator().pay("PARTNER-1");
    EXPECT_EQ(partner->query("PARTNER-1", call(10s)).value().state, qr_order_state::paid);
    EXPECT_FALSE(client().query("PARTNER-1", call(10s))) << "another merchant's order, for who asks for himself";
    const auto back = partner->refund({"PARTNER-1", "RPARTNER-1", amount(1990)}, call(10s));
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->state, qr_order_state::refunded);
    const auto charged =
        partner->charge({"PARTNER-2", amount(500), wiped_text(std::string_view("134567890123456789"))}, call(10s));
    ASSERT_TRUE(charged) << charged.error();
    EXPECT_EQ(charged->state, qr_order_state::paid);
    EXPECT_EQ(partner->reverse("PARTNER-2", call(10s)).value().state, qr_order_state::refunded);
    ASSERT_TRUE(partner->create({"PARTNER-3", amount(5)}, call(10s)));
    EXPECT_EQ(partner->cancel("PARTNER-3", call(10s)).value().state, qr_order_state::cancelled);
}

/// Time that a test moves.
class moved_time final : public time_source {
  public:
    [[nodiscard]] monotonic_clock::time_point now() noexcept override { return at; }
    void pause(const call& bounds) override { at = bounds.until().at(); }
    monotonic_clock::time_point at{1h};
};

/// Whoever forges notices for a day must not keep a new certificate out for more than a quarter of an hour.
TEST(WechatPlatform, IsNotKeptFromCertificatesByForgers) {
    (void)make_wechat_gateway();
    moved_time time;
    const time_source::on_this_thread put(time);
    const auto known = wechat_test_platform();
    auto last = time.at;
    auto longest = 0min;
    for (int i = 0; i < 24 * 60; ++i) {
        time.at += 1min;
        if (!known->claim_refresh()) continue;
        longest = std::max(longest, std::chrono::duration_cast<std::chrono::minutes>(time.at - last));
        last = time.at;
    }
    EXPECT_EQ(longest, 16min);
}

TEST_F(Wechat, KeepsFetchedCertificatesThatLeadToARoot) {
    make_paid("ORDER-30");
    const auto fetch = [&](const std::shared_ptr<wechat::platform>& known) {
        simulator().plan("has_certificates", "certificates");
        wechat::gateway_settings settings;
        settings.address = simulator().address();
        settings.merchant_id = till_merchant;
        std::shared_ptr<request_signer> signer =
            key_signer::create(whole_file(wechat_key_file("merchant_key.pem"))).value();
        return wechat::gateway::create(settings, known, signer, nullptr, logger::none())
            .value()
            ->refresh_certificates(call(10s));
    };
    std::string kept;
    const auto known = wechat_test_platform();
    EXPECT_FALSE(known->refresh_due()) << "with the public key alone there is nothing to fetch";
    known->keep_with([&](const std::string& pem) { kept += pem; });
    ASSERT_TRUE(fetch(known));
    EXPECT_NE(kept.find("-----BEGIN CERTIFICATE-----"), std::string::npos);
    EXPECT_FALSE(known->refresh_due());
    const auto later = wechat_test_platform();
    EXPECT_TRUE(later->add_certificate(kept)) << "a start without a network";
    const auto strict = wechat_test_platform();
    ASSERT_TRUE(strict->trust_only(kept)); // it is its own root
    EXPECT_TRUE(fetch(strict));
    const auto stricter = wechat_test_platform();
    ASSERT_TRUE(stricter->trust_only(other_root));
    const auto refused = fetch(stricter);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field(), "roots") << refused.error();
    const auto key = whole_file(wechat_key_file("merchant_key.pem"));
    const auto root = sim::make_test_certificate(key, "root", 7, {}, {});
    ASSERT_TRUE(strict->trust_only(root));
    for (const std::chrono::seconds until : {24h, -24h}) {
        const auto kept_before = sim::make_test_certificate(key, "platform", 8, root, key, until);
        EXPECT_TRUE(strict->add_certificate(kept_before)) << "one that has ended is no stranger's";
        EXPECT_EQ(stricter->add_certificate(kept_before).error().field(), "roots");
    }
    EXPECT_FALSE(stricter->trust_only("none"));
}

/// No sale waits for it.
TEST_F(Wechat, TheKeeperFetchesBesideTheSales) {
    simulator().ask(
        {{"cmd", "faults"}, {"set", {{{"kind", "has_certificates"}, {"match", "certificates"}, {"times", 9}}}}});
    wechat::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    const auto known = wechat_empty_platform();
    std::shared_ptr<request_signer> signer =
        key_signer::create(whole_file(wechat_key_file("merchant_key.pem"))).value();
    auto by = wechat::gateway::create(settings, known, signer, nullptr, logger::none()).value();
    EXPECT_TRUE(known->refresh_due());
    {
        const wechat::certificate_keeper keeper(std::move(by), known, logger::none(), 10ms);
        for (int i = 0; i < 1000 && !known->has_keys(); ++i)
            pause(call(10ms));
    }
    EXPECT_TRUE(known->has_keys());
    EXPECT_FALSE(known->refresh_due());
}

/// Sealed and signed by the platform of the simulator.
TEST_F(Wechat, ARefundThatHasFailedIsSaidOnce) {
    const auto key = key_signer::create(whole_file(wechat_key_file("platform_key.pem"))).value();
    const auto api_key = whole_file(wechat_key_file("api_v3.key"));
    const auto notice = [&](const std::string& event, const std::string& status) {
        wechat::sealed_resource sealed{"AEAD_AES_256_GCM", {}, "nonce0000001", "refund"};
        sealed.ciphertext = wechat::seal_resource(as_bytes(api_key), sealed,
            R"({"mchid":"1999000001","out_trade_no":"ORDER-1","out_refund_no":"RORDER-1","refund_status":")" +
                status + "\"}")
                                .value();
        return R"({"id":"N-)" + status + R"(","event_type":")" + event + R"(","resource":{"algorithm":")" +
               sealed.algorithm + R"(","ciphertext":")" + sealed.ciphertext +
               R"(","nonce":"nonce0000001","associated_data":"refund"}})";
    };
    const auto reader = wechat::make_notice_reader(wechat_test_platform());
    const auto read = [&](const std::string& body) {
        const auto now = std::to_string(
            std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count());
        http_fields fields;
        fields.add("Wechatpay-Timestamp", now);
        fields.add("Wechatpay-Nonce", "n");
        fields.add("Wechatpay-Serial", "PUB_KEY_ID_0119990000012026092100000001");
        fields.add(
            "Wechatpay-Signature", to_base64(key->sign(as_bytes(wechat::answer_text(now, "n", body))).value()));
        const auto told = reader->read(fields, body);
        EXPECT_TRUE(told) << told.error();
        const auto said = reader->remark();
        reader->kept();
        return said;
    };
    EXPECT_NE(read(notice("REFUND.ABNORMAL", "ABNORMAL")).find("refund RORDER-1 of order ORDER-1 is ABNORMAL"),
        std::string::npos);
    EXPECT_EQ(read(notice("REFUND.ABNORMAL", "ABNORMAL")), "") << "once";
    EXPECT_NE(read(notice("REFUND.CLOSED", "CLOSED")).find("CLOSED"), std::string::npos);
    EXPECT_EQ(read(notice("REFUND.SUCCESS", "SUCCESS")), "");
}

TEST_F(Wechat, AnothersChargeMayStillComeToo) {
    wechat::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    settings.longest_way = 1s;
    const auto long_since = make_wechat_client(settings);
    pause(call(1100ms));
    expect_fault(long_since->reverse("CHARGE-12", call(10s)), hostlink_errc::may_still_come, "order_number");
    pause(call(1100ms));
    EXPECT_TRUE(long_since->reverse("CHARGE-12", call(10s)).error().is(condition::rejected_by_peer));
}

TEST_F(Wechat, ADayIsABillWhoseDigestFits) {
    make_paid("ORDER-7");
    const auto bill = client().bill("2026-09-21", wechat::gateway::bill_kind::success, call(10s));
    ASSERT_TRUE(bill) << bill.error();
    EXPECT_TRUE(bill->proved);
    EXPECT_NE(bill->file.find("`ORDER-7,"), std::string::npos);
    EXPECT_TRUE(bill->file.starts_with("\xEF\xBB\xBF交易时间,"));
    EXPECT_TRUE(bill->file.ends_with("`1,`19.90,`0.00000,`19.90\r\n"));
    simulator().plan("other_digest", "bill");
    const auto another = client().bill("2026-09-21", wechat::gateway::bill_kind::success, call(10s));
    ASSERT_TRUE(another) << "kept, and said";
    EXPECT_FALSE(another->proved);
    EXPECT_EQ(another->file, bill->file);
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
