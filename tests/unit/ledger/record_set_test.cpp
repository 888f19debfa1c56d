#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/terminal_life.hpp>
#include <cipherlane/ledger/totals.hpp>

#include <gtest/gtest.h>

namespace cipherlane::ledger {
namespace {

using ports::journal_record;
using ports::record_state;
using ports::trade;

journal_record record_as(trade kind, record_state state) {
    journal_record record;
    record.kind = kind;
    record.state = state;
    return record;
}

TEST(RecordSet, AsksOnlyForWhatItNames) {
    auto record = record_as(trade::sale, record_state::approved);
    record.settled = record.closed = true;
    EXPECT_TRUE(record_set{}.contains(record));
    EXPECT_TRUE((record_set{.kinds = trade_set::of(trade::sale)}).contains(record));
    EXPECT_FALSE((record_set{.kinds = trade_set::of(trade::refund)}).contains(record));
    EXPECT_FALSE((record_set{.states = states::open}).contains(record));
    EXPECT_FALSE((record_set{.closed = false}).contains(record));
    EXPECT_FALSE((record_set{.settled = false}).contains(record));
    EXPECT_TRUE((record_set{.closed = true, .settled = true}).contains(record));
    EXPECT_FALSE(records::of_shift.contains(record)) << "shift 0 is none";
    record.shift = 1;
    EXPECT_TRUE(records::of_shift.contains(record));
}

TEST(EnumSet, HasNoNumberBeyondItsBits) {
    enum class letter : std::uint8_t { a = 0, last = 63 };
    const auto both = enum_set<letter>::of(letter::a, letter::last);
    EXPECT_TRUE(both.contains(letter::last));
    for (const int number : {64, 127, 128, 200, 255})
        EXPECT_FALSE(both.contains(static_cast<letter>(number))) << number;
    EXPECT_FALSE(states::all.contains(static_cast<record_state>(200))) << "as a damaged file may have it";
}

TEST(Terminal, ANewMasterKeyVoidsTheWorkingKeysUnderTheOneBefore) {
    ports::terminal_state terminal;
    terminal.pin_key = terminal.mac_key = {2, {1, 2}, {3}};
    take_master_key(terminal, {1, {7}, {8}});
    ASSERT_EQ(terminal.master_keys.size(), 1U);
    EXPECT_TRUE(terminal.pin_key.cryptogram.empty() && terminal.mac_key.cryptogram.empty());
    EXPECT_TRUE(terminal.sign_in_due);
}

TEST(Terminal, TheEndOfABatchOpensTheNext) {
    EXPECT_EQ(end_of(7).next_batch, 8U);
    EXPECT_EQ(end_of(last_number).next_batch, 1U);
    EXPECT_EQ(end_of(7).step, ports::settlement_step::none);
}

TEST(RecordSet, TheBatchAfterADecisionSettlesIt) {
    auto record = record_as(trade::sale, record_state::unknown);
    EXPECT_FALSE(records::settles.contains(record)) << "nobody knows yet whether money moved";
    EXPECT_FALSE(records::counted.contains(record));
    record.state = record_state::approved;
    EXPECT_TRUE(records::settles.contains(record) && records::counted.contains(record));
    EXPECT_TRUE(records::uploaded.contains(record) && records::untold.contains(record));
    record.closed = true;
    EXPECT_FALSE(records::untold.contains(record));
    EXPECT_FALSE(records::card_due.contains(record)) << "its card is needed until then";
    record.settled = true;
    EXPECT_FALSE(records::settles.contains(record) || records::counted.contains(record));
    EXPECT_FALSE(records::uploaded.contains(record)) << "the number of its batch comes again";
    EXPECT_TRUE(records::card_due.contains(record));
}

/// A batch adds up to what is in its totals, whatever its records are.
TEST(RecordSet, InTheTotalsIsWhatThatSideOfTheTradeSays) {
    for (const auto& row : trades()) {
        for (const auto state : states::all) {
            auto record = record_as(row.kind, state);
            record.approved = amount(100);
            const bool adds = totals_of({&record, 1}) != ports::batch_totals();
            EXPECT_EQ(records::in_totals.contains(record), adds) << row.name << ", " << to_string(state);
        }
    }
}

TEST(RecordSet, OfWhatMovedNothingNobodyNeedsToHear) {
    for (const auto state : states::all) {
        const bool moved =
            state == record_state::approved || state == record_state::voided || state == record_state::returned;
        auto record = record_as(trade::sale, state);
        EXPECT_EQ(records::taken_untold.contains(record), moved) << to_string(state);
        record.closed = true;
        EXPECT_FALSE(records::taken_untold.contains(record));
        EXPECT_FALSE(records::taken_untold.contains(record_as(trade::qr_return, state))) << "the flow's own";
        EXPECT_FALSE(records::taken_untold.contains(record_as(trade::script_notice, state)));
    }
}

TEST(OrderNotice, IsTheSameWordOnlyOfTheSamePaymentOfAnOrder) {
    ports::qr_order_status word;
    word.merchant_id = "M";
    word.order_number = "O";
    word.transaction_number = "T";
    word.state = ports::qr_order_state::paid;
    auto other = word;
    other.terminal_id = "TEST0002";
    other.paid = amount(5);
    EXPECT_TRUE(is_same_word(word, other)) << "what it says beside is no other word";
    for (auto member : {&ports::qr_order_status::merchant_id, &ports::qr_order_status::order_number,
             &ports::qr_order_status::transaction_number}) {
        other = word;
        other.*member += "2";
        EXPECT_FALSE(is_same_word(word, other));
    }
    other = word;
    other.state = ports::qr_order_state::refunded;
    EXPECT_FALSE(is_same_word(word, other));
}

} // namespace
} // namespace cipherlane::ledger
