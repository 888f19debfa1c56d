// Alipay's own cases that lose money: answers without a signature, a trade that nobody has scanned, refunds that have
// not moved, a charge that may still come.
#include "gateway-sim/test_certificate.hpp"
#include "running_gateway.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/reconcile/statement_reader.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using ports::qr_order_state;
namespace alipay = hostlink::alipay;

class fixed_clock final : public ports::clock {
  public:
    explicit fixed_clock(std::chrono::system_clock::time_point at)
        : at_(at) {}
    [[nodiscard]] std::chrono::system_clock::time_point now() const override { return at_; }

  private:
    std::chrono::system_clock::time_point at_;
};

class Alipay : public testing::Test {
  protected:
    gateway_under_test subject = make_alipay_gateway();
    alipay::gateway& client() { return static_cast<alipay::gateway&>(*subject.client); }
    running_gateway& simulator() { return *subject.simulator; }
    void make_paid(const std::string& number) {
        ASSERT_TRUE(client().create({number, amount(1990)}, call(10s)));
        simulator().pay(number);
    }
    template <class Told>
    static void expect_unknown(const Told& told, hostlink_errc why, std::string_view field) {
        ASSERT_FALSE(told) << field;
        EXPECT_EQ(told.error().code(), why) << told.error();
        EXPECT_EQ(told.error().field(), field) << told.error();
        EXPECT_TRUE(told.error().is(condition::outcome_unknown));
    }
};

TEST_F(Alipay, AnAnswerWithoutARightSignatureIsNone) {
    using enum hostlink_errc;
    make_paid("ORDER-1");
    for (const std::string kind : {"unsigned", "forged"}) {
        SCOPED_TRACE(kind);
        simulator().plan(kind, "query");
        expect_unknown(client().query("ORDER-1", call(10s)), unproven_answer, "sign");
        simulator().plan(kind, "create");
        expect_unknown(client().create({"ORDER-" + kind, amount(1)}, call(10s)), unproven_answer, "sign");
        simulator().plan(kind, "charge");
        expect_unknown(
            client().charge({"CHARGE-" + kind, amount(1), wiped_text(kind)}, call(10s)), unproven_answer, "sign");
        simulator().plan(kind, "reverse");
        expect_unknown(client().reverse("CHARGE-" + kind, call(10s)), unproven_answer, "sign");
        simulator().plan(kind, "refund");
        expect_unknown(client().refund({"ORDER-1", "REFUND-" + kind, amount(1)}, call(10s)), unproven_answer, "sign");
    }
}

/// What its key would sign could not be believed, so no money is moved by it.
TEST_F(Alipay, AnExpiredCertificateOfTheirsStopsWhatMovesMoneyBeforeItLeaves) {
    const auto certificate = [](const char* key, std::chrono::seconds until) {
        return sim::make_test_certificate(whole_file(alipay_key_file(key)), "test", 7, {}, {}, until);
    };
    const ports::system_clock clock;
    const auto ours = certificate("merchant_key.pem", -24h);
    const auto root = certificate("platform_key.pem", 24h);
    alipay::merchant of;
    of.app_id = "2026000000000001";
    of.seller_id = "2088000000000009";
    const std::shared_ptr<hostlink::request_signer> signer =
        hostlink::key_signer::create(whole_file(alipay_key_file("merchant_key.pem"))).value();
    alipay::gateway_settings where;
    where.address = simulator().address();
    where.merchant_id = till_merchant;
    const auto client_with = [&](const std::string& theirs) {
        const auto known = alipay::platform::with_certificates(of, ours, theirs, root, clock);
        return alipay::gateway::create(where, known.value(), signer, clock, nullptr).value();
    };
    const auto late = client_with(certificate("platform_key.pem", -24h));
    const auto refused = [](const auto& told) {
        ASSERT_FALSE(told);
        EXPECT_EQ(told.error().code(), hostlink_errc::not_secured) << told.error();
        EXPECT_EQ(told.error().field(), "alipay_certificate_file") << told.error();
        EXPECT_EQ(told.error().hint(), "Alipay's certificate has expired: download it again");
    };
    refused(late->create({"ORDER-1", amount(5)}, call(10s)));
    refused(late->charge({"ORDER-2", amount(5), wiped_text("28")}, call(10s)));
    refused(late->refund({"ORDER-3", "REFUND-3", amount(5)}, call(10s)));
    EXPECT_TRUE(simulator().ask({{"cmd", "orders"}}).at("orders").empty());
    expect_unknown(late->query("ORDER-1", call(10s)), hostlink_errc::unproven_answer, "alipay_cert_sn");
    // Whether ours holds is for Alipay to say: this one's answers name no certificate, which is another matter.
    expect_unknown(client_with(certificate("platform_key.pem", 24h))->create({"ORDER-4", amount(5)}, call(10s)),
        hostlink_errc::unproven_answer, "alipay_cert_sn");
    EXPECT_EQ(simulator().ask({{"cmd", "orders"}}).at("orders").size(), 1U);
}

/// The console's file brings what lies between: whose it is does not hang on anybody's days.
TEST_F(Alipay, ACertificateWithItsChainOpensATillWhateverTheDaysSay) {
    const auto key = [](const char* name) { return whole_file(alipay_key_file(name)); };
    const auto root_key = key("merchant_key.pem");
    const auto leaf_key = key("platform_key.pem");
    const auto made = [](const std::string& of, const char* name, const std::string& issuer, const std::string& by,
                          std::chrono::seconds until, sim::certificate_use use) {
        return sim::make_test_certificate(of, name, 7, issuer, by, until, use);
    };
    using enum sim::certificate_use;
    const auto root = made(root_key, "root", {}, {}, 24h, issues_others);
    const auto other_root = made(leaf_key, "other", {}, {}, 24h, issues_others);
    const auto now = std::chrono::system_clock::now();
    const auto day = [](std::chrono::seconds until) { return until < 0s ? "over" : "holds"; };
    alipay::merchant of;
    of.app_id = "2026000000000001";
    of.seller_id = "2088000000000009";
    for (const std::chrono::seconds leaf_until : {24h, -24h}) {
        for (const std::chrono::seconds middle_until : {24h, -24h}) {
            const auto middle = made(root_key, "middle", root, root_key, middle_until, issues_others);
            const auto leaf = made(leaf_key, "theirs", middle, root_key, leaf_until, signs_messages);
            const auto roots = hostlink::certificate::create_all(root).value();
            const auto between = hostlink::certificate::create_all(middle).value();
            const auto one = hostlink::certificate::create(leaf).value();
            EXPECT_EQ(one.leads_to(roots, between, now), leaf_until > 0s && middle_until > 0s);
            EXPECT_TRUE(one.leads_to(roots, between));
            for (const auto when : {now, std::chrono::system_clock::time_point()}) { // and in 1970
                SCOPED_TRACE(std::string(day(leaf_until)) + ", between " + day(middle_until));
                const fixed_clock clock(when);
                const auto known = alipay::platform::with_certificates(of, root, leaf + middle, root, clock);
                ASSERT_TRUE(known) << known.error();
                EXPECT_EQ((*known)->fault_of_days().empty(), leaf_until > 0s && when == now);
                const auto strange = alipay::platform::with_certificates(of, root, leaf + middle, other_root, clock);
                ASSERT_FALSE(strange);
                EXPECT_EQ(strange.error().field(), "alipay_certificate");
            }
        }
    }
}

TEST_F(Alipay, AnOrderThatNobodyHasScannedWaitsUntilItsCodeEnds) {
    ASSERT_TRUE(client().create({"ORDER-2", amount(1990)}, call(10s)));
    EXPECT_EQ(client().query("ORDER-2", call(10s))->state, qr_order_state::waiting);
    ports::qr_order_request old("ORDER-3", amount(1990));
    old.issued = std::chrono::system_clock::now() - 1h;
    ASSERT_TRUE(client().create(old, call(10s)));
    EXPECT_EQ(client().query("ORDER-3", call(10s))->state, qr_order_state::expired);
    alipay::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    const auto restarted = make_alipay_client(settings);
    EXPECT_EQ(restarted->query("ORDER-2", call(10s))->state, qr_order_state::waiting)
        << "a code of before the restart may still be scanned";
}

TEST_F(Alipay, ARefundCountsOnceTheMoneyHasMoved) {
    make_paid("ORDER-4");
    simulator().plan("processing", "refund");
    ASSERT_TRUE(client().refund({"ORDER-4", "REFUND-1", amount(500)}, call(10s))) << "its query says so";
    alipay::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    settings.refund_poll = 60s; // longer than the call has
    simulator().plan("abnormal", "refund");
    const auto accepted = make_alipay_client(settings)->refund({"ORDER-4", "REFUND-2", amount(500)}, call(10s));
    expect_unknown(accepted, hostlink_errc::not_done_yet, "refund_status");
    ASSERT_TRUE(client().refund({"ORDER-4", "REFUND-2", amount(500)}, call(10s))) << "asked again by its number";
    EXPECT_EQ(simulator().order("ORDER-4").at("refunded"), 1000);
    EXPECT_TRUE(
        client().refund({"ORDER-4", "REFUND-2", amount(501)}, call(10s)).error().is(condition::rejected_by_peer));
}

TEST_F(Alipay, ARefundThatMayHaveBeenTakenIsNeverToldAsDeclined) {
    make_paid("ORDER-5");
    ports::qr_refund_request wish("ORDER-5", "REFUND-3", amount(1990));
    simulator().plan_both("processing", "refund", "sign_error", "refund_query");
    EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown));
    simulator().no_faults();
    wish.asked_before = true;
    simulator().plan("sign_error", "refund");
    EXPECT_TRUE(client().refund(wish, call(10s)).error().is(condition::outcome_unknown));
    EXPECT_TRUE(client().refund(wish, call(10s)));
    EXPECT_EQ(simulator().order("ORDER-5").at("refunded"), 1990);
}

TEST_F(Alipay, WhatFailsAfterACallSaysNothingOfIt) {
    simulator().plan_both("asked_twice", "charge", "sign_error", "query");
    const auto told = client().charge({"CHARGE-5", amount(1990), wiped_text("285")}, call(10s));
    expect_unknown(told, hostlink_errc::lost_after_send, "merchant_key_file");
    EXPECT_TRUE(client()
                    .charge({"CHARGE-6", amount(1, currency{840, 2}), wiped_text("286")}, call(10s))
                    .error()
                    .is(condition::misuse))
        << "not yuan";
}

TEST_F(Alipay, AChargeOfAnotherAmountIsNone) {
    simulator().plan("other_amount", "charge");
    const auto told = client().charge({"CHARGE-2", amount(1990), wiped_text("284")}, call(10s));
    expect_unknown(told, hostlink_errc::unreadable_answer, "total_amount");
}

TEST_F(Alipay, AChargeThatMayStillComeIsNotUndone) {
    simulator().plan("bare_404", "POST"); // lost on its way
    ASSERT_FALSE(client().charge({"CHARGE-3", amount(1990), wiped_text("284")}, call(10s)));
    expect_unknown(client().reverse("CHARGE-3", call(10s)), hostlink_errc::may_still_come, "order_number");
    expect_unknown(client().query("CHARGE-3", call(10s)), hostlink_errc::may_still_come, "order_number");
}

TEST_F(Alipay, WhatIsToBeAskedAgainIsNotUndoneYet) {
    ASSERT_TRUE(client().charge({"CHARGE-4", amount(1990), wiped_text("284")}, call(10s)));
    simulator().plan("processing", "reverse");
    expect_unknown(client().reverse("CHARGE-4", call(10s)), hostlink_errc::not_done_yet, "retry_flag");
    EXPECT_EQ(client().reverse("CHARGE-4", call(10s))->state, qr_order_state::refunded);
}

/// As after a restart: nobody knows whether the order was ever made, and nobody can scan its code any more.
TEST_F(Alipay, AnOrderThatNobodyHasScannedEndsForWhoeverClosesItLater) {
    simulator().plan("forgotten", "reverse"); // 撤销 does not say that it is closed
    ASSERT_TRUE(client().create({"ORDER-6", amount(1990)}, call(10s)));
    EXPECT_EQ(client().cancel("ORDER-6", call(10s))->state, qr_order_state::waiting);
    alipay::gateway_settings settings;
    settings.address = simulator().address();
    settings.merchant_id = till_merchant;
    settings.longest_code = 0s;
    const auto later = make_alipay_client(settings);
    simulator().plan("forgotten", "reverse");
    EXPECT_EQ(later->cancel("ORDER-6", call(10s))->state, qr_order_state::expired);
    EXPECT_EQ(later->query("ORDER-6", call(10s)).error().peer_code(), "404");
}

TEST_F(Alipay, ADayIsABillThatReconciliationReads) {
    make_paid("ORDER-7");
    make_paid("ORDER-8");
    ASSERT_TRUE(client().refund({"ORDER-8", "REFUND-8", amount(600)}, call(10s)));
    ASSERT_TRUE(client().create({"ORDER-9", amount(5)}, call(10s))); // nobody pays
    const auto bill = client().bill("2026-09-21", call(10s));
    ASSERT_TRUE(bill) << bill.error();
    EXPECT_FALSE(bill->summary.empty());
    std::istringstream in(bill->details);
    const auto form = reconcile::find_statement_form("alipay-bill").value();
    reconcile::statement_reader reader(in, form, "bill.csv", std::nullopt);
    std::vector<std::string> rows;
    for (;;) {
        const auto next = reader.next();
        ASSERT_TRUE(next) << next.error();
        if (!*next) break;
        rows.push_back((*next)->key + " " + std::to_string((*next)->minor));
    }
    EXPECT_EQ(rows, (std::vector<std::string>{"ORDER-7 1990", "ORDER-8 1990", "REFUND-8 600"}));
    const auto early = client().bill("2099-01-01", call(10s));
    ASSERT_FALSE(early);
    EXPECT_TRUE(early.error().is(condition::rejected_by_peer)) << early.error();
    EXPECT_EQ(early.error().untrusted_peer_text(), "BILL_NOT_EXIST");
    EXPECT_TRUE(client().bill("21.09.2026", call(10s)).error().is(condition::misuse));
    simulator().plan("forged", "bill");
    expect_unknown(client().bill("2026-09-21", call(10s)), hostlink_errc::unproven_answer, "sign");
}

} // namespace
} // namespace cipherlane::tests
