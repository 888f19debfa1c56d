#include <cipherlane/ledger/host_word.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace cipherlane::ledger {
namespace {

using ports::decider;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;
using ports::sent_before;
using ports::trade;

constexpr auto every_state = {record_state::prepared, record_state::not_sent, record_state::approved,
    record_state::declined, record_state::reversal_pending, record_state::reversed, record_state::reversal_refused,
    record_state::unknown, record_state::voided, record_state::sent, record_state::returned, record_state::stored};
constexpr auto every_decider = {decider::till, decider::host, decider::gateway, decider::terminal, decider::card,
    decider::person, decider::restart, decider::other_record};
constexpr auto every_kind = {trade::sale, trade::void_sale, trade::refund, trade::qr_sale, trade::qr_refund,
    trade::pre_auth, trade::pre_auth_void, trade::completion, trade::completion_void, trade::completion_advice,
    trade::offline_sale, trade::offline_settlement, trade::adjustment, trade::tip, trade::offline_refund,
    trade::code_sale, trade::code_void, trade::code_refund, trade::instalment_sale, trade::instalment_void,
    trade::script_notice, trade::device_sale, trade::device_void, trade::device_refund, trade::device_pre_auth,
    trade::device_pre_auth_void, trade::device_completion, trade::qr_return, trade::qr_charge};
const std::set<trade> device_kinds{trade::device_sale, trade::device_void, trade::device_refund,
    trade::device_pre_auth, trade::device_pre_auth_void, trade::device_completion};
const std::set<trade> stored_kinds{trade::completion_advice, trade::offline_sale, trade::offline_settlement,
    trade::adjustment, trade::tip, trade::offline_refund, trade::script_notice};

using step = std::tuple<record_state, record_state, decider>;

/// Written out apart from the table, so that a slip in the table shows.
std::set<step> steps_of(trade kind) {
    using enum record_state;
    const bool device = device_kinds.contains(kind);
    const bool order = kind == trade::qr_sale || kind == trade::qr_charge;
    const bool gives_back = kind == trade::qr_refund || kind == trade::qr_return;
    const bool host = !order && !gives_back && !device;
    const bool stored_first = stored_kinds.contains(kind);
    const bool reversed_when_silent = host && kind != trade::refund && kind != trade::code_refund && !stored_first;
    const auto peer = host ? decider::host : device ? decider::terminal : decider::gateway;
    const bool refunds = kind == trade::refund || gives_back || kind == trade::code_refund;
    std::set<step> all{{prepared, not_sent, decider::till}, {approved, voided, decider::other_record},
        {sent, approved, peer}, {sent, declined, peer}, {unknown, approved, decider::person},
        {unknown, declined, decider::person}, {reversal_refused, approved, decider::person},
        {reversal_refused, reversed, decider::person}, {reversal_pending, approved, decider::person},
        {reversal_pending, reversed, decider::person}};
    const auto silent = reversed_when_silent ? reversal_pending : unknown;
    if (stored_first) {
        all.insert({{prepared, stored, decider::till}, {stored, stored, peer}, {stored, stored, decider::till},
            {stored, not_sent, decider::till}, {stored, approved, peer}, {stored, approved, decider::person},
            {stored, declined, peer}, {stored, declined, decider::person}, {prepared, not_sent, decider::restart},
            {sent, not_sent, decider::till}});
    } else if (!reversed_when_silent)
        all.insert({{sent, unknown, decider::till}, {sent, unknown, decider::restart}});
    if (stored_first) {
        // No answer is taken before it is stored.
    } else if (refunds || device) {
        all.insert({{prepared, not_sent, decider::restart}, {prepared, sent, decider::till},
            {sent, not_sent, decider::till}});
    } else {
        all.insert({{prepared, approved, peer}, {prepared, declined, peer}, {prepared, silent, decider::till},
            {prepared, silent, decider::restart}});
    }
    if (order) {
        all.insert({{prepared, sent, peer}, {sent, sent, peer}, {prepared, returned, peer}, {sent, returned, peer},
            {unknown, returned, peer}, {declined, unknown, peer}});
    }
    if (host) {
        all.insert({{reversal_pending, reversed, peer}, {reversal_pending, reversal_refused, peer},
            {reversal_refused, reversed, peer}, {reversal_refused, reversal_refused, peer}});
    }
    if (!host) all.insert({{unknown, approved, peer}, {unknown, declined, peer}});
    if (!host) all.insert({{sent, unknown, peer}, {unknown, unknown, peer}}); // it may tell what decides nothing
    if (order) all.insert({prepared, unknown, peer});
    if (kind == trade::sale || kind == trade::pre_auth || kind == trade::instalment_sale)
        all.insert({{approved, reversal_pending, decider::card}, {approved, approved, decider::card}});
    return all;
}

journal_record record_of(trade kind, record_state state) {
    journal_record record;
    record.kind = kind;
    record.state = state;
    return record;
}

TEST(RecordLife, TakesTheseStepsAndNoOthers) {
    for (const auto kind : every_kind) {
        const auto wanted = steps_of(kind);
        for (const auto now : every_state) {
            for (const auto next : every_state) {
                for (const auto by : every_decider) {
                    EXPECT_EQ(may_follow(record_of(kind, now), next, by), wanted.contains({now, next, by}))
                        << row_of(kind).name << ": " << to_string(now) << " -> " << to_string(next) << " by "
                        << to_string(by);
                }
            }
        }
    }
}

TEST(RecordLife, EveryStepOfTheTableIsTakenBySomeTrade) {
    std::set<step> taken;
    for (const auto kind : every_kind)
        taken.merge(steps_of(kind));
    std::size_t steps = 0;
    for (const auto& edge : life_edges) {
        for (const auto by : edge.words) {
            ++steps;
            EXPECT_TRUE(taken.contains({edge.from, edge.to, by}))
                << to_string(edge.from) << " -> " << to_string(edge.to) << " by " << to_string(by);
        }
    }
    std::set<step> all;
    for (const auto kind : every_kind)
        all.merge(steps_of(kind));
    EXPECT_EQ(steps, all.size());
}

TEST(RecordLife, AnApprovalThatSomebodyHasHeardOfIsNeverReversed) {
    auto record = record_of(trade::sale, record_state::approved);
    EXPECT_TRUE(may_follow(record, record_state::reversal_pending, decider::card));
    record.closed = true;
    EXPECT_FALSE(may_follow(record, record_state::reversal_pending, decider::card));
    record.closed = false;
    record.settled = true;
    EXPECT_FALSE(may_follow(record, record_state::reversal_pending, decider::card));
}

TEST(RecordLife, ATradeOfAnotherVersionTakesNoStep) {
    const auto record = record_of(static_cast<trade>(99), record_state::prepared);
    EXPECT_FALSE(may_follow(record, record_state::approved, decider::host));
}

TEST(RecordLife, WhatFollowsFromAnotherRecordIsNoVerdict) {
    const auto record = record_of(trade::sale, record_state::approved);
    EXPECT_TRUE(may_follow(record, record_state::voided, decider::other_record));
    EXPECT_FALSE(may_decide(record, {record_state::voided, decider::other_record}));
}

TEST(RecordLife, AVerdictMayNotTakeItsOrderBack) {
    auto order = record_of(trade::qr_sale, record_state::unknown);
    order.phase = ports::order_phase::paid;
    journal_verdict verdict(record_state::declined, decider::gateway);
    EXPECT_TRUE(may_decide(order, verdict));
    verdict.phase = ports::order_phase::cancelled;
    EXPECT_FALSE(may_decide(order, verdict));
}

TEST(RecordLife, AVerdictChangesWhatItSetsAndNothingElse) {
    auto record = record_of(trade::qr_sale, record_state::prepared);
    record.requested = amount(100);
    record.host_text = "kept";
    journal_verdict verdict(record_state::approved, decider::gateway);
    verdict.approved = amount(100);
    verdict.host_code = "paid";
    verdict.reference = "R";
    verdict.authorization = "A";
    verdict.host_date = "20261121";
    verdict.host_time = "093120";
    verdict.acquirer = "48000000";
    verdict.order_number = "O";
    verdict.phase = ports::order_phase::paid;
    verdict.expires = std::chrono::system_clock::time_point(std::chrono::hours(1));
    verdict.reversal_reason = "98";
    verdict.note = "N";
    verdict.earlier_sends = sent_before::answered;
    apply(record, verdict);
    EXPECT_EQ(record.state, record_state::approved);
    EXPECT_EQ(record.requested, amount(100));
    EXPECT_EQ(record.approved, amount(100));
    EXPECT_EQ(record.host_code, "paid");
    EXPECT_EQ(record.host_text, "kept");
    EXPECT_EQ(record.reference, "R");
    EXPECT_EQ(record.authorization, "A");
    EXPECT_EQ(record.host_date, "20261121");
    EXPECT_EQ(record.host_time, "093120");
    EXPECT_EQ(record.acquirer, "48000000");
    EXPECT_EQ(record.order_number, "O");
    EXPECT_EQ(record.phase, ports::order_phase::paid);
    EXPECT_EQ(record.expires, *verdict.expires);
    EXPECT_EQ(record.reversal_reason, "98");
    EXPECT_EQ(record.note, "N");
    EXPECT_EQ(record.earlier_sends, sent_before::answered);
}

TEST(RecordLife, OnlyWhatIsNewOrAllowedIsWritten) {
    auto order = record_of(trade::qr_sale, record_state::unknown);
    order.phase = ports::order_phase::issued;
    journal_verdict word(record_state::unknown, decider::gateway);
    word.phase = ports::order_phase::issued;
    EXPECT_TRUE(holds(order, word));
    EXPECT_FALSE(must_write(order, word)) << "as it was";
    word.phase = ports::order_phase::paid;
    EXPECT_FALSE(holds(order, word));
    EXPECT_TRUE(must_write(order, word)) << "it decides nothing, and must not be forgotten";
    word.by = decider::till;
    EXPECT_FALSE(must_write(order, word)) << "the till's own knowledge changes nothing that it does not know";
    word.state = record_state::declined;
    EXPECT_FALSE(holds(order, word));
    EXPECT_TRUE(must_write(order, word)) << "the journal refuses it, and does not stay silent";
    auto sale = record_of(trade::sale, record_state::reversal_refused);
    sale.host_code = "25";
    journal_verdict again(record_state::reversal_refused, decider::host);
    again.host_code = "25";
    EXPECT_TRUE(holds(sale, again));
    EXPECT_TRUE(must_write(sale, again)) << "when it was said last counts";
}

TEST(RecordLife, ANewRecordHasATerminalAKeyAndNoVerdict) {
    auto record = record_of(trade::sale, record_state::prepared);
    record.terminal_id = "TEST0001";
    record.idempotency_key = "key";
    EXPECT_TRUE(may_begin(record));
    auto bad = record;
    bad.terminal_id.clear();
    EXPECT_FALSE(may_begin(bad));
    bad = record;
    bad.idempotency_key.clear();
    EXPECT_FALSE(may_begin(bad));
    bad = record;
    bad.kind = static_cast<trade>(99);
    EXPECT_FALSE(may_begin(bad));
    for (const auto state : states::all.without(state_set::of(record_state::prepared))) {
        bad = record;
        bad.state = state;
        EXPECT_FALSE(may_begin(bad)) << to_string(state);
    }
}

TEST(RecordLife, AKeyIsForOneTradeWhereverItIsDone) {
    auto sold = record_of(trade::sale, record_state::approved);
    sold.requested = amount(100);
    EXPECT_TRUE(was_begun_for(sold, trade::sale, 0, amount(100)));
    EXPECT_TRUE(was_begun_for(sold, trade::device_sale, 0, amount(100))) << "a card terminal stands there now";
    EXPECT_TRUE(was_begun_for(sold, trade::sale, 7, amount(100))) << "it needs no original";
    EXPECT_FALSE(was_begun_for(sold, trade::sale, 0, amount(99)));
    EXPECT_FALSE(was_begun_for(sold, trade::sale, 0, amount(100, currency{840, 2})));
    EXPECT_FALSE(was_begun_for(sold, trade::pre_auth, 0, amount(100)));
    EXPECT_FALSE(was_begun_for(sold, trade::device_pre_auth, 0, amount(100)));
    sold.kind = trade::device_sale;
    EXPECT_TRUE(was_begun_for(sold, trade::sale, 0, amount(100))) << "a host is there now";
    auto undone = record_of(trade::void_sale, record_state::approved);
    undone.original = 7;
    undone.requested = amount(100);
    EXPECT_TRUE(was_begun_for(undone, trade::void_sale, 7, amount(0))) << "the whole, whatever was named";
    EXPECT_TRUE(was_begun_for(undone, trade::device_void, 7, amount(0))) << "the original says which one it is";
    EXPECT_FALSE(was_begun_for(undone, trade::void_sale, 8, amount(0)));
    EXPECT_FALSE(was_begun_for(undone, trade::refund, 7, amount(100)));
    auto back = record_of(trade::refund, record_state::approved);
    back.original = 7;
    back.requested = amount(40);
    EXPECT_TRUE(was_begun_for(back, trade::qr_refund, 7, amount(40)));
    EXPECT_FALSE(was_begun_for(back, trade::refund, 7, amount(41)));
    auto taken = record_of(trade::device_completion, record_state::approved);
    taken.original = 7;
    taken.requested = amount(40);
    EXPECT_TRUE(was_begun_for(taken, trade::completion, 7, amount(40)));
    EXPECT_FALSE(was_begun_for(taken, trade::completion, 8, amount(40)));
}

TEST(RecordLife, AnApprovedVoidVoidsItsOriginal) {
    auto undo = record_of(trade::void_sale, record_state::prepared);
    undo.original = 7;
    const auto follows = consequence_of(undo, {record_state::approved, decider::host});
    ASSERT_TRUE(follows);
    EXPECT_EQ(follows->record, 7U);
    EXPECT_EQ(follows->from, record_state::approved);
    EXPECT_EQ(follows->to, record_state::voided);
    for (const auto next : every_state) {
        if (next != record_state::approved) {
            EXPECT_FALSE(consequence_of(undo, {next, decider::host}));
        }
    }
    for (const auto kind : {trade::sale, trade::refund, trade::qr_sale, trade::qr_refund}) {
        const auto record = record_of(kind, record_state::prepared);
        EXPECT_FALSE(consequence_of(record, {record_state::approved, decider::host}));
    }
}

TEST(RecordLife, StatesAreOpenOrDecided) {
    EXPECT_EQ(states::open | states::decided, states::all);
    EXPECT_TRUE((states::open & states::decided).empty());
    EXPECT_EQ(states::all.size(), static_cast<int>(every_state.size()));
    for (const auto state : every_state)
        EXPECT_TRUE(states::all.contains(state)) << to_string(state);
}

/// The sets in words of the issue that they serve, apart from their definitions.
TEST(RecordLife, SetsHoldWhatTheySay) {
    using enum record_state;
    EXPECT_EQ(states::open, state_set::of(prepared, sent, reversal_pending, reversal_refused, unknown, stored));
    EXPECT_EQ(states::repeats, state_set::of(stored));
    EXPECT_EQ(states::decided, state_set::of(not_sent, approved, declined, reversed, voided, returned));
    EXPECT_EQ(states::undecided, state_set::of(prepared, sent, reversal_pending, unknown));
    EXPECT_EQ(states::unfinished, state_set::of(prepared, sent));
    EXPECT_EQ(states::a_persons, state_set::of(reversal_pending, reversal_refused, unknown, stored));
    EXPECT_EQ(states::reverses, state_set::of(reversal_pending));
    EXPECT_EQ(states::unproven, state_set::of(reversal_refused));
    EXPECT_EQ(states::went_back, state_set::of(voided, returned));
    EXPECT_EQ(states::counts, state_set::of(approved, voided));
    EXPECT_EQ(states::uploads, state_set::of(approved, voided));
    EXPECT_EQ(states::takes_room,
        state_set::of(prepared, sent, approved, reversal_pending, reversal_refused, unknown, stored));
    EXPECT_EQ(states::stands, state_set::of(approved));
    EXPECT_EQ(states::undone_by_another, state_set::of(voided));
    EXPECT_EQ(states::may_be_voided, state_set::of(approved));
    EXPECT_EQ(states::may_be_refunded, state_set::of(approved));
    EXPECT_EQ(states::frees_key, state_set::of(not_sent));
    EXPECT_EQ(states::frees_card, state_set::of(not_sent, approved, declined, reversed, voided, returned));
}

/// The sets and the table must not contradict each other.
TEST(RecordLife, SetsAgreeWithTheSteps) {
    for (const auto state : every_state) {
        bool leaves = false;
        bool by_person = false;
        for (const auto& edge : life_edges) {
            if (edge.from != state) continue;
            leaves = true;
            by_person = by_person || edge.words.contains(decider::person);
        }
        if (states::open.contains(state)) {
            EXPECT_TRUE(leaves) << to_string(state) << " never ends";
        }
        EXPECT_EQ(by_person, states::a_persons.contains(state)) << to_string(state);
        if (states::counts.contains(state)) {
            EXPECT_TRUE(states::decided.contains(state)) << to_string(state);
        }
    }
}

TEST(RecordLife, OutcomesTellWhatIsOpenFromWhatIsDecided) {
    using enum record_state;
    for (const auto state : every_state)
        EXPECT_EQ(
            outcome_of(state) == outcome::unknown, states::open.contains(state) && state != record_state::stored)
            << to_string(state);
    EXPECT_EQ(outcome_of(record_state::stored), outcome::stored);
    EXPECT_EQ(outcome_of(approved), outcome::approved);
    EXPECT_EQ(outcome_of(voided), outcome::voided);
    EXPECT_EQ(outcome_of(declined), outcome::declined);
    EXPECT_EQ(outcome_of(reversed), outcome::reversed);
    EXPECT_EQ(outcome_of(not_sent), outcome::not_sent);
    EXPECT_EQ(outcome_of(returned), outcome::returned);
}

/// Money that nothing can bring back: a record without the mark was not sent, and no later run sends it.
TEST(RecordLife, WhatNothingCanUndoIsMarkedBeforeItLeaves) {
    using enum record_state;
    for (const auto kind : every_kind) {
        const bool stored_first = stored_kinds.contains(kind);
        const bool marks = stored_first || kind == trade::refund || kind == trade::qr_refund ||
                           kind == trade::qr_return || kind == trade::code_refund || device_kinds.contains(kind);
        EXPECT_EQ(marks_send(kind), marks) << row_of(kind).name;
        EXPECT_EQ(mark_of(kind), stored_first ? stored : sent) << row_of(kind).name;
        EXPECT_EQ(state_if_found(record_of(kind, prepared)), marks ? not_sent : state_if_unknown(kind));
        EXPECT_EQ(state_if_found(record_of(kind, sent)), state_if_unknown(kind));
        EXPECT_EQ(state_if_found(record_of(kind, approved)), approved);
    }
}

TEST(RecordLife, AnAdviceIsToldAgainUntilTheHostHasSaidYesOrNo) {
    for (const auto* code : {"00", "11", "A2"})
        EXPECT_EQ(word_on_advice(code, sent_before::never), advice_word::taken) << code;
    for (const auto* code : {"68", "91", "96", "98", "A0"})
        EXPECT_EQ(word_on_advice(code, sent_before::unanswered), advice_word::passing) << code;
    for (const auto* code : {"03", "12", "14", "51"}) {
        EXPECT_EQ(word_on_advice(code, sent_before::never), advice_word::refused) << code;
        EXPECT_EQ(word_on_advice(code, sent_before::answered), advice_word::refused) << code;
        for (const auto doubt : {sent_before::unanswered, sent_before::doubted})
            EXPECT_EQ(word_on_advice(code, doubt), advice_word::passing)
                << code << ": the host may have taken what it did not answer, and refuse the repeat for it";
    }
    EXPECT_EQ(word_on_advice("94", sent_before::unanswered), advice_word::taken)
        << "the host has it from an earlier send";
    EXPECT_EQ(word_on_advice("94", sent_before::never), advice_word::passing) << "of another trade, perhaps";
    EXPECT_EQ(word_on_advice("94", sent_before::answered), advice_word::passing) << "it has seen, and not taken it";
}

TEST(RecordLife, AnAdviceThatWasRefusedInDoubtIsTakenByAYesAlone) {
    for (const auto earlier : {sent_before::never, sent_before::answered}) {
        EXPECT_FALSE(in_doubt(earlier));
        for (const auto* code : {"68", "96", "98", "09"})
            EXPECT_EQ(once_answered(earlier, code), sent_before::doubted)
                << code << ": it may be booked or not, and 94 to the next one proves neither";
        EXPECT_EQ(once_answered(earlier, "A0"), sent_before::answered);
        for (const auto* code : {"94", "79"})
            EXPECT_EQ(once_answered(earlier, code), sent_before::doubted)
                << code << ": a front may have sent it twice";
    }
    EXPECT_TRUE(in_doubt(sent_before::unanswered) && in_doubt(sent_before::doubted));
    EXPECT_EQ(once_answered(sent_before::unanswered, "A0"), sent_before::unanswered);
    EXPECT_EQ(once_answered(sent_before::unanswered, "96"), sent_before::doubted);
    EXPECT_EQ(once_answered(sent_before::unanswered, "51"), sent_before::doubted);
    for (const auto* code : {"96", "A0", "51", "94"})
        EXPECT_EQ(once_answered(sent_before::doubted, code), sent_before::doubted) << code;
    EXPECT_EQ(word_on_advice("94", sent_before::doubted), advice_word::passing) << "perhaps of the refused one";
    EXPECT_EQ(word_on_advice("00", sent_before::doubted), advice_word::taken);
}

TEST(RecordLife, AnAdviceIsInDoubtFromTheMomentThatItLeaves) {
    auto record = record_of(trade::tip, record_state::stored);
    EXPECT_EQ(record.earlier_sends, sent_before::never);
    EXPECT_EQ(once_sent(record), sent_before::unanswered);
    record.earlier_sends = sent_before::answered;
    record.host_code = "A0";
    EXPECT_EQ(once_sent(record), sent_before::unanswered) << "that answer says nothing of this send";
    record.host_code = "94";
    EXPECT_EQ(once_sent(record), sent_before::doubted) << "the host has it, or another trade of that number";
    record.earlier_sends = sent_before::unanswered;
    record.host_code = "96";
    EXPECT_EQ(once_sent(record), sent_before::doubted) << "as an earlier version has left it";
    record.host_code.clear();
    EXPECT_EQ(once_sent(record), sent_before::unanswered);
    record.earlier_sends = sent_before::doubted;
    EXPECT_EQ(once_sent(record), sent_before::doubted);
}

TEST(RecordLife, AnAdviceIsStuckWhereRepeatsWillHardlyEndIt) {
    EXPECT_TRUE(is_stuck(sent_before::doubted, "51"));
    EXPECT_FALSE(is_stuck(sent_before::doubted, "96")) << "the next answer may be a yes";
    EXPECT_TRUE(is_stuck(sent_before::doubted, "94")) << "it has seen it, and does not say that it took it";
    EXPECT_TRUE(is_stuck(sent_before::unanswered, "09")) << "nobody knows what it means";
    EXPECT_FALSE(is_stuck(sent_before::unanswered, "96"));
    EXPECT_FALSE(is_stuck(sent_before::answered, "A0"));
}

/// A host that keeps what it has declined, too: the answer that was lost may have been a no.
TEST(RecordLife, ADuplicateAfterSilenceProvesNothingWhereTheSettingsSaySo) {
    constexpr auto nothing = seen_before::proves_nothing;
    for (const auto* code : {"94", "79"}) {
        EXPECT_EQ(word_on_advice(code, sent_before::unanswered, nothing), advice_word::passing) << code;
        EXPECT_EQ(once_answered(sent_before::unanswered, code, nothing), sent_before::doubted) << code;
    }
    EXPECT_EQ(word_on_advice("00", sent_before::unanswered, nothing), advice_word::taken);
}

TEST(RecordLife, ADuplicateOfOfflineDataIsNotARefusal) {
    EXPECT_EQ(word_on_advice("79", sent_before::unanswered), advice_word::taken);
    EXPECT_EQ(word_on_advice("79", sent_before::never), advice_word::passing);
    EXPECT_EQ(word_on_advice("79", sent_before::answered), advice_word::passing);
}

TEST(RecordLife, WhatIsStoredWasNotSentOnlyWhileNoSendIsCounted) {
    auto record = record_of(trade::offline_sale, record_state::stored);
    EXPECT_TRUE(may_follow(record, record_state::not_sent, decider::till));
    record.reversal_sends = 1;
    EXPECT_FALSE(may_follow(record, record_state::not_sent, decider::till));
    EXPECT_TRUE(may_follow(record, record_state::approved, decider::host));
}

TEST(RecordLife, AReversalThatProvedNothingIsSentOnceMoreWhenNothingCanBeUnderWay) {
    EXPECT_TRUE(asks_again(record_of(trade::sale, record_state::reversal_refused)));
    EXPECT_FALSE(asks_again(record_of(trade::sale, record_state::reversal_pending)))
        << "that one is sent before every trade";
    EXPECT_FALSE(asks_again(record_of(trade::sale, record_state::reversed)));
}

TEST(RecordLife, AnUnknownOutcomeIsReversedOrWaits) {
    EXPECT_EQ(state_if_unknown(trade::sale), record_state::reversal_pending);
    EXPECT_EQ(state_if_unknown(trade::void_sale), record_state::reversal_pending);
    EXPECT_EQ(state_if_unknown(trade::refund), record_state::unknown);
    EXPECT_EQ(state_if_unknown(trade::qr_sale), record_state::unknown);
    EXPECT_EQ(state_if_unknown(trade::qr_refund), record_state::unknown);
}

TEST(RecordLife, APersonDecidesWhatNoMachineCan) {
    EXPECT_EQ(state_after(record_state::unknown, finding::paid), record_state::approved);
    EXPECT_EQ(state_after(record_state::unknown, finding::not_paid), record_state::declined);
    EXPECT_EQ(state_after(record_state::reversal_refused, finding::paid), record_state::approved);
    EXPECT_EQ(state_after(record_state::reversal_refused, finding::not_paid), record_state::reversed);
    EXPECT_EQ(state_after(record_state::reversal_pending, finding::paid), record_state::approved);
    EXPECT_EQ(state_after(record_state::reversal_pending, finding::not_paid), record_state::reversed);
    for (const auto state : states::all.without(states::a_persons)) {
        EXPECT_EQ(state_after(state, finding::paid), std::nullopt) << to_string(state);
        EXPECT_EQ(state_after(state, finding::not_paid), std::nullopt) << to_string(state);
    }
}

/// UnionPay POS dialect: 12, 25 and 40 say that there is nothing to reverse, which a trade that the reversal has
/// overtaken makes a lie; A0 asks for a sign-in.
TEST(RecordLife, AReversalIsDoneOnlyWhereTheHostSaysThatItIs) {
    EXPECT_EQ(word_on_reversal("00"), reversal_word::undone);
    for (const auto* code : {"12", "25", "40"})
        EXPECT_EQ(word_on_reversal(code), reversal_word::unproven) << code;
    for (const auto* code : {"68", "90", "91", "92", "96", "98", "A0"})
        EXPECT_EQ(word_on_reversal(code), reversal_word::passing) << code;
    for (const auto* code : {"05", "13", "30", "94"})
        EXPECT_EQ(word_on_reversal(code), reversal_word::refused) << code;
}

TEST(RecordLife, ACodeThatProvesNothingLeavesATradeOpen) {
    for (const auto* code : {"68", "94", "96", "98", "08", "09", "32", "ZZ"})
        EXPECT_TRUE(leaves_open(code)) << code;
    for (const auto* code : {"00", "05", "25", "51", "90", "91", "92", "A0"})
        EXPECT_FALSE(leaves_open(code)) << code;
}

/// What an issuer says is no fault of the host that carried it.
TEST(RecordLife, AnEndSaysWhetherTheHostDidItsWork) {
    journal_record record;
    const auto word = [&record](record_state state, const char* code) {
        record.state = state;
        record.host_code = code;
        return word_on_host(record);
    };
    for (const auto* code : {"05", "51", "55", "91"})
        EXPECT_EQ(word(record_state::declined, code), host_word::served) << code;
    for (const auto* code : {"03", "90", "97", "A0"})
        EXPECT_EQ(word(record_state::declined, code), host_word::failed) << code;
    for (const auto state : {record_state::approved, record_state::voided, record_state::returned})
        EXPECT_EQ(word(state, "00"), host_word::served);
    for (const auto state : {record_state::not_sent, record_state::reversed, record_state::reversal_refused})
        EXPECT_EQ(word(state, ""), host_word::failed);
    for (const auto state :
        {record_state::prepared, record_state::sent, record_state::reversal_pending, record_state::unknown})
        EXPECT_EQ(word(state, ""), host_word::silent);
}

} // namespace
} // namespace cipherlane::ledger
