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

} // namespace
} // namespace cipherlane::drivers
