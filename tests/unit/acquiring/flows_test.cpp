#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <utility>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::record_state;
using namespace std::chrono_literals;

TEST(Void, UndoesASaleOnBothSides) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1234).value();
    rig.host.watch = [&](const iso8583::message_view& view) {
        EXPECT_TRUE(view.equals(3, "200000"));
        EXPECT_TRUE(view.equals(37, paid.reference));
        EXPECT_TRUE(view.equals(38, paid.authorization));
        EXPECT_TRUE(view.equals(61, "0000010000021121"));
        EXPECT_TRUE(view.equals(22, "012"));
        EXPECT_FALSE(view.has(52));
    };
    const auto undone = rig.undo("void", paid.handle);
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
    EXPECT_EQ(rig.records()[0].state, record_state::voided);
    const auto twice = rig.undo("void-2", paid.handle);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code(), acquiring_errc::original_not_approved);
    const auto replayed = rig.undo("void", paid.handle);
    ASSERT_TRUE(replayed) << replayed.error();
    EXPECT_EQ(replayed->told, acquiring::told::recorded);
}

TEST(Void, WhoseAnswerIsLostIsReversedAndTheSaleStands) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1234).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto end = rig.undo("void", paid.handle);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed);
    EXPECT_EQ(rig.books.taken(), 1234);
    EXPECT_EQ(rig.booked(), 1234);
    ASSERT_TRUE(rig.undo("void-2", paid.handle));
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
}

TEST(Void, IsRefusedAfterARefund) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    ASSERT_TRUE(rig.give_back("refund", paid.handle, 1)->ok());
    const auto messages = rig.books.messages;
    EXPECT_EQ(rig.undo("void", paid.handle).error().code(), acquiring_errc::amount_too_large);
    const auto other = rig.sell("other", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    ASSERT_EQ(rig.give_back("doubtful", other.handle, 1)->outcome, verdict::unknown);
    EXPECT_EQ(rig.undo("void-2", other.handle).error().code(), acquiring_errc::amount_too_large) << "it may be back";
    EXPECT_EQ(rig.books.messages, messages + 2) << "the sale and the doubtful refund alone";
    EXPECT_EQ(rig.books.taken(), 999 + 999);
}

TEST(Lane, OpensWithAnotherMasterKeyAndSignsInFirst) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 100));
    rig.restart();
    rig.use_master_key("0123456789ABCDEFFEDCBA9876543210");
    // The keys on file are under the old one: nothing may be sent under a MAC key that is not there.
    const auto refused = rig.sell("b", 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::check_value_wrong) << refused.error();
    EXPECT_EQ(to_hex(byte_view(rig.host.requests.back()).subspan(11, 2)), "0800") << "it signed in first";
    EXPECT_EQ(rig.books.taken(), 100);
    rig.restart(); // with the right one again
    const auto requests = rig.host.requests.size();
    ASSERT_TRUE(rig.sell("b", 100)->ok());
    EXPECT_EQ(rig.host.requests.size(), requests + 2) << "sign-in, sale";
}

TEST(Void, NeedsAnApprovedSaleOfThisTerminalAndBatch) {
    lane_rig rig;
    EXPECT_EQ(rig.undo("void", 77).error().code(), acquiring_errc::no_original);
    const auto paid = rig.sell("sale", 1234).value();
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(rig.undo("void", paid.handle).error().code(), acquiring_errc::original_not_approved);
}

TEST(Refund, GivesBackUpToWhatWasPaid) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    const auto part = rig.give_back("refund-1", paid.handle, 300);
    ASSERT_TRUE(part) << part.error();
    EXPECT_EQ(part->outcome, verdict::approved);
    EXPECT_EQ(rig.give_back("refund-2", paid.handle, 701).error().code(), acquiring_errc::amount_too_large);
    ASSERT_TRUE(rig.give_back("refund-3", paid.handle, 700));
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
}

TEST(Refund, WithoutAnAnswerStaysUnknownAndIsNeverRepeated) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto end = rig.give_back("refund", paid.handle, 1000);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown);
    const auto messages = rig.books.messages;
    const auto again = rig.give_back("refund", paid.handle, 1000);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->outcome, verdict::unknown);
    EXPECT_EQ(rig.books.messages, messages);
    EXPECT_EQ(rig.give_back("other", paid.handle, 1).error().code(), acquiring_errc::amount_too_large);
    ASSERT_FALSE(rig.seen.alerts().empty());
    EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::refund_unknown);
    ASSERT_TRUE(rig.sell("next", 5)) << "an unknown refund blocks nothing";
}

TEST(Refund, ThatTheHostHasNoAnswerToIsNotDeclined) {
    for (const char* code : {"68", "98"}) {
        lane_rig rig;
        const auto paid = rig.sell("sale", 1000).value();
        rig.host.mood.code = code;
        const auto end = rig.give_back("refund", paid.handle, 1000);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::unknown) << code;
        EXPECT_EQ(end->host_code, code);
        ASSERT_TRUE(end->why);
        EXPECT_EQ(end->why->code(), acquiring_errc::not_decided);
        EXPECT_TRUE(end->why->is(condition::outcome_unknown));
        rig.host.mood = host_mood();
        EXPECT_EQ(rig.give_back("other", paid.handle, 1000).error().code(), acquiring_errc::amount_too_large)
            << "it may be back already";
        EXPECT_EQ(rig.records().back().state, record_state::unknown);
        EXPECT_EQ(rig.records().back().host_code, code);
        ASSERT_FALSE(rig.seen.alerts().empty());
        EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::refund_unknown);
        const auto decided = acquiring::decision(rig.lane())
                                 .run({end->handle, acquiring::finding::not_paid, "asked the acquirer"}, soon());
        ASSERT_TRUE(decided) << decided.error();
        EXPECT_TRUE(rig.give_back("other", paid.handle, 1000)->ok());
    }
    lane_rig rig; // a plain refusal stays one
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.code = "91";
    EXPECT_EQ(rig.give_back("refund", paid.handle, 1000)->outcome, verdict::declined);
}

TEST(Refund, ReadsTheCardOnceTheJournalHasForgottenIt) {
    auto settings = rig_settings();
    settings.settlement.erase_cards_after_days = 1;
    lane_rig rig(settings);
    const auto paid = rig.sell("sale", 1000).value();
    ASSERT_TRUE(rig.settle());
    rig.clock.time += std::chrono::days(2);
    ASSERT_TRUE(rig.sell("sale-2", 1));
    ASSERT_EQ(rig.settle().value().cards_erased, 1U);
    ASSERT_FALSE(rig.records()[0].card_sealed);
    rig.pinpad.trips = 0;
    const auto end = rig.give_back("refund", paid.handle, 400);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(rig.pinpad.trips, 1);
}

TEST(Balance, ComesFromField54AndIsNotBooked) {
    lane_rig rig;
    const auto report = acquiring::balance(rig.lane()).run({}, soon());
    ASSERT_TRUE(report) << report.error();
    EXPECT_TRUE(report->answered);
    EXPECT_EQ(report->balance, amount(123456));
    EXPECT_FALSE(report->negative);
    EXPECT_TRUE(rig.records().empty());
    rig.host.mood.answer_lost = true;
    const auto silent = acquiring::balance(rig.lane()).run({}, soon());
    ASSERT_FALSE(silent);
    EXPECT_TRUE(silent.error().is(condition::timed_out));
}

TEST(SignIn, KeepsTheOldKeysWhenNewOnesAreWrong) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("sale", 1));
    auto other = acquiring::software_sealer::create(
        {}, secret_bytes(from_hex("0123456789ABCDEFFEDCBA9876543210").value()), logger::none());
    ports::wrapped_key key{0, from_hex("B651F9E9BACE9AE1").value(), from_hex("AB7153CA").value()};
    EXPECT_TRUE((*other)->load_mac_key(key, soon()).error().is(condition::rejected_by_peer));
    EXPECT_TRUE(rig.sealer->load_mac_key(key, soon()).has_value()) << "the published check value";
}

TEST(SignIn, ARefusalNamesTheCode) {
    lane_rig rig;
    rig.settings.terminal_id = "TEST0001";
    rig.faults.fail_at = rig.faults.calls.size() + 3;
    rig.faults.kind = fault_kind::link_lost;
    const auto end = rig.sign_in();
    ASSERT_FALSE(end);
    EXPECT_TRUE(end.error().is(condition::link_lost) || end.error().is(condition::local_fault)) << end.error();
}

TEST(QrSale, IsPaidByNotification) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(end->reference, "T0001");
    EXPECT_EQ(rig.display.last, "outcome");
    EXPECT_EQ(rig.display.code, "");
    EXPECT_EQ(rig.books.taken(), 990);
    EXPECT_EQ(rig.booked(), 990);
    const auto again = rig.sell_by_code("order", 990);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->told, acquiring::told::recorded);
    EXPECT_EQ(rig.books.order_count, 1U);
}

TEST(QrSale, IsPaidByQueryWhereNobodyNotifies) {
    lane_rig rig;
    rig.gateway.notifies = false;
    rig.gateway.pays = fake_gateway::payer::before_query;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
}

TEST(QrSale, UnpaidIsCancelledAndTheCodeIsGone) {
    lane_rig rig;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::declined);
    EXPECT_EQ(end->host_code, "cancelled");
    EXPECT_EQ(rig.display.code, "");
    EXPECT_EQ(rig.books.orders[0].state, 'C');
}

TEST(QrSale, APayerFasterThanTheCancelHasPaid) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_cancel;
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(rig.booked(), 990);
}

TEST(QrSale, AStopEndsItAsCancelled) {
    lane_rig rig;
    std::stop_source stop;
    auto end = std::async(std::launch::async, [&] {
        return acquiring::qr_sale(rig.lane()).run({"order", amount(5)}, call(20s, stop.get_token()));
    });
    while (rig.books.order_count == 0)
        std::this_thread::sleep_for(1ms);
    stop.request_stop();
    const auto outcome = end.get();
    ASSERT_TRUE(outcome) << outcome.error();
    EXPECT_EQ(outcome->outcome, verdict::declined);
    EXPECT_EQ(rig.display.code, "");
}

TEST(QrSale, ItsNumberIsOnFileFirstAndNeverRepeats) {
    fake_ledger books;
    lane_rig first(rig_settings(), &books);
    lane_rig second(rig_settings(), &books); // the same till and day, after its journal was lost
    first.gateway.pays = second.gateway.pays = fake_gateway::payer::before_notification;
    std::string on_file;
    first.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (what != "store begin" || when != faulty_store::moment::after) return;
        EXPECT_EQ(books.order_count, 0U);
        on_file = first.records().back().order_number;
    };
    ASSERT_TRUE(first.sell_by_code("order", 990)->ok());
    EXPECT_EQ(on_file, books.orders[0].number);
    ASSERT_TRUE(second.sell_by_code("order", 990)->ok());
    ASSERT_EQ(books.order_count, 2U);
    EXPECT_EQ(on_file.size(), 28U);
    EXPECT_EQ(on_file.substr(0, 16), "TEST000120261121");
}

TEST(QrSale, AnOrderThatIsNotNewIsNeitherShownNorCancelled) {
    using ports::qr_order_state;
    for (const auto state : {qr_order_state::paid, qr_order_state::cancelled, qr_order_state::expired}) {
        lane_rig rig;
        rig.gateway.made_as = state;
        const auto end = rig.sell_by_code("order", 990);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::declined);
        ASSERT_TRUE(end->why);
        EXPECT_EQ(end->why->code(), acquiring_errc::order_not_new);
        EXPECT_EQ(rig.display.last, "") << "no code was shown";
        EXPECT_EQ(rig.books.orders[0].state, 'W') << "and nobody's order was touched";
    }
}

TEST(QrSale, WhatTheGatewayForgetsAfterItIssuedACodeIsNotDeclined) {
    lane_rig rig;
    rig.gateway.forgets = true; // its answers to everything but the order are "no such order"
    const auto end = rig.sell_by_code("order", 990);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown);
    rig.restart();
    EXPECT_EQ(rig.recover().value().at(0).outcome, verdict::unknown) << "the journal remembers that a code was out";
    rig.gateway.forgets = false;
    EXPECT_EQ(rig.recover().value().at(0).outcome, verdict::declined);
}

TEST(QrRefund, InDoubtStaysSoWhereTheGatewayForgotTheOrder) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    std::size_t at = 0;
    rig.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (what == "store begin" && when == faulty_store::moment::after) at = rig.faults.calls.size();
        rig.faults.fail_at = at == 0 ? fault_script::never : at;
        rig.faults.kind = fault_kind::lost_answer;
    };
    ASSERT_EQ(rig.give_back("refund", paid.handle, 400)->outcome, verdict::unknown);
    rig.guarded->around = {};
    rig.faults.fail_at = fault_script::never;
    rig.gateway.forgets = true;
    EXPECT_EQ(rig.give_back("refund", paid.handle, 400)->outcome, verdict::unknown);
    rig.gateway.forgets = false;
    EXPECT_EQ(rig.give_back("refund", paid.handle, 400)->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 590) << "given back once";
}

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
    EXPECT_TRUE(record.closed);
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
    rig.clock.time += rig.settings.gateway.code_valid;
    EXPECT_EQ(decide(rig, stuck.handle, acquiring::finding::not_paid)->outcome, verdict::declined);
    EXPECT_EQ(rig.booked(), 0);
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
    EXPECT_EQ(decide(rig, lost.handle, acquiring::finding::paid).error().code(), acquiring_errc::nothing_to_decide)
        << "its reversal is still being sent";
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

TEST(Recovery, TellsWhatWasNotSentAsSuch) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::size_t begun = 0;
    rig.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (what == "store begin" && when == faulty_store::moment::after) begun = rig.faults.calls.size();
        rig.faults.fail_at = begun == 0 ? fault_script::never : begun; // the host's link is gone
    };
    ASSERT_TRUE(rig.sell("order", 500).error().is(condition::link_lost));
    rig.guarded->around = {};
    rig.faults.fail_at = fault_script::never;
    const auto found = rig.recover().value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].outcome, verdict::not_sent) << "nobody declined it";
    EXPECT_FALSE(found[0].ok());
    EXPECT_TRUE(rig.sell("order", 500)->ok()) << "and its key may be used";
}

TEST(QrSale, CanBeRefunded) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    const auto back = rig.give_back("refund", paid.handle, 400);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 590);
    EXPECT_EQ(rig.booked(), 590);
}

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

TEST(Recovery, TellsWhatWasNeverTold) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    ASSERT_TRUE(rig.recover().value().empty()) << "told already";
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_EQ(rig.sell("b", 500).value().outcome, verdict::unknown);
    rig.host.mood = host_mood();
    rig.restart();
    const auto found = rig.recover();
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().outcome, verdict::reversed);
    EXPECT_TRUE(rig.recover().value().empty());
}

TEST(Lane, TheAsynchronousFormIsTheSame) {
    lane_rig rig;
    boost::asio::io_context io;
    std::optional<result<acquiring::payment>> end;
    std::thread::id where;
    acquiring::sale(rig.lane())
        .async_run({"a", amount(1000)}, soon(),
            boost::asio::bind_executor(io.get_executor(), [&](result<acquiring::payment> outcome) {
                end.emplace(std::move(outcome));
                where = std::this_thread::get_id();
            }));
    EXPECT_EQ(io.run(), 1U) << "the context had work until the end";
    ASSERT_TRUE(end && *end);
    EXPECT_EQ((*end)->outcome, verdict::approved);
    EXPECT_TRUE(where == std::this_thread::get_id());
    auto later = acquiring::sale(rig.lane()).async_run({"b", amount(1)}, soon(), boost::asio::use_future);
    EXPECT_EQ(later.get()->outcome, verdict::approved);
}

TEST(Lane, FlowsOfManyThreadsQueueUp) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::vector<std::future<result<acquiring::payment>>> ends;
    for (int i = 0; i < 8; ++i) {
        ends.push_back(std::async(
            std::launch::async, [&, i] { return rig.sell(i % 2 == 0 ? "same" : std::to_string(i), 100); }));
    }
    for (auto& end : ends)
        EXPECT_EQ(end.get()->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 500) << "four with one key, four with their own";
}

TEST(Timeline, NamesEverybodyAndHidesTheCard) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1234));
    const auto text = rig.seen.to_string();
    EXPECT_NE(text.find("till -> host"), std::string::npos) << text;
    EXPECT_NE(text.find("622200*********0004"), std::string::npos) << text;
    EXPECT_EQ(text.find(test_pan), std::string::npos);
}

TEST(Receipt, SaysWhatHappenedWithoutTheCardNumber) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1234).value();
    const auto text = acquiring::receipt_text(paid, rig.settings, acquiring::receipt_copy::cardholder);
    for (const char* part :
        {"TEST SHOP", "消费", "RMB 12.34", "622200*********0004", "000002", "2026-11-21 09:31:20"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
    EXPECT_EQ(text.find(test_pan), std::string::npos);
    const auto slip = acquiring::settlement_text(rig.settle().value(), rig.settings);
    EXPECT_NE(slip.find("1 / 12.34"), std::string::npos) << slip;
}

TEST(Settings, ComeFromToml) {
    const auto settings = acquiring::parse_terminal(R"(
        [terminal]
        id = "TEST0001"
        merchant = "TESTMERCH000001"
        [host]
        address = "127.0.0.1:5000"
        response_time_ms = 3000
        [keys]
        algorithm = "sm4"
        [reversal]
        when = "before-next-trade"
    )");
    ASSERT_TRUE(settings) << settings.error();
    EXPECT_EQ(settings->host.response_time, 3000ms);
    EXPECT_EQ(settings->keys.algorithm, acquiring::key_algorithm::sm4);
    EXPECT_EQ(settings->reversal.when, acquiring::reversal_time::before_next_trade);
}

std::string source_file(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    std::ifstream file(std::string(root != nullptr ? root : ".") + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Settings, TheExampleHasEveryKey) {
    const auto example = source_file("docs/examples/till.toml");
    std::set<std::string> written;
    std::string section;
    std::istringstream lines(example);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1);
        if (const auto equals = line.find(" = "); !line.starts_with('#') && equals != std::string::npos)
            written.insert(section + "." + line.substr(0, equals));
    }
    std::set<std::string> read;
    const auto reader = source_file("sdk/src/acquiring/terminal_file.cpp");
    const std::regex call_of_reader("from\\.[a-z]+\\(\"([a-z0-9_]+\\.[a-z0-9_]+)\"");
    for (std::sregex_iterator at(reader.begin(), reader.end(), call_of_reader), end; at != end; ++at)
        read.insert((*at)[1]);
    EXPECT_GT(read.size(), 40U);
    EXPECT_EQ(written, read);
}

TEST(Settings, TheExampleShowsTheDefaults) {
    const auto loaded = acquiring::parse_terminal(source_file("docs/examples/till.toml"));
    ASSERT_TRUE(loaded) << loaded.error();
    const acquiring::terminal_settings plain;
    const auto texts = [](const acquiring::terminal_settings& of) {
        return std::vector<std::string>{of.merchant_name, of.operator_id, of.serial_number,
            std::string(1, of.reader_capability), of.keys.sign_in_code, of.host.address, of.host.tpdu, of.host.header,
            of.gateway.address, of.gateway.ca_file, of.gateway.notify_address, of.gateway.public_key_file,
            of.pinpad.driver, of.pinpad.path, of.display.driver, of.display.path, of.reversal.emv_tags,
            of.journal.file, of.journal.key_file};
    };
    const auto numbers = [](const acquiring::terminal_settings& of) {
        return std::vector<std::int64_t>{of.unit.number, of.unit.decimals, static_cast<int>(of.keys.algorithm),
            of.keys.master_slot, of.keys.sm4_mac_ascii ? 1 : 0, static_cast<int>(of.sealer),
            of.host.connect_timeout.count(), of.host.response_time.count(), of.host.keep_connection ? 1 : 0,
            of.gateway.tls ? 1 : 0, of.gateway.plain_anywhere ? 1 : 0, of.gateway.code_valid.count(),
            of.gateway.poll.count(), of.gateway.response_time.count(), of.timers.card.count(), of.timers.pin.count(),
            of.timers.device.count(), of.timers.journal.count(), static_cast<int>(of.reversal.when),
            of.reversal.sends, static_cast<int>(of.reversal.unexpected), of.settlement.end_when_balanced ? 1 : 0,
            of.settlement.erase_cards_after_days};
    };
    EXPECT_EQ(texts(*loaded), texts(plain));
    EXPECT_EQ(numbers(*loaded), numbers(plain));
}

TEST(Settings, SealersThatAreNotBuiltAreRefused) {
    for (const char* kind : {"pinpad", "cipher-machine"}) {
        const auto settings =
            acquiring::parse_terminal(std::string("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[sealer]\n"
                                                  "kind='") +
                                      kind + "'");
        ASSERT_FALSE(settings);
        EXPECT_EQ(settings.error().code(), acquiring_errc::sealer_not_built);
        EXPECT_TRUE(settings.error().is(condition::unsupported));
        EXPECT_EQ(settings.error().field(), "sealer.kind");
    }
    EXPECT_TRUE(acquiring::parse_terminal(
        "[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[sealer]\nkind='software'"));
}

TEST(Settings, WhatDoesNotFitIsNamed) {
    const auto field = [](const char* toml) {
        const auto settings = acquiring::parse_terminal(toml);
        return settings ? std::string("accepted") : std::string(settings.error().field());
    };
    EXPECT_EQ(field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[host]\nadress='x:1'"), "host.adress");
    EXPECT_EQ(field("[terminal]\nid='SHORT'\nmerchant='TESTMERCH000001'"), "terminal.id");
    EXPECT_EQ(field("[terminal]\nid=5"), "terminal.id");
    EXPECT_EQ(field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[reversal]\nsends=-1"), "reversal.sends");
    EXPECT_EQ(
        field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[keys]\nalgorithm='rot13'"), "keys.algorithm");
    const auto broken = acquiring::parse_terminal("[terminal]\nid = ");
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().offset());
}

} // namespace
} // namespace cipherlane::tests
