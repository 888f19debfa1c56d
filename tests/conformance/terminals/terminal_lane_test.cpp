// A lane with a payment terminal in the place of its host: what it may begin, and what it tells.
#include "terminal_day.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::alert_kind;
using acquiring::verdict;
using ports::trade;
using tests::day;
using tests::mishap;
using tests::raised;

const tests::terminal_case& tcp() {
    return tests::terminal_cases().front();
}

/// A payment whose answer is lost, and a cable that stays out.
void lose(day& today) {
    const auto before = today.run(trade::sale, "before", 100);
    ASSERT_TRUE(before) << before.error();
    ASSERT_TRUE(today.lane->acknowledge(before->handle, day::patience())); // else recovery tells it, too
    today.world.stay_down(true);
    today.fault({{"kind", "cut"}, {"match", "completion"}, {"skip", 1}}); // that of the question for the last one
    const auto end = today.run(trade::sale, "lost", 1234);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << *end;
    EXPECT_TRUE(end->why);
}

TEST(TerminalLane, WhatTheTerminalDoesNotTellIsLeftOpenAndRaised) {
    day today(tcp());
    lose(today);
    EXPECT_TRUE(raised(today, alert_kind::terminal_unknown));
    const auto told = today.recover();
    ASSERT_TRUE(told) << told.error();
    ASSERT_EQ(told->size(), 1U);
    EXPECT_EQ(told->front().outcome, verdict::unknown);
}

TEST(TerminalLane, NothingNewBeginsBeforeTheEarlierOneIsDecided) {
    day today(tcp());
    lose(today);
    const auto refused = today.run(trade::sale, "next", 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::terminal_pending);
    EXPECT_EQ(today.world.model().books().entries().size(), 2U);
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code(), acquiring_errc::terminal_pending);
    today.world.stay_down(false);
    // What was not known is known now, and was taken: this may be the same purchase under another key.
    const auto once = today.run(trade::sale, "next", 100);
    ASSERT_FALSE(once);
    EXPECT_EQ(once.error().code(), acquiring_errc::terminal_pending);
    EXPECT_EQ(once.error().trace(), today.record("lost")->trace);
    EXPECT_NE(once.error().hint().find("carried it out"), std::string::npos) << once.error();
    EXPECT_TRUE(raised(today, alert_kind::untold_verdict));
    EXPECT_EQ(today.world.model().books().entries().size(), 2U);
    const auto next = today.run(trade::sale, "next", 100);
    ASSERT_TRUE(next) << next.error();
    EXPECT_EQ(next->outcome, verdict::approved);
    EXPECT_EQ(today.run(trade::sale, "lost", 1234)->outcome, verdict::approved) << "the terminal had it";
    EXPECT_EQ(today.world.model().books().entries().size(), 3U);
}

/// A tip, or the result of another purchase altogether: it has its word, and a person is told.
TEST(TerminalLane, AnotherTotalThanAskedForIsRaised) {
    for (const auto& of : tests::terminal_cases()) {
        if (of.tells == tests::terminal_case::results::plain) continue; // it has no total that could be another one
        day today(of);
        ASSERT_TRUE(today.run(trade::sale, "exact", 1000));
        EXPECT_FALSE(raised(today, alert_kind::other_total)) << of.name;
        today.fault({{"kind", "tip"}});
        const auto sold = today.run(trade::sale, "tip", 1000);
        ASSERT_TRUE(sold) << sold.error();
        EXPECT_EQ(sold->outcome, verdict::approved) << *sold;
        EXPECT_EQ(sold->approved, amount(1100, tests::euro)) << of.name;
        EXPECT_TRUE(raised(today, alert_kind::other_total)) << of.name;
    }
}

TEST(TerminalLane, APersonDecidesWhatTheTerminalNeverTells) {
    day today(tcp());
    lose(today);
    const auto open = today.recover()->front();
    acquiring::decision_request wish(open.handle, acquiring::finding::paid, "seen on the terminal's journal");
    const auto decided = acquiring::decision(*today.lane).run(wish, day::patience());
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(decided->outcome, verdict::approved);
}

/// A tip is entered at the terminal; what it gives back is never more than was asked for.
TEST(TerminalLane, APersonMayDecideThatTheTerminalHasTakenMore) {
    day today(tcp());
    lose(today);
    acquiring::decision_request wish(today.recover()->front().handle, acquiring::finding::paid, "with a tip");
    wish.moved = amount(1500, tests::euro);
    const auto decided = acquiring::decision(*today.lane).run(wish, day::patience());
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(decided->approved, amount(1500, tests::euro));
    today.world.stay_down(false);
    const auto sold = today.run(trade::sale, "sale", 1000);
    ASSERT_TRUE(sold) << sold.error();
    today.fault({{"kind", "no_answer"}, {"match", "status"}, {"skip", 1}, {"times", -1}});
    today.world.stay_down(true);
    const auto back = today.run(trade::device_refund, "back", 400, sold->handle);
    ASSERT_TRUE(back) << back.error();
    ASSERT_EQ(back->outcome, verdict::unknown) << *back;
    acquiring::decision_request more(back->handle, acquiring::finding::paid, "more");
    more.moved = amount(401, tests::euro);
    EXPECT_EQ(acquiring::decision(*today.lane).run(more, day::patience()).error().field(), "moved");
}

/// The record is durable before the terminal hears of the payment, with what the terminal did last.
TEST(TerminalLane, TheRecordIsInTheJournalBeforeTheTerminalIsAsked) {
    day today(tcp());
    ASSERT_TRUE(today.run(trade::sale, "first", 100));
    const auto before = today.world.model().books().entries().size();
    today.world.arm({});
    ASSERT_TRUE(today.device->last_done(day::patience()));
    today.world.arm({mishap::kind::till_dies, today.world.frames()}); // as it asks for the last result first
    EXPECT_THROW((void)today.run(trade::sale, "second", 200), tests::till_died);
    const auto kept = today.record("second");
    ASSERT_TRUE(kept);
    EXPECT_EQ(today.world.model().books().entries().size(), before) << "it has not been asked";
    EXPECT_NE(kept->device_before.find("/0001/"), std::string::npos) << kept->device_before;
    EXPECT_EQ(kept->counterpart, "zvt 29001006");
}

/// After a restart of the till an older result proves nothing for the longest time of a trade: a call that is shorter
/// says how long it must be.
TEST(TerminalLane, TellsHowLongItMustBeAskedFor) {
    day today(tcp());
    ASSERT_TRUE(today.run(trade::sale, "first", 100));
    today.world.arm({});
    ASSERT_TRUE(today.device->last_done(day::patience()));
    today.world.arm({mishap::kind::till_dies, today.world.frames()}); // as it tells the terminal of the payment
    EXPECT_THROW((void)today.run(trade::sale, "second", 200), tests::till_died);
    today.die();
    ASSERT_TRUE(today.record("second"));
    const acquiring::recovery_request asks(today.record("second")->id);
    const auto early = acquiring::recovery(*today.lane).run(asks, call(30s));
    ASSERT_TRUE(early) << early.error();
    ASSERT_EQ(early->front().outcome, verdict::unknown) << early->front();
    const auto hint = early->front().why->hint();
    EXPECT_NE(hint.find("proves nothing for 15"), std::string_view::npos) << hint;
    const auto late = acquiring::recovery(*today.lane).run(asks, call(200s));
    ASSERT_TRUE(late) << late.error();
    EXPECT_EQ(late->front().outcome, verdict::declined) << late->front();
}

TEST(TerminalLane, ATerminalThatIsAwayTakesNothing) {
    day today(tcp());
    today.world.stay_down(true);
    ASSERT_TRUE(today.device->open(day::patience()));
    today.fault({{"kind", "cut"}, {"match", "answer"}});
    EXPECT_FALSE(today.run(trade::sale, "key", 100));
    EXPECT_FALSE(today.record("key")) << "nothing was begun";
    EXPECT_TRUE(today.world.model().books().entries().empty());
}

TEST(TerminalLane, TradesOfTheHostAloneAreRefused) {
    day today(tcp());
    const auto end = today.run(trade::offline_sale, "key", 100);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), acquiring_errc::no_device);
}

/// It has said no before anything was done: trades go on.
TEST(TerminalLane, ASettlementThatTheTerminalRefusesLeavesTheBatchOpen) {
    day today(tcp());
    ASSERT_TRUE(today.run(trade::sale, "key", 100));
    today.fault({{"kind", "busy"}, {"times", 1}});
    const auto refused = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::settlement_refused);
    EXPECT_EQ(today.run(trade::sale, "next", 100)->outcome, verdict::approved);
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->totals.debit.count, 2U);
    EXPECT_EQ(settled->batch, 1U);
}

/// The answer to the end of day was lost: a terminal that refuses to close an empty day once more must not leave its
/// sales to the next batch.
TEST(TerminalLane, ASettlementThatIsRefusedWhenItIsRepeatedClosesTheBatch) {
    day today(tcp());
    ASSERT_TRUE(today.run(trade::sale, "key", 100));
    today.fault({{"kind", "cut"}, {"match", "completion"}, {"skip", 0}});
    const auto lost = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(lost);
    EXPECT_FALSE(lost.error().is(condition::rejected_by_peer)) << lost.error();
    today.fault({{"kind", "refuse"}, {"skip", 1}});
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_TRUE(settled->resumed);
    EXPECT_EQ(settled->host, acquiring::settlement_result::host_error) << "a person compares";
    EXPECT_EQ(settled->totals.debit.minor, 100);
    today.no_faults();
    ASSERT_TRUE(today.run(trade::sale, "next", 200));
    const auto second = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(second->batch, 2U);
    EXPECT_EQ(second->host, acquiring::settlement_result::balanced);
}

/// It serves a customer: that says nothing of the day whose answer was lost, which is closed when it has time.
TEST(TerminalLane, ASettlementThatIsRepeatedAtABusyTerminalStaysOpen) {
    day today(tcp());
    ASSERT_TRUE(today.run(trade::sale, "key", 100));
    today.fault({{"kind", "cut"}, {"match", "completion"}, {"skip", 0}});
    ASSERT_FALSE(acquiring::settlement(*today.lane).run({}, day::patience()));
    today.no_faults();
    ASSERT_TRUE(today.device->open(day::patience()));
    today.fault({{"kind", "busy"}, {"times", 1}});
    const auto busy = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code(), drivers::drivers_errc::at_work) << busy.error();
    EXPECT_EQ(busy.error().peer_code(), "9C");
    EXPECT_FALSE(today.run(trade::sale, "next", 100)) << "nothing begins while a day is being closed";
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_TRUE(settled->resumed);
    EXPECT_EQ(settled->totals.debit.count, 1U);
    EXPECT_EQ(settled->batch, 1U);
}

/// A till that had a host before it had a terminal: what that host was never told holds the settlement here, too.
TEST(TerminalLane, WhatAnEarlierHostWasNeverToldHoldsTheSettlement) {
    day today(tcp());
    ports::journal_record fresh;
    fresh.terminal_id = "TEST0001";
    fresh.merchant_id = "TESTMERCH000001";
    fresh.idempotency_key = "old";
    fresh.kind = trade::offline_sale;
    fresh.requested = amount(500, tests::euro);
    fresh.counterpart = "host one";
    const auto record = today.journal().begin(fresh, nullptr, day::patience());
    ASSERT_TRUE(record) << record.error();
    const ports::journal_verdict stored(ports::record_state::stored, ports::decider::till);
    ASSERT_TRUE(today.journal().decide(record->id, stored, day::patience()));
    const auto waits = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(waits);
    EXPECT_EQ(waits.error().code(), acquiring_errc::other_counterpart);
    EXPECT_EQ(waits.error().trace(), record->trace);
    EXPECT_TRUE(raised(today, alert_kind::orphaned_record));
}

} // namespace
} // namespace cipherlane
