#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/errc.hpp>

#include <gtest/gtest.h>

#include <utility>

namespace cipherlane::tests {
namespace {

TEST(Settlement, BalancesAndOpensTheNextBatch) {
    lane_rig rig;
    const auto first = rig.sell("a", 1000).value();
    ASSERT_TRUE(rig.sell("b", 2000));
    ASSERT_TRUE(rig.undo("c", first.handle));
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(report->totals.debit, (ports::batch_side{3000, 2}));
    EXPECT_EQ(report->totals.credit, (ports::batch_side{1000, 1}));
    EXPECT_EQ(report->uploaded, 0U);
    EXPECT_EQ(rig.books.settled_batches, 1U);
    EXPECT_EQ(rig.sell("d", 1).value().batch, 2U);
}

TEST(Settlement, OfMoreThanField48HoldsLeavesNothingUnderWay) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    const auto requests = rig.host.requests.size();
    ports::batch_totals many; // one more than three digits; 65,536 and one, which 16 bits would take for one
    for (const std::uint32_t count : {1000U, 65'537U}) {
        many.debit = {1000, count};
        rig.guarded->told_totals = many;
        EXPECT_EQ(rig.settle().error().code(), core_errc::out_of_range) << count;
        many.credit = std::exchange(many.debit, {});
        rig.guarded->told_totals = many;
        const auto refused = rig.settle();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), core_errc::out_of_range) << count;
        EXPECT_EQ(refused.error().field(), "48");
        many = {};
    }
    many.debit = {amount::max_minor + 1, 2};
    rig.guarded->told_totals = many;
    EXPECT_EQ(rig.settle().error().code(), core_errc::out_of_range);
    EXPECT_EQ(rig.host.requests.size(), requests);
    rig.guarded->told_totals.reset();
    EXPECT_TRUE(rig.sell("b", 1)->ok()) << "no settlement is under way";
    EXPECT_EQ(rig.settle().value().totals.debit, (ports::batch_side{1001, 2}));
}

TEST(Settlement, IsDueBeforeATradeThatMightNotFit) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1000).value();
    const auto other = rig.sell("b", 1000).value();
    const auto requests = rig.host.requests.size();
    const auto trips = rig.pinpad.trips;
    ports::batch_totals full;
    full.debit = {99'000, 990};
    rig.guarded->told_totals = full;
    const auto refused = rig.sell("c", 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::batch_full);
    EXPECT_TRUE(refused.error().is(condition::misuse));
    EXPECT_EQ(rig.pinpad.trips, trips) << "nobody presents a card for nothing";
    full.debit = {amount::max_minor, 1};
    rig.guarded->told_totals = full;
    EXPECT_EQ(rig.sell("c", 1).error().code(), acquiring_errc::batch_full) << "one cent more than 12 digits";
    full = {};
    full.credit = {99'000, 990};
    rig.guarded->told_totals = full;
    EXPECT_EQ(rig.undo("d", paid.handle).error().code(), acquiring_errc::batch_full);
    EXPECT_EQ(rig.give_back("e", paid.handle, 1).error().code(), acquiring_errc::batch_full);
    EXPECT_EQ(rig.host.requests.size(), requests);
    EXPECT_EQ(rig.records().size(), 2U) << "nothing is on file";
    EXPECT_TRUE(rig.sell("c", 1)->ok()) << "there is room for sales";
    full.credit = {98'900, 989};
    full.debit = {99'000, 990};
    rig.guarded->told_totals = full;
    EXPECT_TRUE(rig.undo("d", paid.handle)->ok());
    EXPECT_TRUE(rig.give_back("e", other.handle, 1)->ok());
    rig.guarded->told_totals.reset();
    ASSERT_TRUE(rig.settle());
    EXPECT_TRUE(rig.sell("f", 1)->ok());
}

TEST(Settlement, UploadsEverythingWhereTheHostDiffers) {
    lane_rig rig;
    std::uint64_t handle = 0;
    for (int i = 0; i < 11; ++i)
        handle = rig.sell("sale-" + std::to_string(i), 100).value().handle;
    ASSERT_TRUE(rig.give_back("refund", handle, 50));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->host, acquiring::settlement_result::not_balanced);
    EXPECT_EQ(report->uploaded, 12U);
    EXPECT_EQ(rig.books.uploads, 12U);
}

TEST(Settlement, ARefusedUploadKeepsTheBatchOpen) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1000).value();
    ASSERT_TRUE(rig.give_back("refund", paid.handle, 50));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    rig.host.mood.upload_code = "99";
    const auto refused = rig.settle();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::settlement_refused);
    EXPECT_EQ(refused.error().peer_code(), "99");
    EXPECT_EQ(refused.error().operation(), "0320");
    rig.restart();
    EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->batch, 1U);
    EXPECT_FALSE(rig.records()[0].settled);
    rig.host.mood = host_mood();
    std::string reference;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0320" && view.equals(3, "200000")) reference = view.value(37);
    };
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_TRUE(report->resumed);
    EXPECT_EQ(report->uploaded, 2U);
    EXPECT_EQ(report->refused, 0U);
    EXPECT_EQ(reference, paid.reference) << "a refund names its sale, as when it was sent";
    EXPECT_EQ(rig.books.uploads, 2U);
    EXPECT_EQ(rig.books.settled_batches, 1U);
}

TEST(Settlement, AfterARefusedEndEverythingGoesUpAgain) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.code = "51";
    rig.host.mood.end_code = "77";
    const auto refused = rig.settle();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().peer_code(), "77");
    EXPECT_EQ(refused.error().operation(), "0320 end");
    EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
    rig.host.mood.end_code = "00";
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(rig.books.uploads, 2U);
    EXPECT_EQ(rig.books.settled_batches, 1U);
}

TEST(Settlement, ARefusedEndOfABalancedBatchIsSentAgain) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.end_code = "96";
    EXPECT_EQ(rig.settle().error().peer_code(), "96");
    EXPECT_EQ(rig.books.settled_batches, 0U);
    rig.host.mood.end_code = "00";
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(rig.books.uploads, 0U);
    EXPECT_EQ(rig.books.settled_batches, 1U);
}

TEST(Settlement, APersonMayCloseARefusedBatch) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.code = "51";
    rig.host.mood.upload_code = "99";
    rig.host.mood.end_code = "77";
    ASSERT_FALSE(rig.settle());
    const auto report = acquiring::settlement(rig.lane()).run({acquiring::after_refusal::close_batch}, soon());
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->refused, 1U);
    EXPECT_EQ(report->end_code, "77");
    rig.host.mood = host_mood();
    EXPECT_EQ(rig.sell("b", 1).value().batch, 2U);
}

TEST(Settlement, SendsPendingReversalsFirst) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_TRUE(rig.sell("b", 500));
    rig.host.mood = host_mood();
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->totals.debit, (ports::batch_side{1000, 1}));
    EXPECT_EQ(report->host, acquiring::settlement_result::balanced);
}

TEST(Settlement, GoesOnWhereItWasBrokenOff) {
    lane_rig rig;
    for (int i = 0; i < 9; ++i)
        ASSERT_TRUE(rig.sell("sale-" + std::to_string(i), 100));
    int left = 2; // totals and the first upload get through
    rig.host.mood.code = "51";
    rig.host.watch = [&](const iso8583::message_view&) { rig.host.mood.answer_lost = --left < 0; };
    const auto broken = rig.settle();
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().is(condition::timed_out));
    rig.restart();
    rig.host.watch = {};
    rig.host.mood = host_mood();
    EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_TRUE(report->resumed);
    EXPECT_EQ(report->uploaded, 9U);
    EXPECT_EQ(rig.sell("yes", 1).value().batch, 2U);
}

} // namespace
} // namespace cipherlane::tests
