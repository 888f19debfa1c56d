// What a terminal's word proves, and what it does not: lost words, a terminal that forgets, another one in its place,
// a clock that is set, and its own faults.
#include "terminal_suite.hpp"

#include <cipherlane/acquiring/settlement.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::verdict;
using nlohmann::json;
using ports::trade;
using tests::day;
using tests::euro;
using tests::expect_true_end;
using tests::mishap;
using tests::stands;
using tests::terminal;

/// A quick terminal whose ACK and result are both lost has taken the money: what looks like silence is no reason to
/// ask for it again.
TEST_P(terminal, APaymentWhoseAckIsLostIsChargedOnce) {
    if (GetParam().over == sim::terminal_setup::line::stream)
        GTEST_SKIP() << "TCP loses nothing without its connection";
    bool happened = true;
    for (int at = 0; happened; ++at) {
        const testing::ScopedTrace where(__FILE__, __LINE__, "loss of frame " + std::to_string(at));
        day today(GetParam(), 0ms);
        ASSERT_TRUE(today.run(trade::sale, "before", 100));
        const auto asked = today.world.model().books().entries().size();
        const char* const told = GetParam().driver == "zvt" ? "status" : "result";
        today.fault(
            {{"kind", "no_answer"}, {"match", told}, {"times", -1}, {"skip", GetParam().driver == "zvt" ? 1 : 0}});
        today.world.arm({mishap::kind::lost, at});
        (void)today.run(trade::sale, "key", 1234);
        happened = today.world.happened();
        today.no_faults();
        ASSERT_TRUE(today.recover());
        EXPECT_LE(today.world.model().books().entries().size(), asked + 1) << "asked for twice";
        expect_true_end(today, GetParam(), "key", asked);
    }
}

/// A terminal that never tells its last result tells nothing about a payment, before and after: that is no proof that
/// it was not carried out.
TEST_P(terminal, ATerminalThatForgetsItsLastResultDeclinesNothing) {
    day today(GetParam());
    today.world.model().control({{"cmd", "faults"},
        {"set", json::array({{{"kind", "forgets"}, {"times", -1}},
                    {{"kind", "cut"}, {"match", GetParam().driver == "zvt" ? "completion" : "result"},
                        {"skip", GetParam().driver == "zvt" ? 1 : 0}}})}});
    const auto end = today.run(trade::sale, "key", 1234);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << *end;
    ASSERT_TRUE(stands(today.world.model().books().entries().back()));
    ASSERT_TRUE(today.recover());
    EXPECT_EQ(acquiring::to_payment(*today.record("key")).outcome, verdict::unknown);
}

/// Nor is one that forgets once: what it tells afterwards may be older than what was asked for.
TEST_P(terminal, ATerminalThatForgetsOnceApprovesNothing) {
    day today(GetParam());
    if (!today.device->capabilities().tells_last) GTEST_SKIP() << "nobody knows how to ask it";
    ASSERT_TRUE(today.run(trade::sale, "old", 1234));
    today.world.model().control({{"cmd", "faults"},
        {"set", json::array({{{"kind", "forgets"}, {"match", "last asked"}},
                    {{"kind", "restart"}, {"match", GetParam().driver == "zvt" ? "payment" : "command"}}})}});
    const auto end = today.run(trade::sale, "new", 1234);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << *end;
    ASSERT_EQ(today.world.model().books().entries().size(), 1U) << "nobody has paid";
    ASSERT_TRUE(today.recover());
    EXPECT_EQ(acquiring::to_payment(*today.record("new")).outcome, verdict::unknown);
}

/// A void that never reaches the terminal, and a payment of the same amount that somebody makes there meanwhile.
TEST_P(terminal, AVoidIsNoPaymentOfTheSameAmount) {
    if (!day(GetParam()).device->capabilities().tells_last) GTEST_SKIP() << "nobody knows how to ask it";
    if (GetParam().driver == "zvt")
        GTEST_SKIP() << "tells no kind, and begins nothing by itself while a till is registered";
    int lost = 0;
    bool happened = true;
    for (int at = 0; happened; ++at) {
        day today(GetParam());
        const auto sold = today.run(trade::sale, "sale", 1234);
        ASSERT_TRUE(sold) << sold.error();
        today.world.stay_down(true);
        today.world.arm({mishap::kind::cut_before, at});
        (void)today.run(trade::device_void, "void", 1234, sold->handle);
        happened = today.world.happened();
        today.world.stay_down(false);
        const auto kept = today.record("void");
        const auto asked = today.world.model().books().entries().size();
        if (asked > 1 || !kept || acquiring::to_payment(*kept).outcome != verdict::unknown) continue;
        ++lost;
        const auto by_hand = today.world.new_driver();
        ASSERT_TRUE(by_hand->run({ports::terminal_verb::authorise, amount(1234, euro)}, day::patience()));
        ASSERT_TRUE(today.recover());
        EXPECT_EQ(acquiring::to_payment(*today.record("void")).outcome, verdict::unknown) << "frame " << at;
    }
    EXPECT_GT(lost, 0);
}

/// Its power went and came while nobody was served, and a line without a carrier says nothing of it.
TEST_P(terminal, ARestartBetweenTwoPaymentsCostsNeither) {
    day today(GetParam());
    for (const char* key : {"first", "second", "third"}) {
        const auto sold = today.run(trade::sale, key, 1234);
        ASSERT_TRUE(sold) << key << ": " << sold.error();
        EXPECT_EQ(sold->outcome, verdict::approved) << key << ": " << *sold;
        today.world.model().restart();
        today.world.settle();
    }
    if (!today.device->capabilities().settle) return;
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->totals.debit.count, 3U);
}

/// The address leads to another terminal by now, which was paid the same amount by somebody else: neither has that
/// one taken this payment, nor is it asked for the next one before the till knows whom it talks to.
TEST_P(terminal, AnotherOneInItsPlaceProvesNothing) {
    if (!day(GetParam()).device->capabilities().tells_last || GetParam().driver == "mispos")
        GTEST_SKIP() << "it does not say which one it is";
    const ports::terminal_request wish(ports::terminal_verb::authorise, amount(1234, euro));
    bool lost = true;
    int runs = 0;
    for (int at = 0; lost && !HasFatalFailure(); ++at, ++runs) {
        const testing::ScopedTrace where(__FILE__, __LINE__, "frame " + std::to_string(at));
        day today(GetParam());
        ASSERT_TRUE(today.run(trade::sale, "before", 1234));
        const auto before = today.device->last_done(day::patience());
        ASSERT_TRUE(before) << before.error();
        today.world.stay_down(true);
        today.world.arm({mishap::kind::cut_before, at});
        const auto end = today.device->run(wish, day::patience());
        lost = today.world.happened();
        if (!lost) break;
        auto other = tests::slow_host(0ms);
        other.terminal_id = "29001007";
        today.world.replace(other);
        today.world.stay_down(false);
        today.card("6212345678900000017");
        const auto by_hand = today.world.new_driver();
        ASSERT_TRUE(by_hand->run(wish, day::patience()));
        ASSERT_EQ(today.world.model().books().entries().size(), 1U);
        if (!end || end->outcome != ports::terminal_outcome::unknown) continue;
        const auto found = today.device->recover({wish, *before}, day::patience());
        EXPECT_EQ(found.outcome, ports::terminal_outcome::unknown) << found.receipt;
    }
    EXPECT_GT(runs, 4);
}

/// A clock that is set forward while the till is away makes no payment older than it is.
TEST_P(terminal, AClockSetForwardDeclinesNothing) {
    bool died = true;
    // A terminal that cannot tell what it did last is asked nothing before it is told to take money.
    const int first = day(GetParam()).device->capabilities().tells_last ? 4 : 1;
    int at = first;
    for (; died; ++at) {
        const testing::ScopedTrace where(__FILE__, __LINE__, "frame " + std::to_string(at));
        day today(GetParam());
        ASSERT_TRUE(today.run(trade::sale, "before", 1234));
        today.world.arm({mishap::kind::till_dies, at});
        try {
            (void)today.run(trade::sale, "key", 1234);
        } catch (const tests::till_died&) {
        }
        died = today.world.happened();
        if (!died) break;
        today.clock.forward = std::chrono::hours(24);
        today.die();
        ASSERT_TRUE(today.recover());
        today.world.pause(day::patience()); // what is still under way at the terminal ends
        expect_true_end(today, GetParam(), "key", 1);
    }
    EXPECT_GT(at, first) << "no till died";
}

/// Faults of the terminal itself: what it says decides, and nothing waits without end.
TEST_P(terminal, FaultsEndWithinTheirTime) {
    const bool zvt = GetParam().driver == "zvt";
    const char* const outcome_message = zvt ? "status" : "result";
    const char* const last_message = zvt ? "completion" : "result";
    std::vector<json> faults{json{{"kind", "busy"}}, json{{"kind", "paper_out"}}, json{{"kind", "talks"}},
        json{{"kind", "no_answer"}, {"match", outcome_message}},
        json{{"kind", "no_answer"}, {"match", last_message}, {"skip", zvt ? 1 : 0}},
        json{{"kind", "twice"}, {"match", outcome_message}}, json{{"kind", "restart"}, {"match", "authorised"}},
        json{{"kind", "restart"}, {"match", "stored"}},
        json{{"kind", "half"}, {"match", outcome_message}, {"value", "close"}}};
    // A storm of NAKs from any frame on, and a check that is always wrong: where the link has them.
    if (!zvt || GetParam().over == sim::terminal_setup::line::serial) {
        for (int first = 0; first < 6; ++first)
            faults.push_back({{"kind", "nak"}, {"match", "frame"}, {"times", -1}, {"skip", first}});
        faults.push_back({{"kind", zvt ? "wrong_crc" : "wrong_lrc"}, {"match", outcome_message}, {"times", -1}});
    }
    for (const json& fault : faults) {
        day today(GetParam());
        ASSERT_TRUE(today.run(trade::sale, "before", 100));
        const auto asked = today.world.model().books().entries().size();
        (void)today.world.model().control({{"cmd", "faults"}, {"set", json::array({fault})}});
        const testing::ScopedTrace where(__FILE__, __LINE__, fault.dump());
        const auto bounds = day::patience();
        const auto end = acquiring::trade(*today.lane).run({trade::sale, "key", amount(1234, euro)}, bounds);
        EXPECT_LE(today.world.now(), bounds.until().at());
        (void)today.world.model().control({{"cmd", "faults"}, {"set", json::array()}});
        ASSERT_TRUE(today.recover());
        EXPECT_TRUE(today.record("key") || !end);
        expect_true_end(today, GetParam(), "key", asked);
    }
}

} // namespace
} // namespace cipherlane
