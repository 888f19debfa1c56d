#include "terminal/last_result.hpp"
#include "terminal/last_verdict.hpp"

#include <gtest/gtest.h>

#include <map>

namespace cipherlane::drivers {
namespace {

/// Each combination of all that may be known.
template <class See>
void for_every_combination(See see) {
    const auto each = [](auto& into, int values, auto next) {
        using value = std::remove_reference_t<decltype(into)>;
        for (int at = 0; at < values; ++at) {
            into = static_cast<value>(at);
            next();
        }
    };
    last_facts known;
    each(known.before, 3, [&] {
        each(known.last, 4, [&] {
            each(known.end, 2, [&] {
                each(known.kind, 3, [&] {
                    each(known.total, 3,
                        [&] { each(known.time, 2, [&] { each(known.host, 2, [&] { see(known); }); }); });
                });
            });
        });
    });
}

bool tells_apart(const last_facts& known) {
    return known.before == before_request::named;
}

TEST(LastVerdict, IsPaidOnlyWhereANewApprovalIsOfWhatWasAskedFor) {
    for_every_combination([](const last_facts& known) {
        const bool proven = tells_apart(known) && known.last == last_result::another &&
                            known.end == last_end::approved && known.total == likeness::same &&
                            known.kind != likeness::other;
        EXPECT_EQ(verdict_of(known) == last_verdict::approved, proven);
    });
}

TEST(LastVerdict, IsDeclinedOnlyWhereNothingNewIsStoredAndNothingCanStillCome) {
    for_every_combination([](const last_facts& known) {
        const bool proven = tells_apart(known) && known.last == last_result::before &&
                            known.time == request_time::over && known.host == host_part::none;
        EXPECT_EQ(verdict_of(known) == last_verdict::declined, proven);
    });
}

/// Neither how the terminal ended it nor what it is of matters where it is the one that was there before.
TEST(LastVerdict, IsAskedForAgainWhileItMayBeProvenYet) {
    for_every_combination([](const last_facts& known) {
        const auto verdict = verdict_of(known);
        const bool open = verdict == last_verdict::ask_again;
        if (open || verdict == last_verdict::declined) {
            EXPECT_EQ(open, known.time == request_time::running);
        }
        const bool may_come = tells_apart(known) && known.time == request_time::running;
        EXPECT_EQ(open || verdict == last_verdict::approved, may_come || verdict == last_verdict::approved);
    });
}

/// A terminal that had nothing, or said so once, is no witness: the result that it has now may be older.
TEST(LastVerdict, OfATerminalThatToldNothingBeforeIsAPersons) {
    for_every_combination([](const last_facts& known) {
        if (!tells_apart(known)) {
            EXPECT_EQ(verdict_of(known), last_verdict::unknown);
        }
    });
}

TEST(LastVerdict, HasItsShareOfAllCombinations) {
    std::map<std::string_view, int> times;
    for_every_combination([&](const last_facts& known) { ++times[to_string(verdict_of(known))]; });
    const std::map<std::string_view, int> expected{
        {"approved", 8}, {"declined", 18}, {"unknown", 576 + 122}, {"ask again", 140}};
    EXPECT_EQ(times, expected);
}

/// A terminal whose last result is another one than before the request, and which says of it that it does not know.
ports::terminal_report asked_of_an_unsure_terminal(const std::string& last) {
    ports::terminal_doubt doubt(ports::terminal_request(ports::terminal_verb::authorise, amount(1000)), "T0007");
    const auto ask = [&](const call&) -> result<last_told> {
        last_told told;
        told.name = last;
        told.kind = told.total = likeness::same;
        told.report.outcome = ports::terminal_outcome::unknown;
        told.report.host_unsure = true;
        told.report.code = "98";
        told.report.text = "no answer from the host";
        return told;
    };
    const last_question question{ask, deadline::in(std::chrono::milliseconds{0})};
    return ask_last(doubt, question, call(std::chrono::seconds(20)));
}

/// The address leads to another terminal by now, which has been paid the same amount: that is no proof, nor is it one
/// that it does not know the payment.
TEST(LastResult, OfAnotherTerminalProvesNothing) {
    for (const char* name : {"T0008", "T0007"}) {
        ports::terminal_doubt doubt(ports::terminal_request(ports::terminal_verb::authorise, amount(1000)), "T0007");
        std::string terminal = "29001007";
        const auto ask = [&](const call&) -> result<last_told> {
            last_told told;
            told.name = name;
            told.terminal = terminal;
            told.kind = told.total = likeness::same;
            told.report.outcome = ports::terminal_outcome::approved;
            return told;
        };
        last_question question{ask, deadline::in(std::chrono::milliseconds{0})};
        question.of = "29001006";
        const auto other = ask_last(doubt, question, call(std::chrono::seconds(20)));
        EXPECT_EQ(other.outcome, ports::terminal_outcome::unknown) << name;
        ASSERT_TRUE(other.why);
        EXPECT_EQ(other.why->field(), "terminal id");
        for (const char* same : {"29001006", ""}) {
            terminal = same;
            EXPECT_NE(
                ask_last(doubt, question, call(std::chrono::seconds(20))).outcome, ports::terminal_outcome::unknown);
        }
    }
}

TEST(LastResult, SaysWhatTheTerminalIsUnsureOf) {
    const auto told = asked_of_an_unsure_terminal("T0008");
    EXPECT_EQ(told.outcome, ports::terminal_outcome::unknown);
    EXPECT_TRUE(told.host_unsure) << "no refusal may follow, whatever it tells next";
    EXPECT_EQ(told.code, "98");
    EXPECT_EQ(told.text, "no answer from the host");
    const auto untold = asked_of_an_unsure_terminal("");
    EXPECT_EQ(untold.outcome, ports::terminal_outcome::unknown);
    EXPECT_FALSE(untold.host_unsure) << "it may be of what was before";
    EXPECT_TRUE(untold.code.empty());
}

} // namespace
} // namespace cipherlane::drivers
