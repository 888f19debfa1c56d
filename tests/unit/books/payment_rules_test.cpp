#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/rules/payment_rules.hpp>
#include <cipherlane/store/sqlite_limit_totals.hpp>

#include <gtest/gtest.h>

#include <atomic>
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
    EXPECT_TRUE(judge(all, what).empty());
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
    EXPECT_EQ(totals_->taken("static:payer", "20261129", call(20s)).value(), 50'001);
    EXPECT_TRUE(pay("s3", "1.00"_cny, "20261130").empty());
}

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
    EXPECT_EQ(totals_->taken("micro:digest", "20261201", call(20s)).value(), 40'000);
    ASSERT_TRUE(all.give_back("december", 100'000, *totals_, call(20s)));
    EXPECT_EQ(totals_->taken("micro:digest", "202612", call(20s)).value(), 40'000);
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
    EXPECT_EQ(totals_->taken("micro:digest", "20261129", call(20s)).value(), 99'000);
    // And they are still there for whoever comes later.
    totals_ = store::sqlite_limit_totals::open(folder_.file("totals.db"), call(20s)).value();
    EXPECT_EQ(totals_->taken("micro:digest", "202611", call(20s)).value(), 99'000);
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

} // namespace
