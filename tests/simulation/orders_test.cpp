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

TEST(Orders, ACodeThatNobodyScansIsFollowedByAnother) {
    const auto report = told_by("qr-sale-next-code");
    EXPECT_EQ(times(report, "show QR"), 2U) << report.timeline;
    EXPECT_GE(times(report, "told of code: QR sale 9.90 approved"), 1U) << report.timeline;
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
    EXPECT_GE(times(report, "told of code: QR sale 9.90 approved"), 1U) << report.timeline;
}

TEST(Orders, APasswordIsWaitedForAndNotForEver) {
    EXPECT_GE(times(told_by("qr-charge-password"), "told of code: QR charge 9.90 approved"), 1U);
    const auto never = told_by("qr-charge-no-password");
    EXPECT_EQ(times(never, "reverse charge"), 1U) << never.timeline;
    EXPECT_GE(times(never, "told of code: QR charge 9.90 declined"), 1U) << never.timeline;
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
