#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/core/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::record_state;

/// A code sale that no machine can decide.
acquiring::payment undecidable(lane_rig& rig) {
    rig.gateway.forgets = true;
    return rig.sell_by_code("order", 990).value();
}

result<acquiring::payment> decide(lane_rig& rig, std::uint64_t handle, acquiring::finding found) {
    return acquiring::decision(rig.lane()).run({handle, found, "Li, by phone with the gateway"}, soon());
}

TEST(Decision, OfAPersonLetsTheTerminalGoOn) {
    lane_rig rig;
    const auto stuck = undecidable(rig);
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    EXPECT_EQ(rig.sell_by_code("next", 1).error().code(), acquiring_errc::order_pending);
    const auto decided = decide(rig, stuck.handle, acquiring::finding::paid);
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(decided->outcome, verdict::approved);
    EXPECT_EQ(decided->approved, amount(990));
    rig.restart();
    const auto record = rig.journal->find(stuck.handle, soon()).value().value();
    EXPECT_EQ(record.state, record_state::approved);
    EXPECT_EQ(record.note, "Li, by phone with the gateway");
    EXPECT_FALSE(record.closed) << "the application has not said yet that anybody heard of it";
    rig.gateway.forgets = false;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    EXPECT_TRUE(rig.sell_by_code("next", 1)->ok());
    EXPECT_EQ(rig.sell_by_code("order", 990)->outcome, verdict::approved) << "the same key tells what was decided";
    EXPECT_EQ(decide(rig, stuck.handle, acquiring::finding::paid).error().code(), acquiring_errc::nothing_to_decide);
}

TEST(Decision, ThatACodeIsNotPaidWaitsForItsEnd) {
    lane_rig rig;
    const auto stuck = undecidable(rig);
    const auto early = decide(rig, stuck.handle, acquiring::finding::not_paid);
    EXPECT_EQ(early.error().code(), acquiring_errc::code_still_valid);
    EXPECT_EQ(rig.records()[0].state, record_state::unknown);
    rig.clock.time += 365 * std::chrono::hours(24);
    EXPECT_EQ(
        decide(rig, stuck.handle, acquiring::finding::not_paid).error().code(), acquiring_errc::code_still_valid)
        << "a clock that is set ends no code";
    rig.clock.time -= 365 * std::chrono::hours(24);
    rig.clock.time += rig.settings.gateway.code_valid + rig.settings.gateway.response_time;
    rig.restart(); // what an earlier process has sent is as old as its record says
    EXPECT_EQ(decide(rig, stuck.handle, acquiring::finding::not_paid)->outcome, verdict::declined);
    EXPECT_EQ(rig.booked(), 0);
}

/// The till's clock is a year behind the gateway's, whose word of the code's end is then a year away.
TEST(Decision, AGatewayOfAnotherYearHoldsNobodyUpForLongerThanADay) {
    lane_rig rig;
    rig.gateway.expires = rig.clock.time + 365 * std::chrono::hours(24);
    const auto stuck = undecidable(rig);
    for (const auto& one : rig.seen.stages()) {
        if (!one.expires) continue;
        EXPECT_LE(*one.expires, rig.clock.time + rig.settings.gateway.code_valid) << "what the cashier is shown";
    }
    rig.clock.time += std::chrono::hours(24);
    rig.restart();
    EXPECT_EQ(decide(rig, stuck.handle, acquiring::finding::not_paid)->outcome, verdict::declined);
}

TEST(Decision, ThatACodeIsNotPaidWaitsForTheGatewaysOwnEnd) {
    lane_rig rig;
    const auto end = rig.clock.time + rig.settings.gateway.code_valid + std::chrono::seconds(9);
    rig.gateway.expires = end; // its clock is not the till's
    const auto stuck = undecidable(rig);
    rig.restart();
    EXPECT_EQ(rig.records()[0].expires, end);
    rig.clock.time = end - std::chrono::seconds(1);
    EXPECT_EQ(
        decide(rig, stuck.handle, acquiring::finding::not_paid).error().code(), acquiring_errc::code_still_valid);
    rig.clock.time = end;
    rig.restart(); // what an earlier process has sent is as old as its record says
    EXPECT_EQ(decide(rig, stuck.handle, acquiring::finding::not_paid)->outcome, verdict::declined);
}

/// Longer than a code is good for: the charge may be on its way, and the payer at their password.
TEST(Decision, ThatAChargeIsNotPaidWaitsForThePayersPassword) {
    using namespace std::chrono_literals;
    lane_rig rig;
    rig.settings.gateway.code_valid = 60s;
    rig.settings.qr.password = 300s;
    rig.faults.kind = fault_kind::lost_answer;
    rig.faults.fails = [](std::string_view name) { return name.starts_with("gateway"); };
    acquiring::trade_request wish(ports::trade::qr_charge, "order", amount(990));
    wish.payment_code = std::string_view("285712345678901234");
    const auto stuck = acquiring::trade(rig.lane()).run(wish, call(300ms));
    ASSERT_TRUE(stuck) << stuck.error();
    ASSERT_EQ(stuck->outcome, verdict::unknown);
    rig.faults.fails = nullptr;
    const auto whole = rig.settings.gateway.longest_way + rig.settings.qr.password;
    rig.clock.time += whole - 10s;
    rig.restart(); // what an earlier process has sent is as old as its record says
    EXPECT_EQ(
        decide(rig, stuck->handle, acquiring::finding::not_paid).error().code(), acquiring_errc::code_still_valid);
    rig.clock.time += 10s;
    rig.restart();
    EXPECT_EQ(decide(rig, stuck->handle, acquiring::finding::not_paid)->outcome, verdict::declined);
}

TEST(Decision, SaysHowMuchMoved) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    rig.gateway.pays_only = 40;
    const auto stuck = rig.sell_by_code("order", 50).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    const auto with = [&](std::optional<amount> moved) {
        acquiring::decision_request wish(stuck.handle, acquiring::finding::paid, "the gateway's list");
        wish.moved = moved;
        return acquiring::decision(rig.lane()).run(wish, soon());
    };
    for (const auto bad : {amount(0), amount(51), amount(-1), amount(40, find_currency(392).value())}) {
        const auto refused = with(bad);
        EXPECT_EQ(refused.error().code(), acquiring_errc::bad_request);
        EXPECT_EQ(refused.error().field(), "moved");
    }
    rig.gateway.pays_only.reset();
    EXPECT_TRUE(rig.sell_by_code("next", 1)->ok()) << "it cannot be paid any more, so it holds nobody up";
    const auto decided = with(amount(40));
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(decided->approved, amount(40));
    EXPECT_EQ(decided->requested, amount(50));
    EXPECT_EQ(rig.booked(), rig.books.taken());
    EXPECT_EQ(rig.give_back("back", stuck.handle, 41).error().code(), acquiring_errc::amount_too_large);
}

/// A void counts its original as voided, all of it: a part of it cannot have moved.
TEST(Decision, OfAVoidIsOfTheWholeOrOfNothing) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 10'000).value();
    rig.host.mood.reversal_code = "25";
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0200"; };
    const auto undone = rig.undo("void", paid.handle).value();
    ASSERT_EQ(undone.outcome, verdict::unknown);
    acquiring::decision_request wish(undone.handle, acquiring::finding::paid, "the acquirer's list");
    wish.moved = amount(3000);
    const auto refused = acquiring::decision(rig.lane()).run(wish, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field(), "moved");
    EXPECT_EQ(rig.journal->find(paid.handle, soon()).value()->state, record_state::approved);
    wish.moved = amount(10'000);
    ASSERT_TRUE(acquiring::decision(rig.lane()).run(wish, soon()));
    EXPECT_EQ(rig.journal->find(paid.handle, soon()).value()->state, record_state::voided);
    const auto totals = rig.journal->totals("TEST0001", 1, soon()).value();
    EXPECT_EQ(totals.debit, (ports::batch_side{10'000, 1}));
    EXPECT_EQ(totals.credit, (ports::batch_side{10'000, 1}));
}

/// A reversal that cannot get through must not hold up the terminal for ever.
TEST(Decision, EndsAReversalThatCannotBeSent) {
    for (const auto found : {acquiring::finding::paid, acquiring::finding::not_paid}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.seal = host_mood::mac::wrong;
        const auto lost = rig.sell("lost", 777).value();
        rig.host.mood = host_mood();
        rig.guarded->broken_cards = true;
        EXPECT_FALSE(rig.sell("next", 1)) << "it blocks";
        EXPECT_FALSE(rig.settle());
        acquiring::decision_request wish(lost.handle, found, "asked the acquirer");
        if (found == acquiring::finding::paid) wish.moved = amount(300);
        const auto decided = acquiring::decision(rig.lane()).run(wish, soon());
        ASSERT_TRUE(decided) << decided.error();
        const bool paid = found == acquiring::finding::paid;
        EXPECT_EQ(decided->outcome, paid ? verdict::approved : verdict::reversed);
        EXPECT_EQ(decided->approved, amount(paid ? 300 : 0));
        rig.guarded->broken_cards = false;
        EXPECT_TRUE(rig.sell("next", 1)->ok());
    }
}

TEST(Decision, CoversRefundsAndRefusedReversals) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto given = rig.give_back("refund", paid.handle, 300).value();
    ASSERT_EQ(decide(rig, given.handle, acquiring::finding::paid)->outcome, verdict::approved);
    EXPECT_EQ(rig.booked(), 700);
    EXPECT_EQ(rig.booked(), rig.books.taken());
    rig.host.mood = host_mood();
    rig.host.mood.seal = host_mood::mac::wrong;
    rig.host.mood.reversal_code = "30"; // and nothing is undone
    const auto lost = rig.sell("lost", 500).value();
    rig.host.mood = host_mood();
    rig.host.mood.reversal_code = "30";
    ASSERT_TRUE(rig.recover());
    ASSERT_EQ(decide(rig, lost.handle, acquiring::finding::paid)->outcome, verdict::approved) << "the host kept it";
    EXPECT_EQ(rig.booked(), rig.books.taken());
    EXPECT_EQ(rig.settle()->host, acquiring::settlement_result::balanced);
}

TEST(Decision, WaitsForTheSettlementOfItsBatch) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto given = rig.give_back("refund", paid.handle, 300).value();
    rig.host.mood = host_mood();
    rig.host.mood.code = "51"; // the totals differ
    rig.host.mood.upload_code = "99";
    ASSERT_FALSE(rig.settle());
    const auto early = decide(rig, given.handle, acquiring::finding::paid);
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code(), acquiring_errc::settlement_due);
    rig.host.mood = host_mood();
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(decide(rig, given.handle, acquiring::finding::paid)->outcome, verdict::approved);
}

TEST(Decision, NeedsANoteAndARecordOfThisTerminal) {
    lane_rig rig;
    const auto with = [&](std::uint64_t handle, const std::string& note) {
        return acquiring::decision(rig.lane()).run({handle, acquiring::finding::paid, note}, soon()).error().code();
    };
    for (const auto& note : {std::string(), std::string(201, 'n'), std::string("two\nlines")})
        EXPECT_EQ(with(1, note), acquiring_errc::bad_request);
    EXPECT_EQ(with(77, "note"), acquiring_errc::no_original);
}

} // namespace
} // namespace cipherlane::tests
