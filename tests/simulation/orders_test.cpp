// QR orders whose customers are late, slow, there twice or of many minds: what each scenario is meant to show, and
// days of them under faults and kills by chance. cipherlane-simulate runs more of those.
#include "simulation/known_faults.hpp"
#include "support/seed.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

/// Its run with nothing going wrong.
run_report told_by(std::string_view name) {
    const prepared_scenario what(*find_scenario(name));
    run_settings how;
    how.keeps_timeline = true;
    auto report = what.run({}, how);
    EXPECT_TRUE(report.good()) << to_string(report.findings) << report.timeline;
    return report;
}

std::size_t times(const run_report& report, std::string_view what) {
    std::size_t found = 0;
    for (auto at = report.timeline.find(what); at != std::string::npos; at = report.timeline.find(what, at + 1))
        ++found;
    return found;
}

/// Told of the code at least once, for a till is told again until it has acknowledged, and nothing else but that.
void expect_told(const run_report& report, std::string_view outcome) {
    const auto so = times(report, "told of code: " + std::string(outcome));
    EXPECT_GT(so, 0U) << report.timeline;
    EXPECT_EQ(times(report, "told of code: "), so) << report.timeline;
}

TEST(Orders, ACodeThatNobodyScansIsFollowedByAnother) {
    const auto report = told_by("qr-sale-next-code");
    EXPECT_EQ(times(report, "show QR"), 2U) << report.timeline;
    expect_told(report, "QR sale 9.90 approved");
}

TEST(Orders, WhatIsPaidTooLateGoesBack) {
    const auto after_cancel = told_by("qr-sale-paid-after-cancel");
    EXPECT_EQ(times(after_cancel, "refund order"), 1U) << after_cancel.timeline;
    const auto each = told_by("qr-sale-paid-late");
    EXPECT_EQ(times(each, "show QR"), 2U) << each.timeline;
    EXPECT_EQ(times(each, "refund order"), 2U) << "each code was paid after its end" << each.timeline;
}

TEST(Orders, ASecondPaymentGoesBack) {
    const auto report = told_by("qr-sale-paid-twice");
    EXPECT_EQ(times(report, "refund order"), 1U) << report.timeline;
    expect_told(report, "QR sale 9.90 approved");
}

TEST(Orders, APasswordIsWaitedForAndNotForEver) {
    expect_told(told_by("qr-charge-password"), "QR charge 9.90 approved");
    const auto never = told_by("qr-charge-no-password");
    EXPECT_EQ(times(never, "reverse charge"), 1U) << never.timeline;
    expect_told(never, "QR charge 9.90 declined");
}

TEST(Orders, OfManyCustomersUnderFaultsAndKillsBreakNoRule) {
    const prepared_scenario what(*find_scenario("busy-orders"));
    walk_by_chance how;
    how.first_seed = tests::random_seed();
    how.runs = 200;
    how.enough = 1;
    how.counts = unknown_yet;
    how.time = 3s;
    const auto seen = roam(what, how);
    EXPECT_GT(seen.payments, 50U);
    EXPECT_GT(seen.faults, 50U);
    std::cout << seen.payments << " orders and refunds, " << seen.faults << " faults\n";
    for (const auto& one : seen.failures) {
        ADD_FAILURE() << "cipherlane-simulate busy-orders --seed " << one.seed << " --timeline --script "
                      << to_string(one.plan) << "\n"
                      << to_string(one.report.findings);
    }
}

} // namespace
} // namespace cipherlane::simulation
