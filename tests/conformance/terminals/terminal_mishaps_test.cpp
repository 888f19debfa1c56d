// What goes wrong at a terminal, whatever it speaks: every trade, and every question, with the cable cut, the
// terminal restarted or the till killed at every frame; spoilt lines, lost words, other terminals, set clocks.
#include "disk_books.hpp"
#include "terminal_suite.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::payment;
using acquiring::verdict;
using nlohmann::json;
using ports::trade;
using tests::day;
using tests::euro;
using tests::expect_true_end;
using tests::is_a_persons;
using tests::mishap;
using tests::stands;
using tests::terminal;
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

/// The terminal falls mute, as one does whose power has gone while its line tells nothing of it: the caller hears
/// within the call that nobody knows, and later what became of it. What nothing stops is heard for its own longest
/// time, and so is what nobody can ask for later, or may be with the host through the till.
TEST_P(terminal, ACallEndsInItsTimeThoughTheTerminalFallsMute) {
    bool happened = true;
    int runs = 0;
    for (; happened && !HasFatalFailure(); ++runs) {
        const testing::ScopedTrace where(__FILE__, __LINE__, "frame " + std::to_string(runs));
        day today(GetParam());
        ASSERT_TRUE(today.run(trade::sale, "before", 100));
        const auto can = today.device->capabilities();
        const bool in_time = can.aborts && can.tells_last && GetParam().reaches == terminal_case::host::own;
        const auto asked = today.world.model().books().entries().size();
        today.world.arm({mishap::kind::falls_mute, runs});
        const auto begun = today.world.now();
        const auto end = acquiring::trade(*today.lane).run({trade::sale, "key", amount(1234, euro)}, call(20s));
        happened = today.world.happened();
        EXPECT_LE(today.world.now() - begun, in_time ? 20s : 200s);
        today.world.arm({});
        today.world.settle();
        ASSERT_TRUE(today.recover());
        const auto kept = today.record("key");
        ASSERT_TRUE(kept || !end);
        if (end && end->outcome != verdict::unknown) {
            EXPECT_EQ(end->outcome, acquiring::to_payment(*kept).outcome);
        }
        expect_true_end(today, GetParam(), "key", asked);
    }
    EXPECT_GT(runs, 3);
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

/// What moves no money.
struct question {
    const char* name;
    bool (*can)(const ports::terminal_capabilities& all);
    result<void> (*ask)(ports::terminal& device, const call& bounds);
};

template <class T>
result<void> only_whether(const result<T>& told) {
    if (told) return {};
    return told.error();
}

constexpr auto questions = std::to_array<question>({
    {"status", [](const auto&) { return true; },
        [](auto& device, const call& bounds) { return only_whether(device.status(bounds)); }},
    {"last", [](const auto& all) { return all.tells_last; },
        [](auto& device, const call& bounds) { return only_whether(device.last_done(bounds)); }},
    {"print again", [](const auto& all) { return all.print_again; },
        [](auto& device, const call& bounds) { return device.print_again(bounds); }},
    {"abort", [](const auto& all) { return all.aborts; },
        [](auto& device, const call& bounds) { return device.abort(bounds); }},
    {"totals", [](const auto& all) { return all.tells_totals; },
        [](auto& device, const call& bounds) { return only_whether(device.totals(bounds)); }},
    {"verify", [](const auto& all) { return all.verifies_cards; },
        [](auto& device, const call& bounds) { return only_whether(device.verify_card(bounds)); }},
    {"diagnosis", [](const auto& all) { return all.diagnoses; },
        [](auto& device, const call& bounds) { return device.diagnosis(bounds); }},
});

/// Whatever happens to a question, it ends in its time and changes nothing; and the next sale is one sale.
void ask_with(day& today, const question& what, const mishap& wrong, bool& happened) {
    const testing::ScopedTrace where(__FILE__, __LINE__,
        std::string(what.name) + ", " + to_string(wrong.what) + " frame " + std::to_string(wrong.at));
    const auto& entries = today.world.model().books().entries();
    const auto before = entries.size();
    const auto standing = std::count_if(entries.begin(), entries.end(), stands);
    const auto begun = today.world.now();
    today.world.arm(wrong);
    std::optional<result<void>> told;
    try {
        told.emplace(what.ask(*today.device, day::patience()));
    } catch (const tests::till_died&) {
        today.die();
    }
    happened = today.world.happened();
    today.world.arm({});
    today.world.settle();
    EXPECT_LE(today.world.now() - begun, 400s);
    if (!happened) {
        EXPECT_TRUE(told && *told) << told->error();
    }
    ASSERT_EQ(entries.size(), before) << "it has done something";
    ASSERT_EQ(std::count_if(entries.begin(), entries.end(), stands), standing);
    const auto key = "next " + std::to_string(before);
    const auto next = today.run(trade::sale, key, 777);
    ASSERT_TRUE(next) << next.error();
    EXPECT_EQ(next->outcome, verdict::approved) << *next;
    ASSERT_EQ(entries.size(), before + 1);
}

TEST_P(terminal, AnswersEveryQuestionInTimeWhateverHappensAtAnyFrame) {
    using kind = mishap::kind;
    int runs = 0;
    for (const auto& what : questions) {
        day today(GetParam(), 0ms);
        if (!what.can(today.device->capabilities())) continue;
        ASSERT_TRUE(today.run(trade::sale, "before", 100));
        for (const auto wrong : {kind::cut_before, kind::cut_after, kind::lost, kind::restart, kind::till_dies}) {
            if (wrong == kind::lost && GetParam().over == sim::terminal_setup::line::stream) continue;
            bool happened = true;
            for (int at = 0; happened && !HasFatalFailure(); ++at, ++runs)
                ask_with(today, what, {wrong, at}, happened);
        }
    }
    EXPECT_GE(runs, 4);
    RecordProperty("runs", runs);
}

} // namespace
} // namespace cipherlane
