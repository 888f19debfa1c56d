#include "store_places.hpp"

#include <cipherlane/store/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::store {
namespace {

using ports::decider;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;
using ports::trade;

/// What every store must do, whatever it keeps its records in.
class Store : public testing::TestWithParam<tests::store_kind> {
  protected:
    static call soon() { return call(std::chrono::seconds(20)); }
    ports::store& store() { return place->store(); }

    journal_record fresh(const std::string& key, std::int64_t minor = 100, const std::string& terminal = "TEST0001") {
        journal_record record;
        record.terminal_id = terminal;
        record.idempotency_key = key;
        record.mti = "0200";
        record.requested = amount(minor);
        record.created_date = "20261121";
        return record;
    }
    journal_record of_kind(trade kind, const std::string& key, std::uint64_t original = 0, std::int64_t minor = 100) {
        auto record = fresh(key, minor);
        record.kind = kind;
        record.original = original;
        return record;
    }
    ports::stored_card card() { return {pan::parse(tests::test_pan).value(), "3012"}; }
    std::uint64_t begin(const journal_record& record) { return store().begin(record, nullptr, soon()).value().id; }
    result<void> decide(std::uint64_t id, record_state state, std::int64_t approved = 0, decider by = decider::host) {
        journal_verdict verdict(state, by);
        if (approved != 0) verdict.approved = amount(approved);
        return store().decide(id, verdict, soon());
    }
    record_state state_of(std::uint64_t id) { return store().find(id, soon()).value()->state; }
    std::int64_t refunded(std::uint64_t id) { return store().refunded(id, soon()).value().minor(); }

    void SetUp() override {
        if (const auto why = GetParam().why_not(); !why.empty()) GTEST_SKIP() << why;
        place = GetParam().make();
    }

    std::unique_ptr<tests::store_place> place;
};

INSTANTIATE_TEST_SUITE_P(Every, Store, testing::ValuesIn(tests::store_kinds),
    [](const auto& kind) { return std::string(kind.param.name); });

TEST_P(Store, FindsTheRecordsOfAShiftAndNoOthers) {
    const auto begin = [&](const char* key, const char* who, std::uint32_t shift) {
        auto record = fresh(key);
        record.operator_id = who;
        record.shift = shift;
        return store().begin(record, nullptr, soon()).value().id;
    };
    const auto first = begin("a", "07", 1);
    begin("b", "07", 2);
    begin("c", "08", 1);
    begin("d", "07", 0);
    const auto last = begin("e", "07", 1);
    const auto found = store().shift_records("TEST0001", "07", 1, soon()).value();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].id, first);
    EXPECT_EQ(found[1].id, last);
    EXPECT_TRUE(store().shift_records("TEST0002", "07", 1, soon()).value().empty());
    EXPECT_TRUE(store().shift_records("TEST0001", "07", 0, soon()).value().empty()) << "without sign-on is no shift";
}

TEST_P(Store, KeepsEveryFieldOfARecord) {
    auto record = fresh("key");
    record.kind = trade::refund;
    record.merchant_id = "M";
    record.processing_code = "200000";
    record.entry = "012";
    record.sequence_number = "001";
    record.condition_code = "00";
    record.emv = {0x95, 0x01, 0x00};
    record.transaction_code = "25";
    record.field60_rest = "000500";
    record.field61 = "0000010000021121";
    record.masked_pan = "622200*********0004";
    record.original = 7;
    record.counterpart = "the acquirer's host";
    record.device_before = "last/0001";
    record.serial_block = "A2037010020402012N7NL0193321705008310001  ";
    record.conversion = {ports::currency_choice::converted, amount(171, find_currency(840).value()), "70138600"};
    record.operator_id = "07";
    record.shift = 3;
    record.at_card = true;
    const auto owned = card();
    const auto written = store().begin(record, &owned, soon()).value();
    ASSERT_TRUE(decide(written.id, record_state::sent, 0, decider::till));
    journal_verdict verdict(record_state::approved, decider::host);
    verdict.approved = amount(99);
    verdict.host_code = "00";
    verdict.host_text = "交易成功";
    verdict.reference = "112109310003";
    verdict.authorization = "A12345";
    verdict.host_date = "20261121";
    verdict.host_time = "093120";
    verdict.acquirer = "48000000";
    verdict.order_number = "O";
    verdict.reversal_reason = "06";
    verdict.note = "looked up";
    verdict.voucher = "V1";
    verdict.masked_pan = "622200*********0005";
    verdict.arpc_failed = true;
    verdict.device_unsure = true;
    verdict.chip = bytes{0x9F, 0x27, 0x01, 0x40};
    verdict.earlier_sends = ports::sent_before::doubted;
    ASSERT_TRUE(store().decide(written.id, verdict, soon()));
    ASSERT_TRUE(store().count_reversal_send(written.id, soon()));
    ASSERT_TRUE(store().close_record(written.id, soon()));
    place->reopen();
    const auto read = store().find(written.id, soon()).value().value();
    EXPECT_TRUE(read.at_card);
    ASSERT_TRUE(store().card_has_spoken(written.id, soon()));
    EXPECT_FALSE(store().find(written.id, soon()).value()->at_card) << "seen at once";
    EXPECT_EQ(read.terminal_id, "TEST0001");
    EXPECT_EQ(read.merchant_id, "M");
    EXPECT_EQ(read.idempotency_key, "key");
    EXPECT_EQ(read.kind, trade::refund);
    EXPECT_EQ(read.state, record_state::approved);
    EXPECT_EQ(read.mti, "0200");
    EXPECT_EQ(read.processing_code, "200000");
    EXPECT_EQ(read.requested, amount(100));
    EXPECT_EQ(read.approved, amount(99));
    EXPECT_EQ(read.trace, 1U);
    EXPECT_EQ(read.batch, 1U);
    EXPECT_EQ(read.entry, "012");
    EXPECT_EQ(read.note, "looked up");
    EXPECT_EQ(read.device_before, "last/0001");
    EXPECT_TRUE(read.arpc_failed);
    EXPECT_TRUE(read.device_unsure);
    EXPECT_EQ(read.earlier_sends, ports::sent_before::doubted);
    EXPECT_EQ(read.chip, *verdict.chip);
    EXPECT_EQ(read.voucher, "V1");
    EXPECT_EQ(read.operator_id, "07");
    EXPECT_EQ(read.shift, 3U);
    EXPECT_EQ(read.sequence_number, "001");
    EXPECT_EQ(read.condition_code, "00");
    EXPECT_EQ(read.emv, record.emv);
    EXPECT_EQ(read.transaction_code, "25");
    EXPECT_EQ(read.field60_rest, "000500");
    EXPECT_EQ(read.field61, record.field61);
    EXPECT_EQ(read.masked_pan, "622200*********0005");
    EXPECT_EQ(read.original, 7U);
    EXPECT_EQ(read.counterpart, "the acquirer's host");
    EXPECT_EQ(read.serial_block, record.serial_block);
    EXPECT_EQ(read.conversion, record.conversion);
    EXPECT_EQ(read.host_code, "00");
    EXPECT_EQ(read.host_text, "交易成功");
    EXPECT_EQ(read.reference, "112109310003");
    EXPECT_EQ(read.authorization, "A12345");
    EXPECT_EQ(read.host_date, "20261121");
    EXPECT_EQ(read.host_time, "093120");
    EXPECT_EQ(read.acquirer, "48000000");
    EXPECT_EQ(read.order_number, "O");
    EXPECT_EQ(read.reversal_reason, "06");
    EXPECT_EQ(read.reversal_sends, 1U);
    EXPECT_EQ(read.created_date, "20261121");
    EXPECT_EQ(read.created, place->clock.time);
    EXPECT_TRUE(read.closed);
    EXPECT_FALSE(read.settled);
    EXPECT_TRUE(read.card_sealed);
    const auto opened = store().card(read.id, soon()).value();
    EXPECT_EQ(opened.account.expose(), tests::test_pan);
    EXPECT_EQ(opened.expiry, "3012");
}

TEST_P(Store, HasANameOfItsOwnForGood) {
    const auto name = store().identity();
    EXPECT_FALSE(name.empty());
    const auto other = GetParam().make();
    EXPECT_NE(other->store().identity(), name);
    ASSERT_TRUE(store().begin(fresh("one"), nullptr, soon()));
    place->reopen();
    EXPECT_EQ(store().identity(), name);
}

TEST_P(Store, KeepsThePhaseOfAnOrder) {
    auto order = fresh("order");
    order.kind = trade::qr_sale;
    const auto written = store().begin(order, nullptr, soon()).value();
    EXPECT_EQ(written.phase, ports::order_phase::asked);
    journal_verdict verdict(record_state::unknown, decider::till);
    verdict.phase = ports::order_phase::issued;
    ASSERT_TRUE(store().decide(written.id, verdict, soon()));
    place->reopen();
    EXPECT_EQ(store().find(written.id, soon()).value()->phase, ports::order_phase::issued);
    EXPECT_EQ(store().find(written.id, soon()).value()->expires, std::chrono::system_clock::time_point());
    EXPECT_EQ(store().begin(fresh("sale"), nullptr, soon())->phase, ports::order_phase::none);
}

TEST_P(Store, KeepsWhenACodeEndsAndFindsItByItsNumber) {
    auto order = of_kind(trade::qr_sale, "order");
    order.order_number = "TEST0001A";
    const auto id = begin(order);
    ASSERT_TRUE(store().begin(fresh("sale"), nullptr, soon()));
    journal_verdict issued(record_state::sent, decider::gateway);
    issued.phase = ports::order_phase::issued;
    issued.expires = place->clock.time + std::chrono::minutes(3);
    ASSERT_TRUE(store().decide(id, issued, soon()));
    place->reopen();
    const auto found = store().find_order("TEST0001A", soon()).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, id);
    EXPECT_EQ(found->expires, *issued.expires);
    EXPECT_EQ(found->renewals, 0U);
    journal_verdict next(record_state::sent, decider::gateway);
    next.phase = ports::order_phase::asked;
    EXPECT_FALSE(store().decide(id, next, soon())) << "which code it is belongs to it";
    next.renewals = 1;
    ASSERT_TRUE(store().decide(id, next, soon()));
    EXPECT_FALSE(store().decide(id, next, soon())) << "the gateway has not issued that one yet";
    place->reopen();
    EXPECT_EQ(store().find(id, soon()).value()->renewals, 1U);
    EXPECT_EQ(store().find(id, soon()).value()->phase, ports::order_phase::asked);
    EXPECT_FALSE(store().find_order("TEST0001B", soon()).value());
    EXPECT_FALSE(store().find_order("", soon()).value()) << "a trade of the host has no number";
}

TEST_P(Store, WhatIsOpenAgainHasYetToBeToldHowItEnds) {
    const auto id = begin(of_kind(trade::qr_sale, "late"));
    ASSERT_TRUE(decide(id, record_state::declined, 0, decider::gateway));
    ASSERT_TRUE(store().close_record(id, soon()));
    ASSERT_TRUE(decide(id, record_state::unknown, 0, decider::gateway));
    EXPECT_FALSE(store().find(id, soon()).value()->closed);
    EXPECT_TRUE(store().untold_records("TEST0001", soon())->empty()) << "it has no verdict";
    ASSERT_TRUE(decide(id, record_state::returned, 100, decider::gateway));
    place->reopen();
    ASSERT_EQ(store().untold_records("TEST0001", soon())->size(), 1U);
    ASSERT_TRUE(store().close_record(id, soon()));
    EXPECT_TRUE(store().untold_records("TEST0001", soon())->empty());
}

TEST_P(Store, KeepsOfWhichCodeAPaymentGoesBack) {
    auto back = of_kind(trade::qr_return, "back");
    back.renewals = 2;
    back.voucher = "T0002";
    const auto id = begin(back);
    ASSERT_TRUE(decide(id, record_state::sent, 0, decider::till));
    place->reopen();
    const auto read = store().find(id, soon()).value().value();
    EXPECT_EQ(read.renewals, 2U);
    EXPECT_EQ(read.voucher, "T0002");
    EXPECT_EQ(read.state, record_state::sent);
    EXPECT_EQ(store().totals("TEST0001", 1, soon()).value(), ports::batch_totals());
}

TEST_P(Store, KeepsWhatAGatewaySaysUnaskedUntilItIsDealtWith) {
    ports::qr_order_status told;
    told.order_number = "TEST0001A";
    told.merchant_id = "M";
    told.terminal_id = "TEST0001";
    told.state = ports::qr_order_state::paid;
    told.paid = amount(990, find_currency(344).value());
    told.transaction_number = "T1";
    ASSERT_TRUE(store().keep_notice(told, soon()));
    ASSERT_TRUE(store().keep_notice(told, soon())) << "sent again";
    auto other = told;
    other.state = ports::qr_order_state::refunded;
    ASSERT_TRUE(store().keep_notice(other, soon()));
    auto second_payer = told;
    second_payer.transaction_number = "T2";
    ASSERT_TRUE(store().keep_notice(second_payer, soon()));
    place->reopen();
    const auto open = store().open_notices(soon()).value();
    ASSERT_EQ(open.size(), 3U);
    EXPECT_EQ(open[2].told.transaction_number, "T2");
    ASSERT_TRUE(store().close_notice(open[2].id, soon()));
    EXPECT_EQ(open[0].told.order_number, "TEST0001A");
    EXPECT_EQ(open[0].told.merchant_id, "M");
    EXPECT_EQ(open[0].told.terminal_id, "TEST0001");
    EXPECT_EQ(open[0].told.state, ports::qr_order_state::paid);
    EXPECT_EQ(open[0].told.paid, told.paid);
    EXPECT_EQ(open[0].told.transaction_number, "T1");
    ASSERT_TRUE(store().close_notice(open[0].id, soon()));
    ASSERT_TRUE(store().keep_notice(told, soon()));
    const auto left = store().open_notices(soon()).value();
    ASSERT_EQ(left.size(), 1U) << "what was dealt with does not come back";
    EXPECT_EQ(left[0].told.state, ports::qr_order_state::refunded);
}

TEST_P(Store, KeepsWhatIsLeftToAPersonUntilItIsClosed) {
    ports::qr_order_status told;
    told.order_number = "TEST0001A";
    told.merchant_id = "M";
    told.state = ports::qr_order_state::paid;
    told.paid = amount(990);
    ASSERT_TRUE(store().keep_notice(told, soon()));
    told.transaction_number = "T2";
    ASSERT_TRUE(store().keep_notice(told, soon()));
    const auto open = store().open_notices(soon()).value();
    ASSERT_EQ(open.size(), 2U);
    EXPECT_EQ(open[0].matter, ports::notice_matter::none);
    EXPECT_TRUE(store().left_notices("TEST0001", soon())->empty());
    ASSERT_TRUE(store().leave_notice(open[0].id, ports::notice_matter::unknown_order, "TEST0001", soon()));
    ASSERT_TRUE(store().leave_notice(open[1].id, ports::notice_matter::second_payment, "TEST0002", soon()));
    EXPECT_TRUE(store().open_notices(soon())->empty());
    place->reopen();
    EXPECT_TRUE(store().open_notices(soon())->empty());
    ASSERT_TRUE(store().keep_notice(told, soon())) << "the same word again";
    EXPECT_TRUE(store().open_notices(soon())->empty());
    const auto left = store().left_notices("TEST0001", soon()).value();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].id, open[0].id);
    EXPECT_EQ(left[0].matter, ports::notice_matter::unknown_order);
    EXPECT_EQ(left[0].told.terminal_id, "TEST0001");
    EXPECT_EQ(left[0].told.paid, amount(990));
    const auto all = store().left_notices({}, soon()).value();
    ASSERT_EQ(all.size(), 2U) << "whoever had them";
    EXPECT_EQ(all[1].told.terminal_id, "TEST0002");
    ASSERT_TRUE(store().close_notice(left[0].id, soon()));
    EXPECT_TRUE(store().left_notices("TEST0001", soon())->empty());
    EXPECT_EQ(store().left_notices("TEST0002", soon())->size(), 1U);
    EXPECT_EQ(store().left_notices({}, soon())->size(), 1U);
}

TEST_P(Store, FindsWhatIsInAnotherCurrencyThanItsBatch) {
    const auto other = [&](const currency& unit) {
        const auto found = store().find_other_unit("TEST0001", 1, unit, soon());
        EXPECT_TRUE(found);
        return found && *found ? (*found)->idempotency_key : std::string();
    };
    const auto dollars = find_currency(840).value();
    EXPECT_EQ(other(cny), "");
    const auto sold = begin(fresh("a"));
    EXPECT_EQ(other(cny), "");
    EXPECT_EQ(other(dollars), "a") << "not decided: it may count yet";
    EXPECT_EQ(other({cny.number, 3}), "a") << "the same number in other parts";
    auto foreign = fresh("b");
    foreign.requested = foreign.approved = amount(100, dollars);
    const auto refused = begin(foreign);
    EXPECT_EQ(other(cny), "b");
    ASSERT_TRUE(decide(refused, record_state::declined));
    EXPECT_EQ(other(cny), "") << "nothing of it counts";
    ASSERT_TRUE(decide(sold, record_state::approved, 100));
    EXPECT_EQ(other(dollars), "a");
    EXPECT_FALSE(*store().find_other_unit("TEST0001", 2, dollars, soon()));
    EXPECT_FALSE(*store().find_other_unit("TEST0002", 1, dollars, soon()));
    ASSERT_TRUE(store().close_batch("TEST0001", 1, soon()));
    EXPECT_EQ(other(dollars), "") << "a batch of that number comes again some day";
}

TEST_P(Store, BeginsAnotherBatchOnlyWhereTheOpenOneIsEmpty) {
    ASSERT_TRUE(store().begin_batch("TEST0001", 38, soon()));
    place->reopen();
    EXPECT_EQ(store().terminal("TEST0001", soon())->batch, 38U);
    const auto sold = store().begin(fresh("a"), nullptr, soon()).value();
    EXPECT_EQ(sold.batch, 38U);
    EXPECT_EQ(
        store().begin_batch("TEST0001", 39, soon()).error().code(), make_error_code(store_errc::bad_transition));
    ASSERT_TRUE(decide(sold.id, record_state::declined));
    ASSERT_TRUE(store().begin_batch("TEST0001", 39, soon())) << "a refusal is nothing that it counts";
    ports::settlement_progress progress;
    progress.batch = 39;
    progress.step = ports::settlement_step::totals_sent;
    ASSERT_TRUE(store().save_settlement("TEST0001", progress, soon()));
    EXPECT_FALSE(store().begin_batch("TEST0001", 40, soon())) << "it is being settled";
    EXPECT_EQ(store().terminal("TEST0001", soon())->batch, 39U);
}

TEST_P(Store, CutsNoSlotOfAMasterKey) {
    for (const int slot : {0, 99}) {
        ASSERT_TRUE(store().add_master_key("TEST0001", {slot, bytes(16, 1), bytes(4, 2)}, soon()));
        place->reopen();
        EXPECT_EQ(store().terminal("TEST0001", soon())->master_keys.back().master_slot, slot);
    }
    for (const int slot : {-1, 100, 256, 300}) {
        const auto refused = store().add_master_key("TEST0001", {slot, bytes(16, 1), bytes(4, 2)}, soon());
        ASSERT_FALSE(refused) << slot;
        EXPECT_TRUE(refused.error().is(condition::misuse));
        EXPECT_EQ(refused.error().field(), "master_slot");
    }
    EXPECT_EQ(store().terminal("TEST0001", soon())->master_keys.size(), 2U);
}

TEST_P(Store, AKeyIsUsedOncePerTerminalUnlessNothingWasSent) {
    const auto first = store().begin(fresh("key"), nullptr, soon()).value();
    EXPECT_EQ(store().begin(fresh("key"), nullptr, soon()).error().code(), store_errc::key_used);
    EXPECT_TRUE(store().begin(fresh("key", 100, "TEST0002"), nullptr, soon()));
    ASSERT_TRUE(decide(first.id, record_state::not_sent, 0, decider::till));
    const auto second = store().begin(fresh("key"), nullptr, soon());
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(store().find_key("TEST0001", "key", soon()).value()->id, second->id);
    EXPECT_EQ(second->trace, 2U) << "a refused record takes no trace number";
}

TEST_P(Store, OnlyVerdictsThatFitTheStateAreTaken) {
    const auto record = store().begin(fresh("key"), nullptr, soon()).value();
    EXPECT_EQ(decide(record.id, record_state::reversed).error().code(), store_errc::bad_transition);
    ASSERT_TRUE(decide(record.id, record_state::approved, 100));
    ASSERT_TRUE(store().close_record(record.id, soon()));
    EXPECT_EQ(decide(record.id, record_state::reversal_pending, 0, decider::card).error().code(),
        store_errc::bad_transition)
        << "an approved payment that was told is never reversed";
    const auto chip = store().begin(fresh("chip"), nullptr, soon()).value();
    ASSERT_TRUE(decide(chip.id, record_state::approved, 100));
    EXPECT_TRUE(decide(chip.id, record_state::reversal_pending, 0, decider::card))
        << "the card may decline before anybody is told";
    EXPECT_EQ(decide(99, record_state::approved).error().code(), store_errc::no_record);
}

TEST_P(Store, OpenAndUntoldRecordsAreFound) {
    const auto open = store().begin(fresh("open"), nullptr, soon()).value();
    const auto pending = store().begin(fresh("pending"), nullptr, soon()).value();
    const auto told = store().begin(fresh("told"), nullptr, soon()).value();
    const auto untold = store().begin(fresh("untold"), nullptr, soon()).value();
    ASSERT_TRUE(store().begin(fresh("other", 1, "TEST0002"), nullptr, soon()));
    ASSERT_TRUE(decide(pending.id, record_state::reversal_pending, 0, decider::till));
    ASSERT_TRUE(decide(told.id, record_state::approved, 100));
    ASSERT_TRUE(store().close_record(told.id, soon()));
    ASSERT_TRUE(decide(untold.id, record_state::declined));
    const auto found = store().open_records("TEST0001", soon()).value();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].id, open.id);
    EXPECT_EQ(found[1].id, pending.id);
    const auto missed = store().untold_records("TEST0001", soon()).value();
    ASSERT_EQ(missed.size(), 1U);
    EXPECT_EQ(missed[0].id, untold.id);
}

TEST_P(Store, ABatchAddsUpAndCloses) {
    const auto sale = store().begin(fresh("s"), nullptr, soon()).value();
    ASSERT_TRUE(decide(sale.id, record_state::approved, 100));
    auto undo = fresh("v");
    undo.kind = trade::void_sale;
    undo.original = sale.id;
    ASSERT_TRUE(decide(store().begin(undo, nullptr, soon()).value().id, record_state::approved, 100));
    EXPECT_EQ(store().find(sale.id, soon()).value()->state, record_state::voided);
    auto code = fresh("q", 30);
    code.kind = trade::qr_sale;
    ASSERT_TRUE(
        decide(store().begin(code, nullptr, soon()).value().id, record_state::approved, 30, decider::gateway));
    ASSERT_TRUE(decide(store().begin(fresh("d"), nullptr, soon()).value().id, record_state::declined));
    const auto sums = store().totals("TEST0001", 1, soon()).value();
    EXPECT_EQ(sums, (ports::batch_totals{{100, 1}, {100, 1}, {30, 1}, {0, 0}}));

    ports::settlement_progress progress{1, ports::settlement_step::uploading, sums, 2, 8, {7, 0x0102030405060708}};
    ASSERT_TRUE(store().save_settlement("TEST0001", progress, soon()));
    place->reopen();
    EXPECT_EQ(store().settlement("TEST0001", soon()).value(), progress);
    ASSERT_TRUE(store().close_batch("TEST0001", 1, soon()));
    EXPECT_FALSE(store().close_batch("TEST0001", 1, soon())) << "once";
    EXPECT_EQ(store().terminal("TEST0001", soon())->batch, 2U);
    EXPECT_EQ(store().settlement("TEST0001", soon())->step, ports::settlement_step::none);
    EXPECT_TRUE(store().find(sale.id, soon()).value()->settled);
}

TEST_P(Store, CardDataIsErasedAfterSettlementOnly) {
    const auto owned = card();
    const auto old = store().begin(fresh("a"), &owned, soon()).value();
    const auto pending = store().begin(fresh("b"), &owned, soon()).value();
    ASSERT_TRUE(decide(old.id, record_state::approved, 100));
    ASSERT_TRUE(decide(pending.id, record_state::reversal_pending, 0, decider::till));
    const auto later = place->clock.time + std::chrono::days(30);
    EXPECT_EQ(store().erase_cards(later, soon()).value(), 0U);
    ASSERT_TRUE(store().close_batch("TEST0001", 1, soon()));
    EXPECT_EQ(store().erase_cards(later, soon()).value(), 1U);
    EXPECT_EQ(store().card(old.id, soon()).error().code(), store_errc::card_absent);
    EXPECT_TRUE(store().card(pending.id, soon())) << "its reversal needs the card";
}

TEST_P(Store, AnIncompleteRecordIsRefused) {
    auto record = fresh("");
    EXPECT_EQ(store().begin(record, nullptr, soon()).error().code(), store_errc::bad_record);
    record = fresh("a");
    record.state = record_state::approved;
    EXPECT_EQ(store().begin(record, nullptr, soon()).error().code(), store_errc::bad_record);
}

TEST_P(Store, CountsTraceNumbersPerTerminal) {
    EXPECT_EQ(store().take_trace("TEST0001", soon()).value(), 1U);
    EXPECT_EQ(store().begin(fresh("a"), nullptr, soon()).value().trace, 2U);
    EXPECT_EQ(store().take_trace("TEST0002", soon()).value(), 1U);
    place->reopen();
    EXPECT_EQ(store().take_trace("TEST0001", soon()).value(), 3U);
    EXPECT_EQ(store().terminal("TEST0001", soon())->last_trace, 3U);
    EXPECT_EQ(store().terminal("TEST0003", soon())->last_trace, 0U);
}

TEST_P(Store, ATipAddsUntilItIsKnownNotToHaveMoved) {
    const auto added = [&](std::uint64_t id) { return store().added(id, soon()).value().minor(); };
    const auto sale = begin(fresh("sale"));
    ASSERT_TRUE(decide(sale, record_state::approved, 100));
    EXPECT_EQ(added(sale), 0);
    const auto first = begin(of_kind(trade::tip, "tip", sale, 15));
    ASSERT_TRUE(decide(first, record_state::stored, 0, decider::till));
    EXPECT_EQ(added(sale), 15) << "stored: the host will be told";
    ASSERT_TRUE(decide(first, record_state::approved, 15));
    EXPECT_EQ(added(sale), 15);
    const auto second = begin(of_kind(trade::tip, "another", sale, 15));
    EXPECT_EQ(added(sale), 30) << "prepared: it is not undone any more";
    ASSERT_TRUE(decide(second, record_state::stored, 0, decider::till));
    ASSERT_TRUE(decide(second, record_state::declined));
    EXPECT_EQ(added(sale), 15);
    EXPECT_EQ(refunded(sale), 0);
    EXPECT_EQ(store().added(99, soon()).error().code(), store_errc::no_record);
}

TEST_P(Store, TotalsThatWereAskedForFollowEachVerdict) {
    const auto totals = [&](std::uint32_t batch) { return store().totals("TEST0001", batch, soon()).value(); };
    const auto as_they_stand = [&](std::uint32_t batch) {
        const auto followed = totals(batch);
        place->reopen();
        EXPECT_EQ(totals(batch), followed) << "added up anew";
        return followed;
    };
    EXPECT_EQ(totals(1), ports::batch_totals());
    const auto sale = begin(fresh("sale"));
    EXPECT_EQ(totals(1), ports::batch_totals());
    ASSERT_TRUE(decide(sale, record_state::approved, 90));
    EXPECT_EQ(as_they_stand(1), (ports::batch_totals{{90, 1}, {0, 0}, {0, 0}, {0, 0}}));
    EXPECT_FALSE(decide(sale, record_state::declined)) << "what is refused changes nothing";
    const auto undo = begin(of_kind(trade::void_sale, "void", sale, 90));
    ASSERT_TRUE(decide(undo, record_state::approved, 90));
    EXPECT_EQ(as_they_stand(1), (ports::batch_totals{{90, 1}, {90, 1}, {0, 0}, {0, 0}}));
    ASSERT_TRUE(store().close_batch("TEST0001", 1, soon()));
    EXPECT_EQ(as_they_stand(1), ports::batch_totals());
    const auto next = begin(fresh("next", 7));
    EXPECT_EQ(totals(2), ports::batch_totals());
    ASSERT_TRUE(decide(next, record_state::approved, 7));
    EXPECT_EQ(as_they_stand(2), (ports::batch_totals{{7, 1}, {0, 0}, {0, 0}, {0, 0}}));
}

TEST_P(Store, ARefundTakesRoomUntilItIsKnownNotToHaveMoved) {
    const auto sale = begin(fresh("sale"));
    ASSERT_TRUE(decide(sale, record_state::approved, 100));
    EXPECT_EQ(refunded(sale), 0);
    const auto first = begin(of_kind(trade::refund, "first", sale, 30));
    EXPECT_EQ(refunded(sale), 30) << "prepared: it may have left";
    EXPECT_FALSE(decide(first, record_state::unknown, 0, decider::till)) << "not without its mark";
    ASSERT_TRUE(decide(first, record_state::sent, 0, decider::till));
    EXPECT_EQ(refunded(sale), 30);
    ASSERT_TRUE(decide(first, record_state::unknown, 0, decider::till));
    EXPECT_EQ(refunded(sale), 30);
    ASSERT_TRUE(decide(first, record_state::declined, 0, decider::person));
    EXPECT_EQ(refunded(sale), 0);
    const auto second = begin(of_kind(trade::refund, "second", sale, 40));
    ASSERT_TRUE(decide(second, record_state::sent, 0, decider::till));
    ASSERT_TRUE(decide(second, record_state::approved, 40));
    EXPECT_EQ(refunded(sale), 40);
    const auto undo = begin(of_kind(trade::void_sale, "void", sale));
    EXPECT_EQ(refunded(sale), 140) << "a void that is not decided may have undone the whole";
    ASSERT_TRUE(decide(undo, record_state::declined));
    EXPECT_EQ(refunded(sale), 40);
    EXPECT_EQ(store().refunded(99, soon()).error().code(), store_errc::no_record);
}

TEST_P(Store, AnOriginalThatIsNotApprovedIsNotVoided) {
    const auto sale = begin(fresh("sale"));
    ASSERT_TRUE(decide(sale, record_state::declined));
    ASSERT_TRUE(decide(begin(of_kind(trade::void_sale, "void", sale)), record_state::approved, 100));
    EXPECT_EQ(state_of(sale), record_state::declined);
}

TEST_P(Store, AReversedVoidLeavesItsOriginal) {
    const auto sale = begin(fresh("sale"));
    ASSERT_TRUE(decide(sale, record_state::approved, 100));
    const auto undo = begin(of_kind(trade::void_sale, "void", sale));
    ASSERT_TRUE(decide(undo, record_state::reversal_pending, 0, decider::restart));
    ASSERT_TRUE(decide(undo, record_state::reversed));
    EXPECT_EQ(state_of(sale), record_state::approved);
}

TEST_P(Store, KeepsWhatAVerdictDoesNotSet) {
    const auto id = begin(fresh("key"));
    journal_verdict pending(record_state::reversal_pending, decider::till);
    pending.reversal_reason = "98";
    pending.host_text = "first";
    ASSERT_TRUE(store().decide(id, pending, soon()));
    journal_verdict end(record_state::reversed, decider::host);
    end.host_code = "25";
    ASSERT_TRUE(store().decide(id, end, soon()));
    const auto read = store().find(id, soon()).value().value();
    EXPECT_EQ(read.reversal_reason, "98");
    EXPECT_EQ(read.host_text, "first");
    EXPECT_EQ(read.host_code, "25");
    EXPECT_EQ(read.decided, place->clock.time);
}

TEST_P(Store, AWordFromTheWrongSideIsNotTaken) {
    const auto order = begin(of_kind(trade::qr_sale, "order"));
    EXPECT_EQ(decide(order, record_state::approved, 100, decider::host).error().code(), store_errc::bad_transition);
    const auto sale = begin(fresh("sale"));
    EXPECT_EQ(decide(sale, record_state::approved, 100, decider::gateway).error().code(), store_errc::bad_transition);
    EXPECT_EQ(decide(sale, record_state::approved, 100, decider::person).error().code(), store_errc::bad_transition);
    EXPECT_EQ(state_of(order), record_state::prepared);
    EXPECT_EQ(state_of(sale), record_state::prepared);
}

TEST_P(Store, KeepsTheKeysOfASignIn) {
    ports::terminal_state keys;
    keys.pin_key = {3, {1, 2}, {3}};
    keys.mac_key = {4, {5, 6}, {7}};
    keys.signed_in_date = "20261121";
    keys.acquirer = "48000000";
    ASSERT_TRUE(store().mark_sign_in_due("TEST0001", soon()));
    EXPECT_TRUE(store().terminal("TEST0001", soon())->sign_in_due);
    ASSERT_TRUE(store().save_sign_in("TEST0001", keys, soon()));
    place->reopen();
    const auto read = store().terminal("TEST0001", soon()).value();
    EXPECT_FALSE(read.sign_in_due);
    EXPECT_EQ(read.pin_key.master_slot, 3);
    EXPECT_EQ(read.pin_key.cryptogram, (bytes{1, 2}));
    EXPECT_EQ(read.pin_key.check_value, (bytes{3}));
    EXPECT_EQ(read.mac_key.master_slot, 4);
    EXPECT_EQ(read.mac_key.cryptogram, (bytes{5, 6}));
    EXPECT_EQ(read.mac_key.check_value, (bytes{7}));
    EXPECT_EQ(read.signed_in_date, "20261121");
    EXPECT_EQ(read.acquirer, "48000000");
}

TEST_P(Store, WhatIsNotThereIsSaid) {
    EXPECT_FALSE(store().find(1, soon()).value());
    EXPECT_FALSE(store().find_key("TEST0001", "key", soon()).value());
    EXPECT_EQ(store().card(1, soon()).error().code(), store_errc::no_record);
    const auto id = begin(fresh("key"));
    EXPECT_EQ(store().card(id, soon()).error().code(), store_errc::card_absent);
    EXPECT_FALSE(store().find_key("TEST0002", "key", soon()).value());
    EXPECT_FALSE(store().find_key("TEST0001", "", soon()).value());
    EXPECT_EQ(store().settlement("TEST0001", soon()).value(), ports::settlement_progress());
    EXPECT_EQ(store().close_batch("TEST0001", 2, soon()).error().code(), store_errc::bad_transition);
}

TEST_P(Store, BatchesHoldTheirOwnTradesInOrder) {
    const auto first = begin(fresh("first"));
    const auto second = begin(fresh("second"));
    const auto declined = begin(fresh("declined"));
    ASSERT_TRUE(decide(second, record_state::approved, 100));
    ASSERT_TRUE(decide(first, record_state::approved, 100));
    ASSERT_TRUE(decide(declined, record_state::declined));
    const auto open = store().batch_records("TEST0001", 1, soon()).value();
    ASSERT_EQ(open.size(), 2U);
    EXPECT_EQ(open[0].id, first);
    EXPECT_EQ(open[1].id, second);
    ASSERT_TRUE(store().close_batch("TEST0001", 1, soon()));
    const auto later = begin(fresh("later"));
    ASSERT_TRUE(decide(later, record_state::approved, 7));
    EXPECT_TRUE(store().batch_records("TEST0001", 1, soon()).value().empty()) << "its number comes again some day";
    EXPECT_EQ(store().totals("TEST0001", 1, soon()).value(), ports::batch_totals());
    EXPECT_EQ(store().totals("TEST0001", 2, soon()).value(), (ports::batch_totals{{7, 1}, {0, 0}, {0, 0}, {0, 0}}));
    EXPECT_EQ(store().totals("TEST0002", 1, soon()).value(), ports::batch_totals());
}

TEST_P(Store, WhatIsOpenIsSettledWithTheBatchAfterItsDecision) {
    const auto done = begin(fresh("done"));
    const auto open = begin(fresh("open"));
    ASSERT_TRUE(decide(done, record_state::approved, 100));
    ASSERT_TRUE(decide(open, record_state::reversal_pending, 0, decider::till));
    EXPECT_TRUE(store().late_records("TEST0001", 1, soon()).value().empty()) << "of the open batch";
    ASSERT_TRUE(decide(open, record_state::reversal_refused));
    ASSERT_TRUE(store().close_batch("TEST0001", 1, soon()));
    EXPECT_TRUE(store().find(done, soon()).value()->settled);
    EXPECT_FALSE(store().find(open, soon()).value()->settled);
    ASSERT_TRUE(decide(open, record_state::reversal_refused)) << "asked once more: the same answer";
    ASSERT_TRUE(decide(open, record_state::approved, 100, decider::person));
    EXPECT_EQ(store().totals("TEST0001", 1, soon()).value().debit, (ports::batch_side{100, 1}))
        << "it is in its batch";
    const auto late = store().late_records("TEST0001", 2, soon()).value();
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late[0].id, open);
    EXPECT_TRUE(store().late_records("TEST0002", 2, soon()).value().empty());
    ASSERT_TRUE(store().close_batch("TEST0001", 2, soon()));
    EXPECT_TRUE(store().find(open, soon()).value()->settled);
    EXPECT_TRUE(store().late_records("TEST0001", 3, soon()).value().empty());
}

TEST_P(Store, AnApprovalOfASettledBatchIsNotReversed) {
    const auto sale = begin(fresh("sale"));
    ASSERT_TRUE(decide(sale, record_state::approved, 100));
    ASSERT_TRUE(store().close_batch("TEST0001", 1, soon()));
    EXPECT_EQ(
        decide(sale, record_state::reversal_pending, 0, decider::card).error().code(), store_errc::bad_transition);
}

} // namespace
} // namespace cipherlane::store
