// What every payment terminal must do, whatever it speaks: a whole life, and every trade with its cable cut, the
// terminal restarted or the till killed at every frame.
#include "disk_books.hpp"
#include "terminal_day.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/void_payment.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::payment;
using acquiring::verdict;
using nlohmann::json;
using ports::trade;
using tests::day;
using tests::euro;
using tests::mishap;
using tests::terminal_case;

/// A trade under test, and what must have been done before it.
struct trade_under_test {
    const char* name;
    trade kind;
    std::optional<trade> original;
    std::int64_t minor;
};

constexpr auto trades_under_test = std::to_array<trade_under_test>({
    {"sale", trade::device_sale, std::nullopt, 1234},
    {"void", trade::device_void, trade::device_sale, 1234},
    {"refund", trade::device_refund, trade::device_sale, 500},
    {"pre_auth", trade::device_pre_auth, std::nullopt, 5000},
    {"pre_auth_void", trade::device_pre_auth_void, trade::device_pre_auth, 5000},
    {"completion", trade::device_completion, trade::device_pre_auth, 4000},
});

class terminal : public ::testing::TestWithParam<terminal_case> {};

INSTANTIATE_TEST_SUITE_P(every, terminal, ::testing::ValuesIn(tests::terminal_cases()),
    [](const auto& chosen) { return chosen.param.name; });

bool stands(const sim::sim_entry& entry) {
    return entry.now == sim::sim_entry::state::stored || entry.now == sim::sim_entry::state::authorised;
}

/// What may have gone to the host through the till is no refusal where the terminal has not stored it, and a terminal
/// that nobody knows how to ask proves nothing.
bool is_a_persons(const terminal_case& of, verdict outcome, std::int64_t standing) {
    if (of.leaves == terminal_case::untold::anything) return outcome == verdict::unknown;
    return of.leaves == terminal_case::untold::passed && outcome == verdict::unknown && standing == 0;
}

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

/// Nobody decides it by himself, however late and often it is asked for; then a person does, and trades go on.
void leave_to_a_person(day& today, bool standing) {
    today.world.pause(day::patience());
    ASSERT_TRUE(today.recover());
    today.die();
    ASSERT_TRUE(today.recover());
    const auto kept = today.record("key");
    ASSERT_TRUE(kept);
    ASSERT_EQ(acquiring::to_payment(*kept).outcome, verdict::unknown) << "decided without evidence";
    const auto early = today.run(trade::sale, "early", 100);
    ASSERT_FALSE(early) << "begun before the earlier one was decided";
    EXPECT_EQ(early.error().code(), acquiring_errc::terminal_pending);
    const auto found = standing ? acquiring::finding::paid : acquiring::finding::not_paid;
    const auto decided =
        acquiring::decision(*today.lane).run({kept->id, found, "looked at the terminal"}, day::patience());
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(decided->outcome, standing ? verdict::approved : verdict::declined) << *decided;
}

/// What a till heard of the trade under its key, and what its journal has of it in the end.
struct told_and_kept {
    std::optional<result<payment>> told;
    verdict kept;
};

/// Neither says what is not so. @param standing whether the terminal's host has it
void expect_true(const told_and_kept& of, bool standing) {
    if (of.kept != verdict::unknown) {
        EXPECT_EQ(of.kept == verdict::approved, standing) << to_string(of.kept);
    }
    if (!of.told) return;
    if (!*of.told) {
        EXPECT_FALSE(standing) << "told " << of.told->error();
    } else if ((*of.told)->outcome != verdict::unknown) {
        EXPECT_EQ((*of.told)->ok(), standing) << "told " << **of.told;
    }
}

/// What goes wrong, and in which of the two manners of a terminal whose till is gone.
struct run_under_test {
    mishap first;
    mishap then{}; ///< counted from the first: while it is asked what became of it
    bool keeps = false;
    bool on_disk = false; ///< the journal is a file, and what a process leaves is all that the next one finds
};

std::string to_string(const run_under_test& what) {
    const auto one = [](const mishap& wrong) {
        return std::string(to_string(wrong.what)) + " frame " + std::to_string(wrong.at) +
               (wrong.where > 0 ? " from part " + std::to_string(wrong.where) : "");
    };
    return one(what.first) + (what.then.what == mishap::kind::none ? "" : ", then " + one(what.then)) +
           (what.keeps ? ", kept" : ", taken back");
}

/// How far a run came.
struct how_far {
    bool first = true; ///< the first mishap happened
    bool both = true;
};

/// One run: the originals, the trade with its mishaps, a restart of the till where it died, and recovery.
how_far run_case(const terminal_case& of, const trade_under_test& what, const run_under_test& run) {
    const testing::ScopedTrace where(__FILE__, __LINE__, std::string(what.name) + ", " + to_string(run));
    day today(of, 1'200ms, run.on_disk ? tests::books_on_disk() : std::make_unique<tests::memory_books>());
    how_far came;
    const auto went = [&] {
        // A terminal that has stored nothing yet proves nothing by telling nothing.
        ASSERT_TRUE(today.run(trade::sale, "before", 100));
        std::uint64_t original = 0;
        if (what.original) {
            const auto before =
                today.run(*what.original, "original", 5000 > what.minor ? what.minor + 1000 : what.minor);
            ASSERT_TRUE(before) << before.error();
            original = before->handle;
        }
        if (run.keeps) today.fault({{"kind", "keeps"}, {"times", -1}});
        const auto asked_before = today.world.model().books().entries().size();
        today.world.arm(run.first, run.then);
        told_and_kept end;
        try {
            end.told.emplace(today.run(what.kind, "key", what.minor, original));
        } catch (const tests::till_died&) {
            today.die();
        }
        came.first = today.world.happened();
        if (!came.first) {
            ASSERT_TRUE(end.told && *end.told) << end.told->error();
            EXPECT_EQ((*end.told)->outcome, verdict::approved) << **end.told;
            return;
        }
        today.world.settle();
        const auto ask = [&] {
            const auto told = today.recover();
            ASSERT_TRUE(told) << told.error();
        };
        try {
            ask();
        } catch (const tests::till_died&) {
            today.die();
            ask();
        }
        came.both = today.world.both_happened();
        today.world.arm({});
        today.world.settle();
        if (came.both) ask(); // where the second one has left it open
        const auto& entries = today.world.model().books().entries();
        const auto standing =
            std::count_if(entries.begin() + static_cast<std::ptrdiff_t>(asked_before), entries.end(), stands);
        ASSERT_LE(standing, 1) << "a second charge";
        const auto kept = today.record("key");
        end.kept = kept ? acquiring::to_payment(*kept).outcome : verdict::not_sent;
        expect_true(end, standing == 1);
        const bool untold = of.leaves == terminal_case::untold::completions && what.kind == trade::device_completion;
        if (end.kept == verdict::unknown) {
            ASSERT_TRUE(untold || is_a_persons(of, end.kept, standing)) << "not recovered";
            leave_to_a_person(today, standing == 1);
        }
        const auto next = today.run(trade::sale, "next", 777);
        ASSERT_TRUE(next) << next.error();
        EXPECT_EQ(next->outcome, verdict::approved) << *next;
    };
    went();
    return came;
}

TEST_P(terminal, RecoversFromEveryMishapAtEveryFrameOfEveryTrade) {
    using kind = mishap::kind;
    int runs = 0;
    int least = 0;
    const auto can = day(GetParam()).device->capabilities();
    for (const auto& what : trades_under_test) {
        if (!can.can(ledger::verb_of(what.kind).value())) continue;
        least += 20;
        for (const auto wrong : {kind::cut_before, kind::cut_after, kind::lost, kind::restart, kind::till_dies}) {
            // TCP loses nothing without its connection.
            if (wrong == kind::lost && GetParam().over == sim::terminal_setup::line::stream) continue;
            for (const bool keeps : {false, true}) {
                if (keeps && !GetParam().takes_back) continue; // it keeps everything
                bool happened = true;
                for (int at = 0; happened && !HasFatalFailure(); ++at, ++runs)
                    happened = run_case(GetParam(), what, {{wrong, at}, {}, keeps}).first;
            }
        }
    }
    EXPECT_GT(least, 0);
    EXPECT_GE(runs, least);
    RecordProperty("runs", runs);
}

/// A line spoils a frame: one bit, or all from some byte on.
TEST_P(terminal, RecoversFromEveryFrameThatALineSpoils) {
    if (GetParam().over == sim::terminal_setup::line::stream) GTEST_SKIP() << "TCP spoils nothing";
    int runs = 0;
    for (const auto wrong : {mishap::kind::damaged, mishap::kind::cut_short}) {
        for (int where = 0; where <= mishap::parts; ++where) {
            bool happened = true;
            for (int at = 0; happened && !HasFatalFailure(); ++at, ++runs)
                happened = run_case(GetParam(), trades_under_test.front(), {{wrong, at, where}}).first;
        }
    }
    EXPECT_GE(runs, 24);
    RecordProperty("runs", runs);
}

/// Whoever asks what became of a payment may be struck, too: at every frame of the question, after a mishap at every
/// frame of the payment. One pair of four, in turn, but for CIPHERLANE_ALL_PAIRS.
TEST_P(terminal, RecoversThoughItsQuestionIsStruckToo) {
    using kind = mishap::kind;
    if (GetParam().name != "zvt_tcp" && GetParam().name != "ecr17_serial" && GetParam().name != "mispos_tcp")
        GTEST_SKIP() << "another case of this protocol does it";
    constexpr int farthest = 8; // frames of the question and of the next
    const int step = std::getenv("CIPHERLANE_ALL_PAIRS") != nullptr ? 1 : 4;
    int runs = 0;
    int turn = 0;
    for (const auto first : {kind::cut_after, kind::till_dies}) {
        for (int at = 0, happened = 1; happened != 0 && !HasFatalFailure(); ++at) {
            for (const auto second : {kind::cut_before, kind::restart, kind::till_dies}) {
                how_far came;
                for (int then = turn++ % step; then < farthest && came.both && came.first && !HasFatalFailure();
                     then += step, ++runs)
                    came = run_case(GetParam(), trades_under_test.front(), {{first, at}, {second, then}});
                happened = came.first ? 1 : 0;
            }
        }
    }
    EXPECT_GT(runs, 100 / step);
    RecordProperty("runs", runs);
}

/// The same death over a journal on disk: the next process finds the files as the last one left them.
TEST_P(terminal, RecoversFromAFileAfterADeathAtEveryFrame) {
    if (GetParam().over == sim::terminal_setup::line::serial)
        GTEST_SKIP() << "the case over TCP of this protocol does it";
    bool happened = true;
    int runs = 0;
    for (; happened && !HasFatalFailure(); ++runs)
        happened = run_case(GetParam(), trades_under_test.front(),
            {{mishap::kind::till_dies, runs}, {}, GetParam().takes_back && runs % 2 != 0, true})
                       .first;
    EXPECT_GT(runs, 4);
    RecordProperty("runs", runs);
}

/// The day is closed with a mishap, and asked for again until it is closed: by the terminal once, with each sale in
/// one day and no sale in two.
void close_with(const terminal_case& of, const mishap& wrong, bool& happened) {
    const testing::ScopedTrace where(
        __FILE__, __LINE__, "close, " + std::string(to_string(wrong.what)) + " frame " + std::to_string(wrong.at));
    day today(of);
    ASSERT_TRUE(today.run(trade::sale, "tea", 100));
    ASSERT_TRUE(today.run(trade::sale, "cake", 1234));
    const auto close = [&] { return acquiring::settlement(*today.lane).run({}, day::patience()); };
    today.world.arm(wrong);
    std::optional<result<acquiring::settlement_report>> end;
    try {
        end.emplace(close());
    } catch (const tests::till_died&) {
        today.die();
    }
    happened = today.world.happened();
    today.world.arm({});
    today.world.settle();
    for (int again = 0; (!end || !*end) && again < 3; ++again) {
        end.emplace(close());
        today.world.settle();
    }
    ASSERT_TRUE(*end) << end->error();
    if (!happened) {
        EXPECT_EQ((*end)->host, acquiring::settlement_result::balanced);
    }
    EXPECT_NE((*end)->host, acquiring::settlement_result::not_balanced) << "an empty day is no difference";
    EXPECT_EQ((*end)->batch, 1U);
    EXPECT_EQ((*end)->totals.debit.minor, 1334);
    EXPECT_EQ(today.world.model().books().open_batch().count, 0) << "the terminal's day is open";
    const auto next = today.run(trade::sale, "next", 777);
    ASSERT_TRUE(next) << next.error();
    EXPECT_EQ(next->outcome, verdict::approved) << *next;
    const auto second = close();
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(second->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(second->batch, 2U);
    EXPECT_EQ(second->totals.debit.minor, 777);
}

TEST_P(terminal, ClosesADayOnceWhateverHappensAtAnyFrame) {
    using kind = mishap::kind;
    if (!day(GetParam()).device->capabilities().settle) GTEST_SKIP() << "this terminal closes no day";
    int runs = 0;
    for (const auto wrong : {kind::cut_before, kind::cut_after, kind::lost, kind::restart, kind::till_dies}) {
        if (wrong == kind::lost && GetParam().over == sim::terminal_setup::line::stream) continue;
        bool happened = true;
        for (int at = 0; happened && !HasFatalFailure(); ++at, ++runs)
            close_with(GetParam(), {wrong, at}, happened);
    }
    EXPECT_GE(runs, 12);
    RecordProperty("runs", runs);
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
        const auto& entries = today.world.model().books().entries();
        const auto standing =
            std::count_if(entries.begin() + static_cast<std::ptrdiff_t>(asked), entries.end(), stands);
        EXPECT_LE(entries.size(), asked + 1) << "asked for twice";
        const auto kept = today.record("key");
        const auto outcome = kept ? acquiring::to_payment(*kept).outcome : verdict::not_sent;
        if (is_a_persons(GetParam(), outcome, standing)) continue;
        EXPECT_NE(outcome, verdict::unknown);
        EXPECT_EQ(outcome == verdict::approved, standing == 1) << to_string(outcome);
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
        const auto kept = today.record("key");
        const auto outcome = kept ? acquiring::to_payment(*kept).outcome : verdict::not_sent;
        const auto& entries = today.world.model().books().entries();
        const auto standing = std::count_if(entries.begin() + 1, entries.end(), stands);
        if (is_a_persons(GetParam(), outcome, standing)) continue;
        EXPECT_NE(outcome, verdict::unknown);
        EXPECT_EQ(outcome == verdict::approved, entries.size() == 2 && stands(entries.back())) << to_string(outcome);
    }
    EXPECT_GT(at, first) << "no till died";
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
        // A terminal is told to stop when the call ends, and is asked what became of it for as long as a card may
        // take.
        const auto limit = 400s + 20s + today.settings.timers.card;
        ASSERT_TRUE(today.run(trade::sale, "before", 100));
        const auto asked = today.world.model().books().entries().size();
        (void)today.world.model().control({{"cmd", "faults"}, {"set", json::array({fault})}});
        const auto begun = today.world.now();
        const auto end = today.run(trade::sale, "key", 1234);
        EXPECT_LE(today.world.now() - begun, limit) << fault;
        (void)today.world.model().control({{"cmd", "faults"}, {"set", json::array()}});
        ASSERT_TRUE(today.recover()) << fault;
        const auto& entries = today.world.model().books().entries();
        const auto standing =
            std::count_if(entries.begin() + static_cast<std::ptrdiff_t>(asked), entries.end(), stands);
        const auto kept = today.record("key");
        ASSERT_TRUE(kept || !end) << fault;
        const auto outcome = kept ? acquiring::to_payment(*kept).outcome : verdict::not_sent;
        if (is_a_persons(GetParam(), outcome, standing)) continue;
        EXPECT_NE(outcome, verdict::unknown) << fault;
        EXPECT_EQ(outcome == verdict::approved, standing == 1) << fault << ": " << to_string(outcome);
    }
}

} // namespace
} // namespace cipherlane
