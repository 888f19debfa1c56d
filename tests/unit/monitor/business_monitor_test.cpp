#include "support/whole_file.hpp"

#include <cipherlane/monitor/business_monitor.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <random>

namespace {

using namespace cipherlane;
using namespace cipherlane::monitor;

constexpr std::int64_t day_seconds = 86'400;

business_calendar calendar() {
    return business_calendar::load(tests::source_folder() / "sdk/src/clearing/calendars/cn-2026.toml").value();
}

std::int64_t first_day() {
    return parse_calendar_day("2026-01-01")->time_since_epoch().count();
}

TEST(Expectation, LeavesOutliersAside) {
    EXPECT_EQ(expected({}), 0);
    EXPECT_EQ(expected(std::array<std::uint32_t, 5>{100, 102, 98, 0, 100}), 100);
    EXPECT_EQ(expected(std::array<std::uint32_t, 5>{100, 102, 98, 900, 100}), 100);
    EXPECT_EQ(expected(std::array<std::uint32_t, 4>{0, 0, 1, 3}), 1);
    std::array<double, hours_of_day> day{};
    day.fill(60);
    EXPECT_NEAR(expected_between(day, 0, 5), 5, 1e-9);
    EXPECT_NEAR(expected_between(day, 1'435, 1'440), 5, 1e-9);
    day = {};
    day[10] = 60;
    EXPECT_NEAR(expected_between(day, 0, 1'440), 60, 1e-9);
}

/// A shop that is open from 8 to 22, with its peaks at noon and in the evening, busier on days of rest, better and
/// worse days, and chance in every minute.
class shop {
  public:
    explicit shop(unsigned seed)
        : chance_(seed) {}

    void begin_day(bool works) { factor_ = (works ? 1.0 : 1.4) * std::exp(0.12 * normal_(chance_)); }
    /// Payments of a minute.
    unsigned minute(unsigned of_day) {
        const double hour = of_day / 60.0;
        if (hour < 8 || hour >= 22) return hour < 7 ? 0 : poisson(0.02);
        const double noon = std::exp(-(hour - 12) * (hour - 12) / 2);
        const double evening = std::exp(-(hour - 18.5) * (hour - 18.5) / 3);
        return poisson(factor_ * (3 + 6 * noon + 5 * evening));
    }

  private:
    unsigned poisson(double mean) { return std::poisson_distribution<unsigned>(mean)(chance_); }
    std::mt19937 chance_;
    std::normal_distribution<double> normal_;
    double factor_ = 1;
};

struct outage {
    std::int64_t begin;
    std::int64_t end;
    bool found = false;
};

/// Two or three a month, of 30 minutes to three hours, when the shop is open; some let one payment in ten through.
std::vector<outage> outages_of_a_year() {
    std::mt19937 chance(11);
    const auto below = [&](unsigned end) { return static_cast<std::int64_t>(chance() % end); };
    std::vector<outage> all;
    for (std::int64_t day = 25; day < 365; day += 9 + below(8)) {
        const auto minutes = 30 + below(150);
        const auto begin = (first_day() + day) * day_seconds + (510 + below(600)) * 60;
        all.push_back({begin, begin + minutes * 60});
    }
    return all;
}

TEST(BusinessMonitor, FindsEveryOutageOfAYearAndHardlyEverCriesWolf) {
    const auto days = calendar();
    business_monitor watch({}, days);
    shop trade(7);
    auto outages = outages_of_a_year();
    ASSERT_GT(outages.size(), 24U);
    std::array<unsigned, 13> wrong{};
    std::size_t next = 0;
    std::size_t ended = 0;
    for (auto day = first_day(); day < first_day() + 365; ++day) {
        trade.begin_day(days.is_business_day(std::chrono::sys_days(std::chrono::days(day))));
        for (unsigned minute = 0; minute < 1'440; ++minute) {
            const auto now = day * day_seconds + minute * 60;
            while (next < outages.size() && outages[next].end <= now)
                ++next;
            const bool out = next < outages.size() && outages[next].begin <= now;
            const auto taken = trade.minute(minute);
            for (unsigned i = 0; i < taken; ++i) {
                if (!out || (next % 3 == 0 && i % 10 == 9)) watch.add(now + i * 60 / std::max(taken, 1U));
            }
            for (const auto& told : watch.advance(now + 60)) {
                if (!told.raised) {
                    ++ended;
                    continue;
                }
                const auto hit = std::find_if(outages.begin(), outages.end(),
                    [&](const outage& one) { return told.at > one.begin && told.at <= one.end + 600; });
                if (hit != outages.end()) {
                    hit->found = true;
                    EXPECT_LE(told.at - hit->begin, 30 * 60) << "late";
                } else {
                    ++wrong[static_cast<std::size_t>((day - first_day()) / 31)];
                }
            }
        }
    }
    for (const auto& one : outages)
        EXPECT_TRUE(one.found) << "day " << (one.begin / day_seconds - first_day()) << ", "
                               << (one.end - one.begin) / 60 << " minutes";
    for (const auto month : wrong)
        EXPECT_LE(month, 1U);
    EXPECT_GE(ended, outages.size());
    EXPECT_FALSE(watch.alarmed());
}

TEST(BusinessMonitor, ExpectsNothingBeforeItKnowsTheDays) {
    const auto days = calendar();
    business_monitor watch({}, days);
    for (std::int64_t i = 0; i < 600; ++i)
        watch.add(first_day() * day_seconds + i * 60);
    EXPECT_TRUE(watch.advance((first_day() + 2) * day_seconds).empty());
    EXPECT_EQ(watch.day_expected()[5], 0);
    business_monitor nothing({}, days);
    EXPECT_TRUE(nothing.advance(first_day() * day_seconds).empty());
    EXPECT_TRUE(nothing.curve().empty());
}

TEST(BusinessMonitor, ShowsItsCurvesAndGauges) {
    const std::vector<reading> curve{{0, 0, 1}, {300, 4, 4}, {600, 8, 8}, {900, 0, 8}};
    EXPECT_EQ(curve_text(curve, 80), "expected ▁▄██\nseen      ▄█ \n");
    EXPECT_EQ(curve_text(curve, 2), "expected ▃█\nseen     ▂▄\n");
    const auto days = calendar();
    business_monitor watch({}, days);
    watch.add(first_day() * day_seconds + 3);
    EXPECT_TRUE(watch.advance(first_day() * day_seconds + 300).empty());
    const auto text = prometheus_text(watch, "shop \"1\"");
    EXPECT_NE(
        text.find("# TYPE cipherlane_payments_seen gauge\ncipherlane_payments_seen{till=\"shop \\\"1\\\"\"} 1\n"),
        std::string::npos)
        << text;
    EXPECT_NE(text.find("cipherlane_business_alarm{till=\"shop \\\"1\\\"\"} 0\n"), std::string::npos);
    // The dashboard asks for what is told.
    const auto board =
        nlohmann::json::parse(tests::whole_file(tests::source_folder() / "sdk/src/monitor/grafana-dashboard.json"));
    for (const auto& panel : board["panels"]) {
        for (const auto& target : panel["targets"]) {
            const auto asked = target["expr"].get<std::string>();
            EXPECT_NE(text.find("# TYPE " + asked.substr(0, asked.find('{')) + " gauge"), std::string::npos) << asked;
        }
    }
}

} // namespace
