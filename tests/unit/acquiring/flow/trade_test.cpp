#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

result<acquiring::payment> run_any(lane_rig& rig, const acquiring::trade_request& request) {
    return acquiring::trade(rig.lane()).run(request, soon());
}

TEST(Trade, RunsTheRowsThatHaveFlowsOfTheirOwn) {
    lane_rig rig;
    const auto sold = run_any(rig, {ports::trade::sale, "sale", amount(1000)});
    ASSERT_TRUE(sold && sold->ok());
    EXPECT_EQ(rig.sell("sale", 1000)->handle, sold->handle) << "the same key, the same payment";
    const auto given = run_any(rig, {ports::trade::refund, "refund", amount(300), sold->handle});
    ASSERT_TRUE(given && given->ok());
    const auto other = rig.sell("other", 50).value();
    const auto undone = run_any(rig, {ports::trade::void_sale, "void", {}, other.handle});
    ASSERT_TRUE(undone && undone->ok());
    EXPECT_EQ(undone->approved, amount(50)) << "the whole of it";
    EXPECT_EQ(rig.booked(), 700);
    EXPECT_EQ(rig.booked(), rig.books.taken());
}

TEST(Trade, TakesNoNoticeOfAnOriginalThatItsRowDoesNotNeed) {
    lane_rig rig;
    ASSERT_TRUE(run_any(rig, {ports::trade::sale, "sale", amount(1000), 77})->ok());
    const auto again = run_any(rig, {ports::trade::sale, "sale", amount(1000), 77});
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->told, acquiring::told::recorded);
    EXPECT_EQ(rig.books.taken(), 1000);
}

TEST(Trade, NeedsWhatItsRowSays) {
    lane_rig rig;
    const auto sold = rig.sell("sale", 1000).value();
    for (const auto& row : ledger::trades()) {
        if (!row.needs.contains(ledger::need::original)) continue;
        if (row.role == ledger::trade_role::notifying) continue; // the flow's own
        EXPECT_EQ(run_any(rig, {row.kind, "key", amount(1)}).error().code(), acquiring_errc::no_original) << row.name;
        if (row.originals.contains(ports::trade::sale)) continue;
        EXPECT_EQ(run_any(rig, {row.kind, "key", amount(1), sold.handle}).error().code(),
            acquiring_errc::original_not_approved)
            << row.name;
    }
    EXPECT_EQ(run_any(rig, {static_cast<ports::trade>(200), "key", amount(1)}).error().field(), "kind");
    EXPECT_EQ(rig.books.taken(), 1000);
}

// Found by cipherlane-simulate: a disk that fails while a key is asked about again.
TEST(Trade, IsNeverAnErrorOnceItHasARecord) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 100)->ok());
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.fails = [](std::string_view call) {
        return call == "store refunded";
    }; // behind the look-up of the key
    const auto again = rig.sell("a", 100);
    rig.faults.fails = {};
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->outcome, acquiring::verdict::unknown);
    ASSERT_TRUE(again->why);
    EXPECT_TRUE(again->why->is(condition::local_fault));
    EXPECT_TRUE(rig.sell("a", 100)->ok());
    EXPECT_EQ(rig.books.taken(), 100);
}

} // namespace
} // namespace cipherlane::tests
