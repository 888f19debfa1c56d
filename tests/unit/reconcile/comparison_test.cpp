#include "statement_files.hpp"

#include <cipherlane/reconcile/comparison.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace {

using namespace cipherlane;
using namespace cipherlane::reconcile;

constexpr std::int64_t noon = 20'785 * day_seconds + day_seconds / 2; // 2026-11-28

entry made(std::string key, std::int64_t minor, standing stands = standing::moved, std::int64_t moment = noon) {
    entry one;
    one.key = std::move(key);
    one.minor = minor;
    one.stands = stands;
    one.moment = moment;
    one.place = 7;
    return one;
}

struct told {
    difference_kind kind;
    proposal action;
    std::string key;
    friend bool operator==(const told&, const told&) = default;
};
std::ostream& operator<<(std::ostream& out, const told& one) {
    return out << to_string(one.kind) << " " << name_of(one.action) << " " << one.key;
}

struct compared {
    std::vector<told> differences;
    comparison_summary sums;
};

compared compare(const std::vector<entry>& ours, const std::vector<entry>& theirs, comparison_settings how = {}) {
    compared made_of;
    how.first_day = how.first_day.value_or(day_of(noon));
    how.last_day = how.last_day.value_or(day_of(noon));
    comparison one(std::move(how), [&](const difference& what) {
        made_of.differences.push_back({what.kind, what.action, std::string(what.key)});
    });
    for (const auto& each : ours)
        one.add_ours(each);
    for (const auto& each : theirs)
        one.add_theirs(each);
    made_of.sums = one.finish();
    return made_of;
}

TEST(Comparison, AgreesWhereBothSaySo) {
    const auto all =
        compare({made("a", 1), made("b", 2), made("c", 3, standing::not_moved)}, {made("b", 2), made("a", 1)});
    EXPECT_TRUE(all.differences.empty());
    EXPECT_EQ(all.sums.matched, 2U);
    EXPECT_EQ(all.sums.ours, all.sums.theirs);
    EXPECT_EQ(all.sums.theirs.paid_minor, 3);
    EXPECT_EQ(all.sums.to_do(), 0U);
}

TEST(Comparison, NamesEveryKindWithWhatToDo) {
    using enum difference_kind;
    const auto night = noon + day_seconds / 2 - 60;
    auto back = made("r", 5);
    back.way = direction::give_back;
    auto wrong_fee = made("fee", 10'000);
    wrong_fee.fee = 61;
    auto right_fee = made("right", 10'000);
    right_fee.fee = 60;
    comparison_settings how;
    how.agreed_fee = [](const entry& one) { return std::optional(one.minor * 6 / 1000); };
    const auto all = compare({made("gone", 1), made("less", 2), made("late", 3, standing::moved, night),
                                 made("open", 4, standing::undecided), made("never", 4, standing::undecided),
                                 made("no", 5, standing::not_moved), made("failed", 6), made("pending", 6),
                                 made("twice", 8), made("twice", 8), made("dup", 9), wrong_fee, right_fee,
                                 made("yesterday", 2, standing::moved, noon - day_seconds),
                                 made("other day", 2, standing::moved, noon - 2 * day_seconds)},
        {made("less", 3), made("open", 4), made("no", 5), made("failed", 6, standing::not_moved),
            made("pending", 6, standing::undecided), made("twice", 8), made("dup", 9), made("dup", 9),
            made("what", 1), made("what", 1), back, wrong_fee, right_fee, made("yesterday", 2)},
        std::move(how));
    const std::vector<told> expected{
        {duplicate, proposal::check_own_duplicate, "twice"},
        {amount, proposal::correct_amount, "less"},
        {status, proposal::decide_paid, "open"},
        {status, proposal::give_back_or_book, "no"},
        {status, proposal::ask_for_payout, "failed"},
        {status, proposal::await_next_statement, "pending"},
        {duplicate, proposal::claim_duplicate, "dup"},
        {theirs_only, proposal::give_back_or_book, "what"},
        {duplicate, proposal::claim_duplicate, "what"},
        {theirs_only, proposal::check_give_back, "r"},
        {difference_kind::fee, proposal::claim_fee, "fee"},
        {day_boundary, proposal::nothing, "yesterday"},
        {ours_only, proposal::ask_for_payout, "gone"},
        {day_boundary, proposal::await_next_statement, "late"},
        {ours_only, proposal::decide_not_paid, "never"},
    };
    EXPECT_EQ(all.differences, expected);
    EXPECT_EQ(all.sums.to_do(), expected.size() - 2);
}

TEST(Comparison, OfTriesAtOnePaymentTheOneThatCameFurthestCounts) {
    const auto all = compare({made("a", 1, standing::not_moved), made("a", 1), made("a", 1, standing::not_moved),
                                 made("b", 2, standing::undecided), made("b", 2)},
        {made("a", 1), made("b", 2), made("b", 2, standing::not_moved)});
    EXPECT_TRUE(all.differences.empty());
}

TEST(Comparison, TakesItsDaysFromTheStatementWhereNoneAreGiven) {
    std::vector<std::string> keys;
    comparison one({}, [&](const difference& what) { keys.emplace_back(what.key); });
    one.add_ours(made("before", 1, standing::moved, noon - 2 * day_seconds));
    one.add_ours(made("then", 1));
    one.add_theirs(made("x", 1));
    const auto sums = one.finish();
    EXPECT_EQ(keys, (std::vector<std::string>{"x", "then"}));
    EXPECT_EQ(sums.first_day, day_of(noon));
    EXPECT_EQ(sums.ours.payments, 1U);
}

/// A sale of 23:45 that neither its own day's statement has nor the next: it is told by both.
TEST(Comparison, WhatWasAwaitedInTheNextStatementIsMissedThere) {
    const auto evening = noon + day_seconds / 2 - 900;
    const std::vector ours{made("evening", 5, standing::moved, evening), made("a", 1),
        made("b", 2, standing::moved, noon + day_seconds), made("long before", 3, standing::moved, evening - 3600)};
    const std::vector<told> awaited{{difference_kind::ours_only, proposal::ask_for_payout, "long before"},
        {difference_kind::day_boundary, proposal::await_next_statement, "evening"}};
    auto first = compare(ours, {made("a", 1)}).differences;
    std::sort(first.begin(), first.end(), [](const told& one, const told& other) { return one.kind < other.kind; });
    EXPECT_EQ(first, awaited);
    comparison_settings next_day;
    next_day.first_day = next_day.last_day = day_of(noon) + 1;
    const auto row = made("b", 2, standing::moved, noon + day_seconds);
    auto all = compare(ours, {row}, next_day);
    EXPECT_EQ(all.differences,
        (std::vector<told>{{difference_kind::ours_only, proposal::give_statement_before, "evening"}}));
    EXPECT_EQ(all.sums.to_do(), 1U);
    EXPECT_EQ(all.sums.ours.payments, 1U); // its day is not compared
    // With the statement before, it is certain.
    all = compare(ours, {made("a", 1), row}, next_day);
    EXPECT_EQ(
        all.differences, (std::vector<told>{{difference_kind::ours_only, proposal::ask_for_payout, "evening"}}));
    EXPECT_TRUE(compare(ours, {made("a", 1), made("evening", 5, standing::moved, evening), row}, next_day)
                    .differences.empty());
}

TEST(Comparison, AStatementWithoutRowsAgreesWithAnEmptyTillAlone) {
    std::vector<std::string> keys;
    const auto keep = [&](const difference& what) { keys.emplace_back(what.key); };
    comparison full({}, keep);
    full.add_ours(made("then", 1));
    full.add_ours(made("before", 1, standing::moved, noon - 2 * day_seconds));
    const auto sums = full.finish();
    EXPECT_EQ(keys, (std::vector<std::string>{"then", "before"}));
    EXPECT_EQ(sums.first_day, day_of(noon) - 2);
    EXPECT_EQ(sums.last_day, day_of(noon));
    EXPECT_EQ(sums.to_do(), 2U);
    EXPECT_EQ(comparison({}, keep).finish().to_do(), 0U);
}

TEST(Comparison, WhatNoKeyNamesIsToldByItself) {
    const auto all = compare({made("", 1), made("", 2), made("a", 3), made("", 4, standing::undecided)},
        {made("", 1), made("a", 3), made("", 1)});
    const std::vector<told> expected{
        {difference_kind::theirs_only, proposal::give_back_or_book, ""},
        {difference_kind::theirs_only, proposal::give_back_or_book, ""},
        {difference_kind::ours_only, proposal::ask_for_payout, ""},
        {difference_kind::ours_only, proposal::ask_for_payout, ""},
        {difference_kind::ours_only, proposal::decide_not_paid, ""},
    };
    EXPECT_EQ(all.differences, expected);
    EXPECT_EQ(all.sums.matched, 1U);
    // More than the table begins with: what has no key is not in it, whenever it grows.
    comparison many({}, [](const difference&) {});
    for (int i = 0; i < 3'000; ++i) {
        many.add_ours(made("", 1));
        many.add_ours(made("k" + std::to_string(i), 1));
    }
    for (int i = 0; i < 3'000; ++i)
        many.add_theirs(made("k" + std::to_string(i), 1));
    const auto sums = many.finish();
    EXPECT_EQ(sums.matched, 3'000U);
    EXPECT_EQ(sums.count(difference_kind::ours_only), 3'000U);
}

TEST(Comparison, AmountsOfTwoCurrenciesAreNeverEqual) {
    auto yen = made("a", 1'000);
    yen.unit = currency{392, 0};
    auto lone = made("b", 7);
    lone.unit = yen.unit;
    const auto all = compare({yen, lone, made("c", 5)}, {made("a", 1'000), made("c", 5)});
    const std::vector<told> expected{{difference_kind::amount, proposal::correct_amount, "a"},
        {difference_kind::ours_only, proposal::ask_for_payout, "b"}};
    EXPECT_EQ(all.differences, expected);
    EXPECT_EQ(all.sums.ours.paid_minor, 5);
    EXPECT_EQ(all.sums.theirs.paid_minor, 1'005);
}

TEST(Comparison, AFeeIsComparedWithItsSign) {
    comparison_settings how;
    how.agreed_fee = [](const entry& one) { return std::optional(one.minor * 6 / 1000); };
    const auto with_fee = [](std::string key, std::int64_t fee, direction way) {
        auto one = made(std::move(key), 10'000);
        one.fee = fee;
        one.way = way;
        return one;
    };
    const std::vector rows{with_fee("taken", 60, direction::payment), with_fee("given", -60, direction::payment),
        with_fee("back", -60, direction::give_back), with_fee("twice", 60, direction::give_back)};
    const std::vector<told> expected{
        {difference_kind::fee, proposal::claim_fee, "given"}, {difference_kind::fee, proposal::claim_fee, "twice"}};
    EXPECT_EQ(compare(rows, rows, how).differences, expected);
}

/// Random days: what is told is what a plain comparison of two maps finds.
TEST(Comparison, FindsWhatAPlainOneFindsInManyRows) {
    std::uint32_t seed = 7;
    const auto chance = [&](std::uint32_t of) { return (seed = seed * 1'664'525 + 1'013'904'223) / 65'536 % of; };
    std::map<std::string, std::int64_t> ours;
    std::map<std::string, std::int64_t> theirs;
    for (int i = 0; i < 20'000; ++i) {
        const auto key = "order-" + std::to_string(i);
        if (chance(50) != 0) ours[key] = 100 + i;
        if (chance(50) != 0) theirs[key] = 100 + i + (chance(100) == 0 ? 1 : 0);
    }
    std::map<difference_kind, std::uint64_t> expected;
    for (const auto& [key, minor] : ours) {
        const auto at = theirs.find(key);
        if (at == theirs.end()) {
            ++expected[difference_kind::ours_only];
        } else if (at->second != minor) {
            ++expected[difference_kind::amount];
        }
    }
    for (const auto& [key, minor] : theirs) {
        if (!ours.contains(key)) ++expected[difference_kind::theirs_only];
    }
    comparison one({}, [](const difference&) {});
    for (const auto& [key, minor] : ours)
        one.add_ours(made(key, minor));
    for (const auto& [key, minor] : theirs)
        one.add_theirs(made(key, minor));
    const auto sums = one.finish();
    for (const auto& [kind, count] : expected)
        EXPECT_EQ(sums.count(kind), count) << to_string(kind);
    EXPECT_EQ(sums.to_do(), expected[difference_kind::ours_only] + expected[difference_kind::amount] +
                                expected[difference_kind::theirs_only]);
}

TEST(Comparison, ARecordOfTheJournalIsAnEntryByItsKeyAndTheHostsTime) {
    ports::journal_record record;
    record.id = 12;
    record.kind = ports::trade::refund;
    record.state = ports::record_state::approved;
    record.terminal_id = "T0000001";
    record.trace = 42;
    record.requested = amount(500);
    record.approved = amount(400);
    record.host_date = "20261128";
    record.host_time = "120000";
    const std::array match{key_field::terminal, key_field::trace, key_field::date};
    const auto one = own_entry(record, match);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->key, "T0000001|42|20261128");
    EXPECT_EQ(one->way, direction::give_back);
    EXPECT_EQ(one->minor, 400);
    EXPECT_EQ(one->moment, noon);
    EXPECT_EQ(one->unit, cny);
    // Terminal and day alone are of many payments.
    record.trace = 0;
    EXPECT_EQ(own_entry(record, match)->key, "");
    EXPECT_EQ(own_entry(record, std::array{key_field::order})->key, "");
    record.trace = 42;
    record.approved = amount(400, currency{392, 0});
    EXPECT_EQ(own_entry(record, match)->unit.number, 392);
    record.kind = ports::trade::pre_auth;
    EXPECT_FALSE(own_entry(record, match));
    record.kind = ports::trade::sale;
    record.state = ports::record_state::reversal_pending;
    EXPECT_EQ(own_entry(record, match)->stands, standing::undecided);
    EXPECT_EQ(own_entry(record, match)->minor, 500);
    record.state = ports::record_state::reversed;
    EXPECT_EQ(own_entry(record, match)->stands, standing::not_moved);
}

} // namespace
