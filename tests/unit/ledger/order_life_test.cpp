#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/order_number.hpp>

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace cipherlane::ledger {
namespace {

using ports::order_phase;
using ports::qr_order_state;
using ports::record_state;
using ports::trade;

constexpr auto every_phase = {order_phase::none, order_phase::asked, order_phase::issued, order_phase::paid,
    order_phase::cancelled, order_phase::expired, order_phase::refunded, order_phase::refused};

TEST(OrderLife, TakesTheseStepsAndNoOthers) {
    using enum order_phase;
    const std::set<std::pair<order_phase, order_phase>> steps{{asked, issued}, {asked, paid}, {asked, cancelled},
        {asked, expired}, {asked, refunded}, {asked, refused}, {issued, asked}, {issued, paid}, {issued, cancelled},
        {issued, expired}, {issued, refunded}, {paid, refunded}, {cancelled, refunded}, {expired, refunded},
        {refused, refunded}};
    for (const auto now : every_phase) {
        for (const auto next : every_phase) {
            EXPECT_EQ(may_follow(now, next), now == next || steps.contains({now, next}))
                << to_string(now) << " -> " << to_string(next);
        }
    }
    EXPECT_EQ(order_edges.size(), steps.size());
}

TEST(OrderLife, BeginsWithTheQuestion) {
    EXPECT_EQ(first_phase(trade::qr_sale), order_phase::asked);
    EXPECT_EQ(first_phase(trade::qr_refund), order_phase::asked);
    EXPECT_EQ(first_phase(trade::sale), order_phase::none);
    EXPECT_EQ(first_phase(trade::void_sale), order_phase::none);
    EXPECT_EQ(first_phase(trade::refund), order_phase::none);
}

TEST(OrderLife, TheGatewaysWordsAreItsPhases) {
    EXPECT_EQ(phase_of(qr_order_state::waiting), order_phase::issued);
    EXPECT_EQ(phase_of(qr_order_state::paying), order_phase::issued);
    EXPECT_EQ(phase_of(qr_order_state::paid), order_phase::paid);
    EXPECT_EQ(phase_of(qr_order_state::cancelled), order_phase::cancelled);
    EXPECT_EQ(phase_of(qr_order_state::expired), order_phase::expired);
    EXPECT_EQ(phase_of(qr_order_state::refunded), order_phase::refunded);
}

TEST(OrderLife, AcknowledgedIsWhatTheGatewayHasSaidItHas) {
    using enum order_phase;
    EXPECT_EQ(phases::acknowledged, phase_set::of(issued, paid, cancelled, expired, refunded));
    EXPECT_EQ(phases::payable, phase_set::of(asked, issued));
}

TEST(OrderLife, EndsUnpaidByItsTimeOrByBeingClosed) {
    for (const auto phase : every_phase) {
        const auto end = ended_unpaid(phase);
        EXPECT_EQ(end == unpaid_end::expired, phase == order_phase::expired) << to_string(phase);
        EXPECT_EQ(end == unpaid_end::cancelled, phase == order_phase::cancelled) << to_string(phase);
    }
}

TEST(OrderLife, APhaseDecidesTheRecord) {
    ports::journal_record order;
    order.kind = trade::qr_sale;
    order.requested = amount(100);
    order.phase = order_phase::issued;
    const auto none = amount(0);
    EXPECT_EQ(state_after(order, order_phase::paid, amount(100)), record_state::approved);
    EXPECT_EQ(state_after(order, order_phase::refunded, amount(100)), record_state::returned)
        << "a till that has not refunded it must not call it paid";
    EXPECT_EQ(state_after(order, order_phase::paid, amount(99)), record_state::unknown) << "for a person to see";
    EXPECT_EQ(state_after(order, order_phase::cancelled, none), record_state::declined);
    EXPECT_EQ(state_after(order, order_phase::expired, none), record_state::declined);
    EXPECT_EQ(state_after(order, order_phase::issued, none), record_state::unknown);
    order.phase = order_phase::asked;
    EXPECT_EQ(state_after(order, order_phase::refused, none), record_state::declined);
    order.phase = order_phase::paid;
    EXPECT_EQ(state_after(order, order_phase::cancelled, none), record_state::unknown)
        << "a gateway that contradicts itself decides nothing";
    order.phase = order_phase::cancelled;
    EXPECT_EQ(state_after(order, order_phase::paid, amount(100)), record_state::unknown) << "it was closed before";
    EXPECT_EQ(state_after(order, order_phase::refunded, amount(100)), record_state::returned);
    order.state = record_state::unknown; // a payment after the end has opened it again
    EXPECT_TRUE(has_unwanted_payment(order));
    EXPECT_EQ(state_after(order, order_phase::cancelled, none), record_state::unknown)
        << "that its code is closed says nothing of that payment";
    order.phase = order_phase::issued;
    EXPECT_FALSE(has_unwanted_payment(order));
    order.state = record_state::prepared;
    order.kind = trade::qr_refund;
    order.phase = order_phase::asked;
    EXPECT_EQ(state_after(order, order_phase::refunded, amount(100)), record_state::approved);
}

TEST(OrderLife, ALatePaymentFindsNoCodeThatWaitsForIt) {
    using enum order_phase;
    for (const auto phase : every_phase) {
        const bool payable = phase == asked || phase == issued; // as where a person has said that nobody paid
        EXPECT_EQ(phase_once_late(phase), payable ? cancelled : phase) << to_string(phase);
        EXPECT_TRUE(may_follow(phase, phase_once_late(phase))) << to_string(phase);
    }
}

TEST(OrderLife, ACodeMayBePaidUntilItsOrderOrItsRecordEnds) {
    ports::journal_record order;
    order.kind = trade::qr_sale;
    for (const auto state : {record_state::prepared, record_state::sent, record_state::unknown}) {
        order.state = state;
        for (const auto phase : every_phase) {
            order.phase = phase;
            EXPECT_EQ(may_be_paid(order), phase == order_phase::asked || phase == order_phase::issued);
        }
    }
    order.phase = order_phase::issued;
    order.state = record_state::declined;
    EXPECT_FALSE(may_be_paid(order));
    order.state = record_state::unknown;
    order.kind = trade::qr_refund;
    EXPECT_FALSE(may_be_paid(order));
    order.kind = trade::qr_charge;
    EXPECT_TRUE(may_be_paid(order)) << "the payer may still type the password";
}

TEST(OrderLife, ANewCodeIsTheNextAndIsAskedFor) {
    ports::journal_record order;
    order.kind = trade::qr_sale;
    order.state = record_state::sent;
    order.phase = order_phase::issued;
    order.renewals = 1;
    ports::journal_verdict verdict(record_state::sent, ports::decider::gateway);
    verdict.phase = order_phase::asked;
    EXPECT_FALSE(may_renew(order, verdict)) << "without its number";
    verdict.renewals = 3;
    EXPECT_FALSE(may_renew(order, verdict));
    verdict.renewals = 2;
    EXPECT_TRUE(may_renew(order, verdict));
    order.phase = order_phase::asked;
    EXPECT_FALSE(may_renew(order, verdict)) << "nobody knows yet what became of the one before";
    order.phase = order_phase::issued;
    verdict.phase = order_phase::paid;
    EXPECT_FALSE(may_renew(order, verdict));
    order.renewals = most_renewals;
    verdict.phase = order_phase::asked;
    verdict.renewals = most_renewals + 1;
    EXPECT_FALSE(may_renew(order, verdict)) << "two digits say which one it is";
}

TEST(OrderLife, ANumberSaysWhichCodeOfWhichOrderItIs) {
    EXPECT_EQ(number_of_code("TEST00011129AB", 0), "TEST00011129AB");
    EXPECT_EQ(number_of_code("TEST00011129AB", 1), "TEST00011129AB-02");
    EXPECT_EQ(number_of_code("X", most_renewals), "X-99");
    for (const std::uint32_t renewals : {0U, 1U, 9U, 98U}) {
        const auto number = number_of_code("M-1", renewals);
        EXPECT_EQ(code_of_number(number).mark, "M-1") << number;
        EXPECT_EQ(code_of_number(number).renewals, renewals) << number;
    }
    for (const auto* whole : {"", "-02", "A-1", "A-01", "A-00", "A-0x", "A_02", "A02"}) {
        EXPECT_EQ(code_of_number(whole).mark, whole);
        EXPECT_EQ(code_of_number(whole).renewals, 0U);
    }
}

TEST(OrderLife, APaymentIsWantedOnceAndInTime) {
    ports::journal_record order;
    order.kind = trade::qr_sale;
    order.requested = amount(100);
    const auto of = [&](record_state state, order_phase phase, const char* booked) {
        order.state = state;
        order.phase = phase;
        order.reference = booked;
        order.approved = state == record_state::approved ? amount(100) : amount(0);
    };
    ports::qr_order_status told;
    told.state = qr_order_state::paid;
    told.paid = amount(100);
    told.transaction_number = "T1";
    of(record_state::sent, order_phase::issued, "");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::pays);
    order.renewals = 1;
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::second) << "by a code that was closed";
    EXPECT_EQ(word_on_payment(order, told, 1), payment_word::pays);
    order.renewals = 0;
    of(record_state::declined, order_phase::cancelled, "");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::late);
    of(record_state::unknown, order_phase::cancelled, "T1"); // told as paid already
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::late);
    of(record_state::unknown, order_phase::cancelled, "T0");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::second);
    of(record_state::unknown, order_phase::paid, "T1"); // with another amount than was asked for
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::pays) << "the same, told again: it does not go back";
    order.note = "N"; // a person had said that it is not paid
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::late);
    order.note.clear();
    of(record_state::unknown, order_phase::paid, "T0");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::second);
    of(record_state::approved, order_phase::paid, "T1");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::known);
    told.paid = amount(99);
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::contradicts);
    told.paid = amount(100);
    of(record_state::approved, order_phase::paid, "T0");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::second);
    of(record_state::approved, order_phase::paid, ""); // on a person's word
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::known);
    of(record_state::returned, order_phase::refunded, "T1");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::known);
    of(record_state::returned, order_phase::refunded, "T0");
    EXPECT_EQ(word_on_payment(order, told, 0), payment_word::second);
}

} // namespace
} // namespace cipherlane::ledger
