// Orders at the gateway: what is charged by the payer's own code, what comes too late or twice, and codes of our own.
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/qr/mpm.hpp>
#include <cipherlane/qr/mpm_check.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace cipherlane::tests::qr_orders {
namespace {

using acquiring::alert_kind;
using acquiring::payer_code;
using acquiring::verdict;
using ports::record_state;
using ports::trade;
using namespace std::chrono_literals;

constexpr std::string_view alipay_code = "285712345678901234";

acquiring::trade_request charge_of(const std::string& key, std::int64_t minor) {
    acquiring::trade_request wish(trade::qr_charge, key, amount(minor));
    wish.payment_code = alipay_code;
    return wish;
}

result<acquiring::payment> run(lane_rig& rig, const acquiring::trade_request& wish, const call& bounds = soon()) {
    return acquiring::trade(rig.lane()).run(wish, bounds);
}

std::ptrdiff_t times_raised(const lane_rig& rig, alert_kind kind) {
    const auto all = rig.seen.alerts();
    return std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
}

std::vector<ports::journal_record> returns(lane_rig& rig) {
    auto all = rig.records();
    std::erase_if(all, [](const auto& one) { return one.kind != trade::qr_return; });
    return all;
}

ports::qr_order_status notice_of(const std::string& number, std::int64_t minor, std::string transaction = "T0001") {
    ports::qr_order_status told;
    told.order_number = number;
    told.merchant_id = "TESTMERCH000001";
    told.terminal_id = "TEST0001";
    told.state = ports::qr_order_state::paid;
    told.paid = amount(minor);
    told.transaction_number = std::move(transaction);
    return told;
}

void hear(lane_rig& rig, const ports::qr_order_status& told) {
    ASSERT_TRUE(rig.journal->keep_notice(told, soon()));
    (void)rig.recover();
}

acquiring::payment outcome(lane_rig& rig, const std::string& key) {
    return acquiring::lookup(*rig.journal, "TEST0001", key, soon()).value().value();
}

TEST(QrCharge, TakesTheMoneyByThePayersCode) {
    lane_rig rig;
    rig.settings.serial_number = "SN-1";
    const auto paid = run(rig, charge_of("order", 990));
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    EXPECT_EQ(paid->reference, "T0001");
    EXPECT_EQ(paid->masked_pan, mask_pan(alipay_code));
    EXPECT_EQ(rig.gateway.charged, std::vector<std::string>{std::string(alipay_code)});
    EXPECT_EQ(rig.gateway.device_serial, "SN-1");
    EXPECT_EQ(rig.booked(), 990);
    EXPECT_EQ(run(rig, charge_of("order", 990))->told, acquiring::told::recorded);
    EXPECT_EQ(rig.gateway.charged.size(), 1U) << "a code is sent once";
    EXPECT_EQ(rig.settle()->totals.qr_debit, (ports::batch_side{990, 1}));
    const auto back = rig.give_back("refund", paid->handle, 400);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 590);
}

TEST(QrCharge, WaitsWhileThePayerTypesAPassword) {
    lane_rig rig;
    rig.gateway.asks_password = true;
    rig.gateway.pays = fake_gateway::payer::before_query;
    const auto paid = run(rig, charge_of("order", 990));
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    const auto stages = rig.seen.stages();
    EXPECT_TRUE(std::any_of(
        stages.begin(), stages.end(), [](const auto& one) { return one.at == acquiring::stage::paying; }));
}

TEST(QrCharge, WhoDoesNotConfirmHasNotPaid) {
    lane_rig rig;
    rig.gateway.asks_password = true;
    const auto end = run(rig, charge_of("order", 990), rig.while_nobody_pays());
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::declined);
    EXPECT_EQ(end->unpaid, (acquiring::not_paid{acquiring::actor::cardholder, acquiring::stage::paying}));
    EXPECT_EQ(end->reason(language::english), "the customer did not confirm the payment");
    EXPECT_EQ(rig.books.orders[0].state, 'C') << "undone at the gateway: nobody pays it later";
}

TEST(QrCharge, WhoConfirmsInTheLastMomentGetsItBack) {
    lane_rig rig;
    rig.gateway.asks_password = true;
    rig.gateway.pays = fake_gateway::payer::before_cancel;
    const auto end = run(rig, charge_of("order", 990), rig.while_nobody_pays());
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::refunded);
    EXPECT_EQ(rig.booked(), rig.books.taken());
}

TEST(QrCharge, ThatIsRefusedIsDeclined) {
    lane_rig rig;
    rig.gateway.refuses_charges = true;
    const auto end = run(rig, charge_of("order", 990));
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::declined);
    EXPECT_EQ(rig.records().back().phase, ports::order_phase::refused);
}

TEST(QrCharge, WithoutAnAnswerIsAskedForAndNeverSentAgain) {
    lane_rig rig;
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call == "gateway charge"; };
    const auto paid = run(rig, charge_of("order", 990));
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved) << "the question told";
    EXPECT_EQ(rig.gateway.charged.size(), 1U);
}

TEST(QrCharge, OfAGatewayThatStaysSilentIsUnknownAndUndoneLater) {
    lane_rig rig;
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call.starts_with("gateway"); };
    const auto end = run(rig, charge_of("order", 990), rig.while_nobody_pays());
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << "never told as declined";
    EXPECT_EQ(times_raised(rig, alert_kind::order_unknown), 1);
    rig.faults.fails = {};
    rig.restart();
    const auto found = rig.recover();
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().outcome, verdict::refunded) << "the charge had been carried out, and was undone";
    EXPECT_EQ(rig.gateway.charged.size(), 1U);
    EXPECT_EQ(rig.booked(), rig.books.taken());
}

/// As a till that was killed leaves it.
void leave_a_charge(lane_rig& rig) {
    auto found = ports::journal_record();
    found.terminal_id = "TEST0001";
    found.merchant_id = "TESTMERCH000001";
    found.idempotency_key = "left";
    found.kind = trade::qr_charge;
    found.requested = amount(990);
    found.order_number = "TEST000120261121AAAAAAAAAAAA";
    found.created_date = "20261121";
    ASSERT_TRUE(rig.journal->begin(found, nullptr, soon()));
}

TEST(QrCharge, FoundInTheMiddleIsUndoneOnceItCanNoLongerCome) {
    lane_rig rig;
    leave_a_charge(rig);
    rig.clock.time += rig.settings.gateway.longest_way - 1s;
    auto ended = rig.recover();
    ASSERT_TRUE(ended) << ended.error();
    ASSERT_EQ(ended->size(), 1U);
    EXPECT_EQ(ended->front().outcome, verdict::unknown)
        << "the gateway has not heard of it yet: it may be on its way";
    ASSERT_TRUE(ended->front().why);
    EXPECT_EQ(ended->front().why->code(), acquiring_errc::order_pending);
    EXPECT_EQ(times_raised(rig, alert_kind::order_unknown), 1);
    EXPECT_EQ(run(rig, charge_of("next", 100)).error().code(), acquiring_errc::order_pending);
    rig.clock.time += 24h;
    EXPECT_EQ(rig.recover()->front().outcome, verdict::unknown)
        << "a clock that is set while the till runs is no time";
    rig.restart();
    ended = rig.recover();
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_EQ(ended->front().outcome, verdict::declined) << "it has never come";
}

TEST(QrCharge, ThatComesAfterItsUndoingIsStillUndone) {
    lane_rig rig;
    leave_a_charge(rig);
    ASSERT_EQ(rig.recover()->front().outcome, verdict::unknown);
    ASSERT_TRUE(rig.gateway.charge({"TEST000120261121AAAAAAAAAAAA", amount(990), wiped_text(alipay_code)}, soon()));
    ASSERT_EQ(rig.books.taken(), 990) << "late, and paid";
    const auto ended = rig.recover();
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_EQ(ended->front().outcome, verdict::refunded);
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(QrCharge, ThatTheGatewayDoesNotKnowWhenTheCashierStopsIsUnknown) {
    lane_rig rig;
    rig.faults.kind = fault_kind::lost_request;
    rig.faults.fails = [](std::string_view call) { return call == "gateway charge"; };
    const auto end = run(rig, charge_of("order", 990), rig.while_nobody_pays());
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << "never told as declined";
    rig.settings.gateway.longest_way = 1s;
    rig.faults.fails = {};
    rig.clock.time += 1s;
    rig.restart();
    EXPECT_EQ(rig.recover()->front().outcome, verdict::declined);
}

TEST(QrCharge, OfAGatewayThatCannotIsNotSent) {
    lane_rig rig;
    rig.faults.kind = fault_kind::link_lost;
    rig.faults.fails = [](std::string_view call) { return call == "gateway charge"; };
    EXPECT_FALSE(run(rig, charge_of("order", 990)));
    EXPECT_EQ(rig.records().back().state, record_state::not_sent);
    rig.faults.fails = {};
    EXPECT_EQ(run(rig, charge_of("order", 990))->outcome, verdict::approved) << "its key is free";
}

/// The age of a scan comes with it, and a code that is too old pays for nothing, at the host and at the gateway.
TEST(PayerCode, ThatIsTooOldNeverLeaves) {
    for (const auto kind : {trade::code_sale, trade::qr_charge}) {
        lane_rig rig;
        rig.settings.qr.code_fresh = 30s;
        acquiring::trade_request wish(kind, "order", amount(990));
        wish.payment_code = payer_code(wiped_text(alipay_code), monotonic_clock::now() - 31s);
        const auto end = run(rig, wish);
        ASSERT_FALSE(end);
        EXPECT_EQ(end.error().code(), acquiring_errc::code_too_old);
        EXPECT_EQ(acquiring::reason(end, language::english), "scan the code again: it is too old");
        EXPECT_TRUE(rig.gateway.charged.empty());
        EXPECT_EQ(rig.books.trade_count, 0U);
        EXPECT_TRUE(rig.records().empty()) << "its key is free";
        wish.payment_code = payer_code(wiped_text(alipay_code), monotonic_clock::now() - 1s);
        EXPECT_TRUE(run(rig, wish));
        wish.payment_code = payer_code(wiped_text(alipay_code), monotonic_clock::now() - 31s);
        EXPECT_EQ(run(rig, wish)->told, acquiring::told::recorded) << "what became of it is told all the same";
    }
}

TEST(QrReturn, WhatIsPaidAfterTheEndGoesBack) {
    lane_rig rig;
    const auto closed = rig.sell_by_code("order", 5100).value();
    ASSERT_EQ(closed.outcome, verdict::declined);
    rig.books.orders[0].state = 'P';
    hear(rig, notice_of(closed.order_number, 5100));
    EXPECT_EQ(times_raised(rig, alert_kind::paid_after_close), 1);
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::refunded);
    EXPECT_EQ(outcome(rig, "order").reference, "T0001");
    ASSERT_EQ(returns(rig).size(), 1U);
    EXPECT_EQ(returns(rig)[0].state, record_state::approved);
    EXPECT_EQ(returns(rig)[0].voucher, "T0001");
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
    hear(rig, notice_of(closed.order_number, 5100));
    EXPECT_EQ(rig.gateway.refunds.size(), 1U) << "the same news gives back once";
    EXPECT_EQ(rig.settle()->open.size(), 0U);
}

/// The cashier has heard "not paid" and gone on: whatever the till finds out later, they hear how it ended.
TEST(QrReturn, OfWhatWasToldAsNotPaidIsToldAsRefunded) {
    lane_rig rig;
    const auto closed = rig.sell_by_code("order", 5100).value();
    ASSERT_EQ(closed.outcome, verdict::declined);
    ASSERT_TRUE(rig.lane().acknowledge(closed.handle, soon()));
    rig.books.orders[0].state = 'P';
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call.starts_with("gateway"); };
    hear(rig, notice_of(closed.order_number, 5100));
    const auto meanwhile = outcome(rig, "order");
    EXPECT_EQ(meanwhile.outcome, verdict::unknown);
    EXPECT_EQ(meanwhile.reason(language::english), "paid after it was told as not paid");
    rig.faults.fails = {};
    rig.restart();
    const auto told = rig.recover();
    ASSERT_TRUE(told) << told.error();
    ASSERT_EQ(told->size(), 1U);
    EXPECT_EQ(told->front().key, "order");
    EXPECT_EQ(told->front().outcome, verdict::refunded);
    EXPECT_EQ(told->front().refunded, amount(5100));
    EXPECT_EQ(told->front().reason(language::english), "REFUNDED");
    ASSERT_TRUE(rig.lane().acknowledge(closed.handle, soon()));
    EXPECT_TRUE(rig.recover()->empty()) << "it was told once";
}

TEST(QrReturn, OfAnOrderThatTheGatewayHadRefusedEndsAsRefunded) {
    lane_rig rig;
    rig.gateway.refuses_charges = true;
    const auto refused = run(rig, charge_of("order", 990)).value();
    ASSERT_EQ(refused.phase, ports::order_phase::refused);
    ports::qr_order_request made(refused.order_number, amount(990));
    ASSERT_TRUE(rig.gateway.create(made, soon()));
    rig.books.orders[0].state = 'P'; // it has taken the money all the same
    hear(rig, notice_of(refused.order_number, 990));
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::refunded);
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
}

TEST(QrReturn, OfWhatAPersonHadFoundNotPaidGoesBackToo) {
    lane_rig rig;
    rig.gateway.forgets = true;
    const auto stuck = rig.sell_by_code("order", 990).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    rig.clock.time += 24h;
    rig.restart(); // a process that goes on counts by a clock that nobody sets
    ASSERT_TRUE(
        acquiring::decision(rig.lane()).run({stuck.handle, acquiring::finding::not_paid, "nobody has paid"}, soon()));
    rig.gateway.forgets = false;
    rig.books.orders[0].state = 'P';
    rig.faults.kind = fault_kind::link_lost;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    hear(rig, notice_of(stuck.order_number, 990));
    EXPECT_EQ(times_raised(rig, alert_kind::paid_after_close), 1);
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::unknown) << "it was told as not paid, and is not paid now";
    rig.faults.fails = {};
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::refunded);
    EXPECT_EQ(rig.books.taken(), 0);
}

/// The till had ended before it could say that it was about to ask: what it meant is begun again, and not lost.
TEST(QrReturn, ThatWasOnlyMeantIsBegunAgain) {
    lane_rig rig;
    const auto closed = rig.sell_by_code("order", 5100).value();
    rig.books.orders[0].state = 'P';
    auto meant = ports::journal_record();
    meant.terminal_id = "TEST0001";
    meant.merchant_id = "TESTMERCH000001";
    meant.idempotency_key = "return " + closed.order_number + " T0001";
    meant.kind = trade::qr_return;
    meant.requested = amount(5100);
    meant.original = closed.handle;
    meant.order_number = "TEST000120261121BBBBBBBBBBBB";
    meant.voucher = "T0001";
    ASSERT_TRUE(rig.journal->begin(meant, nullptr, soon()));
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    hear(rig, notice_of(closed.order_number, 5100));
    ASSERT_EQ(returns(rig).size(), 2U);
    EXPECT_EQ(returns(rig)[0].state, record_state::not_sent);
    EXPECT_EQ(returns(rig)[1].state, record_state::unknown) << "marked before it was asked for";
    rig.faults.fails = {};
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::refunded);
    EXPECT_EQ(rig.gateway.refunds.size(), 1U);
}

/// The till ends between the two records: that the payment went back is known by one of them alone.
TEST(QrReturn, ThatWasCarriedOutEndsItsOrderAfterARestart) {
    lane_rig rig;
    const auto closed = rig.sell_by_code("order", 5100).value();
    rig.books.orders[0].state = 'P';
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    hear(rig, notice_of(closed.order_number, 5100));
    rig.faults.fails = {};
    ports::journal_verdict done(record_state::approved, ports::decider::gateway);
    done.approved = amount(5100);
    done.phase = ports::order_phase::refunded;
    ASSERT_TRUE(rig.journal->decide(returns(rig).at(0).id, done, soon()));
    rig.restart();
    rig.gateway.forgets = true; // it could not tell either
    const auto told = rig.recover();
    ASSERT_TRUE(told) << told.error();
    ASSERT_EQ(told->size(), 1U);
    EXPECT_EQ(told->front().outcome, verdict::refunded);
}

TEST(QrReturn, ASecondPaymentGoesBackAndTheFirstStays) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    hear(rig, notice_of(paid.order_number, 990));
    hear(rig, notice_of(paid.order_number, 990, "T0002"));
    hear(rig, notice_of(paid.order_number, 990, "T0002"));
    hear(rig, notice_of(paid.order_number, 985, "T0003"));
    EXPECT_EQ(times_raised(rig, alert_kind::paid_twice), 2);
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::approved);
    EXPECT_EQ(rig.gateway.others_given_back, 990 + 985);
    EXPECT_EQ(rig.books.taken(), 990);
    EXPECT_EQ(rig.booked(), 990);
    EXPECT_EQ(rig.give_back("refund", paid.handle, 990)->outcome, verdict::approved)
        << "what went back of the others takes nothing from the first";
    EXPECT_EQ(rig.settle()->totals.qr_credit, (ports::batch_side{990, 1}));
}

TEST(QrReturn, IsOnFileBeforeItLeavesAndIsAskedForAgainByItsNumber) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    rig.faults.kind = fault_kind::lost_answer;
    std::vector<record_state> when_asked;
    rig.faults.fails = [&](std::string_view call) {
        if (call != "gateway refund") return false;
        when_asked.push_back(returns(rig).at(0).state);
        return true;
    };
    hear(rig, notice_of(paid.order_number, 990, "T0002"));
    ASSERT_EQ(returns(rig).size(), 1U);
    ASSERT_FALSE(when_asked.empty());
    EXPECT_EQ(when_asked.front(), record_state::sent);
    EXPECT_EQ(returns(rig)[0].state, record_state::unknown);
    rig.faults.fails = {};
    rig.restart();
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(returns(rig)[0].state, record_state::approved);
    EXPECT_EQ(rig.gateway.refunds.size(), 1U) << "by the same number";
    ASSERT_GE(rig.gateway.refunds_asked_before.size(), 2U);
    EXPECT_FALSE(rig.gateway.refunds_asked_before.front());
    EXPECT_TRUE(rig.gateway.refunds_asked_before.back()) << "a refusal would say nothing of the first";
    EXPECT_EQ(rig.gateway.others_given_back, 990);
}

TEST(QrReturn, OfALinkThatIsDownIsPutOff) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    rig.faults.kind = fault_kind::link_lost;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    hear(rig, notice_of(paid.order_number, 990, "T0002"));
    EXPECT_EQ(returns(rig).at(0).state, record_state::unknown) << "not given up";
    EXPECT_FALSE(rig.gateway.refunds_asked_before.back());
    EXPECT_EQ(rig.gateway.others_given_back, 0);
    rig.faults.fails = {};
    rig.clock.time += 5min;
    ASSERT_TRUE(rig.sell_by_code("next", 100)->ok()) << "a payment through the gateway, later, tries again";
    EXPECT_FALSE(rig.gateway.refunds_asked_before.back()) << "nothing has left before";
    EXPECT_EQ(returns(rig).at(0).state, record_state::approved);
    EXPECT_EQ(rig.gateway.others_given_back, 990);
}

/// A gateway that does not give back costs each customer nothing, and a stop is heard.
TEST(QrReturn, ThatHangsIsNoCustomersWait) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    const auto asked = [&] { return std::count(rig.faults.calls.begin(), rig.faults.calls.end(), "gateway refund"); };
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    for (const auto* second : {"T0002", "T0003", "T0004"})
        ASSERT_TRUE(rig.journal->keep_notice(notice_of(paid.order_number, 990, second), soon()));
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(returns(rig).size(), 3U) << "all are on file";
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
    EXPECT_EQ(asked(), 1) << "the others would not fare better now";
    ASSERT_TRUE(rig.sell_by_code("next", 100)->ok());
    EXPECT_EQ(asked(), 1);
    rig.clock.time += 5min;
    ASSERT_TRUE(rig.sell_by_code("later", 100)->ok());
    EXPECT_EQ(asked(), 2) << "the oldest alone";
    rig.faults.fails = {};
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(asked(), 5) << "all, where nobody waits";
    EXPECT_EQ(rig.gateway.others_given_back, 3 * 990);
}

/// What is answered late and decides nothing takes a customer's time as silence does.
TEST(QrReturn, ThatTakesLongIsWaitedForOnce) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    const auto asked = [&] { return std::count(rig.faults.calls.begin(), rig.faults.calls.end(), "gateway refund"); };
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    for (const auto* second : {"T0002", "T0003"})
        ASSERT_TRUE(rig.journal->keep_notice(notice_of(paid.order_number, 990, second), soon()));
    ASSERT_TRUE(rig.sell("card", 1)->ok()); // asks for the first
    rig.clock.time += 5min;
    ASSERT_TRUE(rig.sell_by_code("another", 100)->ok()); // and for the second: neither is decided
    ASSERT_EQ(asked(), 2);
    rig.clock.time += 5min;
    rig.gateway.refuses_refunds = true; // decides nothing of what was asked before
    rig.faults.fails = [](std::string_view call) {
        if (call == "gateway refund") std::this_thread::sleep_for(1100ms);
        return false;
    };
    ASSERT_TRUE(rig.sell_by_code("next", 100)->ok());
    ASSERT_EQ(asked(), 3);
    ASSERT_TRUE(rig.sell_by_code("last", 100)->ok());
    EXPECT_EQ(asked(), 3) << "the other would take as long";
}

/// A gateway may never decide on one of them, as it has undone that payment before: the others' turn comes.
TEST(QrReturn, ThatStaysUndecidedKeepsNoOtherFromItsTurn) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    int answered = 0;
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [&](std::string_view call) { return call == "gateway refund" && answered-- <= 0; };
    for (const auto* second : {"T0002", "T0003"})
        ASSERT_TRUE(rig.journal->keep_notice(notice_of(paid.order_number, 990, second), soon()));
    ASSERT_TRUE(rig.sell("card", 1)->ok()); // asks for the first, in vain, and leaves the gateway alone
    ASSERT_EQ(returns(rig).size(), 2U);
    answered = 1;
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(returns(rig)[0].state, record_state::unknown) << "asked for once more, but behind the other";
    EXPECT_EQ(returns(rig)[1].state, record_state::approved);
    EXPECT_EQ(rig.gateway.refunds_asked_before.size(), 3U);
}

/// The journal took neither the return nor the word that there is none: what is begun under its key once it does
/// again is not what was left over, and waits for a gateway that is left alone.
TEST(QrReturn, IsNotTakenForTheOneThatTheJournalHadNotTaken) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    rig.faults.kind = fault_kind::lost_request;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    hear(rig, notice_of(paid.order_number, 990, "T0002"));
    ASSERT_TRUE(rig.journal->keep_notice(notice_of(paid.order_number, 990, "T0003"), soon()));
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.fails = [](std::string_view call) { return call == "store begin" || call == "store take_trace"; };
    ASSERT_FALSE(rig.sell("refused", 1));
    ASSERT_EQ(returns(rig).size(), 1U);
    rig.faults.fails = {};
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    ASSERT_EQ(returns(rig).size(), 2U);
    EXPECT_NE(returns(rig)[1].state, record_state::not_sent);
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(returns(rig)[1].state, record_state::approved);
    EXPECT_EQ(rig.gateway.others_given_back, 2 * 990);
}

/// A refusal that decides nothing is an answer: the gateway is there for the others, and that record waits.
TEST(QrReturn, OfWhichARefusalDecidesNothingKeepsNoOtherWaiting) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    rig.faults.kind = fault_kind::lost_request;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    hear(rig, notice_of(paid.order_number, 990, "T0002"));
    const auto asked = rig.gateway.refunds_asked_before.size();
    rig.faults.fails = {};
    rig.clock.time += 5min;
    rig.gateway.refuses_refunds = true;
    ASSERT_TRUE(rig.sell_by_code("next", 100)->ok());
    EXPECT_EQ(rig.gateway.refunds_asked_before.size(), asked + 1);
    EXPECT_EQ(returns(rig).at(0).state, record_state::unknown);
    rig.gateway.refuses_refunds = false;
    ASSERT_TRUE(rig.journal->keep_notice(notice_of(paid.order_number, 990, "T0003"), soon()));
    ASSERT_TRUE(rig.sell_by_code("soon", 100)->ok());
    EXPECT_EQ(returns(rig).at(1).state, record_state::approved) << "at once";
    EXPECT_EQ(returns(rig).at(0).state, record_state::unknown) << "not asked about again so soon";
    rig.clock.time += 5min;
    ASSERT_TRUE(rig.sell_by_code("later", 100)->ok());
    EXPECT_EQ(returns(rig).at(0).state, record_state::approved);
    EXPECT_EQ(rig.gateway.others_given_back, 2 * 990);
}

/// What a trade needs yet is not spent on what is somebody else's.
TEST(QrReturn, LeavesTheCallersTradeItsTime) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    ASSERT_TRUE(rig.journal->keep_notice(notice_of(paid.order_number, 990, "T0002"), soon()));
    rig.host.time = std::chrono::seconds(19);
    rig.settings.gateway.response_time = std::chrono::seconds(2);
    rig.restart();
    const auto asked = [&] { return std::count(rig.faults.calls.begin(), rig.faults.calls.end(), "gateway refund"); };
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    ASSERT_EQ(returns(rig).size(), 1U) << "on file";
    EXPECT_EQ(asked(), 0) << "and not asked for";
    EXPECT_EQ(returns(rig)[0].state, record_state::unknown) << "the sale has looked at all that is open";
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(asked(), 1);
    EXPECT_EQ(returns(rig)[0].state, record_state::approved);
    EXPECT_EQ(rig.gateway.others_given_back, 990);
    EXPECT_EQ(rig.gateway.refunds_asked_before, std::vector<bool>{false}) << "a refusal would be its own";
}

TEST(QrReturn, ThatTheGatewayRefusesIsAPersons) {
    lane_rig rig;
    const auto closed = rig.sell_by_code("order", 5100).value();
    rig.books.orders[0].state = 'P';
    rig.gateway.refuses_refunds = true;
    hear(rig, notice_of(closed.order_number, 5100));
    EXPECT_EQ(times_raised(rig, alert_kind::return_refused), 1);
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::unknown);
    const auto decided = acquiring::decision(rig.lane())
                             .run({closed.handle, acquiring::finding::paid, "goods were handed out"}, soon());
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(rig.booked(), rig.books.taken());
}

TEST(QrReturn, NobodyDecidesWhatIsGoingBack) {
    lane_rig rig;
    const auto closed = rig.sell_by_code("order", 5100).value();
    rig.books.orders[0].state = 'P';
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) { return call == "gateway refund"; };
    hear(rig, notice_of(closed.order_number, 5100));
    const auto decided = acquiring::decision(rig.lane())
                             .run({closed.handle, acquiring::finding::paid, "goods were handed out"}, soon());
    ASSERT_FALSE(decided);
    EXPECT_EQ(decided.error().code(), acquiring_errc::nothing_to_decide);
}

/// A gateway that takes money by a code that it had closed, while another one of the order is paid or open.
TEST(QrReturn, WhatIsPaidByAnEarlierCodeGoesBack) {
    lane_rig rig;
    auto order = ports::journal_record();
    order.terminal_id = "TEST0001";
    order.merchant_id = "TESTMERCH000001";
    order.idempotency_key = "order";
    order.kind = trade::qr_sale;
    order.requested = amount(990);
    order.order_number = "TEST000120261121AAAAAAAAAAAA";
    order.created_date = "20261121";
    const auto id = rig.journal->begin(order, nullptr, soon())->id;
    ports::journal_verdict issued(record_state::sent, ports::decider::gateway);
    issued.phase = ports::order_phase::issued;
    ASSERT_TRUE(rig.journal->decide(id, issued, soon()));
    ports::journal_verdict next(record_state::sent, ports::decider::gateway);
    next.phase = ports::order_phase::asked;
    next.renewals = 1;
    ASSERT_TRUE(rig.journal->decide(id, next, soon()));
    ASSERT_TRUE(rig.journal->decide(id, issued, soon()));
    for (const auto* number : {"TEST000120261121AAAAAAAAAAAA", "TEST000120261121AAAAAAAAAAAA-02"}) {
        ports::qr_order_request wish(number, amount(990));
        ASSERT_TRUE(rig.gateway.create(wish, soon()));
    }
    rig.books.orders[0].state = 'P'; // though it had been closed
    hear(rig, notice_of("TEST000120261121AAAAAAAAAAAA", 990));
    EXPECT_EQ(rig.books.orders[1].state, 'C') << "the code that was still out was closed first";
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::refunded);
    EXPECT_EQ(rig.books.taken(), 0);
    hear(rig, notice_of("TEST000120261121AAAAAAAAAAAA-03", 990, "T0009"));
    EXPECT_EQ(times_raised(rig, alert_kind::unknown_notice), 1) << "no code of ours";
}

TEST(QrReturn, OfAnotherPayeesNoticeNothingIsBelieved) {
    lane_rig rig;
    const auto closed = rig.sell_by_code("order", 5100).value();
    auto other = notice_of(closed.order_number, 5100);
    other.merchant_id = "OTHERMERCH00001";
    hear(rig, other);
    EXPECT_EQ(times_raised(rig, alert_kind::unknown_notice), 1);
    EXPECT_EQ(outcome(rig, "order").outcome, verdict::declined);
    EXPECT_TRUE(returns(rig).empty());
}

TEST(QrSale, BuildsItsOwnCodeWhereTheSettingsSaySo) {
    lane_rig rig;
    rig.settings.qr.codes = acquiring::code_source::emv;
    rig.settings.qr.account_scheme = "cn.example.pay";
    rig.settings.qr.account = "SHOP-0001";
    rig.settings.qr.category = "5411";
    rig.settings.qr.name = "TEST SHOP";
    rig.settings.qr.city = "BEIJING";
    rig.gateway.pays = fake_gateway::payer::before_notification;
    std::string shown;
    rig.seen.watch = [&](const acquiring::stage_event& what) {
        if (what.at == acquiring::stage::scanning) shown = rig.display.code;
    };
    const auto paid = rig.sell_by_code("order", 990);
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_TRUE(paid->ok());
    EXPECT_EQ(shown, rig.gateway.built_code) << "the gateway is told what is shown";
    const auto code = qr::mpm_payload::parse(shown);
    ASSERT_TRUE(code) << code.error();
    EXPECT_TRUE(qr::check_mpm(*code).empty());
    EXPECT_EQ(code->find(qr::mpm_id::initiation), "12");
    EXPECT_EQ(code->find(26, 0), "cn.example.pay");
    EXPECT_EQ(code->find(26, 1), "SHOP-0001");
    EXPECT_EQ(code->total().value(), amount(990));
    EXPECT_EQ(*code->find(qr::mpm_id::additional, 7) + *code->find(qr::mpm_id::additional, 5), paid->order_number)
        << "the order's own mark";
}

} // namespace
} // namespace cipherlane::tests::qr_orders
