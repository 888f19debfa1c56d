#include "support/whole_file.hpp"

#include <cipherlane/clearing/errc.hpp>
#include <cipherlane/clearing/largest_remainder.hpp>
#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/core/errc.hpp>

#include <gtest/gtest.h>

#include <numeric>

namespace {

using namespace cipherlane;
using namespace cipherlane::clearing;
using reconcile::direction;

business_calendar year_2026() {
    return business_calendar::load(tests::source_folder() / "sdk/src/clearing/calendars/cn-2026.toml").value();
}

constexpr const char* fees_text = R"([[fee]]
name = "restaurants"
mcc = ["5812", "5813"]
rate = "0.6%"
cap = 8000
floor = 1
[[fee]]
name = "all others"
give_back = "returned"
tier = [{up_to = 10000, rate = "0.38%"}, {rate = "0.2%"}]
)";

fee_schedule fees() {
    return fee_schedule::parse(fees_text, "fees.toml").value();
}

/// A small generator, so that a failure comes again.
class numbers {
  public:
    std::uint32_t below(std::uint32_t end) {
        state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        return static_cast<std::uint32_t>(state_ >> 33U) % end;
    }

  private:
    std::uint64_t state_ = 20'261'129;
};

TEST(BusinessCalendar, KnowsHolidaysAndWorkedDaysOfRest) {
    const auto calendar = year_2026();
    const auto day = [](std::string_view text) { return parse_calendar_day(text).value(); };
    EXPECT_EQ(calendar.after(day("2026-11-27"), 1).value(), day("2026-11-30")); // Friday: the Monday
    EXPECT_EQ(calendar.after(day("2026-02-13"), 1).value(), day("2026-02-14")); // a Saturday that is worked
    EXPECT_EQ(calendar.after(day("2026-02-14"), 1).value(), day("2026-02-24"));
    EXPECT_EQ(calendar.after(day("2026-09-30"), 2).value(), day("2026-10-09"));
    EXPECT_EQ(calendar.after(day("2026-10-03"), 0).value(), day("2026-10-08"));
    const auto beyond = calendar.after(day("2026-12-31"), 1);
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().code(), core_errc::out_of_range);
}

TEST(BusinessCalendar, NamesTheKeyAndLineThatAreWrong) {
    const auto fault = [](std::string_view text) { return business_calendar::parse(text, "days.toml").error(); };
    EXPECT_EQ(fault("name = \"x\"\nfirst = \"2026-01-01\"\n").field(), "last");
    const auto outside =
        fault("name = \"x\"\nfirst = \"2026-01-01\"\nlast = \"2026-12-31\"\nholidays = [\"2027-01-01\"]\n");
    EXPECT_EQ(outside.field(), "holidays") << outside;
    EXPECT_EQ(outside.offset(), 4U);
    EXPECT_EQ(fault("name = \"x\"\nfirst = \"2026-02-30\"\nlast = \"2026-12-31\"\n").field(), "first");
}

TEST(FeeSchedule, TakesRateTierFloorAndCap) {
    const auto all = fees();
    const auto* meal = all.rule("5812").value();
    EXPECT_EQ(meal->fee(direction::payment, 1), 1); // the floor
    EXPECT_EQ(meal->fee(direction::payment, 10'000), 60);
    EXPECT_EQ(meal->fee(direction::payment, 1'083), 6); // 6.498
    EXPECT_EQ(meal->fee(direction::payment, 1'084), 7); // 6.504
    EXPECT_EQ(meal->fee(direction::payment, 1'250), 8); // 7.5 goes up
    EXPECT_EQ(meal->fee(direction::payment, 900'000'000), 8000);
    EXPECT_EQ(meal->fee(direction::give_back, 10'000), 0); // kept
    const auto* other = all.rule("5999").value();
    EXPECT_EQ(other->name, "all others");
    EXPECT_EQ(other->fee(direction::payment, 10'000), 38);
    EXPECT_EQ(other->fee(direction::payment, 10'001), 20);
    EXPECT_EQ(other->fee(direction::give_back, 10'000), 38);
    EXPECT_EQ(other->fee(direction::payment, amount::max_minor), 2'000'000'000);
}

TEST(FeeSchedule, NamesTheKeyAndLineThatAreWrong) {
    struct fault {
        std::string text;
        std::string_view field;
        std::size_t line;
    };
    for (const auto& [text, field, line] : std::vector<fault>{
             {"[[fee]]\nname = \"a\"\nrate = \"0.38\"\n", "fee.rate", 3},
             {"[[fee]]\nname = \"a\"\nrate = \"101%\"\n", "fee.rate", 3},
             {"[[fee]]\nname = \"a\"\nrate = \"1%\"\nmcc = [\"58\"]\n", "fee.mcc", 4},
             {"[[fee]]\nname = \"a\"\nrate = \"1%\"\n[[fee]]\nname = \"b\"\nrate = \"1%\"\n", "fee.mcc", 4},
             {"[[fee]]\nname = \"a\"\nrate = \"1%\"\ncap = 1\nfloor = 2\n", "fee.cap", 4},
             {"[[fee]]\nname = \"a\"\ntier = [{rate = \"1%\"}, {rate = \"2%\"}]\n", "fee.tier.up_to", 3},
             {"[[fee]]\nname = \"a\"\nrate = \"1%\"\nminimum = 2\n", "fee.minimum", 4},
         }) {
        const auto made = fee_schedule::parse(text, "fees.toml");
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().code(), clearing_errc::bad_fees);
        EXPECT_EQ(made.error().field(), field) << made.error();
        EXPECT_EQ(made.error().offset(), line) << made.error();
    }
    const auto own = fee_schedule::parse("[[fee]]\nname = \"a\"\nmcc = [\"5812\"]\nrate = \"1%\"\n", "f").value();
    EXPECT_EQ(own.rule("5999").error().code(), clearing_errc::no_fee);
    EXPECT_EQ(fee_schedule::load("none.toml").error().code(), clearing_errc::cannot_read);
}

TEST(LargestRemainder, PartsAddUpAndNoneIsOffByOne) {
    EXPECT_EQ(divide(100, std::array<std::uint32_t, 3>{1, 1, 1}), (std::vector<std::int64_t>{34, 33, 33}));
    EXPECT_EQ(divide(-100, std::array<std::uint32_t, 3>{1, 1, 1}), (std::vector<std::int64_t>{-34, -33, -33}));
    EXPECT_EQ(divide(10, std::array<std::uint32_t, 3>{70, 0, 30}), (std::vector<std::int64_t>{7, 0, 3}));
    numbers chance;
    for (int round = 0; round < 20'000; ++round) {
        std::vector<std::uint32_t> weights(1 + chance.below(9));
        for (auto& weight : weights)
            weight = chance.below(100'000);
        weights[0] += 1;
        const std::int64_t minor = static_cast<std::int64_t>(chance.below(1'000'000'000)) * (1 + chance.below(999));
        const auto parts = divide(minor, weights);
        ASSERT_EQ(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}), minor);
        const auto all = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        for (std::size_t i = 0; i < parts.size(); ++i) {
            ASSERT_LT(std::abs(parts[i] * all - minor * std::int64_t{weights[i]}), all) << minor;
        }
    }
}

ports::journal_record record(ports::trade kind, ports::record_state state, std::int64_t minor) {
    ports::journal_record made;
    made.id = 1;
    made.kind = kind;
    made.state = state;
    made.merchant_id = "M1";
    made.requested = made.approved = amount(minor);
    made.host_date = "20261127";
    made.host_time = "120000";
    return made;
}

TEST(Clearing, AMerchantsDayIsPaidOutOnTheNextWorkingDay) {
    const auto schedule = fees();
    const auto calendar = year_2026();
    payout_book books(schedule, calendar);
    using ports::record_state;
    using ports::trade;
    const auto add = [&](const ports::journal_record& one, std::vector<share> shares = {}) {
        auto item = item_of(one, "5812");
        if (!item) return std::string("none");
        item->shares = std::move(shares);
        return to_csv(*item, books.add(*item).value());
    };
    EXPECT_EQ(add(record(trade::sale, record_state::approved, 10'000), {{"shop", 70}, {"landlord", 30}}),
        "M1,2026-11-27,1,100.00,0.60,99.40,shop 69.58; landlord 29.82\r\n");
    EXPECT_EQ(add(record(trade::refund, record_state::approved, 1'000)),
        "M1,2026-11-27,1,-10.00,0.00,-10.00,M1 -10.00\r\n");
    EXPECT_EQ(add(record(trade::sale, record_state::declined, 777)), "none");
    EXPECT_EQ(add(record(trade::pre_auth, record_state::approved, 777)), "none");
    // A sale that was voided costs nothing.
    EXPECT_EQ(add(record(trade::sale, record_state::voided, 500)), "M1,2026-11-27,1,5.00,0.00,5.00,M1 5.00\r\n");
    EXPECT_EQ(
        add(record(trade::void_sale, record_state::approved, 500)), "M1,2026-11-27,1,-5.00,0.00,-5.00,M1 -5.00\r\n");
    const auto days = books.finish().value();
    ASSERT_EQ(days.size(), 1U);
    EXPECT_EQ(to_csv(days[0]), "M1,2026-11-27,2026-11-30,2,105.00,2,15.00,0.60,89.40,M1 -10.00; landlord 29.82; shop "
                               "69.58\r\n");
}

TEST(Clearing, RefusesSharesThatCannotBePaidOutAndAddsNothing) {
    const auto schedule = fees();
    const auto calendar = year_2026();
    payout_book books(schedule, calendar);
    clearing_item item;
    item.merchant = "M1";
    item.minor = 100;
    for (const auto& shares :
        std::vector<std::vector<share>>{{{"a", 0}}, {{"", 1}}, {{"a", 600'000}, {"b", 600'000}}}) {
        item.shares = shares;
        EXPECT_EQ(books.add(item).error().code(), clearing_errc::bad_shares);
    }
    item.minor = amount::max_minor + 1;
    EXPECT_EQ(books.add(item).error().code(), clearing_errc::too_much);
    EXPECT_TRUE(books.finish().value().empty());
}

/// By the payment's own tier, and together never more than was taken of it.
TEST(Clearing, WhatIsGivenBackOfAPaymentBringsBackNoMoreThanItsFee) {
    const auto rules = fee_schedule::parse(R"([[fee]]
name = "tiers"
mcc = ["4111"]
give_back = "returned"
tier = [{up_to = 10000, rate = "0.38%"}, {rate = "0.2%"}]
[[fee]]
name = "capped"
give_back = "returned"
rate = "1%"
cap = 100
)",
        "fees.toml")
                           .value();
    const auto calendar = year_2026();
    payout_book books(rules, calendar);
    clearing_item item;
    item.merchant = "M1";
    item.day = 20'784;
    const auto give_back_in_parts = [&](const char* category, std::int64_t paid, std::int64_t part) {
        item.category = category;
        item.way = direction::payment;
        item.minor = paid;
        item.of.reset();
        const auto taken = books.add(item).value().fee;
        std::int64_t back = 0;
        item.way = direction::give_back;
        for (std::int64_t before = 0; before < paid; before += part) {
            item.minor = std::min(part, paid - before);
            item.of = payment_given_back{paid, before};
            const auto fee = books.add(item).value().fee;
            EXPECT_LE(fee, 0);
            back -= fee;
        }
        return std::pair(taken, back);
    };
    EXPECT_EQ(give_back_in_parts("4111", 20'000, 5'000), std::pair(std::int64_t{40}, std::int64_t{40})); // not 76
    EXPECT_EQ(give_back_in_parts("5999", 100'000, 10'000), std::pair(std::int64_t{100}, std::int64_t{100}));
    EXPECT_EQ(give_back_in_parts("4111", 7'777, 131), std::pair(std::int64_t{30}, std::int64_t{30})); // 29.55
    EXPECT_EQ(books.finish().value().at(0).fees, 0);
    item.of = payment_given_back{100, amount::max_minor + 1};
    EXPECT_EQ(books.add(item).error().code(), clearing_errc::too_much);
}

TEST(Clearing, ABookHasOneCurrency) {
    const auto schedule = fees();
    const auto calendar = year_2026();
    payout_book books(schedule, calendar);
    auto yen = record(ports::trade::sale, ports::record_state::approved, 1'000);
    yen.approved = amount(1'000, currency{392, 0});
    const auto item = item_of(yen, "5999").value();
    EXPECT_EQ(item.unit.number, 392);
    EXPECT_EQ(books.add(item).error().code(), clearing_errc::other_currency);
    EXPECT_TRUE(books.finish().value().empty());
    payout_book of_yen(schedule, calendar, 1, item.unit);
    EXPECT_EQ(to_csv(item, of_yen.add(item).value()), "M1,2026-11-27,1,1000,4,996,M1 996\r\n");
    EXPECT_EQ(to_csv(of_yen.finish().value().at(0)), "M1,2026-11-27,2026-11-30,1,1000,0,0,4,996,M1 996\r\n");
}

/// Whatever the day: what is divided is what was taken, less what the fees took.
TEST(Clearing, NothingRoundsAway) {
    const auto schedule = fees();
    const auto calendar = year_2026();
    payout_book books(schedule, calendar);
    numbers chance;
    std::int64_t journal = 0;
    std::int64_t fees_taken = 0;
    for (int i = 0; i < 30'000; ++i) {
        clearing_item item;
        item.merchant = "M" + std::to_string(chance.below(40));
        item.category = chance.below(2) == 0 ? "5812" : "4111";
        item.day = 20'700 + chance.below(3);
        item.way = chance.below(10) == 0 ? direction::give_back : direction::payment;
        item.minor = chance.below(chance.below(20) == 0 ? 2'000'000'000 : 30'000);
        for (auto left = chance.below(4); left > 0; --left)
            item.shares.push_back({"P" + std::to_string(left), 1 + chance.below(999)});
        const auto done = books.add(item).value();
        journal += item.way == direction::payment ? item.minor : -item.minor;
        fees_taken += done.fee;
        std::int64_t parts = 0;
        for (const auto& [party, part] : done.parts)
            parts += part;
        ASSERT_EQ(parts, done.net);
        ASSERT_EQ(done.gross - done.fee, done.net);
    }
    std::int64_t net = 0;
    for (const auto& day : books.finish().value()) {
        EXPECT_EQ(day.gross - day.refunds - day.fees, day.net);
        std::int64_t parties = 0;
        for (const auto& [party, part] : day.parties)
            parties += part;
        EXPECT_EQ(parties, day.net);
        net += day.net;
    }
    EXPECT_EQ(net, journal - fees_taken);
}

} // namespace
