// What nothing can undo is sent once, by the run that was asked for it, or not at all.

#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::record_state;

/// Makes the call of that name fail when it comes again, and the next ones of `more`.
class failing {
  public:
    failing(lane_rig& rig, std::string name, fault_kind kind)
        : rig_(rig) {
        rig.faults.kind = kind;
        rig.faults.fails = [name = std::move(name)](std::string_view call) { return call == name; };
    }
    failing(const failing&) = delete;
    failing& operator=(const failing&) = delete;
    ~failing() { rig_.faults.fails = {}; }

  private:
    lane_rig& rig_;
};

acquiring::payment paid_by_code(lane_rig& rig) {
    rig.gateway.pays = fake_gateway::payer::before_notification;
    return rig.sell_by_code("order", 2000).value();
}

/// The next customer's sale and a recovery after a restart: neither sends what a refund left behind.
void check_nothing_was_sent(lane_rig& rig, std::int64_t taken) {
    EXPECT_EQ(rig.books.taken(), taken);
    EXPECT_TRUE(rig.sell_by_code("next", 1)->ok());
    EXPECT_EQ(rig.books.taken(), taken + 1) << "the next customer's sale sent it";
    rig.restart();
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(rig.books.taken(), taken + 1) << "the recovery sent it";
}

TEST(Intent, ARefundThatFoundNoConnectionIsAnErrorAndNeverSent) {
    lane_rig rig;
    const auto paid = paid_by_code(rig);
    {
        const failing refused(rig, "gateway refund", fault_kind::link_lost);
        const auto end = rig.give_back("refund", paid.handle, 2000);
        ASSERT_FALSE(end) << "nothing left: " << *end;
        EXPECT_TRUE(end.error().is(condition::link_lost));
    }
    EXPECT_EQ(rig.records().back().state, record_state::not_sent);
    check_nothing_was_sent(rig, 2000);
    EXPECT_TRUE(rig.give_back("refund", paid.handle, 2000)->ok()) << "the same key may be used again";
    EXPECT_EQ(rig.books.taken(), 1);
}

/// The begin fails before or after the disk has it; the journal is read back, or the lane stops.
TEST(Intent, ABeginThatFailedLeavesNothingToSend) {
    for (const auto kind : {fault_kind::local_fault, fault_kind::late_fault}) {
        lane_rig rig;
        const auto paid = paid_by_code(rig);
        {
            const failing disk(rig, "store begin", kind);
            EXPECT_TRUE(rig.give_back("refund", paid.handle, 2000).error().is(condition::local_fault));
        }
        check_nothing_was_sent(rig, 2000);
    }
}

TEST(Intent, ALaneWhoseJournalCannotBeReadBackStops) {
    lane_rig rig;
    const auto paid = paid_by_code(rig);
    {
        rig.faults.kind = fault_kind::late_fault;
        rig.faults.fails = [](std::string_view call) { return call.starts_with("store "); };
        rig.faults.from = "store begin";
        EXPECT_TRUE(rig.give_back("refund", paid.handle, 2000).error().is(condition::local_fault));
        EXPECT_TRUE(rig.sell("sale", 5).error().is(condition::local_fault)) << "nothing is done on such a journal";
        EXPECT_TRUE(rig.recover().error().is(condition::local_fault));
        rig.faults.fails = {};
        rig.faults.from.clear();
    }
    EXPECT_EQ(rig.books.taken(), 2000);
    EXPECT_TRUE(rig.sell("sale", 5)->ok());
    EXPECT_EQ(rig.journal->find_key("TEST0001", "refund", soon()).value()->state, record_state::not_sent);
    EXPECT_EQ(rig.books.taken(), 2005);
}

/// The process ends between the two states: what was only meant is not done.
TEST(Intent, WhatWasOnlyMeantEndsAsNotSent) {
    lane_rig rig;
    const auto paid = paid_by_code(rig);
    const auto sold = rig.sell("sale", 300).value();
    for (const auto& original : {paid, sold}) {
        ports::journal_record meant;
        meant.terminal_id = "TEST0001";
        meant.idempotency_key = "refund of " + original.key;
        meant.kind = original.kind == ports::trade::sale ? ports::trade::refund : ports::trade::qr_refund;
        meant.original = original.handle;
        meant.requested = original.approved;
        meant.order_number = original.order_number.empty() ? "" : "X" + original.order_number.substr(1);
        ASSERT_TRUE(rig.journal->begin(meant, nullptr, soon()));
    }
    rig.restart();
    const auto found = rig.recover().value();
    ASSERT_EQ(found.size(), 4U) << "and the two payments, which nobody has acknowledged";
    for (const auto& one : found)
        EXPECT_EQ(one.outcome, one.original != 0 ? verdict::not_sent : verdict::approved) << one;
    EXPECT_EQ(rig.books.taken(), 2300);
}

/// It may have left: then it is asked for under its own number by whoever names it, and by nobody else.
TEST(Intent, WhatMayHaveLeftIsAskedForByItsNameAlone) {
    lane_rig rig;
    const auto paid = paid_by_code(rig);
    {
        const failing lost(rig, "gateway refund", fault_kind::lost_request);
        ASSERT_EQ(rig.give_back("refund", paid.handle, 2000)->outcome, verdict::unknown);
    }
    rig.restart();
    EXPECT_TRUE(rig.sell_by_code("next", 1)->ok()) << "it holds nobody up";
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(rig.books.taken(), 2001) << "and nobody sends it by the way";
    EXPECT_EQ(rig.recover()->front().outcome, verdict::unknown);
    EXPECT_EQ(rig.books.taken(), 2001) << "perhaps it never left";
    const auto named = rig.records()[1].id;
    EXPECT_EQ(acquiring::recovery(rig.lane()).run(acquiring::recovery_request(named), soon())->front().outcome,
        verdict::approved);
    EXPECT_EQ(rig.books.taken(), 1);
}

/// A refund whose end the journal does not take is not told as an error: a later run would ask for it again.
TEST(Intent, ARefundThatCannotBeEndedIsUnknown) {
    lane_rig rig;
    const auto paid = paid_by_code(rig);
    rig.faults.kind = fault_kind::link_lost;
    bool refused = false;
    rig.faults.fails = [&](std::string_view call) {
        refused = refused || call == "gateway refund";
        return call == "gateway refund" || (refused && call.starts_with("store "));
    };
    const auto end = rig.give_back("refund", paid.handle, 2000);
    rig.faults.fails = {};
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown);
    check_nothing_was_sent(rig, 2000);
}

/// A code that was shown is on file first: a gateway that forgot it has not proved that nobody paid.
TEST(Intent, ACodeIsOnFileBeforeAnybodySeesIt) {
    lane_rig rig;
    rig.gateway.forgets = true;
    std::string phase;
    rig.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (when != faulty_store::moment::after || what != "store decide" || !phase.empty()) return;
        phase = std::string(to_string(rig.records().back().phase));
        EXPECT_EQ(rig.records().back().state, record_state::sent);
        EXPECT_EQ(rig.display.code, "");
    };
    rig.seen.watch = [&](const acquiring::stage_event& at) {
        if (at.at != acquiring::stage::scanning) return;
        EXPECT_NE(rig.display.code, "");
        EXPECT_EQ(phase, "issued");
    };
    (void)rig.sell_by_code("order", 990);
    EXPECT_EQ(phase, "issued");

    lane_rig killed; // between the code and its verdict
    ports::journal_record shown;
    shown.terminal_id = "TEST0001";
    shown.idempotency_key = "order";
    shown.kind = ports::trade::qr_sale;
    shown.requested = amount(990);
    shown.order_number = "TEST0001X";
    const auto id = killed.journal->begin(shown, nullptr, soon())->id;
    ports::journal_verdict issued(record_state::sent, ports::decider::gateway);
    issued.phase = ports::order_phase::issued;
    ASSERT_TRUE(killed.journal->decide(id, issued, soon()));
    EXPECT_EQ(killed.recover()->front().outcome, verdict::unknown);
}

TEST(Intent, ACodeThatIsNotOnFileIsNotShown) {
    lane_rig rig;
    rig.faults.kind = fault_kind::local_fault;
    bool once = true;
    rig.faults.fails = [&](std::string_view call) { return call == "store decide" && std::exchange(once, false); };
    const auto end = rig.sell_by_code("order", 990);
    rig.faults.fails = {};
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::declined);
    EXPECT_EQ(rig.display.last, "clear");
    EXPECT_EQ(rig.books.orders[0].state, 'C');
}

/// A verdict whose commit failed after the disk had it is read back, not doubted.
TEST(Intent, AVerdictThatTheDiskHasIsTold) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    const failing disk(rig, "store decide", fault_kind::late_fault);
    const auto end = rig.sell("order", 500);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(rig.booked(), 500);
}

/// A till that was killed may have left a code standing.
TEST(Intent, TheDisplayIsClearedAtTheStart) {
    lane_rig rig;
    rig.display.code = "a code of the last run";
    (void)rig.lane();
    EXPECT_EQ(rig.display.code, "");
}

} // namespace
} // namespace cipherlane::tests
