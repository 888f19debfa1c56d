// What the till does without the host and tells it later: completion advices, offline sales and settlements, tips,
// adjustments, offline refunds, results of scripts.
#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests {
namespace {

using acquiring::payment;
using acquiring::trade_request;
using acquiring::verdict;
using ports::trade;

acquiring::terminal_settings offline_settings() {
    auto settings = rig_settings();
    settings.offline.most_each_minor = 5000;
    settings.offline.most_together_minor = 8000;
    settings.offline.most_records = 3;
    settings.timers.card = std::chrono::seconds(1);
    return settings;
}

void offline_card(lane_rig& rig) {
    rig.pinpad.chip = true;
    rig.pinpad.approves_offline = true;
}

trade_request by_telephone(const std::string& key, std::int64_t minor) {
    trade_request wish(trade::offline_settlement, key, amount(minor));
    wish.authorization = "T12345";
    return wish;
}

/// No answer comes for a while.
void silence(lane_rig& rig) {
    rig.host.mood.answer_lost = true;
}
void speech(lane_rig& rig) {
    rig.host.mood = host_mood();
}

TEST(Advice, OfACompletionIsTakenByTheHostAtOnce) {
    lane_rig rig;
    const auto held = do_trade(rig, {trade::pre_auth, "room", amount(5000)}).value();
    ASSERT_EQ(held.trace, 2U) << "after the sign-in";
    const auto taken = do_trade(rig, {trade::completion_advice, "bill", amount(1000), held.handle});
    ASSERT_TRUE(taken) << taken.error();
    EXPECT_EQ(taken->outcome, verdict::approved);
    expect_literal(rig, "completion advice");
    EXPECT_EQ(rig.booked(), 1000);
    EXPECT_EQ(rig.books.taken(), 1000);
    EXPECT_EQ(do_trade(rig, {trade::completion_advice, "more", amount(1), held.handle}).error().code(),
        acquiring_errc::amount_too_large)
        << "once";
    const auto settled = rig.settle().value();
    EXPECT_EQ(settled.host, acquiring::settlement_result::balanced);
    EXPECT_EQ(settled.totals.debit, (ports::batch_side{1000, 1}));
}

/// The chip has approved and counted it; the journal has not, whatever failed: pad and chip hear that it is over.
TEST(Advice, ThatIsNotOnFileEndsAtTheCardToo) {
    for (const auto* fails : {"store begin", "store decide"}) {
        lane_rig rig(offline_settings());
        ASSERT_TRUE(rig.sign_in());
        offline_card(rig);
        rig.faults.kind = fault_kind::local_fault;
        rig.faults.fails = [&](std::string_view call) { return call == fails; };
        const auto sold = do_trade(rig, {trade::offline_sale, "tap", amount(1000)});
        EXPECT_FALSE(sold && sold->outcome == verdict::stored) << fails;
        ASSERT_TRUE(rig.pinpad.told) << fails;
        EXPECT_EQ(rig.pinpad.told->verdict, ports::host_verdict::unreachable) << fails;
    }
}

TEST(Advice, IsSentAgainWithTheSameBytesUntilTheHostAnswers) {
    lane_rig rig;
    const auto held = do_trade(rig, {trade::pre_auth, "room", amount(5000)}).value();
    silence(rig);
    const auto first = rig.host.requests.size();
    const auto stored = do_trade(rig, {trade::completion_advice, "bill", amount(1000), held.handle});
    ASSERT_TRUE(stored) << stored.error();
    EXPECT_EQ(stored->outcome, verdict::stored);
    EXPECT_FALSE(stored->ok());
    EXPECT_TRUE(stored->why);
    ASSERT_EQ(rig.host.requests.size(), first + rig.settings.reversal.sends);
    rig.restart();
    EXPECT_EQ(rig.recover()->back().outcome, verdict::stored) << "still nobody answers";
    speech(rig);
    const auto told = rig.recover();
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->back().outcome, verdict::approved) << "the host says that it has it (94)";
    for (auto at = first; at + 1 < rig.host.requests.size(); ++at)
        EXPECT_EQ(rig.host.requests[at], rig.host.requests[at + 1]);
    EXPECT_EQ(rig.books.taken(), 1000) << "once, however often it was told";
    EXPECT_EQ(rig.booked(), 1000);
    EXPECT_EQ(
        do_trade(rig, {trade::completion_advice, "bill", amount(1000), held.handle})->outcome, verdict::approved);
}

TEST(Advice, ThatWasNotStoredIsNeverSent) {
    lane_rig rig;
    const auto held = do_trade(rig, {trade::pre_auth, "room", amount(5000)}).value();
    const auto before = rig.host.requests.size();
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.fails = [](std::string_view call) { return call == "store decide"; };
    const auto end = do_trade(rig, {trade::completion_advice, "bill", amount(1000), held.handle});
    EXPECT_TRUE(!end || end->outcome == verdict::unknown);
    rig.faults.fails = {};
    rig.restart();
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(rig.host.requests.size(), before);
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(Advice, HoldsTheSettlementUpUntilItIsAnswered) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("sale", 1000)->ok());
    silence(rig);
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    const auto refused = rig.settle();
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(condition::outcome_unknown)) << refused.error();
    speech(rig);
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(settled->totals.debit, (ports::batch_side{1700, 2}));
    EXPECT_TRUE(settled->open.empty());
}

TEST(Advice, ThatIsAnsweredByACodeThatNobodyKnowsStaysOpenAndIsRaised) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "09";
    EXPECT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    const auto alerts = rig.seen.alerts();
    EXPECT_TRUE(std::any_of(alerts.begin(), alerts.end(),
        [](const auto& one) { return one.kind == acquiring::alert_kind::advice_refused; }));
    EXPECT_EQ(rig.settle().error().code(), acquiring_errc::advice_waiting);
}

TEST(Advice, ThatTheHostDoesNotTakeStaysOpenAndIsAPersons) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "91";
    const auto stored = do_trade(rig, by_telephone("call", 700));
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->outcome, verdict::stored);
    ASSERT_TRUE(stored->why);
    EXPECT_EQ(stored->why->code(), acquiring_errc::advice_waiting);
    const auto waits = rig.settle();
    ASSERT_FALSE(waits) << "approved after the batch is closed it would be in no totals";
    EXPECT_EQ(waits.error().code(), acquiring_errc::advice_waiting);
    EXPECT_EQ(waits.error().trace(), stored->trace);
    acquiring::decision_request decided(
        stored->handle, acquiring::finding::not_paid, "the acquirer has no such call");
    EXPECT_EQ(acquiring::decision(rig.lane()).run(decided, soon())->outcome, verdict::declined);
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->totals.debit, ports::batch_side());
}

/// It is in this batch, whose totals would lack it.
TEST(Advice, OfAnotherHostHoldsTheSettlementUntilAPersonEndsIt) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    silence(rig);
    const auto stored = do_trade(rig, by_telephone("call", 700));
    ASSERT_EQ(stored->outcome, verdict::stored);
    speech(rig);
    rig.restart();
    rig.host.name = "host two";
    const auto sent = rig.host.requests.size();
    const auto waits = rig.settle();
    ASSERT_FALSE(waits);
    EXPECT_EQ(waits.error().code(), acquiring_errc::other_counterpart);
    EXPECT_EQ(waits.error().trace(), stored->trace);
    EXPECT_EQ(rig.host.requests.size(), sent) << "nothing of it goes to a stranger, nor the totals without it";
    const auto alerts = rig.seen.alerts();
    EXPECT_TRUE(std::any_of(alerts.begin(), alerts.end(),
        [](const auto& one) { return one.kind == acquiring::alert_kind::orphaned_record; }));
    EXPECT_TRUE(rig.sell("sale", 1)->ok()) << "customers do not wait";
    acquiring::decision_request decided(stored->handle, acquiring::finding::not_paid, "given up with its acquirer");
    EXPECT_EQ(acquiring::decision(rig.lane()).run(decided, soon())->outcome, verdict::declined);
    EXPECT_TRUE(rig.settle());
}

TEST(Advice, ThatIsRefusedRaisesAnAlert) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.advice_code = "14";
    const auto end = do_trade(rig, by_telephone("call", 700));
    ASSERT_TRUE(end);
    EXPECT_EQ(end->outcome, verdict::declined);
    EXPECT_EQ(end->host_code, "14");
    const auto alerts = rig.seen.alerts();
    EXPECT_TRUE(std::any_of(alerts.begin(), alerts.end(),
        [](const auto& one) { return one.kind == acquiring::alert_kind::advice_refused; }));
    EXPECT_EQ(rig.booked(), 0);
}

TEST(Advice, OfAnEarlierDayIsRaised) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    silence(rig);
    ASSERT_EQ(do_trade(rig, by_telephone("call", 700))->outcome, verdict::stored);
    rig.clock.time += std::chrono::days(1);
    ASSERT_TRUE(rig.recover());
    const auto alerts = rig.seen.alerts();
    EXPECT_TRUE(std::any_of(alerts.begin(), alerts.end(),
        [](const auto& one) { return one.kind == acquiring::alert_kind::advice_aged; }));
}

TEST(OfflineSale, IsApprovedByTheCardAndUploadedBeforeTheNextTrade) {
    lane_rig rig(offline_settings());
    come_to_trace_three(rig);
    offline_card(rig);
    const auto before = rig.host.requests.size();
    const auto sold = do_trade(rig, {trade::offline_sale, "tap", amount(1000)});
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_EQ(sold->outcome, verdict::stored);
    EXPECT_EQ(rig.pinpad.last_line, "APPROVED");
    EXPECT_EQ(rig.host.requests.size(), before) << "nobody was asked";
    ASSERT_EQ(rig.recover()->back().outcome, verdict::approved);
    expect_literal(rig, "offline upload");
    EXPECT_EQ(rig.booked(), 1000);
    EXPECT_EQ(rig.books.taken(), 1000);
}

TEST(OfflineSale, KeepsToItsLimits) {
    lane_rig rig(offline_settings());
    ASSERT_TRUE(rig.sign_in());
    offline_card(rig);
    const auto sell = [&](const std::string& key, std::int64_t minor) {
        return do_trade(rig, {trade::offline_sale, key, amount(minor)});
    };
    EXPECT_EQ(sell("a", 5001).error().code(), acquiring_errc::offline_limit) << "each";
    ASSERT_TRUE(sell("a", 5000));
    EXPECT_EQ(sell("b", 3001).error().code(), acquiring_errc::offline_limit) << "together";
    ASSERT_TRUE(sell("b", 1));
    ASSERT_TRUE(sell("c", 1));
    EXPECT_EQ(sell("d", 1).error().code(), acquiring_errc::offline_limit) << "their number";
    ASSERT_TRUE(rig.sell("online", 10)->ok());
    EXPECT_EQ(rig.books.taken(), 5010)
        << "where as many as may be are stored the oldest is told before the next trade";
    EXPECT_TRUE(sell("d", 1));
    lane_rig none;
    EXPECT_EQ(do_trade(none, {trade::offline_sale, "a", amount(1)}).error().code(), acquiring_errc::offline_limit)
        << "only where the settings let it be";
}

TEST(OfflineSale, ThatTheCardDoesNotApproveIsNone) {
    lane_rig rig(offline_settings());
    rig.pinpad.chip = true;
    const auto end = do_trade(rig, {trade::offline_sale, "tap", amount(1000)});
    EXPECT_EQ(end.error().code(), acquiring_errc::offline_declined);
    EXPECT_EQ(acquiring::why_not_paid(end.error()).by, acquiring::actor::card);
    EXPECT_EQ(rig.pinpad.last_line, "DECLINED");
    EXPECT_TRUE(rig.records().empty());
}

TEST(OfflineSale, IsGivenBackByAnOfflineRefund) {
    lane_rig rig(offline_settings());
    ASSERT_TRUE(rig.sign_in());
    offline_card(rig);
    const auto sold = do_trade(rig, {trade::offline_sale, "tap", amount(3000)}).value();
    EXPECT_EQ(do_trade(rig, {trade::offline_refund, "early", amount(1), sold.handle}).error().code(),
        acquiring_errc::original_not_approved)
        << "the host does not have it yet";
    ASSERT_TRUE(rig.recover());
    const auto back = rig.give_back("back", sold.handle, 1000);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->kind, trade::offline_refund);
    EXPECT_EQ(back->outcome, verdict::approved);
    const auto name = std::string(pos_exchange_of("offline refund").request);
    // Reference and trace are those of this day; the rest is as it is laid out by hand.
    const auto sent = hex_without_mac(rig.host.requests.back(), mac_size);
    EXPECT_EQ(sent.size(), name.size() - 2 * mac_size);
    EXPECT_EQ(sent.substr(0, 90), name.substr(0, 90));
    EXPECT_EQ(rig.booked(), 2000);
    rig.host.mood.code = "51"; // the totals differ
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->uploaded, 2U);
}

TEST(OfflineSettlement, CarriesTheCodeOfTheTelephone) {
    lane_rig rig;
    come_to_trace_three(rig);
    const auto sold = do_trade(rig, by_telephone("call", 1000));
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_EQ(sold->outcome, verdict::approved);
    expect_literal(rig, "offline settlement");
    ASSERT_TRUE(rig.give_back("back", sold->handle, 400)->ok());
    EXPECT_EQ(rig.booked(), 600);
    EXPECT_EQ(do_trade(rig, {trade::offline_settlement, "none", amount(1)}).error().field(), "authorization");
}

TEST(Added, TipsAndAdjustmentsKeepToTheirShareOfASaleOfTheOpenBatch) {
    for (const auto kind : {trade::tip, trade::adjustment}) {
        lane_rig rig;
        const auto sold = rig.sell("sale", 10'000).value();
        ASSERT_EQ(sold.trace, 2U);
        const auto added = do_trade(rig, {kind, "more", amount(1000), sold.handle});
        ASSERT_TRUE(added) << added.error();
        EXPECT_EQ(added->outcome, verdict::approved);
        const auto literal = std::string(pos_exchange_of(ledger::row_of(kind).name).request);
        EXPECT_EQ(hex_without_mac(rig.host.requests.back(), mac_size).substr(0, 80), literal.substr(0, 80));
        EXPECT_EQ(hex_without_mac(rig.host.requests.back(), mac_size).size() + 2 * mac_size, literal.size());
        EXPECT_EQ(rig.booked(), 11'000);
        EXPECT_EQ(rig.books.taken(), 11'000);
        EXPECT_EQ(do_trade(rig, {trade::tip, "much", amount(501), sold.handle}).error().code(),
            acquiring_errc::amount_too_large)
            << "15 % together";
        EXPECT_TRUE(do_trade(rig, {trade::tip, "last", amount(500), sold.handle})->ok());
        ASSERT_TRUE(rig.settle());
        EXPECT_EQ(do_trade(rig, {trade::tip, "late", amount(1), sold.handle}).error().code(),
            acquiring_errc::original_not_approved);
    }
}

TEST(ScriptNotice, FollowsATradeWhoseCardRanScripts) {
    lane_rig rig;
    rig.pinpad.chip = true;
    rig.pinpad.script_results = {1, 2, 3, 4, 5};
    const auto sold = rig.sell("sale", 1000);
    ASSERT_TRUE(sold && sold->ok());
    EXPECT_EQ(hex_without_mac(rig.host.requests.back(), mac_size).substr(22, 4), "0200") << "nobody waits for it";
    ASSERT_TRUE(rig.recover());
    const auto wanted = std::string(pos_exchange_of("script result notice").request);
    const auto sent = hex_without_mac(rig.host.requests.back(), mac_size);
    EXPECT_EQ(sent.substr(22, 4), "0620");
    EXPECT_NE(sent.find("DF31050102030405"), std::string::npos) << sent;
    EXPECT_EQ(sent.size() + 2 * mac_size, wanted.size()) << sent << "\n" << wanted;
    EXPECT_EQ(rig.booked(), 1000) << "it moves no money";
    EXPECT_EQ(do_trade(rig, {trade::script_notice, "key", {}, sold->handle}).error().field(), "kind");
}

TEST(ScriptNotice, ThatIsNotAnsweredIsSentLater) {
    lane_rig rig;
    rig.pinpad.chip = true;
    rig.pinpad.script_results = {1, 2, 3, 4, 5};
    rig.host.mood.advice_code = "96";
    ASSERT_TRUE(rig.sell("sale", 1000)->ok());
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(rig.records()[1].state, ports::record_state::stored);
    speech(rig);
    ASSERT_TRUE(rig.recover());
    for (const auto& one : rig.records())
        EXPECT_EQ(one.state, ports::record_state::approved) << ledger::row_of(one.kind).name;
    EXPECT_EQ(rig.settle()->host, acquiring::settlement_result::balanced);
}

TEST(ScriptNotice, WaitsUntilWhatTheCardHasDeclinedIsUndone) {
    lane_rig rig;
    rig.pinpad.chip = true;
    rig.pinpad.card_declines = true;
    rig.pinpad.script_results = {1, 2, 3, 4, 5};
    rig.host.mood.advice_code = "96";
    std::vector<std::string> sent;
    rig.host.watch = [&](const iso8583::message_view& view) { sent.emplace_back(view.mti()); };
    ASSERT_TRUE(rig.sign_in());
    sent.clear();
    const auto sold = rig.sell("sale", 1000);
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_EQ(sold->outcome, verdict::reversed);
    EXPECT_EQ(sent, (std::vector<std::string>{"0200", "0400"})) << "the notice holds nothing up";
    EXPECT_EQ(rig.books.taken(), 0);
    const auto records = rig.records();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].state, ports::record_state::reversed);
    EXPECT_EQ(records[1].kind, trade::script_notice);
    EXPECT_EQ(records[1].state, ports::record_state::stored) << "it is told later";
}

TEST(ChipRecords, CarryNoInstalmentPlan) {
    lane_rig rig;
    rig.pinpad.chip = true;
    trade_request wish(trade::instalment_sale, "plan", amount(12'000));
    wish.instalment = {12, "", '0'};
    const auto sold = do_trade(rig, wish);
    ASSERT_TRUE(sold && sold->ok());
    std::size_t uploads = 0;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() != "0320" || view.value(60).substr(8, 3) != "205") return;
        ++uploads;
        EXPECT_FALSE(view.has(62)) << "there it would be something else";
    };
    rig.host.mood.code = "51"; // the totals differ
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(uploads, 1U);
}

TEST(ChipRecords, GoUpOneByOneWithTheBatch) {
    auto settings = rig_settings();
    settings.settlement.chip_records_when_balanced = true;
    for (const bool balanced : {true, false}) {
        lane_rig rig(settings);
        rig.pinpad.chip = true;
        ASSERT_TRUE(rig.sell("chip", 1000)->ok());
        rig.pinpad.chip = false;
        ASSERT_TRUE(rig.sell("stripe", 1)->ok());
        std::vector<std::string> networks;
        rig.host.watch = [&](const iso8583::message_view& view) {
            if (view.mti() == "0320") networks.push_back(view.value(60).substr(8, 3));
        };
        if (!balanced) rig.host.mood.code = "51";
        const auto settled = rig.settle();
        ASSERT_TRUE(settled) << settled.error();
        const std::vector<std::string> wanted =
            balanced ? std::vector<std::string>{"203", "207"} : std::vector<std::string>{"201", "205", "202"};
        EXPECT_EQ(networks, wanted);
        EXPECT_EQ(settled->uploaded, balanced ? 1U : 2U);
        if (balanced) continue;
        auto literal = std::string(pos_exchange_of("batch upload, chip").request);
        const auto& sent = rig.host.requests[rig.host.requests.size() - 2];
        EXPECT_EQ(to_hex(sent).substr(0, 80), literal.substr(0, 80));
        EXPECT_EQ(sent.size() * 2, literal.size());
    }
}

TEST(ChipRecords, WhoseCardDidNotBelieveTheIssuerGoUpByAnotherNumber) {
    auto settings = rig_settings();
    settings.settlement.chip_records_when_balanced = true;
    for (const bool balanced : {true, false}) {
        lane_rig rig(settings);
        rig.pinpad.chip = rig.pinpad.arpc_fails = true;
        const auto paid = rig.sell("doubted", 1000);
        ASSERT_TRUE(paid->ok()) << *paid;
        rig.pinpad.arpc_fails = false;
        ASSERT_TRUE(rig.sell("believed", 1)->ok());
        rig.restart();
        const auto record = rig.journal->find(paid->handle, soon()).value().value();
        EXPECT_TRUE(record.arpc_failed) << "it is on file";
        std::vector<std::string> networks;
        rig.host.watch = [&](const iso8583::message_view& view) {
            if (view.mti() == "0320") networks.push_back(view.value(60).substr(8, 3));
        };
        if (!balanced) rig.host.mood.code = "51";
        const auto settled = rig.settle();
        ASSERT_TRUE(settled) << settled.error();
        const std::vector<std::string> wanted =
            balanced ? std::vector<std::string>{"204", "203", "207"} : std::vector<std::string>{"206", "205", "202"};
        EXPECT_EQ(networks, wanted);
        if (balanced) continue;
        // All but trace and batch, which the rig's day decides.
        const std::string literal(pos_exchange_of("batch upload, chip, failed ARPC").request);
        const auto sent = to_hex(rig.host.requests[rig.host.requests.size() - 3]);
        EXPECT_EQ(sent.size(), literal.size());
        EXPECT_EQ(sent.substr(0, 80), literal.substr(0, 80));
        EXPECT_EQ(sent.substr(82, literal.size() - 82 - 12), literal.substr(82, literal.size() - 82 - 12));
        EXPECT_EQ(sent.substr(sent.size() - 4), literal.substr(literal.size() - 4));
    }
}

/// What a card says of the issuer changes nothing of its payment, whether or not it gets on file.
TEST(ChipRecords, AnApprovalStandsThoughTheFailedArpcDoesNotGetOnFile) {
    lane_rig rig;
    rig.pinpad.chip = rig.pinpad.arpc_fails = true;
    int decided = 0;
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.fails = [&](std::string_view call) { return call == "store decide" && ++decided == 2; };
    const auto paid = rig.sell("doubted", 1000);
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_TRUE(paid->ok()) << *paid;
    EXPECT_EQ(decided, 2);
}

TEST(Advice, ReceiptsSayThatTheHostIsNotToldYet) {
    payment what;
    what.kind = trade::offline_sale;
    what.outcome = verdict::stored;
    what.requested = amount(1000);
    const auto text = acquiring::receipt_text(what, rig_settings(), acquiring::receipt_copy::merchant);
    EXPECT_NE(text.find("OFFLINE SALE 脱机消费\n"), std::string::npos) << text;
    EXPECT_NE(text.find("ACCEPTED OFFLINE 已脱机受理\n"), std::string::npos) << text;
}

} // namespace
} // namespace cipherlane::tests
