// Pre-authorisation (预授权): money is reserved, taken later by a completion, or set free; everything through the one
// flow that runs any row of the ledger's table.
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/acquiring/trade.hpp>

#include <gtest/gtest.h>

#include <map>

namespace cipherlane::tests {
namespace {

using acquiring::payment;
using acquiring::verdict;
using ports::trade;

result<payment> reserve(lane_rig& rig, const std::string& key, std::int64_t minor) {
    return acquiring::trade(rig.lane()).run({trade::pre_auth, key, amount(minor)}, soon());
}
result<payment> complete(lane_rig& rig, const std::string& key, std::uint64_t of, std::int64_t minor) {
    return acquiring::trade(rig.lane()).run({trade::completion, key, amount(minor), of}, soon());
}

TEST(PreAuth, ReservesAndIsInNoTotals) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.watch = [](const iso8583::message_view& view) {
        EXPECT_EQ(view.mti(), "0100");
        EXPECT_TRUE(view.equals(3, "030000"));
        EXPECT_TRUE(view.equals(25, "06"));
        EXPECT_TRUE(view.equals(60, "10000001000500")) << view.value(60);
        EXPECT_TRUE(view.has(52)) << "with the PIN";
    };
    const auto held = reserve(rig, "room-1", 5000);
    ASSERT_TRUE(held) << held.error();
    EXPECT_EQ(held->outcome, verdict::approved);
    EXPECT_EQ(held->kind, trade::pre_auth);
    EXPECT_FALSE(held->authorization.empty());
    EXPECT_EQ(rig.books.reserved(), 5000);
    EXPECT_EQ(rig.books.taken(), 0);
    rig.host.watch = {};
    const auto report = rig.settle().value();
    EXPECT_EQ(report.totals, ports::batch_totals());
    EXPECT_EQ(report.host, acquiring::settlement_result::balanced);
}

TEST(PreAuth, IsCompletedWithItsAuthorisationCode) {
    lane_rig rig;
    const auto held = reserve(rig, "room-1", 5000).value();
    rig.host.watch = [&](const iso8583::message_view& view) {
        EXPECT_EQ(view.mti(), "0200");
        EXPECT_TRUE(view.equals(3, "000000"));
        EXPECT_TRUE(view.equals(25, "06"));
        EXPECT_TRUE(view.equals(38, held.authorization));
        EXPECT_TRUE(view.equals(61, "0000010000021121"));
        EXPECT_TRUE(view.equals(60, "20000001000500")) << view.value(60);
        EXPECT_TRUE(view.equals(22, "012")) << "the number is the journal's";
        EXPECT_FALSE(view.has(37));
    };
    const auto taken = complete(rig, "bill-1", held.handle, 4200);
    ASSERT_TRUE(taken) << taken.error();
    EXPECT_EQ(taken->outcome, verdict::approved);
    EXPECT_EQ(taken->original, held.handle);
    EXPECT_EQ(rig.books.taken(), 4200);
    EXPECT_EQ(rig.booked(), 4200);
    EXPECT_EQ(rig.books.reserved(), 0);
    rig.host.watch = {};
    EXPECT_EQ(complete(rig, "bill-2", held.handle, 1).error().code(), acquiring_errc::amount_too_large) << "once";
    EXPECT_EQ(rig.undo("free-1", held.handle).error().code(), acquiring_errc::amount_too_large);
    const auto report = rig.settle().value();
    EXPECT_EQ(report.totals.debit, (ports::batch_side{4200, 1}));
    EXPECT_EQ(report.host, acquiring::settlement_result::balanced);
}

TEST(PreAuth, MayBeExceededByFifteenPercentAndNoMore) {
    lane_rig rig;
    const auto held = reserve(rig, "room-1", 10'000).value();
    EXPECT_EQ(complete(rig, "bill-1", held.handle, 11'501).error().code(), acquiring_errc::amount_too_large);
    EXPECT_TRUE(complete(rig, "bill-1", held.handle, 11'500)->ok());
    EXPECT_EQ(rig.booked(), 11'500);
}

TEST(PreAuth, IsSetFreeByAVoidInALaterBatchToo) {
    lane_rig rig;
    const auto held = reserve(rig, "room-1", 5000).value();
    ASSERT_TRUE(rig.settle());
    rig.host.watch = [&](const iso8583::message_view& view) {
        EXPECT_EQ(view.mti(), "0100");
        EXPECT_TRUE(view.equals(3, "200000"));
        EXPECT_TRUE(view.equals(38, held.authorization));
        EXPECT_TRUE(view.equals(60, "11000002000500")) << view.value(60);
    };
    const auto freed = rig.undo("free-1", held.handle);
    ASSERT_TRUE(freed) << freed.error();
    EXPECT_EQ(freed->kind, trade::pre_auth_void);
    EXPECT_EQ(rig.books.reserved(), 0);
    rig.host.watch = {};
    EXPECT_EQ(reserve(rig, "room-1", 5000)->outcome, verdict::voided);
    EXPECT_EQ(complete(rig, "bill-1", held.handle, 1).error().code(), acquiring_errc::original_not_approved);
}

TEST(PreAuth, WhoseCompletionIsVoidedMayBeCompletedAgain) {
    lane_rig rig;
    const auto held = reserve(rig, "room-1", 5000).value();
    const auto taken = complete(rig, "bill-1", held.handle, 4200).value();
    const auto undone = rig.undo("void-1", taken.handle);
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->kind, trade::completion_void);
    EXPECT_EQ(undone->approved, amount(4200));
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.books.reserved(), 5000);
    EXPECT_EQ(complete(rig, "bill-1", held.handle, 4200)->outcome, verdict::voided) << "as its key says";
    EXPECT_TRUE(complete(rig, "bill-2", held.handle, 4000)->ok());
    EXPECT_EQ(rig.booked(), 4000);
    const auto report = rig.settle().value();
    EXPECT_EQ(report.totals.debit, (ports::batch_side{8200, 2}));
    EXPECT_EQ(report.totals.credit, (ports::batch_side{4200, 1}));
    EXPECT_EQ(report.host, acquiring::settlement_result::balanced);
}

TEST(PreAuth, ACompletionIsRefundedLikeASale) {
    lane_rig rig;
    const auto held = reserve(rig, "room-1", 5000).value();
    const auto taken = complete(rig, "bill-1", held.handle, 4200).value();
    ASSERT_TRUE(rig.give_back("back-1", taken.handle, 200)->ok());
    EXPECT_EQ(rig.booked(), 4000);
    EXPECT_EQ(rig.books.taken(), 4000);
    EXPECT_EQ(rig.give_back("back-2", held.handle, 1).error().code(), acquiring_errc::original_not_approved);
}

TEST(PreAuth, EveryStepWithoutAnAnswerIsReversed) {
    const std::map<std::string, std::function<result<payment>(lane_rig&, std::uint64_t, std::uint64_t)>> steps{
        {"10", [](lane_rig& rig, auto, auto) { return reserve(rig, "lost", 100); }},
        {"11", [](lane_rig& rig, auto held, auto) { return rig.undo("lost", held); }},
        {"20", [](lane_rig& rig, auto held, auto) { return complete(rig, "lost", held, 4000); }},
        {"21", [](lane_rig& rig, auto, auto taken) { return rig.undo("lost", taken); }},
    };
    for (const auto& [type, step] : steps) {
        SCOPED_TRACE(type);
        lane_rig rig;
        const auto held = reserve(rig, "held", 5000).value().handle;
        const auto other = reserve(rig, "other", 3000).value().handle;
        const auto taken = complete(rig, "taken", other, 3000).value().handle;
        rig.host.mood.answer_lost = true;
        rig.host.mood.spoiled_answers = 1;
        std::string reversed;
        rig.host.watch = [&](const iso8583::message_view& view) {
            if (view.mti() == "0400") reversed = view.value(60).substr(0, 2) + view.value(25);
        };
        const auto end = step(rig, held, taken);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::reversed);
        EXPECT_EQ(reversed, type + "06");
        EXPECT_EQ(rig.books.taken(), 3000);
        EXPECT_EQ(rig.booked(), 3000);
        EXPECT_EQ(rig.books.reserved(), 5000);
    }
}

TEST(PreAuth, ItsReceiptsHaveTheirTitles) {
    payment what;
    what.outcome = verdict::approved;
    what.requested = what.approved = amount(5000);
    const std::map<trade, std::string> titles{{trade::pre_auth, "PRE-AUTH 预授权\n"},
        {trade::pre_auth_void, "PRE-AUTH VOID 预授权撤销\n"}, {trade::completion, "PRE-AUTH COMPLETION 预授权完成\n"},
        {trade::completion_void, "COMPLETION VOID 预授权完成撤销\n"}};
    for (const auto& [kind, title] : titles) {
        what.kind = kind;
        const auto text = acquiring::receipt_text(what, rig_settings(), acquiring::receipt_copy::cardholder);
        EXPECT_NE(text.find(title), std::string::npos) << text;
    }
}

TEST(PreAuth, GoesUpWithTheBatchOnceItIsCompleted) {
    lane_rig rig;
    const auto held = reserve(rig, "room-1", 5000).value();
    ASSERT_TRUE(complete(rig, "bill-1", held.handle, 4200)->ok());
    rig.host.mood.code = "51"; // the totals differ
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->uploaded, 1U) << "the completion; what is only reserved is not told";
}

} // namespace
} // namespace cipherlane::tests
