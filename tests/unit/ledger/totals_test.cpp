#include <cipherlane/ledger/offline_limits.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_sum.hpp>
#include <cipherlane/ledger/totals.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace cipherlane::ledger {
namespace {

using ports::batch_side;
using ports::batch_totals;
using ports::journal_record;
using ports::record_state;
using ports::trade;

journal_record record_of(trade kind, record_state state, std::int64_t minor) {
    journal_record record;
    record.kind = kind;
    record.state = state;
    record.approved = amount(minor);
    return record;
}

TEST(Totals, EachTradeStandsOnItsSide) {
    const std::vector batch{record_of(trade::sale, record_state::approved, 1),
        record_of(trade::sale, record_state::voided, 20), record_of(trade::void_sale, record_state::approved, 300),
        record_of(trade::refund, record_state::approved, 4000),
        record_of(trade::qr_sale, record_state::approved, 50000),
        record_of(trade::qr_refund, record_state::approved, 600000)};
    EXPECT_EQ(totals_of(batch), (batch_totals{{21, 2}, {4300, 2}, {50000, 1}, {600000, 1}}));
}

TEST(Totals, OnlyMoneyThatMovedCounts) {
    using enum record_state;
    for (const auto state :
        {prepared, sent, not_sent, declined, reversal_pending, reversed, reversal_refused, unknown, returned}) {
        for (const auto& row : trades()) {
            const std::vector batch{record_of(row.kind, state, 5)};
            EXPECT_EQ(totals_of(batch), batch_totals()) << row.name << ", " << to_string(state);
        }
    }
}

TEST(Totals, AreTheSameByGroups) {
    batch_totals sums;
    add(sums, trade::sale, record_state::approved, {700, 3});
    add(sums, trade::sale, record_state::voided, {100, 1});
    add(sums, trade::refund, record_state::declined, {900, 9});
    add(sums, static_cast<trade>(99), record_state::approved, {900, 9});
    EXPECT_EQ(sums, (batch_totals{{800, 4}, {0, 0}, {0, 0}, {0, 0}}));
}

TEST(Totals, HoldWhatIsStoredOnceItIsTaken) {
    auto waiting = record_of(trade::offline_sale, record_state::stored, 0);
    waiting.requested = amount(30);
    auto back = record_of(trade::offline_refund, record_state::stored, 0);
    back.requested = amount(4);
    auto notice = record_of(trade::script_notice, record_state::stored, 0);
    const auto doubtful = record_of(trade::refund, record_state::unknown, 500);
    const std::vector open{waiting, back, notice, doubtful};
    EXPECT_EQ(with_stored({{100, 1}, {20, 2}, {5, 1}, {}}, open), (batch_totals{{130, 2}, {24, 3}, {5, 1}, {}}));
    EXPECT_TRUE(awaits_host(waiting) && awaits_host(back));
    EXPECT_FALSE(awaits_host(notice)) << "it moves no money";
    EXPECT_FALSE(awaits_host(doubtful));
    EXPECT_FALSE(awaits_host(record_of(trade::offline_sale, record_state::approved, 1)));
}

TEST(Totals, OfATerminalsDayThatWasClosedBeforeAreNotCompared) {
    EXPECT_TRUE(is_comparable({600, 0}, {{700, 3}, {100, 1}, {}, {}}));
    EXPECT_TRUE(is_comparable({600, 0}, {}));
    EXPECT_TRUE(is_comparable({0, 0}, {{100, 1}, {100, 1}, {}, {}})) << "all of it went back";
    EXPECT_FALSE(is_comparable({0, 0}, {{700, 3}, {100, 1}, {}, {}}));
}

TEST(Totals, EachSideThatTheHostCountsDifferentlyIsNamed) {
    ports::settlement_progress settled;
    settled.totals.debit = settled.host_debit = {700, 3};
    settled.totals.credit = settled.host_credit = {100, 1};
    settled.totals.qr_debit = {5, 1};
    EXPECT_TRUE(differences(settled).empty());
    settled.host_debit.count = 4;
    settled.host_credit.minor = 0;
    EXPECT_EQ(differences(settled), (std::vector<side_difference>{{money_side::debit, {700, 3}, {700, 4}},
                                        {money_side::credit, {100, 1}, {0, 1}}}));
}

TEST(Totals, ARefusalOfARepeatDoesNotSayThatTheBatchIsOpen) {
    using enum totals_asked;
    EXPECT_EQ(word_on_settlement("00", never), settlement_word::counted);
    EXPECT_EQ(word_on_settlement("00", before), settlement_word::counted);
    for (const auto* code : {"03", "58", "A0"}) {
        EXPECT_EQ(word_on_settlement(code, never), settlement_word::refused) << code;
        EXPECT_EQ(word_on_settlement(code, before), settlement_word::unproven) << code;
    }
    for (const auto* code : {"68", "77", "94", "96", "98"}) {
        EXPECT_EQ(word_on_settlement(code, never), settlement_word::unproven) << code;
        EXPECT_EQ(word_on_settlement(code, before), settlement_word::unproven) << code;
    }
}

TEST(Totals, OneSumOfBothSidesIsComparedAsItWasTold) {
    ports::settlement_progress settled;
    settled.totals = {{700, 3}, {100, 1}, {50, 1}, {0, 0}};
    EXPECT_EQ(net_of(settled.totals), 600) << "the gateway's payments are no terminal's";
    settled.host_debit = {600, 0};
    EXPECT_TRUE(net_difference(settled).empty());
    settled.host_debit = {600, 7};
    EXPECT_TRUE(net_difference(settled).empty()) << "terminals do not count alike";
    settled.host_debit = {599, 4};
    EXPECT_EQ(net_difference(settled), (std::vector<side_difference>{{money_side::none, {600, 0}, {599, 4}}}));
}

TEST(Totals, OnlyWhatTheHostDoesNotCountGoesOnWhileABatchIsSettled) {
    batch_totals settled{{100, 1}, {20, 2}, {3, 3}, {4, 4}};
    take_apart(settled, {{900, 9}, {900, 9}, {30, 5}, {40, 6}});
    EXPECT_EQ(settled, (batch_totals{{100, 1}, {20, 2}, {30, 5}, {40, 6}}));
}

TEST(Totals, OfTheHostCountForNoMoreThanTheyBear) {
    using verdict = iso8583::settlement_verdict;
    const iso8583::card_totals right{1000, 2, 300, 1, verdict::balanced};
    struct row {
        const char* what;
        iso8583::card_totals domestic;
        iso8583::card_totals foreign;
        verdict taken;
    };
    const row rows[] = {
        {"the same, nothing foreign", right, {}, verdict::balanced},
        {"the foreign half balances, too", right, {0, 0, 0, 0, verdict::balanced}, verdict::balanced},
        {"the foreign half does not", right, {0, 0, 0, 0, verdict::not_balanced}, verdict::not_balanced},
        {"foreign money", right, {1, 1, 0, 0, verdict::balanced}, verdict::not_balanced},
        {"a foreign count", right, {0, 0, 0, 1, verdict::none}, verdict::not_balanced},
        {"another debit", {1001, 2, 300, 1, verdict::balanced}, {}, verdict::not_balanced},
        {"another count", {1000, 3, 300, 1, verdict::balanced}, {}, verdict::not_balanced},
        {"another credit", {1000, 2, 0, 0, verdict::balanced}, {}, verdict::not_balanced},
        {"it says so itself", {1000, 2, 300, 1, verdict::not_balanced}, {}, verdict::not_balanced},
        {"an error", {1000, 2, 300, 1, verdict::error}, {}, verdict::error},
        {"no verdict", {1000, 2, 300, 1, verdict::none}, {}, verdict::none},
    };
    for (const auto& one : rows) {
        ports::settlement_progress settled;
        settled.totals = {{1000, 2}, {300, 1}, {50, 1}, {0, 0}};
        take_host_totals(settled, {one.domestic, one.foreign});
        EXPECT_EQ(settled.host_result, static_cast<std::uint8_t>(one.taken)) << one.what;
        EXPECT_EQ(settled.host_debit, (batch_side{one.domestic.debit_amount, one.domestic.debit_count})) << one.what;
        EXPECT_EQ(settled.host_credit, (batch_side{one.domestic.credit_amount, one.domestic.credit_count}))
            << one.what;
    }
}

/// Of what a card has approved and the host has not been told of.
TEST(OfflineLimits, CountWhatTheHostHasNotTakenYet) {
    const offline_limits limits{100, 250, 3};
    auto waiting = record_of(trade::offline_sale, record_state::stored, 0);
    waiting.requested = amount(90);
    auto other = record_of(trade::offline_settlement, record_state::stored, 0);
    other.requested = amount(5000);
    const std::vector one{waiting, other};
    const std::vector two{waiting, other, waiting};
    const std::vector three{waiting, waiting, waiting};
    EXPECT_TRUE(fits_offline(amount(100), {}, limits));
    EXPECT_FALSE(fits_offline(amount(101), {}, limits)) << "each";
    EXPECT_TRUE(fits_offline(amount(100), one, limits)) << "an approval by telephone is none of the card's";
    EXPECT_TRUE(fits_offline(amount(70), two, limits));
    EXPECT_FALSE(fits_offline(amount(71), two, limits)) << "together";
    EXPECT_FALSE(fits_offline(amount(1), three, {100, 1000, 3})) << "their number";
    EXPECT_FALSE(fits_offline(amount(1), {}, {})) << "none unless the settings say so";
}

TEST(Totals, AFullSideTakesNoMore) {
    const batch_totals full_debit{{0, 990}, {0, 989}, {0, 5000}, {0, 0}};
    EXPECT_FALSE(has_room(full_debit, trade::sale, amount(1)));
    EXPECT_TRUE(has_room(full_debit, trade::void_sale, amount(1)));
    EXPECT_TRUE(has_room(full_debit, trade::refund, amount(1)));
    EXPECT_TRUE(has_room(full_debit, trade::qr_sale, amount(1))) << "not in the host's totals";
    const batch_totals full_credit{{0, 0}, {0, 990}, {0, 0}, {0, 0}};
    EXPECT_TRUE(has_room(full_credit, trade::sale, amount(1)));
    EXPECT_FALSE(has_room(full_credit, trade::void_sale, amount(1)));
    EXPECT_FALSE(has_room(full_credit, trade::refund, amount(1)));
    const batch_totals rich{{amount::max_minor - 10, 1}, {0, 0}, {0, 0}, {0, 0}};
    EXPECT_TRUE(has_room(rich, trade::sale, amount(10)));
    EXPECT_FALSE(has_room(rich, trade::sale, amount(11)));
}

/// What may have been given back is not there to be given back again.
TEST(Totals, ARefundTakesRoomUntilItIsKnownNotToHaveMoved) {
    using enum record_state;
    for (const auto kind : {trade::refund, trade::qr_refund}) {
        for (const auto state : {prepared, sent, approved, unknown, reversal_pending, reversal_refused})
            EXPECT_TRUE(gives_back(record_of(kind, state, 1))) << to_string(state);
        for (const auto state : {not_sent, declined, reversed, voided})
            EXPECT_FALSE(gives_back(record_of(kind, state, 1))) << to_string(state);
    }
    for (const auto kind : {trade::sale, trade::void_sale, trade::qr_sale})
        EXPECT_FALSE(gives_back(record_of(kind, approved, 1)));
    for (const auto kind : {trade::void_sale, trade::pre_auth_void, trade::completion_void}) {
        for (const auto state : {prepared, reversal_pending, reversal_refused})
            EXPECT_TRUE(gives_back(record_of(kind, state, 1))) << "perhaps it has undone the whole";
        EXPECT_FALSE(gives_back(record_of(kind, reversed, 1)));
    }
}

/// What a follower was asked to move is what its original misses; a batch counts what was approved.
TEST(Totals, EachSumHasItsAmount) {
    auto refund = record_of(trade::refund, record_state::approved, 3);
    refund.requested = amount(5);
    EXPECT_EQ(sums::given_back.part_of(refund), 5);
    EXPECT_EQ(sums::added.part_of(refund), 0) << "of another sum";
    EXPECT_EQ(sums::of_batch.part_of(refund), 3);
    refund.settled = true;
    EXPECT_EQ(sums::of_batch.part_of(refund), 0) << "the batch's number comes again";
}

} // namespace
} // namespace cipherlane::ledger
