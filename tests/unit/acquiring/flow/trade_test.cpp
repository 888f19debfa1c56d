#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>

#include <optional>

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

// What goes to the host about money, byte for byte as it is laid out by hand.
TEST(Trade, SendsTheBytesLaidOutByHand) {
    using kind = ports::trade;
    const struct {
        const char* name;
        kind what;
        std::optional<kind> original;
    } cases[] = {
        {"sale", kind::sale, std::nullopt},
        {"void", kind::void_sale, kind::sale},
        {"refund", kind::refund, kind::sale},
        {"pre-authorisation", kind::pre_auth, std::nullopt},
        {"pre-authorisation void", kind::pre_auth_void, kind::pre_auth},
        {"completion", kind::completion, kind::pre_auth},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.name);
        lane_rig rig;
        std::uint64_t original = 0;
        if (one.original) {
            ASSERT_TRUE(rig.sign_in());
            const auto first = do_trade(rig, {*one.original, "original", amount(1000)});
            ASSERT_TRUE(first && first->ok());
            original = first->handle;
        } else {
            come_to_trace_three(rig);
        }
        const auto end = do_trade(rig, {one.what, "it", amount(1000), original});
        ASSERT_TRUE(end) << end.error();
        EXPECT_TRUE(end->ok()) << *end;
        expect_literal(rig, one.name);
    }
}

TEST(Trade, SendsBalanceReversalAndSettlementAsTheyAreLaidOutByHand) {
    {
        lane_rig rig;
        come_to_trace_three(rig);
        ASSERT_TRUE(acquiring::balance(rig.lane()).run({}, soon()));
        expect_literal(rig, "balance");
    }
    {
        lane_rig rig;
        come_to_trace_three(rig);
        rig.host.mood.answer_lost = true;
        rig.host.mood.spoiled_answers = 1;
        EXPECT_EQ(rig.sell("lost", 1000)->outcome, acquiring::verdict::reversed);
        expect_literal(rig, "reversal");
    }
    lane_rig rig;
    ASSERT_TRUE(rig.sell("sale", 1000)->ok());
    rig.host.mood.code = "51"; // the totals differ
    ASSERT_TRUE(rig.settle());
    const auto sent = rig.host.requests.size();
    ASSERT_GE(sent, 3U);
    EXPECT_EQ(to_hex(rig.host.requests[sent - 3]), pos_exchange_of("batch settlement").request);
    EXPECT_EQ(to_hex(rig.host.requests[sent - 2]), pos_exchange_of("batch upload, magnetic stripe").request);
    EXPECT_EQ(to_hex(rig.host.requests[sent - 1]), pos_exchange_of("batch upload end").request);
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
        if (ledger::own_trades.contains(row.kind)) continue; // the flow's own
        EXPECT_EQ(run_any(rig, {row.kind, "key", amount(1)}).error().code(), acquiring_errc::no_original) << row.name;
        if (row.originals.contains(ports::trade::sale)) continue;
        EXPECT_EQ(run_any(rig, {row.kind, "key", amount(1), sold.handle}).error().code(),
            acquiring_errc::original_not_approved)
            << row.name;
    }
    EXPECT_EQ(run_any(rig, {static_cast<ports::trade>(200), "key", amount(1)}).error().field(), "kind");
    EXPECT_EQ(rig.books.taken(), 1000);
}

// Found by cipherlane-simulate: a key that was told, asked about while the journal cannot write what another one
// left.
TEST(Trade, IsToldThoughTheJournalCannotSettleAnotherOne) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 100)->ok());
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.fails = [](std::string_view call) { return call == "store begin" || call == "store take_trace"; };
    EXPECT_FALSE(rig.sell("b", 200));
    const auto again = rig.sell("a", 100);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->outcome, acquiring::verdict::approved);
    EXPECT_FALSE(rig.sell("b", 200)) << "nothing new before it is settled";
    EXPECT_FALSE(rig.sell("c", 300));
    rig.faults.fails = {};
    EXPECT_TRUE(rig.sell("b", 200)->ok());
    EXPECT_EQ(rig.books.taken(), 300);
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
