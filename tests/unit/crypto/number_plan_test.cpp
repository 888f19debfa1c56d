#include "crypto_test_support.hpp"

#include <cipherlane/core/pan.hpp>
#include <cipherlane/crypto/number_plan.hpp>

#include <string>
#include <unordered_set>
#include <vector>

namespace cipherlane::crypto {
namespace {

constexpr const char* key_digits = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";

numbering_key test_numbering_key() {
    return test_key<numbering_key>(algorithm::aes, key_digits);
}
number_plan plan_of(std::string_view layout, std::string_view tenant) {
    return number_plan::create(test_numbering_key(), number_layout::parse(layout).value(), tenant).value();
}

TEST(NumberLayout, KnowsItsPlaces) {
    const auto merchant = number_layout::parse("898 2900 5411 ###### %").value();
    EXPECT_EQ(merchant.text(), "89829005411######%");
    EXPECT_EQ(merchant.size(), 18U);
    EXPECT_EQ(merchant.hidden_places(), 6U);
    EXPECT_EQ(merchant.capacity(), 1'000'000U);
    EXPECT_EQ(merchant.check(), number_layout::check_digit::luhn);
    const auto terminal = number_layout::parse("T001 @@@@").value();
    EXPECT_EQ(terminal.radix(), 36U);
    EXPECT_EQ(terminal.capacity(), 1'679'616U);
    EXPECT_EQ(number_layout::parse("##################").value().capacity(), 1'000'000'000'000'000'000U);
    EXPECT_EQ(number_layout::parse("@@@@@@@@@@@@").value().capacity(), 4'738'381'338'321'616'896U);
}

TEST(NumberLayout, RefusesWhatDoesNotFit) {
    const struct {
        const char* text;
        std::optional<std::size_t> offset;
    } rows[] = {
        {"", {}},
        {"   ", {}},
        {"898a######", 3},
        {"898-######", 3},
        {"######@", 6},
        {"@@@@#", 4},
        {"######%0", 7},
        {"%######", 1},
        {"######%%", 7},
        {"T######%", 7},
        {"@@@@@@%", 6},
        {"123456789012345678901234567######", 32},
        {"###################", {}},
        {"@@@@@@@@@@@@@", {}},
        {"\xE5\x8D\x95######", 0},
    };
    for (const auto& row : rows) {
        const auto got = number_layout::parse(row.text);
        ASSERT_TRUE(fails_with(got, crypto_errc::bad_layout)) << row.text;
        EXPECT_EQ(got.error().offset(), row.offset) << row.text;
    }
    for (const char* small : {"898290054111234", "898290054####", "#####", "@@@", "#####%"}) {
        EXPECT_TRUE(fails_with(number_layout::parse(small), crypto_errc::domain_too_small)) << small;
    }
}

// Computed with a plain Python transcription of FF1.
TEST(NumberPlan, HidesTheCounter) {
    auto north = plan_of("898 2900 5411 ###### %", "north");
    auto south = plan_of("898 2900 5411 ###### %", "south");
    const auto number = [](number_plan& plan, std::uint64_t counter) {
        return std::string(plan.number_at(counter).value().view());
    };
    EXPECT_EQ(number(north, 0).substr(0, 17), "89829005411650504");
    EXPECT_EQ(number(north, 1).substr(0, 17), "89829005411927223");
    EXPECT_EQ(number(north, 2).substr(0, 17), "89829005411829105");
    EXPECT_EQ(number(north, 999'999).substr(0, 17), "89829005411932972");
    EXPECT_EQ(number(south, 0).substr(0, 17), "89829005411649220");
    EXPECT_EQ(number(south, 1).substr(0, 17), "89829005411460626");
    EXPECT_TRUE(pan::parse(number(north, 0)).value().luhn_ok());
    auto terminals = plan_of("T001@@@@", "north");
    EXPECT_EQ(number(terminals, 0), "T001AMHT");
    EXPECT_EQ(number(terminals, 1), "T001KJIC");
    EXPECT_EQ(number(terminals, 1'679'615), "T0010MDD");
    auto wide = plan_of("##################", "n");
    EXPECT_EQ(number(wide, 999'999'999'999'999'999), "001603318097711536");
    auto mixed = plan_of("@@@@@@@@@@@@", "n");
    EXPECT_EQ(number(mixed, 4'738'381'338'321'616'895), "JXTFW17DSCFW");
    EXPECT_EQ(mixed.counter_of("JXTFW17DSCFW").value(), 4'738'381'338'321'616'895U);
}

// The whole of a layout: each number once, each turned back.
TEST(NumberPlan, GivesAMillionNumbersWithoutACollision) {
    auto plan = plan_of("8982900######%", "north");
    std::vector<issued_number> all(1'000'000);
    ASSERT_TRUE(plan.numbers_from(0, all));
    std::unordered_set<std::string_view> seen;
    seen.reserve(all.size());
    for (const auto& number : all)
        seen.insert(number.view());
    EXPECT_EQ(seen.size(), all.size());
    for (std::uint64_t counter = 0; counter < all.size(); counter += 9973) {
        EXPECT_EQ(plan.counter_of(all[counter].view()).value(), counter);
    }
    EXPECT_TRUE(fails_with(plan.number_at(1'000'000), crypto_errc::numbers_used_up));
}

TEST(NumberPlan, EndsWhereItsLayoutDoes) {
    auto plan = plan_of("######", "north");
    std::vector<issued_number> two(2);
    EXPECT_TRUE(plan.numbers_from(999'998, two));
    for (const std::uint64_t first : {999'999ULL, 1'000'000ULL, 1'000'001ULL, ~0ULL}) {
        EXPECT_TRUE(fails_with(plan.numbers_from(first, two), crypto_errc::numbers_used_up)) << first;
    }
    EXPECT_TRUE(plan.numbers_from(1'000'000, {}));
}

TEST(NumberPlan, RefusesForeignNumbers) {
    auto plan = plan_of("898######%", "north");
    const std::string good(plan.number_at(7).value().view());
    EXPECT_EQ(plan.counter_of(good).value(), 7U);
    const auto offset = [&](std::string number) {
        const auto got = plan.counter_of(number);
        EXPECT_TRUE(fails_with(got, crypto_errc::not_of_this_plan)) << number;
        return got ? std::nullopt : got.error().offset();
    };
    std::string wrong = good;
    wrong[1] = '0';
    EXPECT_EQ(offset(wrong), 1U);
    wrong = good;
    wrong[5] = 'A';
    EXPECT_EQ(offset(wrong), 5U);
    wrong = good;
    wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
    EXPECT_EQ(offset(wrong), 9U);
    EXPECT_EQ(offset(""), std::nullopt);
    EXPECT_EQ(offset(good + "0"), std::nullopt);
    auto terminals = plan_of("@@@@", "north");
    EXPECT_TRUE(fails_with(terminals.counter_of("abcd"), crypto_errc::not_of_this_plan));
}

TEST(NumberPlan, NamesItsTenantAndKey) {
    const auto layout = number_layout::parse("######").value();
    for (const auto& tenant : {std::string(), std::string(65, 'x'), std::string("a\0b", 3)}) {
        const auto got = number_plan::create(test_numbering_key(), layout, tenant);
        ASSERT_TRUE(fails_with(got, crypto_errc::bad_layout));
        EXPECT_EQ(got.error().field(), "tenant");
    }
    const auto plan = plan_of("######", std::string(64, 'x'));
    EXPECT_EQ(plan.tenant(), std::string(64, 'x'));
    auto other = plan.clone();
    auto first = plan.clone();
    EXPECT_EQ(other.number_at(5).value().view(), first.number_at(5).value().view());
    EXPECT_EQ(plan.key_check_value().value(), other.key_check_value().value());
    auto tdes = test_key<numbering_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    EXPECT_TRUE(fails_with(number_plan::create(std::move(tdes), layout, "x"), crypto_errc::unsupported_algorithm));
}

} // namespace
} // namespace cipherlane::crypto
