// A lane with a payment terminal in the place of its host: what it may begin, and what it tells.
#include "terminal_day.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/settlement.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::alert_kind;
using acquiring::verdict;
using ports::trade;
using tests::day;
using tests::mishap;

const tests::terminal_case& tcp() {
    return tests::terminal_cases().front();
}

/// A payment whose answer is lost, and a cable that stays out.
void lose(day& today) {
    ASSERT_TRUE(today.device->last_done(day::patience()));
    today.world.stay_down(true);
    today.fault({{"kind", "cut"}, {"match", "completion"}});
    const auto end = today.run(trade::sale, "lost", 1234);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << *end;
    EXPECT_TRUE(end->why);
}

bool raised(const day& today, alert_kind kind) {
    const auto alerts = today.seen.alerts();
    return std::any_of(alerts.begin(), alerts.end(), [&](const auto& one) { return one.kind == kind; });
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
    EXPECT_EQ(today.world.model().books().entries().size(), 1U);
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code(), acquiring_errc::terminal_pending);
    today.world.stay_down(false);
    const auto next = today.run(trade::sale, "next", 100);
    ASSERT_TRUE(next) << next.error();
    EXPECT_EQ(next->outcome, verdict::approved);
    EXPECT_EQ(today.run(trade::sale, "lost", 1234)->outcome, verdict::approved) << "the terminal had it";
    EXPECT_EQ(today.world.model().books().entries().size(), 2U);
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

/// The receipt has what the terminal said.
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

} // namespace
} // namespace cipherlane
