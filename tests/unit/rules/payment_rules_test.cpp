#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/rules/payment_rules.hpp>
#include <cipherlane/store/sqlite_limit_totals.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <stop_token>
#include <thread>

namespace {

using namespace cipherlane;
using namespace cipherlane::rules;
using namespace std::chrono_literals;

payment_rules shipped() {
    return payment_rules::load(tests::source_folder() / "sdk/src/rules/china.toml").value();
}

payment_facts facts(std::string name, amount total) {
    payment_facts made;
    made.payment = std::move(name);
    made.total = total;
    made.day = "20261129";
    made.code = code_kind::payment_code;
    made.pays = funding::debit;
    return made;
}

class PaymentRules : public testing::Test {
  protected:
    std::vector<rule_finding> judge(const payment_rules& all, const payment_facts& what) {
        return all.judge(what, *totals_, call(20s)).value();
    }
    tests::temporary_folder folder_;
    std::unique_ptr<store::sqlite_limit_totals> totals_ =
        store::sqlite_limit_totals::open(folder_.file("totals.db"), call(20s)).value();
};

TEST_F(PaymentRules, AdviseAndRefuseWithTheirSourceAndWhatWouldBeAllowed) {
    const auto all = shipped();
    auto what = facts("p1", "20.00"_cny);
    EXPECT_TRUE(judge(all, what).empty());
    what.pays = funding::prepaid;
    auto found = judge(all, what);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule, "prepaid by code");
    EXPECT_EQ(found[0].action, rule_action::advise);
    EXPECT_EQ(found[0].allowed, "by code: debit, credit, balance");
    EXPECT_FALSE(found[0].source.empty());
    EXPECT_FALSE(refuses(found));
    what.pays = funding::credit;
    what.order_allows_credit = false;
    found = judge(all, what);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(refuses(found));
    EXPECT_EQ(found[0].found, "credit, and the order allows none");
    what.pays = funding::unknown; // told by the answer alone
    found = judge(all, what);
    ASSERT_EQ(found.size(), 1U) << "what nobody knows may be credit";
    EXPECT_TRUE(refuses(found));
    EXPECT_EQ(found[0].found, "what pays is not known, and the order allows no credit");
    what.credit_is_kept_out = true;
    EXPECT_TRUE(judge(all, what).empty()) << "whoever takes it sees to it";
    what.pays = funding::credit;
    EXPECT_FALSE(judge(all, what).empty()) << "so it is said, and this is credit all the same";
}

TEST_F(PaymentRules, StaticCodesAboveFiveHundredADayAreAdvisedAgainstAndCounted) {
    const auto all = shipped();
    const auto pay = [&](std::string name, amount total, std::string day) {
        auto what = facts(std::move(name), total);
        what.code = code_kind::static_code;
        what.payer = "payer";
        what.day = std::move(day);
        return judge(all, what);
    };
    EXPECT_TRUE(pay("s1", "500.00"_cny, "20261129").empty());
    const auto found = pay("s2", "0.01"_cny, "20261129");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].found, "0.01, with 500.00 taken in 20261129 already");
    EXPECT_EQ(found[0].allowed, "at most 500.00 in 20261129: 0.00 is left");
    EXPECT_FALSE(refuses(found));
    EXPECT_EQ(totals_->taken("static code, grade D/static:payer", "20261129", call(20s)).value(), 50'001);
    EXPECT_TRUE(pay("s3", "1.00"_cny, "20261130").empty());
}

/// The payer's side tells the grade; a code on paper is of grade D, whatever it tells.
TEST_F(PaymentRules, PayersHaveTheDayOfTheirGrade) {
    const auto all = shipped();
    const auto pay = [&](std::string name, amount total, payer_grade grade,
                         code_kind code = code_kind::dynamic_code) {
        auto what = facts(std::move(name), total);
        what.code = code;
        what.payer = "payer";
        what.grade = grade;
        return judge(all, what);
    };
    EXPECT_TRUE(pay("a", "90000.00"_cny, payer_grade::a).empty()) << "agreed between others";
    EXPECT_TRUE(pay("b", "5000.00"_cny, payer_grade::b).empty());
    EXPECT_TRUE(pay("c", "1000.00"_cny, payer_grade::c, code_kind::payment_code).empty());
    EXPECT_TRUE(pay("no code", "9000.00"_cny, payer_grade::c, code_kind::none).empty());
    EXPECT_TRUE(pay("not told", "9000.00"_cny, payer_grade::unknown).empty());
    auto found = pay("b2", "0.01"_cny, payer_grade::b);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule, "payer of grade B");
    EXPECT_EQ(found[0].allowed, "at most 5000.00 in 20261129: 0.00 is left");
    EXPECT_FALSE(refuses(found));
    found = pay("c2", "0.01"_cny, payer_grade::c);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule, "payer of grade C");
    found = pay("d", "500.01"_cny, payer_grade::a, code_kind::static_code);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule, "static code, grade D");
    const auto agreed = payment_rules::parse("[[rule]]\nname = \"r\"\nsource = \"s\"\nsince = \"2018-04-01\"\nkind = "
                                             "\"payer grade\"\ngrade = \"A\"\naction = \"refuse\"\nday = 100\n",
        "rules.toml");
    auto what = facts("agreed", amount(101));
    what.payer = "payer";
    what.grade = payer_grade::a;
    EXPECT_TRUE(refuses(judge(agreed.value(), what)));
    for (const char* wrong : {"grade = \"B\"\n", "grade = \"E\"\nday = 5\n", "day = 5\n"}) {
        EXPECT_FALSE(payment_rules::parse("[[rule]]\nname = \"r\"\nsource = \"s\"\nsince = \"2018-04-01\"\nkind = "
                                          "\"payer grade\"\naction = \"refuse\"\n" +
                                              std::string(wrong),
            "rules.toml"))
            << wrong;
    }
}

constexpr auto micro_total = "micro merchants, credit/micro:digest";

payment_facts micro(std::string name, amount total, std::string day = "20261129") {
    auto what = facts(std::move(name), total);
    what.pays = funding::credit;
    what.micro_identity = "digest";
    what.day = std::move(day);
    return what;
}

TEST_F(PaymentRules, MicroMerchantsHaveADayAndAMonthOfCredit) {
    const auto all = shipped();
    for (int day = 1; day <= 10; ++day)
        EXPECT_TRUE(judge(all,
            micro("d" + std::to_string(day), "1000.00"_cny, day < 10 ? "2026110" + std::to_string(day) : "20261110"))
                        .empty());
    const auto found = judge(all, micro("more", "0.01"_cny, "20261111"));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(refuses(found));
    EXPECT_EQ(found[0].allowed, "at most 10000.00 in 202611: 0.00 is left");
    EXPECT_TRUE(judge(all, micro("december", "1000.00"_cny, "20261201")).empty());
    EXPECT_TRUE(refuses(judge(all, micro("again", "0.01"_cny, "20261201"))));
    // The same payment is counted once, and what is given back is free again.
    EXPECT_TRUE(judge(all, micro("december", "1000.00"_cny, "20261201")).empty());
    ASSERT_TRUE(all.give_back("december", 40'000, *totals_, call(20s)));
    EXPECT_TRUE(judge(all, micro("rest", "400.00"_cny, "20261201")).empty());
    ASSERT_TRUE(all.give_back("december", 100'000, *totals_, call(20s))); // no more than is left of it
    EXPECT_EQ(totals_->taken(micro_total, "20261201", call(20s)).value(), 40'000);
    ASSERT_TRUE(all.give_back("december", 100'000, *totals_, call(20s)));
    EXPECT_EQ(totals_->taken(micro_total, "202612", call(20s)).value(), 40'000);
}

TEST_F(PaymentRules, TotalsOfTwoYearsAgoGo) {
    const auto take = [&](const std::string& day) {
        const std::vector<ports::period_limit> limits{{day, 1'000}, {day.substr(0, 6), 1'000}};
        EXPECT_TRUE(totals_->take("payment of " + day, "shop", 100, limits, call(20s))->anew) << day;
    };
    for (const auto* day : {"20241031", "20241101", "20261129", "20261130"})
        take(day);
    const auto left = [&](const char* period) { return totals_->taken("shop", period, call(20s)).value(); };
    EXPECT_EQ(left("20241031") + left("202410"), 0);
    EXPECT_EQ(left("20241101") + left("202411"), 200);
    EXPECT_EQ(left("202611"), 200);
    ASSERT_TRUE(totals_->give_back("payment of 20241031", 100, call(20s)));
    EXPECT_EQ(left("202410"), 0) << "what has gone is not given back";
}

TEST_F(PaymentRules, ConcurrentLanesNeverTakeMoreThanTheLimit) {
    const auto all = shipped();
    std::atomic<int> taken{0};
    std::vector<std::thread> lanes;
    for (int lane = 0; lane < 4; ++lane) {
        lanes.emplace_back([&, lane] {
            // Each lane has the file open for itself, as processes do.
            const auto own = store::sqlite_limit_totals::open(folder_.file("totals.db"), call(60s)).value();
            for (int i = 0; i < 8; ++i) {
                const auto name = "lane " + std::to_string(lane) + "/" + std::to_string(i);
                const auto found = all.judge(micro(name, "99.00"_cny), *own, call(60s));
                if (found && !refuses(*found)) ++taken;
            }
        });
    }
    for (auto& lane : lanes)
        lane.join();
    EXPECT_EQ(taken, 10);
    EXPECT_EQ(totals_->taken(micro_total, "20261129", call(20s)).value(), 99'000);
    // And they are still there for whoever comes later.
    totals_ = store::sqlite_limit_totals::open(folder_.file("totals.db"), call(20s)).value();
    EXPECT_EQ(totals_->taken(micro_total, "202611", call(20s)).value(), 99'000);
}

/// A micro merchant's code on paper: both totals are concerned, once the answer has told the funding.
payment_facts at_static_code(std::string name, amount total) {
    auto what = micro(std::move(name), total);
    what.code = code_kind::static_code;
    what.payer = "payer";
    return what;
}

TEST_F(PaymentRules, ARefusalLeavesWhatAnEarlierJudgementOfTheSamePaymentTook) {
    const auto all = shipped();
    auto what = at_static_code("p", "300.00"_cny);
    what.pays = funding::unknown;
    EXPECT_TRUE(judge(all, what).empty());
    EXPECT_TRUE(judge(all, micro("other", "900.00"_cny)).empty());
    what.pays = funding::credit; // the answer tells: the payment stands
    EXPECT_TRUE(refuses(judge(all, what)));
    const auto subject = "static code, grade D/static:payer";
    EXPECT_EQ(totals_->taken(subject, "20261129", call(20s)).value(), 30'000);
    EXPECT_TRUE(refuses(judge(all, at_static_code("q", "200.00"_cny)))) << "one that is new takes nothing";
    EXPECT_EQ(totals_->taken(subject, "20261129", call(20s)).value(), 30'000);
}

std::string static_rule(std::string_view name, std::string_view action, int day, std::string_view more = {}) {
    return "[[rule]]\nname = \"" + std::string(name) +
           "\"\nsource = \"s\"\nsince = \"2018-04-01\"\nkind = \"static code\"\naction = \"" + std::string(action) +
           "\"\nday = " + std::to_string(day) + "\n" + std::string(more);
}

TEST_F(PaymentRules, TwoRulesOfAKindCountApart) {
    const auto text = static_rule("first", "refuse", 50'000) + static_rule("second", "advise", 30'000);
    const auto all = payment_rules::parse(text, "rules.toml").value();
    EXPECT_TRUE(judge(all, at_static_code("a", "250.00"_cny)).empty());
    const auto found = judge(all, at_static_code("b", "250.00"_cny));
    ASSERT_EQ(found.size(), 1U) << "500.00 in all is not too much for the first";
    EXPECT_EQ(found[0].rule, "second");
    EXPECT_TRUE(refuses(judge(all, at_static_code("c", "0.01"_cny))));
}

TEST_F(PaymentRules, PayersWhoAreNotKnownShareNoTotal) {
    const auto all = payment_rules::parse(static_rule("r", "refuse", 50'000), "rules.toml").value();
    for (const auto* name : {"a", "b"}) {
        auto what = at_static_code(name, "400.00"_cny);
        what.payer.clear();
        EXPECT_TRUE(judge(all, what).empty()) << name;
    }
    EXPECT_EQ(totals_->taken("r/static:", "20261129", call(20s)).value(), 0);
    auto alone = at_static_code("c", "500.01"_cny);
    alone.payer.clear();
    const auto found = judge(all, alone);
    ASSERT_TRUE(refuses(found)) << "too much for anybody";
    EXPECT_EQ(found[0].found, "500.01 in one payment, of a payer who is not known");
    EXPECT_EQ(found[0].allowed, "at most 500.00 a day");
    const auto graded = shipped();
    auto what = facts("d", "1000.01"_cny);
    for (const auto grade : {payer_grade::unknown, payer_grade::a, payer_grade::b}) {
        what.grade = grade;
        EXPECT_TRUE(judge(graded, what).empty());
    }
    what.grade = payer_grade::c;
    EXPECT_EQ(judge(graded, what).at(0).rule, "payer of grade C");
    what.total = amount(100'001, *find_currency(840));
    EXPECT_TRUE(judge(graded, what).empty()) << "of another currency the rule says nothing";
}

/// Killed between its taking and its record, a payment may come again under its key as another one.
TEST_F(PaymentRules, AnotherAmountUnderTheSameKeyIsCountedAnew) {
    const std::array limits{ports::period_limit{"20261129", 1'000}, ports::period_limit{"202611", 5'000}};
    const auto taken = [&](std::string_view period) { return totals_->taken("shop", period, call(20s)).value(); };
    ASSERT_TRUE(totals_->take("k", "shop", 1, limits, call(20s))->anew);
    EXPECT_TRUE(totals_->take("k", "shop", 90'000, limits, call(20s))->reached) << "and not: taken before";
    EXPECT_EQ(taken("20261129"), 1);
    EXPECT_TRUE(totals_->take("k", "shop", 900, limits, call(20s))->anew);
    EXPECT_FALSE(totals_->take("k", "shop", 900, limits, call(20s))->anew);
    EXPECT_EQ(taken("20261129"), 900);
    const std::array next{ports::period_limit{"20261130", 1'000}, ports::period_limit{"202611", 5'000}};
    EXPECT_TRUE(totals_->take("k", "shop", 900, next, call(20s))->anew) << "another day";
    EXPECT_EQ(taken("20261129"), 0);
    EXPECT_EQ(taken("20261130"), 900);
    EXPECT_EQ(taken("202611"), 900);
}

TEST_F(PaymentRules, WhatTheAnswerTellsFeedsTheTotalsBeyondTheLimit) {
    const auto all = shipped();
    const auto settle = [&](const payment_facts& judged, funding pays) {
        auto known = judged;
        known.pays = pays;
        return all.settle(judged, known, *totals_, call(20s)).value();
    };
    const auto taken = [&] { return totals_->taken(micro_total, "20261129", call(20s)).value(); };
    auto first = micro("first", "800.00"_cny, "20261129");
    first.pays = funding::unknown;
    EXPECT_TRUE(judge(all, first).empty());
    EXPECT_EQ(taken(), 0) << "nobody knows yet";
    EXPECT_TRUE(settle(first, funding::credit).empty());
    EXPECT_TRUE(settle(first, funding::credit).empty());
    EXPECT_EQ(taken(), 80'000) << "once";
    auto second = micro("second", "300.00"_cny, "20261129");
    second.pays = funding::unknown;
    EXPECT_TRUE(judge(all, second).empty());
    const auto over = settle(second, funding::credit);
    ASSERT_EQ(over.size(), 1U);
    EXPECT_TRUE(refuses(over));
    EXPECT_EQ(over[0].found, "300.00, with 800.00 taken in 20261129 already");
    EXPECT_EQ(taken(), 110'000) << "it has been paid";
    ASSERT_TRUE(all.give_back("second", 30'000, *totals_, call(20s)));
    EXPECT_EQ(taken(), 80'000);
}

TEST_F(PaymentRules, WhatTurnsOutToBeNoCreditIsNoLongerCounted) {
    const auto all = shipped();
    const auto taken = [&] { return totals_->taken(micro_total, "20261129", call(20s)).value(); };
    const auto judged = micro("k", "900.00"_cny, "20261129");
    EXPECT_TRUE(judge(all, judged).empty());
    EXPECT_EQ(taken(), 90'000);
    auto known = judged;
    known.pays = funding::debit;
    EXPECT_TRUE(all.settle(judged, known, *totals_, call(20s))->empty());
    EXPECT_EQ(taken(), 0);
    EXPECT_FALSE(all.take_again("k", 90'000, *totals_, call(20s)).value()) << "it is no part of it for good";
    known.pays = funding::prepaid;
    const auto advice = all.settle(judged, known, *totals_, call(20s)).value();
    ASSERT_EQ(advice.size(), 1U);
    EXPECT_EQ(advice[0].rule, "prepaid by code");
    known.day = "today";
    EXPECT_EQ(all.settle(judged, known, *totals_, call(20s)).error().field(), "day");
}

TEST_F(PaymentRules, APayerWhoIsToldAfterwardsHasADay) {
    const auto all = shipped();
    auto judged = facts("one", "700.00"_cny);
    judged.grade = payer_grade::c;
    EXPECT_TRUE(judge(all, judged).empty());
    auto known = judged;
    known.payer = "digest";
    EXPECT_TRUE(all.settle(judged, known, *totals_, call(20s))->empty());
    judged.payment = known.payment = "two";
    const auto over = all.settle(judged, known, *totals_, call(20s)).value();
    ASSERT_EQ(over.size(), 1U);
    EXPECT_EQ(over[0].found, "700.00, with 700.00 taken in 20261129 already");
    known.payment = "three";
    known.payer = "another";
    EXPECT_TRUE(all.settle(judged, known, *totals_, call(20s))->empty());
}

TEST_F(PaymentRules, WhatIsPaidAfterAllIsTakenAgainBeyondTheLimit) {
    const std::array limits{ports::period_limit{"20261129", 1'000}};
    const auto taken = [&] { return totals_->taken("shop", "20261129", call(20s)).value(); };
    EXPECT_FALSE(totals_->take_again("k", 900, call(20s)).value()) << "it has never taken anything";
    ASSERT_TRUE(totals_->take("k", "shop", 900, limits, call(20s))->anew);
    EXPECT_FALSE(totals_->take_again("k", 900, call(20s)).value());
    ASSERT_TRUE(totals_->give_back("k", 900, call(20s)));
    ASSERT_TRUE(totals_->take("other", "shop", 800, limits, call(20s))->anew);
    EXPECT_TRUE(totals_->take_again("k", 700, call(20s)).value());
    EXPECT_FALSE(totals_->take_again("k", 700, call(20s)).value()) << "once";
    EXPECT_EQ(taken(), 1'500);
}

/// Totals that fail as a file does, for some rules or when something is given back.
class failing_totals final : public ports::limit_totals {
  public:
    explicit failing_totals(ports::limit_totals& below)
        : below_(below) {}
    result<ports::total_taking> take(std::string_view payment, std::string_view subject, std::int64_t minor,
        std::span<const ports::period_limit> limits, const call& bounds) override {
        if (subject.starts_with(no_take_of)) {
            stop.request_stop();
            return failed();
        }
        return below_.take(payment, subject, minor, limits, bounds);
    }
    result<void> give_back(std::string_view payment, std::int64_t minor, const call& bounds) override {
        if (no_give_back) return failed();
        return below_.give_back(payment, minor, bounds);
    }
    result<bool> take_again(std::string_view payment, std::int64_t minor, const call& bounds) override {
        return below_.take_again(payment, minor, bounds);
    }
    result<std::int64_t> taken(std::string_view subject, std::string_view period, const call& bounds) override {
        return below_.taken(subject, period, bounds);
    }

    std::string_view no_take_of = "none";
    bool no_give_back = false;
    std::stop_source stop; ///< is asked for when a take fails

  private:
    static error failed() { return {make_error_code(boost::system::errc::io_error), layer::store}; }
    ports::limit_totals& below_;
};

TEST_F(PaymentRules, TotalsThatFailHideNoRefusalAndKeepNothing) {
    const auto text = static_rule("first", "advise", 50'000) + static_rule("second", "advise", 50'000) +
                      static_rule("last", "refuse", 10'000);
    const auto all = payment_rules::parse(text, "rules.toml").value();
    failing_totals totals(*totals_);
    const auto first_total = [&] { return totals_->taken("first/static:payer", "20261129", call(20s)).value(); };
    totals.no_take_of = "second/";
    const auto failed = all.judge(at_static_code("a", "50.00"_cny), totals, call(20s));
    ASSERT_FALSE(failed) << "nothing refuses: the caller decides";
    EXPECT_EQ(failed.error().code(), make_error_code(boost::system::errc::io_error));
    EXPECT_EQ(first_total(), 0);
    auto found = all.judge(at_static_code("b", "200.00"_cny), totals, call(20s));
    ASSERT_TRUE(found) << found.error();
    EXPECT_TRUE(refuses(*found)) << "by the last rule, though the second cannot count";
    EXPECT_EQ(first_total(), 0);
    totals.stop = std::stop_source();
    EXPECT_FALSE(all.judge(at_static_code("d", "50.00"_cny), totals, call(20s, totals.stop.get_token())));
    EXPECT_EQ(first_total(), 0) << "also where the caller wants no more";
    totals.no_take_of = "none";
    totals.no_give_back = true;
    found = all.judge(at_static_code("c", "200.00"_cny), totals, call(20s));
    ASSERT_TRUE(found) << found.error();
    EXPECT_TRUE(refuses(*found));
    EXPECT_EQ(first_total(), 20'000) << "too much rather than too little";
}

TEST_F(PaymentRules, WhatIsTakenAgainIsOfTheNewSubject) {
    const std::vector<ports::period_limit> limits{{"20261129", 1000}};
    ASSERT_TRUE(totals_->take("p", "first", 10, limits, call(20s)).value().anew);
    EXPECT_FALSE(totals_->take("p", "first", 10, limits, call(20s)).value().anew);
    ASSERT_TRUE(totals_->give_back("p", 10, call(20s)));
    ASSERT_TRUE(totals_->take("p", "second", 10, limits, call(20s)).value().anew);
    ASSERT_TRUE(totals_->give_back("p", 10, call(20s)));
    EXPECT_EQ(totals_->taken("first", "20261129", call(20s)).value(), 0);
    EXPECT_EQ(totals_->taken("second", "20261129", call(20s)).value(), 0);
}

TEST_F(PaymentRules, TotalsAreOfOneCurrencyAndOnlyGrow) {
    const auto yuan = payment_rules::parse(static_rule("r", "refuse", 50'000), "rules.toml").value();
    const auto dollars =
        payment_rules::parse(static_rule("r", "refuse", 50'000, "currency = 840\n"), "rules.toml").value();
    const amount usd(100, *find_currency(840));
    const auto hint = [&](const payment_rules& all, amount total) {
        const auto found = all.judge(at_static_code("p", total), *totals_, call(20s));
        if (found) return std::string("judged");
        EXPECT_EQ(found.error().code(), core_errc::out_of_range);
        EXPECT_EQ(found.error().field(), "total");
        return std::string(found.error().hint());
    };
    EXPECT_EQ(hint(yuan, usd), "found USD with 2 decimals, expected CNY with 2 decimals");
    EXPECT_EQ(hint(yuan, amount(100, {156, 3})), "found CNY with 3 decimals, expected CNY with 2 decimals");
    EXPECT_EQ(hint(yuan, amount(-100)), "found -100, expected 1 or more");
    EXPECT_EQ(hint(yuan, amount(0)), "found 0, expected 1 or more");
    EXPECT_EQ(totals_->taken("r/static:payer", "20261129", call(20s)).value(), 0);
    EXPECT_EQ(hint(dollars, usd), "judged");
    EXPECT_EQ(totals_->taken("r/static:payer", "20261129", call(20s)).value(), 100);
    for (const std::int64_t minor : {std::int64_t{0}, std::int64_t{-1}}) {
        const std::vector<ports::period_limit> limits{{"20261129", 1000}};
        EXPECT_EQ(totals_->take("x", "s", minor, limits, call(20s)).error().code(), core_errc::out_of_range);
        EXPECT_EQ(totals_->give_back("r/p", minor, call(20s)).error().code(), core_errc::out_of_range);
    }
    const auto unlisted = payment_rules::parse(static_rule("r", "refuse", 1, "currency = 1\n"), "rules.toml");
    ASSERT_FALSE(unlisted);
    EXPECT_EQ(unlisted.error().field(), "rule.currency");
}

constexpr const char* one_rule = R"([[rule]]
name = "r"
source = "s"
since = "2027-01-01"
kind = "category"
action = "refuse"
mcc = ["5812"]
funding = ["debit"]
)";

TEST_F(PaymentRules, HoldFromTheirDateAndForTheirCategories) {
    const auto all = payment_rules::parse(one_rule, "rules.toml").value();
    auto what = facts("c", "1.00"_cny);
    what.category = "5812";
    what.pays = funding::credit;
    EXPECT_TRUE(judge(all, what).empty());
    what.day = "20270101";
    const auto found = judge(all, what);
    ASSERT_TRUE(refuses(found));
    EXPECT_EQ(found[0].found, "credit at category 5812");
    EXPECT_EQ(found[0].allowed, "there: debit");
    what.category = "5813";
    EXPECT_TRUE(judge(all, what).empty());
}

TEST_F(PaymentRules, AFileWithAFaultIsRefusedWithItsLine) {
    struct fault {
        std::string_view from;
        std::string_view to;
        std::string_view field;
        std::size_t line;
    };
    for (const auto& [from, to, field, line] : std::vector<fault>{
             {"2027-01-01", "2027-13-01", "rule.since", 4},
             {"\"category\"", "\"categories\"", "rule.kind", 5},
             {"\"refuse\"", "\"forbid\"", "rule.action", 6},
             {"[\"debit\"]", "[\"cash\"]", "rule.funding", 8},
             {"[\"debit\"]", "[]", "rule.funding", 8},
             {"source = \"s\"\n", "", "rule.source", 1},
             {"mcc", "mmc", "rule.mmc", 7},
         }) {
        std::string text = one_rule;
        text.replace(text.find(from), from.size(), to);
        const auto made = payment_rules::parse(text, "rules.toml");
        ASSERT_FALSE(made) << to;
        EXPECT_EQ(made.error().code(), core_errc::file_content);
        EXPECT_EQ(made.error().field(), field) << made.error();
        EXPECT_EQ(made.error().offset(), line) << made.error();
    }
}

TEST_F(PaymentRules, AFileThatWasCutBetweenTwoRulesIsRefusedWhereItSaysHowManyItHas) {
    const auto text = "entries = 2\n" + static_rule("first", "refuse", 50'000);
    EXPECT_TRUE(payment_rules::parse(text + static_rule("second", "refuse", 50'000), "rules.toml"));
    const auto cut = payment_rules::parse(text, "rules.toml");
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code(), core_errc::file_content);
    EXPECT_EQ(cut.error().field(), "entries");
    EXPECT_EQ(cut.error().hint(), "found 2, the file has 1 of [[rule]] and [[card]]: was it cut?");
    const auto whole = tests::whole_file(tests::source_folder() / "sdk/src/rules/china.toml");
    EXPECT_FALSE(payment_rules::parse(whole.substr(0, whole.rfind("[[rule]]")), "china.toml"));
}

TEST(RulesOfSmallAmounts, LimitWhatNeedsNoPin) {
    const auto all = payment_rules::parse("[[rule]]\nname = \"small\"\nsource = \"the scheme\"\nsince = "
                                          "\"2018-06-01\"\nkind = \"small amount\"\naction = \"refuse\"\nmost = "
                                          "100000\n",
        "rules.toml")
                         .value();
    tests::temporary_folder folder;
    const auto totals = store::sqlite_limit_totals::open(folder.file("totals.db"), call(20s)).value();
    payment_facts facts;
    facts.payment = "a";
    facts.day = "20261130";
    facts.without_pin = true;
    const auto found = [&](std::int64_t minor) {
        facts.total = amount(minor);
        return all.judge(facts, *totals, call(20s)).value();
    };
    EXPECT_TRUE(found(100'000).empty());
    ASSERT_EQ(found(100'001).size(), 1U);
    EXPECT_EQ(found(100'001)[0].allowed, "without them at most 1000.00");
    facts.without_pin = false;
    EXPECT_TRUE(found(100'001).empty());
}

TEST(RulesOfCards, TakeTheLongestRangeThatFits) {
    const std::string rule = "[[rule]]\nname = \"r\"\nsource = \"s\"\nsince = \"2018-04-01\"\nkind = \"order "
                             "credit\"\naction = \"off\"\n";
    const auto all = payment_rules::parse(rule + "[[card]]\nbegins = \"62\"\npays = \"debit\"\n[[card]]\nbegins = "
                                                 "\"622575\"\npays = \"credit\"\n",
        "rules.toml")
                         .value();
    EXPECT_EQ(all.funding_of_card("622575******1234"), funding::credit);
    EXPECT_EQ(all.funding_of_card("622200*********0005"), funding::debit);
    EXPECT_EQ(all.funding_of_card("411111******1111"), funding::unknown);
    EXPECT_EQ(all.funding_of_card(""), funding::unknown);
    for (const char* wrong : {"begins = \"\"\npays = \"debit\"", "begins = \"6225751\"\npays = \"debit\"",
             "begins = \"62x\"\npays = \"debit\"", "begins = \"62\"\npays = \"balance\"", "begins = \"62\""})
        EXPECT_FALSE(payment_rules::parse(rule + "[[card]]\n" + wrong + "\n", "rules.toml")) << wrong;
}

} // namespace
