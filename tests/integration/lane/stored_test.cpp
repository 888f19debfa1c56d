// What is done at the till first, payment codes, and services of the host, over the wire: the simulated host has its
// own table of required fields, its own books and the cipher machine's keys; till and host balance at the end.
#include "support/lane/simulated_lane.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/trade.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using acquiring::service;
using acquiring::trade_request;
using ports::trade;

TEST(Stored, AdvicesTipsCodesAndInstalmentsBalance) {
    simulated_lane lane;
    auto till = lane.open();
    const auto at_first = lane.balance();
    const auto held = till.trade({trade::pre_auth, "room", amount(5000)}, 60s);
    ASSERT_TRUE(held) << held.error();
    ASSERT_TRUE(held->ok()) << *held;
    const auto advised = till.trade({trade::completion_advice, "bill", amount(4200), held->handle}, 60s);
    ASSERT_TRUE(advised) << advised.error();
    EXPECT_EQ(advised->outcome, verdict::approved) << *advised;
    const auto meal = till.sale({"meal", amount(10'000)}, 60s);
    ASSERT_TRUE(meal && meal->ok());
    for (const auto kind : {trade::tip, trade::adjustment}) {
        const auto added = till.trade({kind, kind == trade::tip ? "tip" : "bread", amount(500), meal->handle}, 60s);
        ASSERT_TRUE(added) << added.error();
        EXPECT_EQ(added->outcome, verdict::approved) << *added;
    }
    EXPECT_EQ(lane.balance(), at_first - 4200 - 11'000);

    lane.host({{"cmd", "payment_code"}, {"code", "6221345678901234567"}, {"number", lane.reader.number}});
    trade_request scan(trade::code_sale, "scan", amount(700));
    scan.payment_code = "6221345678901234567";
    const auto scanned = till.trade(scan, 60s);
    ASSERT_TRUE(scanned) << scanned.error();
    ASSERT_TRUE(scanned->ok()) << *scanned;
    EXPECT_FALSE(scanned->voucher.empty());
    ASSERT_TRUE(till.void_payment({"unscan", scanned->handle}, 60s)->ok());
    scan.idempotency_key = "scan again";
    const auto again = till.trade(scan, 60s);
    ASSERT_TRUE(again && again->ok());
    ASSERT_TRUE(till.refund({"back", again->handle, amount(200)}, 60s)->ok());
    trade_request set(trade::instalment_sale, "tv", amount(12'000));
    set.instalment = {12, "PLAN01", '0'};
    const auto sold = till.trade(set, 60s);
    ASSERT_TRUE(sold) << sold.error();
    ASSERT_TRUE(sold->ok()) << *sold;
    ASSERT_TRUE(till.void_payment({"no tv", sold->handle}, 60s)->ok());
    EXPECT_EQ(lane.balance(), at_first - 4200 - 11'000 - 500);

    const auto settled = till.settle(60s);
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(settled->totals.debit, (ports::batch_side{4200 + 11'000 + 1400 + 12'000, 7}));
    EXPECT_EQ(settled->totals.credit, (ports::batch_side{700 + 200 + 12'000, 3}));
}

TEST(Stored, AnAdviceThatWasNotAnsweredIsToldOnceMoreAndTakenOnce) {
    simulated_lane lane;
    lane.settings.terminals.front().reversal.sends = 1;
    auto till = lane.open();
    const auto at_first = lane.balance();
    const auto held = till.trade({trade::pre_auth, "room", amount(5000)}, 60s);
    ASSERT_TRUE(held && held->ok());
    lane.host_faults({{{"kind", "no_answer"}, {"match", "completion advice"}}});
    const auto advised = till.trade({trade::completion_advice, "bill", amount(4200), held->handle}, 60s);
    ASSERT_TRUE(advised) << advised.error();
    EXPECT_EQ(advised->outcome, verdict::stored) << *advised;
    const auto settled = till.settle(60s);
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(lane.balance(), at_first - 4200);
    EXPECT_EQ(till.lookup("bill", 5s).value()->outcome, verdict::approved);
}

TEST(Stored, TheHostIsAskedForItsServicesAndAsksForThem) {
    simulated_lane lane;
    auto till = lane.open();
    ASSERT_TRUE(till.ask_host(service::echo, 60s));
    lane.host({{"cmd", "list"}, {"network", "396"}, {"pages", {"3632", "3633"}}});
    const auto bins = till.ask_host(service::qps_bins, 60s);
    ASSERT_TRUE(bins) << bins.error();
    EXPECT_EQ(bins->entries, 2U);
    ASSERT_TRUE(till.sign_in(60s));
    ASSERT_TRUE(till.ask_host(service::sign_off, 60s));
    lane.host({{"cmd", "list"}, {"network", "372"}, {"pages", {"9F0605A0000003339F220102"}}});
    lane.host({{"cmd", "ask"}, {"request", 4}});
    for (const char* key : {"one", "two"}) {
        const auto sold = till.sale({key, amount(100)}, 60s);
        ASSERT_TRUE(sold) << sold.error();
        ASSERT_TRUE(sold->ok()) << *sold;
    }
    const auto keys = till.journal().find_list("TEST0001", "CA keys", 5s).value();
    ASSERT_TRUE(keys) << "before the second sale";
    EXPECT_EQ(keys->entries.size(), 1U);
}

/// The host keeps the old key until it sees that the terminal has the new one: an answer that was lost loses nothing.
TEST(Stored, AMasterKeyIsDownloadedAndWorkedUnder) {
    simulated_lane lane;
    lane.settings.terminals.front().serial_number = "SN000001";
    auto till = lane.open();
    ASSERT_TRUE(till.sale({"before", amount(100)}, 60s)->ok());
    lane.host_faults({{{"kind", "no_answer"}, {"match", "master key download"}}});
    EXPECT_FALSE(till.ask_host(service::master_key, 60s));
    lane.host_faults({{{"kind", "wrong_check_value"}, {"match", "master key download"}}});
    EXPECT_EQ(till.ask_host(service::master_key, 60s).error().code(), acquiring_errc::check_value_wrong);
    EXPECT_TRUE(lane.reader.master_keys.empty());
    for (const char* key : {"first", "second"}) {
        const auto given = till.ask_host(service::master_key, 60s);
        ASSERT_TRUE(given) << given.error();
        const auto sold = till.sale({key, amount(100)}, 60s);
        ASSERT_TRUE(sold) << sold.error();
        EXPECT_TRUE(sold->ok()) << *sold;
    }
    EXPECT_EQ(lane.reader.master_keys.size(), 2U);
    EXPECT_EQ(till.journal().terminal("TEST0001", 5s)->master_keys.size(), 2U);
    EXPECT_EQ(lane.balance(), simulated_lane::balance_at_first - 300);
}

class takes_the_offer final : public ports::currency_chooser {
  public:
    [[nodiscard]] result<ports::currency_choice> choose(
        const amount& /*local*/, const ports::conversion& offer, const call& /*bounds*/) override {
        shown = offer.converted;
        return ports::currency_choice::converted;
    }
    amount shown;
};

/// The host holds each message to its rate, and its books stay in the terminal's currency.
TEST(Stored, AChoiceOfCurrencyIsKeptToTheSettlement) {
    simulated_lane lane;
    lane.settings.terminals.front().conversion.offered = true;
    takes_the_offer cardholder;
    lane.chooser = &cardholder;
    lane.host({{"cmd", "rate"}, {"prefix", "6222"}, {"currency", 840}, {"rate", "60138600"}});
    auto till = lane.open();
    const auto sold = till.sale({"sale", amount(1234)}, 60s);
    ASSERT_TRUE(sold) << sold.error();
    ASSERT_TRUE(sold->ok()) << *sold;
    EXPECT_EQ(cardholder.shown, amount(171, find_currency(840).value()));
    EXPECT_EQ(sold->conversion.rate, "60138600");
    ASSERT_TRUE(till.void_payment({"void", sold->handle}, 60s)->ok());
    const auto held = till.trade({trade::pre_auth, "room", amount(5000)}, 60s);
    ASSERT_TRUE(held && held->ok());
    const auto taken = till.trade({trade::completion, "bill", amount(4000), held->handle}, 60s);
    ASSERT_TRUE(taken && taken->ok());
    ASSERT_TRUE(till.refund({"back", taken->handle, amount(1500)}, 60s)->ok());
    const auto counters = lane.host({{"cmd", "counters"}}).at("counters");
    for (const char* name : {"sale", "void", "pre-authorisation", "completion", "refund"})
        EXPECT_EQ(counters.value("converted " + std::string(name), 0), 1) << name;
    lane.host({{"cmd", "rate"}, {"prefix", "6222"}, {"currency", 840}, {"rate", "60140000"}});
    lane.host_faults({{{"kind", "no_answer"}, {"match", "rate enquiry"}}});
    const auto silent = till.sale({"no offer", amount(1000)}, 60s);
    ASSERT_TRUE(silent) << silent.error();
    EXPECT_TRUE(silent->ok()) << *silent;
    EXPECT_EQ(silent->conversion.choice, ports::currency_choice::not_asked);
    const auto settled = till.settle(60s);
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(settled->totals.debit, (ports::batch_side{1234 + 4000 + 1000, 3}));
}

} // namespace
} // namespace cipherlane::tests
