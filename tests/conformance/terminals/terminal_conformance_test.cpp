// A terminal's life: a whole day, its receipts, what it says besides, whatever it speaks. What goes wrong is in
// terminal_mishaps_test.cpp.
#include "terminal_suite.hpp"

#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/void_payment.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::verdict;
using ports::trade;
using tests::day;
using tests::euro;
using tests::terminal;
using tests::terminal_case;

INSTANTIATE_TEST_SUITE_P(every, terminal, ::testing::ValuesIn(tests::terminal_cases()),
    [](const auto& chosen) { return chosen.param.name; });

TEST_P(terminal, LivesThroughADay) {
    day today(GetParam());
    const auto sold = today.run(trade::sale, "sale", 1234);
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_EQ(sold->outcome, verdict::approved) << *sold;
    EXPECT_EQ(sold->kind, trade::device_sale);
    EXPECT_EQ(sold->approved, amount(1234, euro));
    EXPECT_NE(sold->masked_pan.find("17"), std::string::npos) << sold->masked_pan;
    EXPECT_LT(std::count_if(sold->masked_pan.begin(), sold->masked_pan.end(), [](char c) { return c != '*'; }), 11);
    EXPECT_FALSE(sold->voucher.empty());
    const auto voided =
        acquiring::void_payment(*today.lane).run(acquiring::void_request("void", sold->handle), call(400s));
    ASSERT_TRUE(voided) << voided.error();
    EXPECT_EQ(voided->outcome, verdict::approved) << *voided;
    const auto second = today.run(trade::sale, "second", 2000);
    ASSERT_TRUE(second) << second.error();
    const auto back = acquiring::refund(*today.lane)
                          .run(acquiring::refund_request("refund", second->handle, amount(300, euro)), call(400s));
    const bool refunds = today.device->capabilities().refund;
    ASSERT_EQ(back.has_value(), refunds);
    if (refunds) {
        EXPECT_EQ(back->outcome, verdict::approved) << *back;
    } else {
        EXPECT_TRUE(back.error().is(condition::unsupported)) << back.error();
    }
    const bool reserves = today.device->capabilities().pre_authorise;
    const auto reserved = today.run(trade::pre_auth, "reserved", 5000);
    ASSERT_EQ(reserved.has_value(), reserves);
    if (reserves) {
        const auto completed = today.run(trade::completion, "completed", 4000, reserved->handle);
        ASSERT_TRUE(completed) << completed.error();
        EXPECT_EQ(completed->outcome, verdict::approved) << *completed;
        EXPECT_EQ(completed->kind, trade::device_completion);
    } else {
        EXPECT_TRUE(reserved.error().is(condition::unsupported)) << reserved.error();
    }
    today.card("6212345678900000025", "78");
    const auto declined = today.run(trade::sale, "declined", 100);
    ASSERT_TRUE(declined) << declined.error();
    EXPECT_EQ(declined->outcome, verdict::declined);
    EXPECT_FALSE(declined->reason(language::english).empty());
    const auto settled = acquiring::settlement(*today.lane).run({}, call(400s));
    if (!today.device->capabilities().settle) {
        ASSERT_FALSE(settled);
        EXPECT_TRUE(settled.error().is(condition::unsupported)) << settled.error();
        return;
    }
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(settled->totals.debit.minor, 1234 + 2000 + (reserves ? 4000 : 0));
    EXPECT_EQ(settled->totals.credit.minor, 1234 + (refunds ? 300 : 0));
    EXPECT_EQ(settled->totals.debit.count, reserves ? 3U : 2U);
}

/// Receipts go to who takes their lines; where nobody does the terminal prints them itself.
TEST_P(terminal, LosesNoReceipt) {
    const auto has = [](const std::vector<std::string>& lines, std::string_view words) {
        return std::any_of(
            lines.begin(), lines.end(), [&](const std::string& one) { return one.find(words) != std::string::npos; });
    };
    const char* const title = GetParam().driver == "zvt" ? "K-U-N-D-E-N" : "COPIA CLIENTE";
    day today(GetParam());
    const auto printed = [&] { return today.world.model().counted("printed"); };
    const bool at_till = today.device->capabilities().sends_lines;
    ASSERT_TRUE(today.run(trade::sale, "sale", 1234));
    EXPECT_EQ(has(today.lines, title), at_till);
    EXPECT_EQ(printed(), at_till ? 0U : 1U);
    today.lines.clear();
    const bool again = today.device->capabilities().print_again;
    ASSERT_EQ(today.device->print_again(day::patience()).has_value(), again);
    EXPECT_EQ(has(today.lines, title), at_till);
    const auto so_far = at_till ? 0U : (again ? 2U : 1U);
    EXPECT_EQ(printed(), so_far);
    const auto before = today.world.traffic().size();
    const auto alone = today.world.new_driver();
    const auto paid = alone->run({ports::terminal_verb::authorise, amount(100, euro)}, day::patience());
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, ports::terminal_outcome::approved);
    EXPECT_EQ(printed(), so_far + 1) << "by the terminal itself";
    ASSERT_EQ(alone->print_again(day::patience()).has_value(), again);
    EXPECT_EQ(printed(), so_far + (again ? 2U : 1U));
    for (auto at = before; at < today.world.traffic().size(); ++at)
        EXPECT_EQ(as_text(today.world.traffic()[at].second).find(title), std::string_view::npos);
}

/// What the terminal has for its host goes there as it is, each message once.
TEST_P(terminal, ItsMessagesGoThroughTheTillUnaltered) {
    day today(GetParam());
    ASSERT_TRUE(today.run(trade::sale, "sale", 1234));
    const auto& passed = today.world.passed();
    if (GetParam().reaches == terminal_case::host::own) {
        EXPECT_TRUE(passed.empty());
        return;
    }
    ASSERT_EQ(passed.size(), 1U);
    const auto tail = bytes{0x00, 0x02, 0x03, 0x06, 0x15, 0xFF};
    ASSERT_GT(passed[0].size(), tail.size());
    EXPECT_TRUE(std::equal(tail.rbegin(), tail.rend(), passed[0].rbegin()));
    const auto on_the_wire = [&](bool from_till, const bytes& message) {
        return std::any_of(today.world.traffic().begin(), today.world.traffic().end(), [&](const auto& one) {
            return one.first == from_till && std::search(one.second.begin(), one.second.end(), message.begin(),
                                                 message.end()) != one.second.end();
        });
    };
    EXPECT_TRUE(on_the_wire(false, passed[0]));
    EXPECT_TRUE(on_the_wire(true, {0x60, 0x00, 0x03, 0x02, 0x06, 0x15, 0xFF}));
    EXPECT_EQ(today.world.model().counted("host's answers"), 1U);
}

TEST_P(terminal, TellsTheSameKeyAgainAndAsksNothingTwice) {
    day today(GetParam());
    ASSERT_TRUE(today.run(trade::sale, "key", 1234));
    const auto asked = today.world.model().books().entries().size();
    const auto again = today.run(trade::sale, "key", 1234);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->told, acquiring::told::recorded);
    EXPECT_EQ(again->outcome, verdict::approved);
    EXPECT_EQ(today.world.model().books().entries().size(), asked);
}

/// What is asked besides of money: the sum of the open day, and whether a card is good. Neither changes anything.
TEST_P(terminal, TellsItsTotalsAndJudgesACardWhereItCan) {
    day today(GetParam());
    const auto can = today.device->capabilities();
    ASSERT_TRUE(today.run(trade::sale, "tea", 1234));
    const auto last = today.device->last_done(day::patience());
    const auto sum = today.device->totals(day::patience());
    ASSERT_EQ(sum.has_value(), can.tells_totals);
    if (can.tells_totals) {
        ASSERT_TRUE(sum->total);
        EXPECT_EQ(sum->total->minor, 1234);
    } else {
        EXPECT_TRUE(sum.error().is(condition::unsupported)) << sum.error();
    }
    const auto good = today.device->verify_card(day::patience());
    ASSERT_EQ(good.has_value(), can.verifies_cards);
    if (can.verifies_cards) {
        EXPECT_EQ(good->outcome, ports::terminal_outcome::approved);
        EXPECT_EQ(good->masked_pan, "17");
        EXPECT_EQ(good->total, amount());
        today.card("6212345678900000025", "78");
        const auto bad = today.device->verify_card(day::patience());
        ASSERT_TRUE(bad) << bad.error();
        EXPECT_EQ(bad->outcome, ports::terminal_outcome::declined);
        EXPECT_FALSE(bad->text.empty());
    } else {
        EXPECT_TRUE(good.error().is(condition::unsupported)) << good.error();
    }
    const auto reached = today.device->diagnosis(day::patience());
    ASSERT_EQ(reached.has_value(), can.diagnoses);
    if (!can.diagnoses) {
        EXPECT_TRUE(reached.error().is(condition::unsupported)) << reached.error();
    }
    EXPECT_EQ(today.world.model().books().entries().size(), 1U);
    if (can.tells_last) {
        EXPECT_EQ(*today.device->last_done(day::patience()), *last) << "the last transaction is the sale";
    }
}

/// What was done last is asked for, never remembered: a payment's own report and the answer to the question may name
/// one transaction differently, and somebody may have used the terminal by hand.
TEST_P(terminal, WhatWasDoneLastIsTheTerminalsWordEveryTime) {
    day today(GetParam());
    ASSERT_TRUE(today.run(trade::sale, "first", 100));
    if (!today.device->capabilities().tells_last) {
        EXPECT_EQ(today.device->last_done(day::patience()).value(), "");
        return;
    }
    for (int turn = 0; turn < 2; ++turn) {
        today.world.arm({});
        ASSERT_TRUE(today.device->last_done(day::patience()));
        EXPECT_GT(today.world.frames(), 0);
    }
}

/// The call ends while the customer looks for a card: the terminal is told to stop, and says that nothing was paid.
/// What cannot be stopped is seen to its end.
TEST_P(terminal, ACallThatEndsAbandonsNothing) {
    day today(GetParam());
    (void)today.world.model().control({{"cmd", "card_out"}});
    const auto end = acquiring::trade(*today.lane).run({trade::sale, "key", amount(100, euro)}, call(20s));
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::declined) << *end;
    const auto stages = today.seen.stages();
    const bool stoppable = std::any_of(stages.begin(), stages.end(), [](const auto& one) {
        return one.at != acquiring::stage::preparing && one.cancel == acquiring::cancelling::possible;
    });
    EXPECT_EQ(stoppable, today.device->capabilities().aborts);
    ASSERT_TRUE(today.recover());
    EXPECT_EQ(acquiring::to_payment(*today.record("key")).outcome, verdict::declined);
    today.card("6212345678900000017");
    EXPECT_EQ(today.run(trade::sale, "next", 100)->outcome, verdict::approved);
}

} // namespace
} // namespace cipherlane
