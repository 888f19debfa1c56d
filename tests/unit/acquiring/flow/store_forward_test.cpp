// What stands between what the till has done by itself and the host: silence, crashes, frozen batches, half a yes.
#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cipherlane::tests {
namespace {

using acquiring::trade_request;
using acquiring::verdict;
using ports::record_state;
using ports::trade;

/// A short wait for the card leaves a call of a test the time for what else a trade may have to do.
acquiring::terminal_settings quick_settings() {
    auto settings = rig_settings();
    settings.timers.card = std::chrono::seconds(1);
    return settings;
}

trade_request by_telephone(const std::string& key, std::int64_t minor) {
    trade_request wish(trade::offline_settlement, key, amount(minor));
    wish.authorization = "T12345";
    return wish;
}

/// The host does what comes, and answers none of these; what came is kept.
struct deaf_to {
    deaf_to(lane_rig& rig, std::vector<std::string> kinds)
        : silent(std::move(kinds)) {
        rig.host.watch = [this, &rig](const iso8583::message_view& view) {
            seen.emplace_back(view.mti());
            rig.host.mood.answer_lost = std::find(silent.begin(), silent.end(), seen.back()) != silent.end();
        };
    }
    [[nodiscard]] auto count(const std::string& kind) const { return std::count(seen.begin(), seen.end(), kind); }

    std::vector<std::string> silent;
    std::vector<std::string> seen;
};

bool raised(const lane_rig& rig, acquiring::alert_kind kind) {
    const auto alerts = rig.seen.alerts();
    return std::any_of(alerts.begin(), alerts.end(), [&](const auto& one) { return one.kind == kind; });
}

TEST(StoreForward, AHostThatIsSilentToAdvicesStopsNoTrade) {
    lane_rig rig(quick_settings());
    deaf_to host(rig, {"0220"});
    ASSERT_TRUE(rig.sign_in());
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    ASSERT_EQ(do_trade(rig, by_telephone("call-2", 700))->outcome, verdict::stored);
    host.seen.clear();
    ASSERT_TRUE(rig.sell("a", 1)->ok());
    EXPECT_EQ(host.count("0220"), 1) << "one record, one send";
    ASSERT_TRUE(rig.sell("b", 1)->ok());
    EXPECT_EQ(host.count("0220"), 1) << "that has just failed";
    rig.clock.time += std::chrono::minutes(5);
    ASSERT_TRUE(rig.sell("c", 1)->ok());
    EXPECT_EQ(host.count("0220"), 2);
}

TEST(StoreForward, ATradeWithLittleTimeTellsNothingElseFirst) {
    lane_rig rig;
    deaf_to host(rig, {"0220"});
    ASSERT_TRUE(rig.sign_in());
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    host.seen.clear();
    ASSERT_TRUE(rig.sell("a", 1)->ok());
    EXPECT_EQ(host.count("0220"), 0) << "the card may take a minute, and the call has less";
}

TEST(StoreForward, AHostWithoutScriptNoticesStopsNothing) {
    lane_rig rig(quick_settings());
    rig.pinpad.chip = true;
    rig.pinpad.script_results = {1, 2, 3, 4, 5};
    deaf_to host(rig, {"0620"});
    ASSERT_TRUE(rig.sell("a", 1000)->ok());
    ASSERT_TRUE(rig.sell("b", 1000)->ok());
    host.seen.clear();
    ASSERT_TRUE(rig.sell("c", 1000)->ok());
    EXPECT_EQ(host.count("0620"), 0);
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(host.count("0620"), 1) << "silence to one is enough";
}

TEST(StoreForward, AScriptNoticeIsNoPayment) {
    lane_rig rig;
    rig.pinpad.chip = true;
    rig.pinpad.script_results = {1, 2, 3, 4, 5};
    ASSERT_TRUE(rig.sell("a", 1000)->ok());
    for (int run = 0; run < 2; ++run) {
        const auto told = rig.recover().value();
        EXPECT_TRUE(
            std::none_of(told.begin(), told.end(), [](const auto& one) { return one.kind == trade::script_notice; }));
    }
    const auto records = rig.records();
    const auto notice = std::find_if(
        records.begin(), records.end(), [](const auto& one) { return one.kind == trade::script_notice; });
    ASSERT_NE(notice, records.end());
    EXPECT_EQ(notice->state, record_state::approved);
    EXPECT_EQ(notice->approved.minor(), 0);
    EXPECT_TRUE(notice->closed);
}

TEST(StoreForward, WhatIsToldTooLateForAFrozenBatchIsNotTold) {
    lane_rig rig;
    deaf_to host(rig, {"0220"});
    ASSERT_TRUE(rig.sell("sale", 1000)->ok());
    const auto stored = do_trade(rig, by_telephone("call", 700)).value();
    // As a settlement of an earlier version may have stopped, which did not wait for it: with its totals sent.
    ports::settlement_progress frozen;
    frozen.batch = 1;
    frozen.step = ports::settlement_step::totals_sent;
    frozen.totals = rig.journal->totals("TEST0001", 1, soon()).value();
    ASSERT_TRUE(rig.journal->save_settlement("TEST0001", frozen, soon()));
    host.silent.clear();
    host.seen.clear();
    const auto told = rig.recover().value();
    const auto same =
        std::find_if(told.begin(), told.end(), [&](const auto& one) { return one.handle == stored.handle; });
    ASSERT_NE(same, told.end());
    EXPECT_EQ(same->outcome, verdict::stored);
    ASSERT_TRUE(same->why);
    EXPECT_EQ(same->why->code(), acquiring_errc::settlement_due);
    EXPECT_EQ(host.count("0220"), 0);
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->totals.debit, (ports::batch_side{1000, 1}));
}

TEST(StoreForward, AMarkThatFailedAndCameAllTheSameIsTakenBack) {
    for (int faults = 1; faults <= 2; ++faults) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        int calls = 0;
        rig.faults.fails = [&](std::string_view call) {
            if (call != "store decide" || ++calls > faults) return false;
            // The mark is carried out and told as failed; then its end is not taken at first.
            rig.faults.kind = calls == 1 ? fault_kind::late_fault : fault_kind::local_fault;
            return true;
        };
        const auto end = do_trade(rig, by_telephone("call", 700));
        ASSERT_FALSE(end) << "nothing is pending";
        rig.faults.fails = {};
        ASSERT_EQ(rig.records().size(), 1U);
        EXPECT_EQ(rig.records()[0].state, record_state::not_sent);
        const auto before = rig.host.requests.size();
        rig.restart();
        ASSERT_TRUE(rig.recover());
        EXPECT_EQ(rig.host.requests.size(), before);
        EXPECT_EQ(do_trade(rig, by_telephone("again", 700))->outcome, verdict::approved);
        EXPECT_EQ(rig.books.taken(), 700) << "once";
    }
}

TEST(StoreForward, NothingLeavesBeforeItsSendIsOnFile) {
    for (const auto* failing : {"store count_reversal_send", "store decide"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        const auto before = rig.host.requests.size();
        rig.faults.kind = fault_kind::local_fault;
        bool marked = false; // the first verdict is the mark itself
        rig.faults.fails = [&](std::string_view call) {
            if (call == "store decide" && !std::exchange(marked, true)) return false;
            return call == failing;
        };
        const auto end = do_trade(rig, by_telephone("call", 700));
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::stored);
        EXPECT_TRUE(end->why);
        EXPECT_EQ(rig.host.requests.size(), before);
    }
}

TEST(StoreForward, WhatWasTakenInSilenceAfterAnAnswerIsDone) {
    auto settings = rig_settings();
    settings.reversal.sends = 1;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "91";
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->host_code, "91");
    rig.books.trade_count = 0; // it was not taken
    rig.host.mood = host_mood();
    rig.host.mood.answer_lost = true;
    EXPECT_EQ(rig.recover()->back().outcome, verdict::stored);
    rig.host.mood = host_mood();
    EXPECT_EQ(rig.recover()->back().outcome, verdict::approved) << "94, after a send that nobody answered";
}

/// It had no answer itself, and may have booked nothing, or all of it: a duplicate then proves neither.
TEST(StoreForward, ADuplicateAfterAHostThatHadNoAnswerIsAPersons) {
    for (const char* code : {"96", "68", "98"}) {
        auto settings = rig_settings();
        settings.reversal.sends = 1;
        lane_rig rig(settings);
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.advice_code = code;
        ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
        EXPECT_FALSE(raised(rig, acquiring::alert_kind::advice_refused)) << "the next answer may be a yes";
        rig.host.mood.advice_code = "94";
        EXPECT_EQ(rig.recover()->back().outcome, verdict::stored) << code << ": the books have nothing";
        EXPECT_TRUE(raised(rig, acquiring::alert_kind::advice_refused));
        EXPECT_EQ(rig.settle().error().code(), acquiring_errc::advice_waiting);
    }
}

TEST(StoreForward, ADuplicateAfterSilenceIsAPersonsWhereTheSettingsSaySo) {
    auto settings = rig_settings();
    settings.reversal.sends = 1;
    settings.offline.duplicate = ledger::seen_before::proves_nothing;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.answer_lost = true;
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    rig.host.mood = host_mood();
    EXPECT_EQ(rig.recover()->back().outcome, verdict::stored);
    EXPECT_TRUE(raised(rig, acquiring::alert_kind::advice_refused));
}

TEST(StoreForward, ARefusalOfARepeatProvesNothingOfWhatWasNotAnswered) {
    auto settings = rig_settings();
    settings.reversal.sends = 1;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.late = true;
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    rig.host.mood = host_mood();
    rig.host.mood.advice_code = "51";
    EXPECT_EQ(rig.recover()->back().outcome, verdict::stored) << "the first may have emptied the card";
    EXPECT_EQ(rig.recover()->back().outcome, verdict::stored) << "94, of the one that was refused";
    EXPECT_TRUE(raised(rig, acquiring::alert_kind::advice_refused)) << "only a person can find out";
    EXPECT_EQ(rig.settle().error().code(), acquiring_errc::advice_waiting);
    acquiring::decision_request found(rig.records().back().id, acquiring::finding::paid, "it is in the host's list");
    EXPECT_EQ(acquiring::decision(rig.lane()).run(found, soon())->outcome, verdict::approved);
}

TEST(StoreForward, ASendThatNeverLeftCastsNoDoubtOnTheNext) {
    for (const auto& [code, end] : {std::pair("51", verdict::declined), std::pair("94", verdict::stored)}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.faults.fails = [](std::string_view call) { return call == "host"; };
        const auto stored = do_trade(rig, by_telephone("call", 700));
        ASSERT_EQ(stored->outcome, verdict::stored);
        EXPECT_EQ(stored->host_code, "") << "what is noted in its place is nobody's code";
        rig.faults.fails = {};
        rig.restart();
        rig.host.mood.advice_code = code;
        EXPECT_EQ(rig.recover()->back().outcome, end) << code;
        EXPECT_TRUE(raised(rig, acquiring::alert_kind::advice_refused)) << code;
    }
}

/// The till stops behind a send, and cannot note any more that nobody answered it.
TEST(StoreForward, ASendIsInDoubtWhateverWasKnownBeforeIt) {
    auto settings = rig_settings();
    settings.reversal.sends = 1;
    for (const bool was_answered : {false, true}) {
        lane_rig rig(settings);
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.advice_code = "91";
        rig.faults.fails = [&](std::string_view call) { return call == "host" && !was_answered; };
        ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
        rig.books.trade_count = 0; // it was not taken
        rig.host.mood = host_mood();
        rig.host.mood.answer_lost = true;
        bool left = false;
        rig.host.watch = [&](const iso8583::message_view& view) { left = left || view.mti() == "0220"; };
        rig.faults.kind = fault_kind::local_fault;
        rig.faults.fails = [&](std::string_view call) { return left && call.substr(0, 5) == "store"; };
        (void)rig.recover();
        EXPECT_TRUE(left);
        rig.faults.fails = {};
        rig.host.mood = host_mood();
        rig.restart();
        EXPECT_EQ(rig.recover()->back().outcome, verdict::approved) << "94, of the one that nobody answered";
        EXPECT_EQ(rig.books.taken(), 700);
    }
}

TEST(StoreForward, WhatWasAnsweredBeforeASendThatNeverLeftStandsAsItWas) {
    auto settings = rig_settings();
    settings.reversal.sends = 1;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "91";
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    rig.books.trade_count = 0;
    rig.faults.fails = [](std::string_view call) { return call == "host"; };
    EXPECT_EQ(rig.recover()->back().host_code, "91");
    rig.faults.fails = {};
    rig.host.mood.advice_code = "51";
    EXPECT_EQ(rig.recover()->back().outcome, verdict::declined) << "no send of it is in doubt";
}

TEST(StoreForward, ADuplicateInAnswerToTheFirstSendIsAPersons) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "94";
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    EXPECT_TRUE(raised(rig, acquiring::alert_kind::advice_refused))
        << "a front has sent it twice, or the number was another trade's";
}

/// A front sent it twice: the host took the first, and what it says to repeats it says of those.
TEST(StoreForward, ARefusalAfterADuplicateProvesNothing) {
    auto settings = rig_settings();
    settings.reversal.sends = 1;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "94";
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    for (const auto* code : {"A0", "12"}) {
        rig.host.mood.advice_code = code;
        rig.books.trade_count = 0;
        EXPECT_EQ(rig.recover()->back().outcome, verdict::stored) << code;
    }
    EXPECT_EQ(rig.settle().error().code(), acquiring_errc::advice_waiting);
    rig.host.mood = host_mood();
    rig.books.trade_count = 0;
    EXPECT_EQ(rig.recover()->back().outcome, verdict::approved) << "a yes ends it";
}

TEST(StoreForward, APartThatTheHostTakesIsBookedAsThatPart) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "10";
    rig.host.mood.partial = 300;
    const auto part = do_trade(rig, by_telephone("part", 700));
    ASSERT_TRUE(part) << part.error();
    EXPECT_EQ(part->outcome, verdict::approved);
    EXPECT_EQ(part->approved, amount(300));
    EXPECT_TRUE(raised(rig, acquiring::alert_kind::advice_refused)) << "a person must know of the rest";
    EXPECT_EQ(rig.booked(), rig.books.taken());
    rig.host.mood.partial = 701;
    EXPECT_EQ(do_trade(rig, by_telephone("more", 700))->outcome, verdict::stored)
        << "more than was asked proves nothing";
}

TEST(StoreForward, AReversalThatWaitsGoesFirst) {
    lane_rig rig;
    deaf_to host(rig, {"0200", "0400"});
    ASSERT_EQ(rig.sell("sale", 1000)->outcome, verdict::unknown);
    const auto stored = do_trade(rig, by_telephone("call", 700));
    ASSERT_TRUE(stored) << stored.error();
    EXPECT_EQ(stored->outcome, verdict::stored);
    ASSERT_TRUE(stored->why);
    EXPECT_EQ(stored->why->code(), acquiring_errc::reversal_pending);
    EXPECT_EQ(host.count("0220"), 0);
    host.silent.clear();
    host.seen.clear();
    EXPECT_EQ(do_trade(rig, by_telephone("call-2", 1))->outcome, verdict::approved);
    EXPECT_EQ(host.seen, (std::vector<std::string>{"0400", "0220"}));
}

TEST(StoreForward, WhatCanBeMadeIntoNoMessageIsNotStored) {
    lane_rig rig;
    const auto held = do_trade(rig, {trade::pre_auth, "room", amount(5000)}).value();
    auto bare = rig.records()[0];
    bare.id = 0;
    bare.idempotency_key = "bare";
    bare.state = record_state::prepared;
    bare.authorization.clear();
    const auto begun = rig.journal->begin(bare, nullptr, soon()).value();
    ports::journal_verdict verdict(record_state::approved, ports::decider::host);
    verdict.approved = bare.requested;
    ASSERT_TRUE(rig.journal->decide(begun.id, verdict, soon()));
    const auto refused = do_trade(rig, {trade::completion_advice, "bill", amount(1000), begun.id});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().where(), layer::iso8583) << refused.error();
    EXPECT_EQ(rig.records().size(), 2U);
    EXPECT_TRUE(do_trade(rig, {trade::completion_advice, "other", amount(1000), held.handle})->ok());
}

TEST(StoreForward, OneThatCannotBeSentKeepsNoOtherBack) {
    lane_rig rig;
    ASSERT_TRUE(do_trade(rig, by_telephone("done", 1))->ok());
    auto bare = rig.records()[0];
    bare.id = 0;
    bare.idempotency_key = "bare";
    bare.kind = trade::completion_advice; // of nothing, so that its code is missing
    bare.state = record_state::prepared;
    bare.authorization.clear();
    bare.host_code.clear();
    bare.approved = amount(0);
    const auto begun = rig.journal->begin(bare, nullptr, soon()).value();
    ASSERT_TRUE(rig.journal->decide(begun.id, {record_state::stored, ports::decider::till}, soon()));
    deaf_to host(rig, {"0220"});
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    host.silent.clear();
    const auto settled = rig.settle();
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().where(), layer::iso8583) << settled.error();
    EXPECT_EQ(settled.error().trace(), begun.trace);
    EXPECT_EQ(rig.records()[2].state, record_state::approved) << "the other one";
}

TEST(StoreForward, WhatIsStoredTakesRoomInTheBatch) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    ports::batch_totals nearly;
    nearly.debit = {98'900, 989};
    rig.guarded->told_totals = nearly;
    rig.host.mood.answer_lost = true;
    ASSERT_EQ(do_trade(rig, by_telephone("last", 700))->outcome, verdict::stored);
    rig.host.mood = host_mood();
    EXPECT_EQ(do_trade(rig, by_telephone("more", 1)).error().code(), acquiring_errc::batch_full);
    EXPECT_EQ(rig.sell("sale", 1).error().code(), acquiring_errc::batch_full);
    rig.guarded->told_totals.reset();
    EXPECT_TRUE(rig.sell("sale", 1)->ok());
}

TEST(StoreForward, AVoidIsNeverApprovedForAPart) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.code = "10";
    rig.host.mood.partial = 300;
    trade_request wish(trade::void_sale, "void", {}, paid.handle);
    wish.partial = acquiring::partial_approval::accept;
    const auto end = do_trade(rig, wish);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed);
    EXPECT_EQ(rig.booked(), 1000);
    EXPECT_EQ(rig.records()[0].state, record_state::approved) << "the sale stands";
}

} // namespace
} // namespace cipherlane::tests
