#include "support/lane/lane_rig.hpp"
#include "unit/acquiring/pos_vectors.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::record_state;
using namespace std::chrono_literals;

TEST(Sale, IsApprovedAndBooked) {
    lane_rig rig;
    const auto paid = rig.sell("order-1", 1234);
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    EXPECT_EQ(paid->approved, amount(1234));
    EXPECT_EQ(paid->host_code, "00");
    EXPECT_EQ(paid->masked_pan, "622200*********0004");
    EXPECT_EQ(paid->date, "20261121");
    EXPECT_EQ(paid->host_text, "TEXT OF THE HOST");
    EXPECT_EQ(rig.books.taken(), 1234);
    EXPECT_EQ(rig.booked(), 1234);
    EXPECT_EQ(rig.pinpad.last_line, "APPROVED");
}

TEST(Sale, SendsTheBytesOfThePublishedSale) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("order-1", 1234));
    ASSERT_EQ(rig.host.requests.size(), 2U);
    EXPECT_EQ(hex_without_mac(rig.host.requests[1], 8), vector_body("cup-03", 8));
}

TEST(Sale, TakesTwoCommitsThreePadTripsAndOneMessage) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("first", 100)); // signs in
    const auto commits = rig.journal->statistics().commits;
    const auto messages = rig.books.messages;
    rig.pinpad.trips = 0;
    ASSERT_TRUE(rig.sell("second", 100));
    EXPECT_EQ(rig.journal->statistics().commits - commits, 2U);
    EXPECT_EQ(rig.books.messages - messages, 1U);
    EXPECT_EQ(rig.pinpad.trips, 3);
}

TEST(Sale, TheSameKeyAgainChargesNothing) {
    lane_rig rig;
    const auto first = rig.sell("order-1", 1234);
    ASSERT_TRUE(first);
    rig.restart();
    const auto again = rig.sell("order-1", 1234);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->outcome, verdict::approved);
    EXPECT_EQ(again->told, acquiring::told::recorded);
    EXPECT_EQ(again->handle, first->handle);
    EXPECT_EQ(rig.books.taken(), 1234);
    const auto other = rig.sell("order-1", 99);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), acquiring_errc::key_reused);
}

/// An error would say that nothing is pending, and the customer has paid.
TEST(Sale, AKeyIsToldWhateverTheSettingsSayNow) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("order-1", 1234)->ok());
    rig.restart();
    rig.settings.unit = find_currency(344).value();
    const auto again = rig.sell("order-1", 1234);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->outcome, verdict::approved);
    EXPECT_EQ(again->told, acquiring::told::recorded);
    EXPECT_EQ(rig.sell("order-2", 1234).error().code(), acquiring_errc::bad_request);
    EXPECT_EQ(rig.sell("order-1", 99).error().code(), acquiring_errc::key_reused);
}

TEST(Sale, ADeclineIsAnOutcome) {
    lane_rig rig;
    rig.host.mood.code = "51";
    const auto refused = rig.sell("order-1", 1234);
    ASSERT_TRUE(refused) << refused.error();
    EXPECT_EQ(refused->outcome, verdict::declined);
    EXPECT_EQ(refused->host_code, "51");
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
}

TEST(Sale, ALostAnswerIsReversedAtOnce) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    int reversals = 0;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() != "0400") return;
        ++reversals;
        EXPECT_TRUE(view.equals(39, "98"));
        EXPECT_TRUE(view.equals(11, "000002")) << "the original's trace";
        EXPECT_TRUE(view.equals(2, test_pan));
        for (const int field : {26, 35, 36, 52, 53})
            EXPECT_FALSE(view.has(field)) << field;
    };
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto end = rig.sell("order-1", 500);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed);
    EXPECT_TRUE(end->why && end->why->is(condition::outcome_unknown));
    EXPECT_EQ(end->host_code, "");
    EXPECT_EQ(reversals, 1);
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
    EXPECT_EQ(rig.pinpad.last_line, "CANCELLED");
}

TEST(Sale, AWrongOrMissingMacIsNotBelieved) {
    for (const auto seal : {host_mood::mac::wrong, host_mood::mac::missing}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.seal = seal;
        rig.host.mood.spoiled_answers = 1;
        std::string reason;
        rig.host.watch = [&](const iso8583::message_view& view) {
            if (view.mti() == "0400") reason = view.value(39);
        };
        const auto end = rig.sell("order-1", 500);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::reversed);
        EXPECT_EQ(end->host_code, "") << "nothing of the answer is believed";
        EXPECT_EQ(reason, "A0");
        EXPECT_EQ(rig.books.taken(), 0);
        EXPECT_EQ(rig.booked(), 0);
    }
}

TEST(Sale, PartialApprovalIsReversedUnlessAccepted) {
    lane_rig rig;
    rig.host.mood.code = "10";
    rig.host.mood.partial = 300;
    const auto refused = rig.sell("order-1", 1000);
    ASSERT_TRUE(refused) << refused.error();
    EXPECT_EQ(refused->outcome, verdict::reversed);
    EXPECT_EQ(refused->why->code(), acquiring_errc::partial_refused);
    EXPECT_EQ(rig.books.taken(), 0);
    const auto taken = rig.sell("order-2", 1000, acquiring::partial_approval::accept);
    ASSERT_TRUE(taken) << taken.error();
    EXPECT_EQ(taken->outcome, verdict::approved);
    EXPECT_EQ(taken->approved, amount(300));
    EXPECT_EQ(rig.books.taken(), 300);
    EXPECT_EQ(rig.booked(), 300);
}

TEST(Sale, SendsNothingWithoutTimeForTheHost) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.time = 10s;
    const auto messages = rig.books.messages;
    const auto end = acquiring::sale(rig.lane()).run({"order-1", amount(100)}, call(5s));
    ASSERT_FALSE(end);
    EXPECT_TRUE(end.error().is(condition::timed_out));
    EXPECT_EQ(rig.books.messages, messages);
    EXPECT_TRUE(rig.records().empty());
}

TEST(Sale, AStopBeforeTheHostLeavesNothing) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::stop_source stop;
    stop.request_stop();
    const auto end = acquiring::sale(rig.lane()).run({"order-1", amount(100)}, call(5s, stop.get_token()));
    ASSERT_FALSE(end);
    EXPECT_TRUE(end.error().is(condition::cancelled)) << end.error();
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(Sale, TheHostMayAskForASignIn) {
    lane_rig rig;
    rig.host.mood.header_request = '3';
    ASSERT_TRUE(rig.sell("order-1", 100));
    rig.host.mood.header_request = '0';
    ASSERT_TRUE(rig.sell("order-2", 100));
    ASSERT_EQ(rig.host.requests.size(), 4U);
    EXPECT_EQ(to_hex(byte_view(rig.host.requests[2]).subspan(11, 2)), "0800");
}

TEST(Sale, A0OnAnAnswerBringsASignIn) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("order-1", 100));
    rig.host.mood.code = "A0";
    const auto refused = rig.sell("order-2", 100);
    ASSERT_TRUE(refused) << refused.error();
    EXPECT_EQ(refused->outcome, verdict::declined);
    rig.host.mood.code = "00";
    ASSERT_TRUE(rig.sell("order-3", 100));
    EXPECT_EQ(to_hex(byte_view(rig.host.requests[3]).subspan(11, 2)), "0800");
    EXPECT_EQ(rig.books.taken(), 200);
}

TEST(Sale, AChipCardTakesItsPinItselfAndHearsTheHost) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.pinpad.chip = true;
    rig.pinpad.trips = 0;
    rig.host.mood.issuer_data = from_hex("910A11223344556677883030").value();
    rig.host.watch = [&](const iso8583::message_view& view) {
        EXPECT_TRUE(view.equals(22, "051"));
        EXPECT_TRUE(view.equals(23, "001"));
        EXPECT_EQ(to_hex(view.wire(52)), test_pin_block);
        EXPECT_EQ(to_hex(as_bytes(view.value(55))), test_emv);
    };
    const auto paid = rig.sell("order-1", 1234);
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    EXPECT_EQ(rig.pinpad.trips, 2) << "card with PIN, end";
    // The working PIN key of the published sign-in answer, as it was delivered.
    EXPECT_EQ(to_hex(rig.pinpad.pin_key), "6701EAD6A9AD51E51AA406E2C27FCFA9");
    ASSERT_TRUE(rig.pinpad.told);
    EXPECT_EQ(rig.pinpad.told->verdict, ports::host_verdict::approved);
    EXPECT_EQ(rig.pinpad.told->response_code, "00");
    EXPECT_EQ(rig.pinpad.told->issuer_data, rig.host.mood.issuer_data);
    EXPECT_EQ(rig.pinpad.last_line, "APPROVED");
    rig.host.watch = {};
    rig.host.mood.code = "51";
    ASSERT_EQ(rig.sell("order-2", 1)->outcome, verdict::declined);
    EXPECT_EQ(rig.pinpad.told->verdict, ports::host_verdict::declined);
    EXPECT_EQ(rig.pinpad.told->response_code, "51");
    rig.host.mood = host_mood();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    ASSERT_EQ(rig.sell("order-3", 1)->outcome, verdict::reversed);
    EXPECT_EQ(rig.pinpad.told->verdict, ports::host_verdict::unreachable);
}

TEST(Sale, WhatTheCardDeclinesAfterTheApprovalIsReversed) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.pinpad.chip = rig.pinpad.card_declines = true;
    std::string reason;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0400") reason = view.value(39);
    };
    const auto end = rig.sell("order-1", 1234);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed);
    ASSERT_TRUE(end->why);
    EXPECT_EQ(end->why->code(), acquiring_errc::declined_by_card);
    EXPECT_EQ(reason, "06");
    EXPECT_EQ(rig.pinpad.last_line, "DECLINED") << "the pad must not go on saying that it was approved";
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
    rig.restart();
    EXPECT_EQ(rig.sell("order-1", 1234)->outcome, verdict::reversed);
    EXPECT_EQ(rig.settle()->totals.debit, ports::batch_side());
}

/// The host has approved, and the card has yet to take it: who asks meanwhile hears of no approval, prints none, and
/// acknowledges none, or the card's no could not be undone any more.
TEST(Sale, AnApprovalIsToldByNoDoorBeforeTheCardHasTakenIt) {
    for (const bool declines : {true, false}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.pinpad.chip = true;
        rig.pinpad.card_declines = declines;
        auto& lane = rig.lane();
        unsigned asked = 0;
        rig.seen.watch = [&](const acquiring::stage_event& what) {
            if (what.at != acquiring::stage::finishing) return;
            ++asked;
            const auto record = rig.records().back();
            ASSERT_EQ(record.state, ports::record_state::approved) << "durable before the card is told";
            const auto found = acquiring::lookup(*rig.guarded, "TEST0001", "order", soon()).value().value();
            EXPECT_EQ(found.outcome, verdict::unknown);
            EXPECT_EQ(found.approved, amount(0));
            const auto slip = acquiring::receipt_text(found, rig.settings, acquiring::receipt_copy::cardholder);
            EXPECT_EQ(slip.find("APPROVED"), std::string::npos) << slip;
            EXPECT_EQ(acquiring::as_told_now(record).state, ports::record_state::unknown);
            EXPECT_EQ(lane.acknowledge(record.id, soon()).error().code(), acquiring_errc::busy);
            // So at any other door to the same books, as another process would have it.
            const auto elsewhere = acquiring::lookup(*rig.journal, "TEST0001", record.id, soon()).value().value();
            EXPECT_EQ(elsewhere.outcome, verdict::unknown);
            EXPECT_TRUE(record.at_card);
        };
        const auto end = rig.sell("order", 1234);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(asked, 1U);
        EXPECT_EQ(end->outcome, declines ? verdict::reversed : verdict::approved);
        EXPECT_EQ(rig.books.taken(), declines ? 0 : 1234);
        const auto found = acquiring::lookup(*rig.guarded, "TEST0001", "order", soon()).value().value();
        EXPECT_EQ(found.outcome, end->outcome) << "the card has spoken";
        EXPECT_TRUE(lane.acknowledge(end->handle, soon()));
    }
}

/// The till dies while the card decides: nobody can ask that card any more, and what is on file stands.
TEST(Sale, AnApprovalWhoseCardNobodyCanAskAnyMoreStands) {
    lane_rig rig;
    ports::journal_record left;
    left.terminal_id = "TEST0001";
    left.merchant_id = "TESTMERCH000001";
    left.idempotency_key = "order";
    left.mti = "0200";
    left.requested = amount(1234);
    left.at_card = true;
    const auto id = rig.journal->begin(left, nullptr, soon()).value().id;
    ports::journal_verdict approved(ports::record_state::approved, ports::decider::host);
    approved.approved = amount(1234);
    ASSERT_TRUE(rig.journal->decide(id, approved, soon()));
    const auto told = [&] { return acquiring::lookup(*rig.journal, "TEST0001", "order", soon()).value()->outcome; };
    EXPECT_EQ(told(), verdict::unknown) << "its till may be at work";
    rig.restart();
    EXPECT_EQ(told(), verdict::unknown) << "nobody has the terminal yet";
    const auto recovered = rig.recover().value();
    ASSERT_EQ(recovered.size(), 1U);
    EXPECT_EQ(recovered[0].outcome, verdict::approved);
    EXPECT_EQ(told(), verdict::approved);
    EXPECT_FALSE(rig.journal->find(id, soon()).value()->at_card);
}

/// The card has taken the approval, and the journal does not take that it has: what a till was told stays told.
TEST(Sale, AnApprovalThatWasToldIsToldByEveryDoor) {
    enum class then { another_flow, acknowledged, settled };
    for (const auto what : {then::another_flow, then::acknowledged, then::settled}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.pinpad.chip = true;
        rig.faults.kind = fault_kind::local_fault;
        rig.faults.fails = [](std::string_view name) { return name == "store card_has_spoken"; };
        const auto sold = rig.sell("order", 1234);
        ASSERT_TRUE(sold) << sold.error();
        EXPECT_EQ(sold->outcome, verdict::approved);
        const auto told = [&] {
            return acquiring::lookup(*rig.journal, "TEST0001", "order", soon()).value()->outcome;
        };
        EXPECT_EQ(told(), verdict::unknown) << "another process cannot know it";
        if (what == then::another_flow) {
            rig.faults.fails = {};
            ASSERT_TRUE(rig.recover());
        } else if (what == then::acknowledged) {
            ASSERT_TRUE(rig.lane().acknowledge(sold->handle, soon()));
        } else {
            ASSERT_TRUE(rig.settle());
        }
        EXPECT_EQ(told(), verdict::approved);
        rig.restart();
        ASSERT_TRUE(rig.recover());
        EXPECT_EQ(told(), verdict::approved);
        EXPECT_EQ(rig.sell("order", 1234)->outcome, verdict::approved);
    }
}

TEST(Sale, APadThatFailsAtTheEndChangesNoVerdict) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("order-1", 1));
    rig.pinpad.chip = rig.pinpad.card_declines = true;
    rig.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (what == "store decide" && when == faulty_store::moment::after)
            rig.faults.fail_at = rig.faults.calls.size();
    };
    EXPECT_EQ(rig.sell("order-2", 1234)->outcome, verdict::approved) << "the card was never heard";
    EXPECT_EQ(rig.books.taken(), 1235);
}

TEST(Sale, RefusesWhatCannotBeAPayment) {
    lane_rig rig;
    EXPECT_EQ(rig.sell("order-1", 0).error().code(), acquiring_errc::bad_request);
    EXPECT_EQ(rig.sell("", 1).error().code(), acquiring_errc::bad_request);
    EXPECT_EQ(rig.sell(std::string(65, 'k'), 1).error().code(), acquiring_errc::bad_request);
    const auto yen = acquiring::sale(rig.lane()).run({"order-1", amount(100, currency{392, 0})}, soon());
    EXPECT_EQ(yen.error().code(), acquiring_errc::bad_request);
}

/// Unplugged between two sales and plugged in again: the first call finds out, the next sale goes on.
TEST(Sale, OpensAPadThatWasReplugged) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1)->ok());
    rig.pinpad.replugged = true;
    EXPECT_FALSE(rig.sell("b", 2)) << "nothing left: the same key may be used again";
    const auto next = rig.sell("b", 2);
    ASSERT_TRUE(next) << next.error();
    EXPECT_TRUE(next->ok());
}

} // namespace
} // namespace cipherlane::tests
