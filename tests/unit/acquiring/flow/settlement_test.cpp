#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/last_settlement.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

#include <stop_token>
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

/// The host has closed the batch, its answer was lost, and it refuses to close it once more. A sale into that batch
/// would be counted by nobody.
TEST(Settlement, ARefusedRepeatDoesNotOpenTheBatchAgain) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.answer_lost = true;
    EXPECT_TRUE(rig.settle().error().is(condition::timed_out));
    rig.restart();
    for (const auto* code : {"94", "58"}) {
        rig.host.mood = host_mood();
        rig.host.mood.totals_code = code;
        const auto refused = rig.settle();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), acquiring_errc::settlement_refused);
        EXPECT_EQ(refused.error().operation(), "0500");
        EXPECT_EQ(refused.error().peer_code(), code);
        EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due) << code;
    }
    const auto sent = rig.host.requests.size();
    const auto closed = acquiring::settlement(rig.lane()).run({acquiring::after_refusal::close_batch}, soon());
    ASSERT_TRUE(closed) << closed.error();
    EXPECT_TRUE(closed->resumed);
    EXPECT_EQ(closed->host, acquiring::settlement_result::host_error);
    EXPECT_EQ(closed->end_code, "58");
    EXPECT_EQ(closed->totals.debit, (ports::batch_side{1000, 1}));
    EXPECT_TRUE(closed->differences.empty()) << "the host has told no figures";
    EXPECT_EQ(rig.host.requests.size(), sent + 1) << "it was asked once more, and nothing else was sent";
    rig.host.mood = host_mood();
    EXPECT_EQ(rig.sell("b", 1).value().batch, 2U);
}

/// The gateway's payments are not held up by the host, and stand on the slip of the batch that they are settled with.
TEST(Settlement, WhatTheGatewayTakesMeanwhileStandsOnTheSlip) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.answer_lost = true;
    ASSERT_FALSE(rig.settle());
    rig.host.mood = host_mood();
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("b", 500).value();
    ASSERT_TRUE(paid.ok());
    ASSERT_TRUE(rig.give_back("c", paid.handle, 200)->ok());
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->totals, (ports::batch_totals{{1000, 1}, {0, 0}, {500, 1}, {200, 1}}));
    const auto slip = acquiring::settlement_text(*report, rig.settings);
    EXPECT_NE(slip.find("1 / 5.00"), std::string::npos) << slip;
    EXPECT_TRUE(rig.journal->find(paid.handle, soon()).value()->settled);
}

TEST(Settlement, ACodeThatProvesNothingKeepsTheTotalsFrozen) {
    for (const auto* code : {"68", "94", "96", "98"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sell("a", 1000));
        rig.host.mood.totals_code = code;
        EXPECT_EQ(rig.settle().error().peer_code(), code);
        EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due) << code;
        rig.host.mood = host_mood();
        const auto report = rig.settle();
        ASSERT_TRUE(report) << report.error();
        EXPECT_EQ(report->host, acquiring::settlement_result::balanced);
    }
}

/// "Wrong batch, sign in again": it may have closed this one, by an answer that came spoilt and has no MAC. Sales
/// into that batch would all be refused, and the totals with them.
TEST(Settlement, AHostOfAnotherBatchIsSignedInToAndAskedOnceMore) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.totals_code = "77";
    EXPECT_EQ(rig.settle().error().peer_code(), "77");
    EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
    rig.host.mood = host_mood();
    const auto sent = rig.host.requests.size();
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_TRUE(report->resumed);
    EXPECT_EQ(report->host, acquiring::settlement_result::balanced);
    ASSERT_GT(rig.host.requests.size(), sent + 1);
    EXPECT_EQ(to_hex(rig.host.requests[sent]).substr(22, 4), "0800");
    EXPECT_EQ(to_hex(rig.host.requests[sent + 1]).substr(22, 4), "0500");
}

TEST(Settlement, TotalsThatTheHostRefusesAtOnceOrThatDoNotLeaveHoldNothingUp) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.totals_code = "58";
    EXPECT_EQ(rig.settle().error().peer_code(), "58");
    rig.host.mood = host_mood();
    EXPECT_TRUE(rig.sell("b", 1)->ok());
    rig.faults.kind = fault_kind::link_lost;
    rig.faults.fails = [](std::string_view name) { return name == "host"; };
    EXPECT_TRUE(rig.settle().error().is(condition::link_lost));
    rig.faults.fails = {};
    EXPECT_TRUE(rig.sell("c", 1)->ok()) << "the shop goes on while the line is down";
    EXPECT_EQ(rig.settle().value().totals.debit, (ports::batch_side{1002, 3}));
}

TEST(Settlement, AfterARefusedEndEverythingGoesUpAgain) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.code = "51";
    rig.host.mood.end_code = "06"; // records are missing, as the simulated hosts say it
    const auto refused = rig.settle();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().peer_code(), "06");
    EXPECT_EQ(refused.error().operation(), "0320 end");
    EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
    rig.host.mood.end_code = "00";
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(rig.books.uploads, 2U);
    EXPECT_EQ(rig.books.settled_batches, 1U);
}

/// 77 says "wrong batch", to an end message as to totals: this one may be closed there, and nothing goes up again.
TEST(Settlement, AnEndOfTheWrongBatchIsAPersons) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.code = "51";
    rig.host.mood.end_code = "77";
    for (int i = 0; i < 2; ++i) {
        const auto refused = rig.settle();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().peer_code(), "77");
        EXPECT_NE(refused.error().hint().find("close_batch"), std::string_view::npos);
    }
    EXPECT_EQ(rig.books.uploads, 1U);
}

/// Of an end that found no line nothing is at the host: its first refusal is the first word on it.
TEST(Settlement, AnEndThatDidNotLeaveIsNoRepeat) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0320") rig.faults.fails = [](std::string_view name) { return name == "host"; };
    };
    EXPECT_TRUE(rig.settle().error().is(condition::link_lost));
    EXPECT_EQ(rig.books.uploads, 1U);
    rig.restart();
    rig.host.watch = {};
    rig.faults.fails = {};
    rig.host.mood = host_mood();
    rig.host.mood.end_code = "06";
    EXPECT_EQ(rig.settle().error().peer_code(), "06");
    rig.host.mood = host_mood();
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(rig.books.uploads, 2U) << "the host has missed records, and has had all of them again";
}

/// Killed when the end was written as asked for and nothing had left: nobody can know that, and it does no harm to
/// ask.
TEST(Settlement, AnEndThatMayHaveLeftIsAskedForAgain) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() != "0320") return;
        rig.faults.fails = [&, saves = 0](std::string_view name) mutable {
            const bool disk = name == "store save_settlement";
            rig.faults.kind = disk ? fault_kind::local_fault : fault_kind::link_lost;
            return name == "host" || (disk && ++saves > 2); // how far it came, and the step of the end
        };
    };
    EXPECT_FALSE(rig.settle());
    EXPECT_EQ(rig.journal->settlement("TEST0001", soon())->step, ports::settlement_step::ending);
    rig.restart();
    rig.host.watch = {};
    rig.faults.fails = {};
    rig.host.mood = host_mood();
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->uploaded, 1U);
    EXPECT_EQ(rig.books.uploads, 1U) << "nothing goes up twice";
    EXPECT_EQ(rig.books.settled_batches, 1U);
}

/// The end message counts what has gone up, also where a seal breaks afterwards: a host compares.
TEST(Settlement, ASealThatBreaksAfterItsRecordWentUpChangesNoCount) {
    lane_rig rig;
    const auto first = rig.sell("a", 1000).value();
    ASSERT_TRUE(rig.sell("b", 2000));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    std::vector<std::string> counted;
    rig.host.watch = [&](const iso8583::message_view& view) {
        const bool end = view.mti() == "0320" && view.value(60).substr(8, 3) == "202";
        rig.host.mood.answer_lost = end && counted.empty();
        if (end) counted.push_back(view.value(48));
    };
    EXPECT_TRUE(rig.settle().error().is(condition::timed_out));
    rig.guarded->broken_card = first.handle;
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(counted, (std::vector<std::string>{"0002", "0002"}));
    EXPECT_EQ(report->uploaded, 2U);
    EXPECT_TRUE(report->left_out.empty());
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

/// The host has taken the totals, and says of its own what nobody can read, each time.
TEST(Settlement, TotalsOfWhichNothingCanBeReadAreAPersonsToClose) {
    for (const auto* field : {"", "12345"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sell("a", 1000));
        rig.host.mood.totals48 = field;
        for (int i = 0; i < 2; ++i) {
            const auto stopped = rig.settle();
            ASSERT_FALSE(stopped);
            const auto why = stopped.error();
            EXPECT_TRUE(why.is(condition::bad_message));
            EXPECT_EQ(why.field(), "48");
            EXPECT_NE(why.hint().find("close_batch"), std::string_view::npos) << "what is needed, in words";
        }
        EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
        const auto closed = acquiring::settlement(rig.lane()).run({acquiring::after_refusal::close_batch}, soon());
        ASSERT_TRUE(closed) << closed.error();
        EXPECT_EQ(closed->host, acquiring::settlement_result::host_error);
        EXPECT_TRUE(closed->differences.empty()) << "the host has told no figures";
        const auto last = acquiring::last_settlement(*rig.journal, "TEST0001", acquiring::settled_with::host, soon());
        EXPECT_TRUE(last.value()->differences.empty()) << "nor are any on file";
        rig.host.mood = host_mood();
        EXPECT_EQ(rig.sell("b", 1).value().batch, 2U);
    }
}

/// Once totals were not answered, a person alone knows what became of them at a host that stays silent.
TEST(Settlement, APersonMayCloseABatchOfWhichTheHostSaysNothingAnyMore) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.answer_lost = true;
    const acquiring::settlement_request closing{acquiring::after_refusal::close_batch};
    EXPECT_TRUE(acquiring::settlement(rig.lane()).run(closing, soon()).error().is(condition::timed_out))
        << "asked once, it may yet be answered";
    const auto closed = acquiring::settlement(rig.lane()).run(closing, soon());
    ASSERT_TRUE(closed) << closed.error();
    EXPECT_EQ(closed->host, acquiring::settlement_result::host_error);
    EXPECT_TRUE(closed->end_code.empty());
}

/// Whatever stands between the till and a host that may have closed the batch: a person ends it.
TEST(Settlement, APersonMayCloseABatchOfWhichTheHostCannotBeAskedAnyMore) {
    const std::function<void(lane_rig&)> obstacles[] = {
        [](lane_rig& rig) { // it wants a sign-in, and gives keys that are none
            rig.host.mood.totals_code = "77";
            EXPECT_FALSE(rig.settle());
            rig.host.mood = host_mood();
            rig.host.field62.back() = '0';
        },
        [](lane_rig& rig) { // its address is gone
            rig.host.mood.answer_lost = true;
            EXPECT_FALSE(rig.settle());
            rig.faults.fails = [](std::string_view name) { return name == "host"; };
        },
        [](lane_rig& rig) { // so it is once the end was not answered
            rig.host.mood.code = "51";
            rig.host.watch = [&rig](const iso8583::message_view& view) {
                rig.host.mood.answer_lost = view.mti() == "0320" && view.value(60).substr(8, 3) == "202";
            };
            EXPECT_FALSE(rig.settle());
            rig.host.watch = {};
            rig.faults.fails = [](std::string_view name) { return name == "host"; };
        },
    };
    for (const auto& stands_between : obstacles) {
        lane_rig rig;
        ASSERT_TRUE(rig.sell("a", 1000));
        stands_between(rig);
        const auto stopped = rig.settle();
        ASSERT_FALSE(stopped);
        const std::string hint(stopped.error().hint());
        EXPECT_NE(hint.find("close_batch"), std::string::npos) << hint;
        EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
        std::stop_source taken_back;
        taken_back.request_stop();
        const acquiring::settlement_request closing{acquiring::after_refusal::close_batch};
        EXPECT_FALSE(acquiring::settlement(rig.lane()).run(closing, call(soon().until(), taken_back.get_token())));
        const auto closed = acquiring::settlement(rig.lane()).run(closing, soon());
        ASSERT_TRUE(closed) << closed.error();
        EXPECT_EQ(closed->host, acquiring::settlement_result::host_error);
        rig.faults.fails = {};
        rig.host.mood = host_mood();
        rig.host.field62 = test_field62;
        EXPECT_EQ(rig.sell("b", 1).value().batch, 2U);
    }
}

/// The host counts, and answers no record: what it has not had is named.
TEST(Settlement, APersonMayCloseABatchWhoseRecordsNobodyTakes) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1000).value();
    rig.host.mood.code = "51"; // the fake host then finds a difference
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0320"; };
    const acquiring::settlement_request closing{acquiring::after_refusal::close_batch};
    EXPECT_TRUE(acquiring::settlement(rig.lane()).run(closing, soon()).error().is(condition::timed_out))
        << "asked once, it may yet be answered";
    const auto closed = acquiring::settlement(rig.lane()).run(closing, soon());
    ASSERT_TRUE(closed) << closed.error();
    EXPECT_EQ(closed->host, acquiring::settlement_result::host_error);
    EXPECT_EQ(closed->uploaded, 0U);
    ASSERT_EQ(closed->left_out.size(), 1U);
    EXPECT_EQ(closed->left_out[0].handle, paid.handle);
    rig.host.watch = {};
    rig.host.mood = host_mood();
    EXPECT_EQ(rig.sell("b", 1).value().batch, 2U);
}

/// The end message has closed the batch, its answer was lost, and the host refuses to close it once more.
TEST(Settlement, ARefusedRepeatOfTheEndUploadsNothingIntoAClosedBatch) {
    for (const auto* code : {"94", "58"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sell("a", 1000));
        rig.host.mood.code = "51"; // the fake host then finds a difference
        rig.host.watch = [&](const iso8583::message_view& view) {
            rig.host.mood.answer_lost = view.mti() == "0320" && view.value(60).substr(8, 3) == "202";
        };
        EXPECT_TRUE(rig.settle().error().is(condition::timed_out));
        EXPECT_EQ(rig.books.settled_batches, 1U);
        rig.restart();
        rig.host.watch = {};
        rig.host.mood = host_mood();
        rig.host.mood.end_code = code;
        for (int i = 0; i < 2; ++i) {
            const auto refused = rig.settle();
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().operation(), "0320 end");
            EXPECT_EQ(refused.error().peer_code(), code);
            EXPECT_FALSE(refused.error().hint().empty());
        }
        EXPECT_EQ(rig.books.uploads, 1U) << "once";
        EXPECT_EQ(rig.sell("no", 1).error().code(), acquiring_errc::settlement_due);
        const auto closed = acquiring::settlement(rig.lane()).run({acquiring::after_refusal::close_batch}, soon());
        ASSERT_TRUE(closed) << closed.error();
        EXPECT_EQ(closed->host, acquiring::settlement_result::host_error);
        EXPECT_EQ(closed->end_code, code);
        EXPECT_EQ(closed->uploaded, 1U);
        EXPECT_EQ(rig.books.uploads, 1U);
        rig.host.mood = host_mood();
        EXPECT_EQ(rig.sell("b", 1).value().batch, 2U);
    }
}

/// What has gone up counts as gone up, and what was left out as left out, whatever becomes of their cards since.
TEST(Settlement, CountsWhatHasGoneUpThoughItsSealBreaksSince) {
    lane_rig rig;
    std::vector<acquiring::payment> paid;
    for (int i = 0; i < 9; ++i) // the ninth goes up in a message of its own
        paid.push_back(rig.sell("s" + std::to_string(i), 100 + i).value());
    rig.host.mood.code = "51"; // the fake host then finds a difference
    rig.guarded->broken_card = paid[2].handle;
    const acquiring::settlement_request closing{acquiring::after_refusal::close_batch};
    int uploads = 0;
    rig.host.watch = [&](const iso8583::message_view& view) {
        rig.host.mood.answer_lost = view.mti() == "0320" && ++uploads == 2;
    };
    EXPECT_FALSE(acquiring::settlement(rig.lane()).run(closing, soon())) << "asked once, it may yet be answered";
    rig.restart();
    rig.guarded->broken_card = paid[5].handle;
    rig.host.mood.answer_lost = false;
    std::string counted;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0320" && view.value(60).substr(8, 3) == "202") counted = view.value(48);
    };
    const auto closed = acquiring::settlement(rig.lane()).run(closing, soon());
    ASSERT_TRUE(closed) << closed.error();
    ASSERT_EQ(closed->left_out.size(), 1U);
    EXPECT_EQ(closed->left_out[0].handle, paid[2].handle);
    EXPECT_EQ(counted, "0008") << "as many as the host has had";
    EXPECT_EQ(closed->uploaded, 8U);
}

/// A damaged seal must not shut the shop: the record is left out, and everybody hears which.
TEST(Settlement, ARecordWhoseCardCannotBeOpenedIsLeftOutAndNamed) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    const auto broken = rig.sell("b", 250).value();
    const auto whole = rig.sell("c", 2000).value();
    ASSERT_TRUE(rig.give_back("d", whole.handle, 300));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    rig.guarded->broken_card = broken.handle;
    const auto stopped = rig.settle();
    ASSERT_FALSE(stopped);
    EXPECT_TRUE(stopped.error().is(condition::local_fault));
    EXPECT_EQ(stopped.error().trace(), broken.trace);
    EXPECT_NE(stopped.error().hint().find("close_batch"), std::string_view::npos);
    EXPECT_EQ(rig.books.uploads, 0U);
    std::string counted;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0320" && view.value(60).substr(8, 3) == "202") counted = view.value(48);
    };
    const auto closed = acquiring::settlement(rig.lane()).run({acquiring::after_refusal::close_batch}, soon());
    ASSERT_TRUE(closed) << closed.error();
    ASSERT_EQ(closed->left_out.size(), 1U);
    EXPECT_EQ(closed->left_out[0].handle, broken.handle);
    EXPECT_EQ(rig.books.uploads, 3U);
    EXPECT_EQ(counted, "0003") << "as many as the host has had";
    const auto slip = acquiring::settlement_text(*closed, rig.settings);
    EXPECT_NE(slip.find("NOT UPLOADED"), std::string::npos) << slip;
    EXPECT_NE(slip.find("RMB 2.50"), std::string::npos) << slip;
}

/// The host says "balanced" over figures that are not the till's, or over foreign cards that nobody has told of.
TEST(Settlement, AWordThatItsFiguresDoNotBearOutIsNotBelieved) {
    using iso8583::settlement_totals;
    using iso8583::settlement_verdict;
    const std::function<void(settlement_totals&)> lies[] = {
        [](settlement_totals& told) { told.domestic.debit_amount += 1; },
        [](settlement_totals& told) { told.domestic.debit_count = 2; },
        [](settlement_totals& told) { told.domestic.credit_count = 1; },
        [](settlement_totals& told) { told.foreign.verdict = settlement_verdict::not_balanced; },
        [](settlement_totals& told) { told.foreign.verdict = settlement_verdict::error; },
        [](settlement_totals& told) { told.foreign.debit_amount = 5; },
    };
    std::size_t differences = 3;
    for (const auto& lie : lies) {
        lane_rig rig;
        ASSERT_TRUE(rig.sell("a", 1000));
        rig.host.mood.settles = lie;
        const auto report = rig.settle();
        ASSERT_TRUE(report) << report.error();
        EXPECT_EQ(report->host, acquiring::settlement_result::not_balanced);
        EXPECT_EQ(report->uploaded, 1U);
        EXPECT_EQ(report->differences.size(), differences > 0 ? 1U : 0U);
        if (differences > 0) --differences;
    }
}

TEST(Settlement, AHostThatCountedNothingHasAnswered) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.host.mood.settles = [](iso8583::settlement_totals& told) { told.domestic = {}; };
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->host, acquiring::settlement_result::host_error);
    using ledger::money_side;
    EXPECT_EQ(report->differences, (std::vector<ledger::side_difference>{{money_side::debit, {1000, 1}, {0, 0}}}));
}

TEST(Settlement, NamesEachDifference) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1000).value();
    ASSERT_TRUE(rig.give_back("b", paid.handle, 300));
    rig.host.mood.settles = [](iso8583::settlement_totals& told) {
        told.domestic.debit_amount = 1500;
        told.domestic.debit_count = 2;
        told.domestic.credit_amount = 0;
        told.domestic.credit_count = 0;
        told.domestic.verdict = iso8583::settlement_verdict::not_balanced;
    };
    rig.host.mood.end_code = "77"; // and the settlement goes on after a restart
    ASSERT_FALSE(rig.settle());
    rig.restart();
    rig.host.mood = host_mood();
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    using ledger::money_side;
    EXPECT_EQ(report->differences, (std::vector<ledger::side_difference>{{money_side::debit, {1000, 1}, {1500, 2}},
                                       {money_side::credit, {300, 1}, {0, 0}}}));
    const auto slip = acquiring::settlement_text(*report, rig.settings);
    EXPECT_NE(slip.find("2 / 15.00"), std::string::npos) << slip;
}

/// The power fails right after the batch was closed: what it came to is on file, until the next one begins.
TEST(Settlement, IsToldOnceMoreWhereNobodyHasHeardOfIt) {
    using acquiring::settled_with;
    lane_rig rig;
    const auto last = [&] {
        return acquiring::last_settlement(*rig.journal, "TEST0001", settled_with::host, soon()).value();
    };
    EXPECT_FALSE(last()) << "none yet";
    ASSERT_TRUE(rig.sell("a", 1000));
    rig.gateway.pays = fake_gateway::payer::before_notification;
    ASSERT_TRUE(rig.sell_by_code("b", 300)->ok());
    EXPECT_FALSE(last());
    rig.host.mood.code = "51"; // the fake host then finds a difference
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    rig.restart();
    const auto told = last();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->batch, settled->batch);
    EXPECT_EQ(told->totals, settled->totals);
    EXPECT_EQ(told->totals.qr_debit, (ports::batch_side{300, 1}));
    EXPECT_EQ(told->host, settled->host);
    EXPECT_EQ(told->uploaded, settled->uploaded);
    EXPECT_EQ(told->differences.size(), settled->differences.size());
    rig.host.mood = host_mood();
    ASSERT_TRUE(rig.sell("c", 1)->ok());
    EXPECT_TRUE(last()) << "payments of the next batch change nothing";
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(last()->batch, settled->batch + 1);
    EXPECT_EQ(last()->host, acquiring::settlement_result::balanced);
}

/// The power fails when all has been asked and told, and only the closing is left: the host is not asked again, as
/// it may have closed the batch, and a person's word is not needed twice.
TEST(Settlement, OfWhichOnlyTheClosingIsLeftAsksNobodyAgain) {
    for (const bool refused : {false, true}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sell("a", 1000));
        rig.host.mood.settles = [](iso8583::settlement_totals& told) {
            told.domestic.debit_amount = 900;
            told.domestic.verdict = iso8583::settlement_verdict::not_balanced;
        };
        if (refused) rig.host.mood.end_code = "77";
        rig.faults.fails = [](std::string_view name) { return name == "store close_batch"; };
        ASSERT_FALSE(acquiring::settlement(rig.lane()).run({acquiring::after_refusal::close_batch}, soon()));
        const auto told = rig.host.requests.size();
        rig.restart();
        rig.faults.fails = [](std::string_view name) { return name == "host"; };
        const auto report = rig.settle();
        ASSERT_TRUE(report) << report.error();
        EXPECT_EQ(rig.host.requests.size(), told);
        EXPECT_TRUE(report->resumed);
        EXPECT_EQ(report->batch, 1U);
        using enum acquiring::settlement_result;
        EXPECT_EQ(report->host, refused ? host_error : not_balanced);
        EXPECT_EQ(report->uploaded, 1U);
        EXPECT_EQ(report->differences.size(), 1U);
        EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->batch, 2U);
    }
}

TEST(Settlement, ListsWhatIsOpenAndLeavesItInItsBatch) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto refund = rig.give_back("b", paid.handle, 300).value();
    ASSERT_EQ(refund.outcome, acquiring::verdict::unknown);
    rig.host.mood.code = "51"; // the host counts the refund, the till does not
    const auto report = rig.settle();
    ASSERT_TRUE(report) << report.error();
    ASSERT_EQ(report->open.size(), 1U);
    EXPECT_EQ(report->open[0].handle, refund.handle);
    const auto slip = acquiring::settlement_text(*report, rig.settings);
    EXPECT_NE(slip.find("未决交易"), std::string::npos) << slip;
    EXPECT_NE(slip.find("000001-"), std::string::npos) << slip;
    auto record = rig.journal->find(refund.handle, soon()).value().value();
    EXPECT_FALSE(record.settled);
    EXPECT_EQ(record.batch, 1U);
    rig.host.mood = host_mood();
    ASSERT_TRUE(
        acquiring::decision(rig.lane()).run({refund.handle, acquiring::finding::paid, "in the list"}, soon()));
    EXPECT_EQ(rig.journal->totals("TEST0001", 1, soon())->credit, (ports::batch_side{300, 1})) << "where it belongs";
    const auto next = rig.settle();
    ASSERT_TRUE(next) << next.error();
    EXPECT_TRUE(next->open.empty());
    ASSERT_EQ(next->late.size(), 1U) << "in the totals of neither batch: somebody has to hear of it";
    EXPECT_EQ(next->late[0].handle, refund.handle);
    const auto second = acquiring::settlement_text(*next, rig.settings);
    EXPECT_NE(second.find("DECIDED SINCE"), std::string::npos) << second;
    EXPECT_NE(second.find("-RMB 3.00"), std::string::npos) << second;
    EXPECT_EQ(second.find("未决交易"), std::string::npos) << second;
    EXPECT_TRUE(rig.settle()->late.empty()) << "once";
    EXPECT_TRUE(rig.journal->find(refund.handle, soon()).value()->settled);
}

/// A person has found that less went back than was asked for: the host is told of no more.
TEST(Settlement, UploadsOfARefundWhatWentBack) {
    lane_rig rig;
    const auto paid = rig.sell("a", 5000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto refund = rig.give_back("b", paid.handle, 1000).value();
    acquiring::decision_request found(refund.handle, acquiring::finding::paid, "in the list");
    found.moved = amount(300);
    ASSERT_TRUE(acquiring::decision(rig.lane()).run(found, soon()));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    std::string told;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0320" && view.equals(3, "200000")) told = view.value(4);
    };
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(told, "000000000300");
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
