#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_set.hpp>

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
