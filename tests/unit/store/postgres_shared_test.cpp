// Books that several machines share: what two of them may do to one terminal, one record or one number, and what a
// standby that hangs or lags does to what was told.
#include "postgres_books.hpp"
#include "postgres_cut.hpp"
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>
#include <vector>

namespace cipherlane::store {
namespace {

using namespace std::chrono_literals;
using ports::journal_verdict;
using ports::record_state;
using tests::approval;
using tests::fault_kind;
using tests::faulty_store;
using tests::lane_rig;
using tests::postgres_cut;
using tests::postgres_server;
using tests::sale;

class SharedBooks : public tests::postgres_books {
  protected:
    [[nodiscard]] record_state state_of(const std::string& key) {
        return open_reader()->find_key("TEST0001", key, soon()).value().value().state;
    }
    [[nodiscard]] std::unique_ptr<postgres_journal> open_reader() {
        auto reading = settings;
        reading.access = journal_access::read_only;
        return try_open(reading).value();
    }
    /// A lane of `rig` over these books in the place of its file.
    static void move_to(lane_rig& rig, ports::store& books) {
        rig.guarded = std::make_unique<faulty_store>(books, rig.faults);
    }
};

/// What a lane did not send is its own record, not the one that another machine has begun under the key since.
TEST_F(SharedBooks, ALostBeginLeavesAnotherMachinesRecordAlone) {
    const auto one = open();
    lane_rig rig;
    move_to(rig, *one);
    ASSERT_TRUE(rig.sell("first", 100));
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.from = "store begin";
    rig.faults.fails = [](std::string_view call) { return call.starts_with("store "); };
    EXPECT_FALSE(rig.sell("key", 100));
    rig.faults.fails = {};
    end_sessions();
    {
        const auto other = open();
        ASSERT_TRUE(other->begin(sale("key"), nullptr, soon())) << "and sends it, and dies";
    }
    (void)rig.recover();
    EXPECT_NE(state_of("key"), record_state::not_sent);
}

TEST_F(SharedBooks, ALostBeginOfItsOwnEndsAsNotSent) {
    const auto one = open();
    lane_rig rig;
    move_to(rig, *one);
    ASSERT_TRUE(rig.sell("first", 100));
    rig.faults.kind = fault_kind::late_fault;
    rig.faults.from = "store begin";
    rig.faults.fails = [](std::string_view call) { return call.starts_with("store "); };
    EXPECT_FALSE(rig.sell("key", 100));
    rig.faults.fails = {};
    end_sessions(); // the session of its journal has its name on a new connection, too
    (void)rig.recover();
    EXPECT_EQ(state_of("key"), record_state::not_sent);
}

/// Asked before the lock is there, a terminal may be as it was before another machine has worked with it.
TEST_F(SharedBooks, ReadsATerminalBehindItsLock) {
    postgres_cut line(server->port());
    auto through = settings;
    through.address = line.address();
    const auto one = try_open(through).value();
    auto other = open();
    ASSERT_TRUE(other->begin(sale("a"), nullptr, soon()));
    const auto kept = other->begin(sale("kept"), nullptr, soon()).value();
    line.hold_at(2); // what it asks ahead has gone, the lock has not
    std::thread begins([&] {
        const auto begun = one->begin(sale("b"), nullptr, soon());
        ASSERT_TRUE(begun) << begun.error();
        EXPECT_EQ(begun->trace, 4U);
        EXPECT_EQ(begun->batch, 2U);
    });
    line.wait_until_held();
    EXPECT_EQ(other->begin(sale("c"), nullptr, soon()).value().trace, 3U);
    EXPECT_TRUE(other->close_batch("TEST0001", 1, soon()));
    other.reset();
    line.let_go();
    begins.join();
    other = open();
    const auto verdict_meanwhile = [&] {
        const auto third = open();
        return third->decide(kept.id, approval(), soon()).error().code();
    }();
    EXPECT_EQ(verdict_meanwhile, make_error_code(store_errc::in_use));
}

/// A verdict is about the record as it is, not as it was before another machine has ended it.
TEST_F(SharedBooks, ReadsARecordBehindItsLock) {
    postgres_cut line(server->port());
    auto through = settings;
    through.address = line.address();
    auto other = open();
    const auto begun = other->begin(sale("a"), nullptr, soon()).value();
    const auto one = try_open(through).value();
    line.hold_at(2);
    std::thread decides([&] {
        const auto decided = one->decide(begun.id, approval(), soon());
        ASSERT_FALSE(decided);
        EXPECT_EQ(decided.error().code(), make_error_code(store_errc::bad_transition)) << decided.error();
    });
    line.wait_until_held();
    EXPECT_TRUE(other->decide(begun.id, {record_state::not_sent, ports::decider::till}, soon()));
    other.reset();
    line.let_go();
    decides.join();
    EXPECT_EQ(state_of("a"), record_state::not_sent);
}

/// The row of a terminal that a failed payment beside it takes away would begin with trace 1 for ever.
TEST_F(SharedBooks, KeepsATerminalThatAFailedPaymentStoodBeside) {
    postgres_cut line(server->port());
    settings.address = line.address();
    const auto journal = open();
    server->sql("ALTER TABLE " + settings.schema + ".records ADD CHECK (idempotency_key <> 'bad')");
    constexpr int terminals = 8;
    std::vector<std::thread> threads;
    line.hold_at(1);
    threads.emplace_back([&] { EXPECT_TRUE(journal->take_trace("OTHER", soon())); });
    line.wait_until_held(); // from here on all come in one batch
    for (int i = 0; i < terminals; ++i) {
        const auto name = "NEW" + std::to_string(i);
        threads.emplace_back([&, name] { EXPECT_TRUE(journal->terminal(name, soon())); });
        threads.emplace_back([&, name] { EXPECT_FALSE(journal->begin(sale("bad", name), nullptr, soon())); });
    }
    line.let_go();
    for (auto& one : threads)
        one.join();
    for (int i = 0; i < terminals; ++i) {
        const auto name = "NEW" + std::to_string(i);
        const auto first = journal->begin(sale("a", name), nullptr, soon()).value().trace;
        EXPECT_EQ(journal->begin(sale("b", name), nullptr, soon()).value().trace, first + 1) << name;
    }
}

/// The commit was carried out, and its answer lost, and with the connection the terminal.
TEST_F(SharedBooks, ABeginWhoseTerminalWasLostIsNotGoneOnWith) {
    postgres_cut line(server->port());
    auto through = settings;
    through.address = line.address();
    const auto one = try_open(through).value();
    const auto other = open();
    ASSERT_TRUE(one->begin(sale("a"), nullptr, soon()));
    EXPECT_TRUE(one->confirm_hold("TEST0001", soon()));
    EXPECT_EQ(one->unsettled_for("TEST0001", 20s), 0ms);
    line.refuse(true);
    line.cut_at(2, postgres_cut::where::behind_it);
    std::thread cut_off([&] {
        const auto lost = one->begin(sale("b"), nullptr, soon());
        ASSERT_FALSE(lost) << "another machine may undo it";
        EXPECT_EQ(lost.error().code(), make_error_code(store_errc::in_use)) << lost.error();
    });
    while (!other->terminal("TEST0001", soon())) // as soon as the server has noticed
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(other->find_key("TEST0001", "b", soon()).value()->state, record_state::prepared) << "it is there";
    line.refuse(false);
    cut_off.join();
    EXPECT_FALSE(one->confirm_hold("TEST0001", soon()));
    EXPECT_GT(other->unsettled_for("TEST0001", 20s), 15s) << "what the other one has sent may have no answer yet";
}

TEST_F(SharedBooks, WhoHasSignedOffNeedNotBeWaitedFor) {
    open()->take_trace("TEST0001", soon()).value();
    const auto other = open();
    ASSERT_TRUE(other->take_trace("TEST0001", soon()));
    EXPECT_EQ(other->unsettled_for("TEST0001", 20s), 0ms);
}

/// The connection is there again, and nobody else was: the lane goes on.
TEST_F(SharedBooks, ATerminalIsTakenUpAgainWhereNobodyElseHadIt) {
    const auto one = open();
    ASSERT_TRUE(one->begin(sale("a"), nullptr, soon()));
    end_sessions();
    ASSERT_TRUE(one->find_key("TEST0001", "a", soon()));
    EXPECT_TRUE(one->confirm_hold("TEST0001", soon()));
    end_sessions();
    open()->take_trace("TEST0001", soon()).value(); // comes and goes
    ASSERT_TRUE(one->find_key("TEST0001", "a", soon()));
    EXPECT_FALSE(one->confirm_hold("TEST0001", soon())) << "what was begun before may have been undone";
    ASSERT_TRUE(one->begin(sale("b"), nullptr, soon()));
    EXPECT_TRUE(one->confirm_hold("TEST0001", soon()));
}

/// Between the commit and the send the machine stands still, and another one takes its terminal.
TEST_F(SharedBooks, NothingLeavesOnceTheTerminalIsLost) {
    settings.hold_time = 1s;
    const auto one = open();
    lane_rig rig;
    move_to(rig, *one);
    ASSERT_TRUE(rig.sell("first", 100));
    const auto other = open();
    rig.guarded->around = [&](faulty_store::moment when, std::string_view call) {
        if (when != faulty_store::moment::after || call != "store begin") return;
        end_sessions();
        other->take_trace("TEST0001", soon()).value();
        std::this_thread::sleep_for(settings.hold_time); // it is the time that counts here
    };
    const auto sold = rig.sell("key", 100);
    rig.guarded->around = {};
    EXPECT_FALSE(sold && sold->ok());
    EXPECT_EQ(rig.books.taken(), 100);
}

/// The same, and what was begun leaves within the time for which the terminal is held: who has taken it leaves it
/// alone until it must have had its answer, and undoes it then.
TEST_F(SharedBooks, WhatIsOnItsWayIsNotOvertaken) {
    settings.hold_time = 1'500ms; // more than a busy machine takes to ask early
    const auto one = open();
    lane_rig rig;
    move_to(rig, *one);
    ASSERT_TRUE(rig.sell("first", 100));
    const auto other = open();
    lane_rig taker(tests::rig_settings(), &rig.books);
    move_to(taker, *other);
    rig.guarded->around = [&](faulty_store::moment when, std::string_view call) {
        if (when != faulty_store::moment::after || call != "store begin") return;
        end_sessions();
        const auto early = taker.sell("next", 100);
        ASSERT_FALSE(early);
        EXPECT_EQ(early.error().code(), acquiring_errc::busy) << early.error();
    };
    const auto sold = rig.sell("key", 100);
    EXPECT_TRUE(!sold || sold->outcome == acquiring::verdict::unknown) << "it may be undone";
    rig.guarded->around = {};
    auto later = taker.sell("next", 100);
    for (; !later; later = taker.sell("next", 100)) // until the time has passed
        ASSERT_EQ(later.error().code(), acquiring_errc::busy) << later.error();
    EXPECT_TRUE(later->ok());
    EXPECT_EQ(state_of("key"), record_state::reversed);
    EXPECT_EQ(rig.books.taken(), 200);
}

/// Its caller was told that nobody knows, has looked, and acts by what it has found.
TEST_F(SharedBooks, WhatWasGivenUpIsNotCarriedOutLater) {
    postgres_cut line(server->port());
    settings.address = line.address();
    settings.answer_time = 1s;
    settings.patience = 300ms;
    const auto journal = open();
    ASSERT_TRUE(journal->begin(sale("a"), nullptr, soon()));
    line.hold_at(1);
    const auto late = journal->begin(sale("late"), nullptr, call(100ms));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), make_error_code(store_errc::no_answer)) << late.error();
    line.let_go();
    ASSERT_TRUE(journal->begin(sale("b"), nullptr, soon()));
    EXPECT_FALSE(journal->find_key("TEST0001", "late", soon()).value());
}

/// A primary that waits for its standby.
class synchronous_pair {
  public:
    synchronous_pair()
        : standby(postgres_server::follows{primary}) {
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.sql("SELECT pg_reload_conf()");
        wait_for("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'");
    }
    ~synchronous_pair() { go_on(); }
    synchronous_pair(const synchronous_pair&) = delete;
    synchronous_pair& operator=(const synchronous_pair&) = delete;
    /// Until there is one of them; nothing tells when it has come.
    void wait_for(const std::string& count) const {
        while (primary.sql(count) != "1")
            std::this_thread::sleep_for(5ms);
    }
    void hang() {
        receiver_ = std::stoi(standby.sql("SELECT pid FROM pg_stat_wal_receiver"));
        ::kill(receiver_, SIGSTOP);
    }
    void go_on() {
        if (receiver_ > 0) ::kill(receiver_, SIGCONT);
        receiver_ = 0;
    }
    [[nodiscard]] std::string waiting() const {
        return "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND "
               "application_name LIKE 'cipherlane %'";
    }
    postgres_server primary{{"fsync=on"}};
    postgres_server standby;

  private:
    pid_t receiver_ = 0;
};

/// What stands on the primary alone is gone when that dies.
TEST_F(SharedBooks, TellsNothingThatTheStandbyHasNot) {
    synchronous_pair servers;
    settings.address = servers.primary.address();
    settings.answer_time = 500ms;
    settings.patience = 2s;
    const auto journal = open();
    ASSERT_TRUE(journal->begin(sale("a"), nullptr, soon()));
    servers.hang();
    const auto told = journal->begin(sale("b"), nullptr, call(3s)); // the wait is given up meanwhile
    EXPECT_FALSE(told);
    EXPECT_EQ(servers.primary.sql("SELECT count(*) FROM " + settings.schema + ".records"), "2")
        << "it is there, here";
    servers.go_on();
    EXPECT_TRUE(journal->begin(sale("c"), nullptr, soon()));

    // An operator ends the wait: the server says that it is committed, and warns.
    settings.answer_time = 5s;
    settings.patience = 10s;
    const auto patient = open();
    ASSERT_TRUE(patient->begin(sale("a", "TEST0002"), nullptr, soon()));
    servers.hang();
    std::atomic<bool> finished{false};
    std::thread begins([&] {
        EXPECT_TRUE(patient->begin(sale("b", "TEST0002"), nullptr, soon()));
        finished = true;
    });
    servers.wait_for(servers.waiting());
    const auto first = servers.primary.sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND "
                                           "application_name LIKE 'cipherlane %'");
    servers.primary.sql("SELECT pg_cancel_backend(" + first + ")");
    servers.wait_for(servers.waiting() + " AND pid <> " + first); // the next one waits for a commit of its own
    EXPECT_FALSE(finished);
    servers.go_on();
    begins.join();
}

/// A standby that lacks the last moments does not know which numbers were given out in them.
TEST_F(SharedBooks, GivesNoNumberAgainAfterAFailoverThatForgot) {
    postgres_server primary({"fsync=off"});
    postgres_server standby(postgres_server::follows{primary}, {"fsync=off"});
    const auto both = "postgresql://postgres@127.0.0.1:" + std::to_string(primary.port()) +
                      ",127.0.0.1:" + std::to_string(standby.port()) + "/postgres?sslmode=disable";
    settings.address = both;
    auto one = open();
    const auto kept = one->begin(sale("kept"), nullptr, soon()).value();
    const auto has = [&] {
        return standby.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'records' AND schemaname = '" +
                           settings.schema + "'") == "1" &&
               standby.sql("SELECT count(*) FROM " + settings.schema + ".records") == "1";
    };
    while (!has())
        std::this_thread::sleep_for(5ms); // nothing tells when it has come
    standby.sql("ALTER SYSTEM SET primary_conninfo = ''");
    standby.sql("SELECT pg_reload_conf()");
    while (primary.sql("SELECT count(*) FROM pg_stat_replication") != "0")
        std::this_thread::sleep_for(5ms);
    auto gone = open(); // takes numbers of its own, which the standby has not seen
    const auto forgotten = gone->begin(sale("forgotten", "TEST0002"), nullptr, soon()).value();
    ASSERT_TRUE(one->begin(sale("also", "TEST0001"), nullptr, soon()));
    const auto last = one->begin(sale("last", "TEST0001"), nullptr, soon()).value();
    primary.kill();
    standby.promote();
    const auto again = one->begin(sale("again"), nullptr, soon());
    ASSERT_TRUE(again) << again.error();
    EXPECT_GT(again->trace, last.trace) << "the host has seen those before";
    EXPECT_GT(again->id, std::max(forgotten.id, last.id));
    const auto fresh = open();
    EXPECT_GT(fresh->begin(sale("fresh", "TEST0003"), nullptr, soon()).value().id, forgotten.id);
    EXPECT_EQ(gone->decide(forgotten.id, approval(), soon()).error().code(), make_error_code(store_errc::no_record));
    EXPECT_TRUE(one->decide(kept.id, approval(), soon()));
    one.reset();
    gone.reset();
}

} // namespace
} // namespace cipherlane::store
