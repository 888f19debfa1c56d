#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/trade.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cipherlane::tests {
namespace {

using acquiring::alert_kind;
using acquiring::verdict;
using ports::qr_order_state;
using ports::record_state;

std::ptrdiff_t times_raised(const lane_rig& rig, alert_kind kind) {
    const auto all = rig.seen.alerts();
    return std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
}

ports::qr_order_status notice_of(const std::string& number, std::int64_t minor, qr_order_state state) {
    ports::qr_order_status told;
    told.order_number = number;
    told.merchant_id = "TESTMERCH000001";
    told.terminal_id = "TEST0001";
    told.state = state;
    told.paid = amount(minor);
    told.transaction_number = "T0001"; // as the gateway's answers have it
    return told;
}

void tell(lane_rig& rig, const std::string& number, std::int64_t minor, qr_order_state state = qr_order_state::paid) {
    ASSERT_TRUE(rig.journal->keep_notice(notice_of(number, minor, state), soon()));
}

/// The payer was told that it is off, and paid all the same: the gateway's notice comes after the end.
TEST(Notices, PaidAfterTheEndIsRaisedUntilSomebodyDecides) {
    lane_rig rig;
    rig.settings.qr.unwanted = acquiring::unwanted_payment::is_asked;
    const auto closed = rig.sell_by_code("order", 5100).value();
    ASSERT_EQ(closed.outcome, verdict::declined);
    rig.books.orders[0].state = 'P';
    tell(rig, closed.order_number, 5100);
    rig.gateway.pays = fake_gateway::payer::before_notification;
    EXPECT_TRUE(rig.sell_by_code("next", 100)->ok()) << "the next customer does not wait";
    EXPECT_EQ(times_raised(rig, alert_kind::paid_after_close), 1);
    const auto told = acquiring::lookup(*rig.journal, "TEST0001", "order", soon()).value().value();
    EXPECT_EQ(told.outcome, verdict::unknown) << "neither paid nor declined can be told any more";
    EXPECT_EQ(told.reference, "T0001");
    ASSERT_EQ(rig.settle()->open.size(), 1U);
    rig.restart();
    EXPECT_EQ(rig.recover()->front().outcome, verdict::unknown) << "no machine decides that";
    const auto decided = acquiring::decision(rig.lane())
                             .run({closed.handle, acquiring::finding::paid, "goods were handed out"}, soon());
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(rig.booked(), rig.books.taken());
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
}

/// The gateway closes once more what it has closed before, as of an order whose earlier code was paid late.
TEST(Notices, APaymentAfterTheEndIsNotForgottenForAClosedCode) {
    lane_rig rig;
    rig.settings.qr.unwanted = acquiring::unwanted_payment::is_asked;
    const auto closed = rig.sell_by_code("order", 5100).value();
    ASSERT_EQ(closed.outcome, verdict::declined);
    tell(rig, closed.order_number, 5100);
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    rig.restart();
    EXPECT_EQ(rig.recover()->front().outcome, verdict::unknown) << "the payer's money is still there";
    EXPECT_EQ(rig.recover()->front().outcome, verdict::unknown);
    EXPECT_EQ(
        acquiring::recovery(rig.lane()).run(acquiring::recovery_request(closed.handle), soon())->front().outcome,
        verdict::unknown);
}

/// The payer's code was charged and the charge undone, and all answers were lost: then the notice of the payment
/// comes.
TEST(Notices, APaidChargeThatMayHaveBeenUndoneIsNotApproved) {
    lane_rig rig;
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view call) {
        return call == "gateway charge" || call == "gateway query" || call == "gateway reverse";
    };
    rig.gateway.notifies = false;
    acquiring::trade_request wish(ports::trade::qr_charge, "order", amount(990));
    wish.payment_code = std::string_view("285712345678901234");
    const auto open = acquiring::trade(rig.lane()).run(wish, call(std::chrono::milliseconds(300)));
    ASSERT_TRUE(open) << open.error();
    ASSERT_EQ(open->outcome, verdict::unknown);
    rig.faults.fails = nullptr;
    tell(rig, open->order_number, 990);
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(rig.journal->find_key("TEST0001", "order", soon()).value()->state, record_state::returned);
    EXPECT_EQ(rig.booked(), rig.books.taken()) << "nothing is left of it";
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
}

TEST(Notices, OfAnOrderThatIsOpenDecidesIt) {
    lane_rig rig;
    rig.gateway.forgets = true;
    const auto stuck = rig.sell_by_code("order", 990).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    tell(rig, stuck.order_number, 990);
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(acquiring::lookup(*rig.journal, "TEST0001", "order", soon()).value()->outcome, verdict::approved);
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
}

/// Another amount than was asked for decides nothing; whoever decides must see it, after a restart too.
TEST(Notices, ThatDecideNothingAreOnFileBeforeTheyAreClosed) {
    lane_rig rig;
    rig.gateway.forgets = true;
    const auto stuck = rig.sell_by_code("order", 1000).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    tell(rig, stuck.order_number, 500);
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.fails = [](std::string_view name) { return name == "store decide"; };
    ASSERT_TRUE(rig.sign_in());
    EXPECT_EQ(rig.journal->open_notices(soon())->size(), 1U) << "what was not written is heard again";
    rig.faults.fails = {};
    ASSERT_TRUE(rig.sign_in());
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
    rig.restart();
    const auto record = rig.journal->find(stuck.handle, soon()).value().value();
    EXPECT_EQ(record.state, record_state::unknown);
    EXPECT_EQ(record.phase, ports::order_phase::paid);
    EXPECT_EQ(record.host_code, "paid");
    EXPECT_EQ(record.reference, "T0001");
    rig.gateway.forgets = false;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    rig.faults.calls.clear();
    ASSERT_TRUE(rig.sell_by_code("next", 100)->ok());
    EXPECT_EQ(std::count(rig.faults.calls.begin(), rig.faults.calls.end(), "gateway cancel"), 0) << "it is paid";
    EXPECT_EQ(std::count(rig.faults.calls.begin(), rig.faults.calls.end(), "gateway refund"), 0)
        << "and a person's to decide";
}

TEST(Notices, ThatSayWhatIsKnownAreClosedInSilence) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    tell(rig, paid.order_number, 990);
    tell(rig, paid.order_number, 990); // and again
    const auto alerts = rig.seen.alerts().size();
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(rig.seen.alerts().size(), alerts);
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
    tell(rig, paid.order_number, 990);
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty()) << "the same word is kept once";
}

TEST(Notices, OfASecondPayerAreRaisedAndChangeNothing) {
    lane_rig rig;
    rig.settings.qr.unwanted = acquiring::unwanted_payment::is_asked;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    tell(rig, paid.order_number, 990);
    auto second = notice_of(paid.order_number, 990, qr_order_state::paid);
    second.transaction_number = "T0002";
    ASSERT_TRUE(rig.journal->keep_notice(second, soon()));
    ASSERT_TRUE(rig.journal->keep_notice(second, soon())) << "sent again";
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(times_raised(rig, alert_kind::paid_twice), 1);
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
    EXPECT_EQ(rig.booked(), 991) << "the till has sold once";
    auto third = notice_of(paid.order_number, 985, qr_order_state::paid);
    third.transaction_number = "T0003";
    ASSERT_TRUE(rig.journal->keep_notice(third, soon()));
    ASSERT_TRUE(rig.sell("card 2", 1)->ok());
    std::vector<std::pair<std::string, amount>> told;
    for (const auto& one : rig.seen.alerts()) {
        if (one.kind == alert_kind::paid_twice) told.emplace_back(one.record.reference, one.record.requested);
    }
    const std::vector<std::pair<std::string, amount>> wanted{{"T0002", amount(990)}, {"T0003", amount(985)}};
    EXPECT_EQ(told, wanted) << "each names the payment that must go back";
}

TEST(Notices, MoneyOfAnotherCurrencyIsNoPaymentOfTheOrderAndIsNotSentBack) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    auto dollars = notice_of(paid.order_number, 0, qr_order_state::paid);
    dollars.paid = amount(990, currency{840, 2});
    dollars.transaction_number = "T0002";
    ASSERT_TRUE(rig.journal->keep_notice(dollars, soon()));
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(times_raised(rig, alert_kind::paid_twice), 1);
    const auto back = rig.journal->find_key("TEST0001", "return " + paid.order_number + " T0002", soon());
    ASSERT_TRUE(back);
    EXPECT_FALSE(*back) << "a person looks at it";
    EXPECT_EQ(rig.booked(), 991);
}

TEST(Notices, OfASecondPayerAreRaisedWhileTheFirstWaitsForAPerson) {
    lane_rig rig;
    rig.settings.qr.unwanted = acquiring::unwanted_payment::is_asked;
    const auto closed = rig.sell_by_code("order", 5100).value();
    ASSERT_EQ(closed.outcome, verdict::declined);
    tell(rig, closed.order_number, 5100);
    auto second = notice_of(closed.order_number, 5100, qr_order_state::paid);
    second.transaction_number = "T0002";
    ASSERT_TRUE(rig.journal->keep_notice(second, soon()));
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(times_raised(rig, alert_kind::paid_after_close), 1);
    EXPECT_EQ(times_raised(rig, alert_kind::paid_twice), 1);
    const auto told = acquiring::lookup(*rig.journal, "TEST0001", "order", soon()).value().value();
    EXPECT_EQ(told.outcome, verdict::unknown);
    EXPECT_EQ(told.reference, "T0001") << "the first payment is the one to decide";
}

TEST(Notices, OfAnUnknownOrderAndOfAnotherAmountAreRaised) {
    lane_rig rig;
    tell(rig, "NEVER-HEARD-OF", 5);
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    EXPECT_EQ(times_raised(rig, alert_kind::unknown_notice), 1);
    tell(rig, paid.order_number, 991);
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(times_raised(rig, alert_kind::order_unknown), 1);
    EXPECT_EQ(rig.booked(), 991) << "what was told stays";
}

TEST(Notices, AreLeftToTheLaneWhoseTheyAre) {
    lane_rig rig;
    auto other = notice_of("SOMEBODY-ELSES", 5, qr_order_state::paid);
    other.terminal_id = "TEST0002";
    ASSERT_TRUE(rig.journal->keep_notice(other, soon()));
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(times_raised(rig, alert_kind::unknown_notice), 0);
    EXPECT_EQ(rig.journal->open_notices(soon())->size(), 1U);
}

/// Alipay, UnionPay and 银联商务 say of no notice which terminal it is for.
TEST(Notices, OfAGatewayThatNamesNoTerminalAreToldByWhoeverHearsOfThem) {
    lane_rig rig;
    auto nobodys = notice_of("SOMEBODY-ELSES", 5, qr_order_state::paid);
    nobodys.terminal_id.clear();
    ASSERT_TRUE(rig.journal->keep_notice(nobodys, soon()));
    ASSERT_TRUE(rig.sell("card", 1)->ok());
    EXPECT_EQ(times_raised(rig, alert_kind::unknown_notice), 1);
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty());
    const auto left = rig.journal->left_notices("TEST0001", soon()).value();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].matter, ports::notice_matter::unknown_order);
}

/// Of an order that nobody has, of one that was not paid so, of a second payer: until somebody has seen to it, each
/// start calls for a person again.
TEST(Notices, ThatAreAPersonsAreRaisedAtEachStartUntilTheyAreAcknowledged) {
    lane_rig rig;
    rig.settings.qr.unwanted = acquiring::unwanted_payment::is_asked;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    tell(rig, "NEVER-HEARD-OF", 5);
    tell(rig, paid.order_number, 991);
    auto second = notice_of(paid.order_number, 985, qr_order_state::paid);
    second.transaction_number = "T0002";
    ASSERT_TRUE(rig.journal->keep_notice(second, soon()));
    const auto calls = [&] {
        return std::vector{times_raised(rig, alert_kind::unknown_notice),
            times_raised(rig, alert_kind::order_unknown), times_raised(rig, alert_kind::paid_twice)};
    };
    ASSERT_TRUE(rig.sell("card", 1));
    EXPECT_EQ(calls(), (std::vector<std::ptrdiff_t>{1, 1, 1}));
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(calls(), (std::vector<std::ptrdiff_t>{1, 1, 1})) << "once in each process";
    EXPECT_TRUE(rig.journal->open_notices(soon())->empty()) << "the flow has done with them";
    rig.restart();
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(calls(), (std::vector<std::ptrdiff_t>{2, 2, 2}));
    const auto left = rig.journal->left_notices("TEST0001", soon()).value();
    ASSERT_EQ(left.size(), 3U);
    EXPECT_EQ(left[0].matter, ports::notice_matter::unknown_order);
    EXPECT_EQ(left[1].matter, ports::notice_matter::contradiction);
    EXPECT_EQ(left[2].matter, ports::notice_matter::second_payment);
    EXPECT_EQ(left[2].told.transaction_number, "T0002");
    const auto alerts = rig.seen.alerts();
    const auto last = std::find_if(
        alerts.rbegin(), alerts.rend(), [](const auto& one) { return one.kind == alert_kind::paid_twice; });
    EXPECT_EQ(last->notice, left[2].id);
    EXPECT_EQ(last->record.requested, amount(985));
    for (const auto& one : left)
        ASSERT_TRUE(rig.lane().acknowledge_notice(one.id, soon()));
    EXPECT_EQ(rig.lane().acknowledge_notice(left[0].id, soon()).error().code(),
        make_error_code(acquiring_errc::no_original));
    rig.restart();
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(calls(), (std::vector<std::ptrdiff_t>{2, 2, 2}));
    tell(rig, "NEVER-HEARD-OF", 5); // sent again
    ASSERT_TRUE(rig.sell("next", 1));
    EXPECT_EQ(calls(), (std::vector<std::ptrdiff_t>{2, 2, 2}));
}

/// A lane that tells for a terminal that nobody serves any more.
struct heir {
    explicit heir(lane_rig& rig, ports::qr_gateway* gateway = nullptr)
        : lane(opened(rig, rig.settings, gateway)) {}
    static acquiring::lane opened(lane_rig& rig, const acquiring::terminal_settings& of, ports::qr_gateway* gateway) {
        acquiring::lane_ports with(*rig.guarded);
        with.host = &rig.host;
        with.sealer = rig.sealer.get();
        with.pinpad = &rig.pinpad;
        with.gateway = gateway;
        with.clock = &rig.clock;
        with.observer = &rig.seen;
        with.inherits = [](std::string_view terminal_id) { return terminal_id == "TEST0009"; };
        return acquiring::lane::open(of, with, soon(), logger::none()).value();
    }
    acquiring::lane lane;
};

void tell_of_the_lost_one(lane_rig& rig, const std::string& number) {
    auto told = notice_of(number, 7, qr_order_state::paid);
    told.terminal_id = "TEST0009";
    ASSERT_TRUE(rig.journal->keep_notice(told, soon()));
}

/// What it had left for a person, it had left as its own.
void leave_by_the_lost_one(lane_rig& rig, const std::string& number) {
    auto lost = rig.settings;
    lost.terminal_id = "TEST0009";
    tell_of_the_lost_one(rig, number);
    auto lane = heir::opened(rig, lost, &rig.gateway);
    ASSERT_TRUE(acquiring::sale(lane).run({"of the lost one", amount(1)}, soon()));
    ASSERT_TRUE(acquiring::recovery(lane).run({}, soon()));
    ASSERT_EQ(rig.journal->left_notices("TEST0009", soon())->size(), 1U);
}

TEST(Notices, OfATerminalThatNobodyServesKeepNoRecoveryFromItsEnd) {
    lane_rig rig;
    leave_by_the_lost_one(rig, "LOST");
    tell(rig, "OWN", 5);
    heir own(rig, &rig.gateway);
    const auto left_to = [&](const char* whom) { return rig.journal->left_notices(whom, soon())->size(); };
    for (const std::string_view lost : {"second store left_notices", "second store leave_notice"}) {
        SCOPED_TRACE(lost);
        bool first = true; // of its own
        rig.faults.fails = [&first, lost](std::string_view what) {
            return what == lost.substr(7) && !std::exchange(first, false);
        };
        if (lost.ends_with("leave_notice")) tell(rig, "OWN 2", 6);
        const auto recovered = acquiring::recovery(own.lane).run({}, soon());
        EXPECT_TRUE(recovered) << recovered.error();
        EXPECT_EQ(left_to("TEST0009"), 1U);
    }
    rig.faults.fails = nullptr;
    EXPECT_EQ(left_to("TEST0001"), 2U) << "its own";
    EXPECT_TRUE(acquiring::recovery(own.lane).run({}, soon()));
    EXPECT_EQ(left_to("TEST0001"), 3U);
    EXPECT_EQ(left_to("TEST0009"), 0U);
    const auto settled = acquiring::settlement(own.lane).run({}, soon());
    EXPECT_TRUE(settled) << settled.error();
}

/// It never sold anything: of what it had left for a person somebody is told all the same.
TEST(Notices, OfATerminalOfWhichNothingElseIsOnFileAreToldByAnother) {
    lane_rig rig;
    tell_of_the_lost_one(rig, "LOST");
    const auto open = rig.journal->open_notices(soon()).value();
    ASSERT_EQ(open.size(), 1U);
    ASSERT_TRUE(rig.journal->leave_notice(open[0].id, ports::notice_matter::unknown_order, "TEST0009", soon()));
    const auto on_file = rig.journal->terminals(soon()).value();
    ASSERT_EQ(std::count(on_file.begin(), on_file.end(), "TEST0009"), 0);
    heir own(rig, &rig.gateway);
    ASSERT_TRUE(acquiring::recovery(own.lane).run({}, soon()));
    EXPECT_EQ(times_raised(rig, alert_kind::unknown_notice), 1);
    EXPECT_TRUE(rig.journal->left_notices("TEST0009", soon())->empty());
    const auto left = rig.journal->left_notices("TEST0001", soon()).value();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_TRUE(own.lane.acknowledge_notice(left[0].id, soon()));
}

TEST(Notices, OfATerminalThatNobodyServesComeAfterItsOwnWhereNoGatewayIsLeft) {
    lane_rig rig;
    tell_of_the_lost_one(rig, "LOST");
    tell(rig, "OWN", 5);
    heir own(rig);
    rig.faults.fails = [first = true](std::string_view what) mutable {
        return what == "store leave_notice" && std::exchange(first, false);
    };
    const auto recovered = acquiring::recovery(own.lane).run({}, soon());
    EXPECT_TRUE(recovered) << recovered.error();
    rig.faults.fails = nullptr;
    const auto left = rig.journal->left_notices("TEST0001", soon()).value();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left.front().told.order_number, "OWN");
    EXPECT_TRUE(acquiring::recovery(own.lane).run({}, soon()));
    EXPECT_EQ(rig.journal->left_notices("TEST0001", soon())->size(), 2U);
}

/// Support has given it back, or a cancel that refunds: it is not the merchant's.
TEST(Notices, AnOrderThatTheGatewayGaveBackIsNotPaid) {
    lane_rig rig;
    rig.gateway.forgets = true;
    const auto stuck = rig.sell_by_code("order", 990).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    rig.gateway.forgets = false;
    rig.books.orders[0].state = 'B';
    const auto found = rig.recover().value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].outcome, verdict::refunded);
    EXPECT_FALSE(found[0].ok());
    EXPECT_EQ(found[0].approved, amount(990));
    EXPECT_EQ(found[0].refunded, amount(990));
    EXPECT_EQ(rig.records()[0].state, record_state::returned);
    EXPECT_EQ(rig.booked(), 0);
    EXPECT_EQ(rig.settle()->totals.qr_debit, ports::batch_side());
    EXPECT_EQ(rig.give_back("refund", stuck.handle, 1).error().code(), acquiring_errc::original_not_approved);
}

} // namespace
} // namespace cipherlane::tests
