#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using namespace std::chrono_literals;

TEST(QrSale, IsPaidByNotification) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(end->reference, "T0001");
    EXPECT_EQ(rig.display.last, "outcome");
    EXPECT_EQ(rig.display.code, "");
    EXPECT_EQ(rig.books.taken(), 990);
    EXPECT_EQ(rig.booked(), 990);
    const auto again = rig.sell_by_code("order", 990);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->told, acquiring::told::recorded);
    EXPECT_EQ(rig.books.order_count, 1U);
}

TEST(QrSale, IsPaidByQueryWhereNobodyNotifies) {
    lane_rig rig;
    rig.gateway.notifies = false;
    rig.gateway.pays = fake_gateway::payer::before_query;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
}

TEST(QrSale, UnpaidIsCancelledAndTheCodeIsGone) {
    lane_rig rig;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::declined);
    EXPECT_EQ(end->host_code, "cancelled");
    EXPECT_EQ(rig.display.code, "");
    EXPECT_EQ(rig.books.orders[0].state, 'C');
}

TEST(QrSale, APayerFasterThanTheCancelHasPaid) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_cancel;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(rig.booked(), 990);
}

TEST(QrSale, AStopEndsItAsCancelled) {
    lane_rig rig;
    std::stop_source stop;
    auto end = std::async(std::launch::async, [&] {
        return acquiring::qr_sale(rig.lane()).run({"order", amount(5)}, call(20s, stop.get_token()));
    });
    while (rig.books.order_count == 0)
        std::this_thread::sleep_for(1ms);
    stop.request_stop();
    const auto outcome = end.get();
    ASSERT_TRUE(outcome) << outcome.error();
    EXPECT_EQ(outcome->outcome, verdict::declined);
    EXPECT_EQ(rig.display.code, "");
}

TEST(QrSale, ItsNumberIsOnFileFirstAndNeverRepeats) {
    fake_ledger books;
    lane_rig first(rig_settings(), &books);
    lane_rig second(rig_settings(), &books); // the same till and day, after its journal was lost
    first.gateway.pays = second.gateway.pays = fake_gateway::payer::before_notification;
    std::string on_file;
    first.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (what != "store begin" || when != faulty_store::moment::after) return;
        EXPECT_EQ(books.order_count, 0U);
        on_file = first.records().back().order_number;
    };
    ASSERT_TRUE(first.sell_by_code("order", 990)->ok());
    EXPECT_EQ(on_file, books.orders[0].number);
    ASSERT_TRUE(second.sell_by_code("order", 990)->ok());
    ASSERT_EQ(books.order_count, 2U);
    EXPECT_EQ(on_file.size(), 28U);
    EXPECT_EQ(on_file.substr(0, 16), "TEST000120261121");
}

TEST(QrSale, AnOrderThatIsNotNewIsNeitherShownNorCancelled) {
    using ports::qr_order_state;
    for (const auto state : {qr_order_state::paid, qr_order_state::cancelled, qr_order_state::expired}) {
        lane_rig rig;
        rig.gateway.made_as = state;
        const auto end = rig.sell_by_code("order", 990);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::declined);
        ASSERT_TRUE(end->why);
        EXPECT_EQ(end->why->code(), acquiring_errc::order_not_new);
        EXPECT_EQ(rig.records()[0].host_code, "") << "the till's own word is none of the gateway's";
        EXPECT_EQ(rig.display.last, "clear") << "no code was shown since the lane was opened";
        EXPECT_EQ(rig.books.orders[0].state, 'W') << "and nobody's order was touched";
    }
}

TEST(QrSale, ShowsTheShortNameWhereThereIsOne) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    ASSERT_TRUE(rig.sell_by_code("order-1", 990)->ok());
    EXPECT_EQ(rig.display.payee, "TEST SHOP");
    rig.settings.merchant_short_name = "SHOP";
    rig.restart();
    ASSERT_TRUE(rig.sell_by_code("order-2", 990)->ok());
    EXPECT_EQ(rig.display.payee, "SHOP");
}

TEST(QrSale, WhatTheGatewayForgetsAfterItIssuedACodeIsNotDeclined) {
    lane_rig rig;
    rig.gateway.forgets = true; // its answers to everything but the order are "no such order"
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown);
    EXPECT_EQ(rig.display.ended, ports::payment_outcome::unknown) << "the customer is not left before a dark glass";
    EXPECT_EQ(rig.display.code, "");
    rig.restart();
    EXPECT_EQ(rig.recover().value().at(0).outcome, verdict::unknown) << "the journal remembers that a code was out";
    rig.gateway.forgets = false;
    EXPECT_EQ(rig.recover().value().at(0).outcome, verdict::declined);
}

/// Killed before it was on file that the gateway had it; the gateway's own word says so later, and counts as much.
TEST(QrSale, WhatTheGatewayHasOnceHadIsNotDeclinedBecauseItForgets) {
    lane_rig rig;
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view name) { return name == "gateway create" || name == "gateway cancel"; };
    const auto stuck = rig.sell_by_code("order", 990).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    ASSERT_EQ(rig.records()[0].phase, ports::order_phase::asked);
    rig.faults.fails = {};
    rig.books.orders[0].state = 'A'; // the payer types a password: it cannot be closed
    EXPECT_EQ(rig.recover()->front().outcome, verdict::unknown);
    rig.restart();
    EXPECT_EQ(rig.records()[0].phase, ports::order_phase::issued);
    rig.gateway.forgets = true;
    EXPECT_EQ(rig.recover()->front().outcome, verdict::unknown) << "a person asks the gateway";
}

TEST(QrRefund, InDoubtStaysSoWhereTheGatewayForgotTheOrder) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    ASSERT_EQ(rig.give_back("refund", paid.handle, 400)->outcome, verdict::unknown);
    rig.faults.fails = {};
    rig.gateway.forgets = true;
    EXPECT_EQ(rig.give_back("refund", paid.handle, 400)->outcome, verdict::unknown);
    rig.gateway.forgets = false;
    EXPECT_EQ(rig.give_back("refund", paid.handle, 400)->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 590) << "given back once";
}

TEST(QrSale, CanBeRefunded) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    const auto back = rig.give_back("refund", paid.handle, 400);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 590);
    EXPECT_EQ(rig.booked(), 590);
}

// A speaker knows a payment by its number: with a new journal it must not take one for what it has told before.
TEST(QrSale, IsToldByANumberThatNoOtherJournalHas) {
    std::set<std::uint64_t> handles;
    std::set<std::uint64_t> told;
    for (int journals = 0; journals < 2; ++journals) {
        lane_rig rig;
        rig.gateway.pays = fake_gateway::payer::before_notification;
        const auto paid = rig.sell_by_code("one", 300);
        ASSERT_TRUE(paid && paid->ok());
        handles.insert(paid->handle);
        told.insert(rig.display.ended_payment);
    }
    EXPECT_EQ(handles.size(), 1U) << "or the test shows nothing";
    EXPECT_EQ(told.size(), 2U);
    EXPECT_FALSE(told.contains(0));
}

} // namespace
} // namespace cipherlane::tests
