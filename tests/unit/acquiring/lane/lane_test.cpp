#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/ports/completion.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <utility>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using namespace std::chrono_literals;

TEST(Lane, OpensWithAnotherMasterKeyAndSignsInFirst) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 100));
    rig.restart();
    rig.use_master_key("0123456789ABCDEFFEDCBA9876543210");
    // The keys on file are under the old one: nothing may be sent under a MAC key that is not there.
    const auto refused = rig.sell("b", 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::check_value_wrong) << refused.error();
    EXPECT_EQ(to_hex(byte_view(rig.host.requests.back()).subspan(11, 2)), "0800") << "it signed in first";
    EXPECT_EQ(rig.books.taken(), 100);
    rig.restart(); // with the right one again
    const auto requests = rig.host.requests.size();
    ASSERT_TRUE(rig.sell("b", 100)->ok());
    EXPECT_EQ(rig.host.requests.size(), requests + 2) << "sign-in, sale";
}

TEST(Lane, TheAsynchronousFormIsTheSame) {
    lane_rig rig;
    boost::asio::io_context io;
    std::optional<result<acquiring::payment>> end;
    std::thread::id where;
    acquiring::sale(rig.lane())
        .async_run({"a", amount(1000)}, soon(),
            boost::asio::bind_executor(io.get_executor(), [&](result<acquiring::payment> outcome) {
                end.emplace(std::move(outcome));
                where = std::this_thread::get_id();
            }));
    EXPECT_EQ(io.run(), 1U) << "the context had work until the end";
    ASSERT_TRUE(end && *end);
    EXPECT_EQ((*end)->outcome, verdict::approved);
    EXPECT_TRUE(where == std::this_thread::get_id());
    auto later = acquiring::sale(rig.lane()).async_run({"b", amount(1)}, soon(), boost::asio::use_future);
    EXPECT_EQ(later.get()->outcome, verdict::approved);
}

TEST(Lane, TradesOfManyThreadsQueueUpWhereTheSettingsSaySo) {
    auto settings = rig_settings();
    settings.queue = true;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    std::vector<std::future<result<acquiring::payment>>> ends;
    for (int i = 0; i < 8; ++i) {
        ends.push_back(std::async(
            std::launch::async, [&, i] { return rig.sell(i % 2 == 0 ? "same" : std::to_string(i), 100); }));
    }
    for (auto& end : ends)
        EXPECT_EQ(end.get()->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 500) << "four with one key, four with their own";
}

TEST(Lane, RunsOnItsCallersThreadWhereThePortsSaySo) {
    lane_rig rig;
    rig.runs_on = acquiring::lane_thread::callers;
    boost::asio::io_context io;
    const auto here = std::this_thread::get_id();
    std::optional<result<acquiring::payment>> within;
    std::optional<result<acquiring::sign_in_report>> after;
    rig.seen.watch = [&](const acquiring::stage_event& now) {
        EXPECT_EQ(std::this_thread::get_id(), here);
        if (now.at != acquiring::stage::card || within) return;
        within.emplace(rig.sell("within", 100));
        const auto requests = rig.host.requests.size();
        acquiring::sign_in(rig.lane())
            .async_run({}, soon(),
                boost::asio::bind_executor(io.get_executor(),
                    [&](result<acquiring::sign_in_report> end) { after.emplace(std::move(end)); }));
        EXPECT_EQ(rig.host.requests.size(), requests) << "what is started in a flow runs after it";
    };
    EXPECT_TRUE(rig.sell("a", 100)->ok());
    ASSERT_TRUE(within);
    EXPECT_EQ(within->error().code(), acquiring_errc::own_thread);
    EXPECT_FALSE(after) << "the handler runs on its executor";
    io.run();
    ASSERT_TRUE(after);
    EXPECT_TRUE(*after);
}

/// Holds the lane's thread at a stage until it is let go.
class held_stage {
  public:
    held_stage(lane_rig& rig, acquiring::stage at) {
        rig.seen.watch = [this, at](const acquiring::stage_event& now) {
            if (now.at != at || std::exchange(used_, true)) return;
            reached_.set_value();
            go_.get_future().wait();
        };
    }
    void wait() { reached_.get_future().wait(); }
    void let_go() { go_.set_value(); }

  private:
    bool used_ = false;
    std::promise<void> reached_;
    std::promise<void> go_;
};

TEST(Lane, RefusesASecondTradeWhileOneIsUnderWay) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    held_stage held(rig, acquiring::stage::card);
    auto first = std::async(std::launch::async, [&] { return rig.sell("order-1", 100); });
    held.wait();
    const auto second = rig.sell("order-2", 200);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), acquiring_errc::busy);
    EXPECT_TRUE(second.error().is(condition::misuse));
    auto third = acquiring::balance(rig.lane()).async_run({}, soon(), boost::asio::use_future);
    EXPECT_THROW((void)third.get().value(), error_exception);
    auto asked = std::async(std::launch::async, [&] { return rig.recover(); });
    held.let_go();
    EXPECT_TRUE(first.get()->ok());
    EXPECT_TRUE(asked.get()) << "what is no trade waits its turn";
    EXPECT_TRUE(rig.sell("order-2", 200)->ok());
    EXPECT_EQ(rig.books.taken(), 300);
}

TEST(Lane, EndsThroughTheCancellationSlotOfAHandler) {
    lane_rig rig;
    boost::asio::io_context io;
    boost::asio::cancellation_signal cancel;
    rig.seen.watch = [&](const acquiring::stage_event& now) {
        if (now.at == acquiring::stage::scanning) {
            boost::asio::post(io, [&] { cancel.emit(boost::asio::cancellation_type::terminal); });
        }
    };
    std::optional<result<acquiring::payment>> end;
    acquiring::qr_sale(rig.lane())
        .async_run({"a", amount(1000)}, 20s,
            boost::asio::bind_cancellation_slot(
                cancel.slot(), boost::asio::bind_executor(io.get_executor(),
                                   [&](result<acquiring::payment> outcome) { end.emplace(std::move(outcome)); })));
    const auto began = std::chrono::steady_clock::now();
    io.run();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
    ASSERT_TRUE(end && *end);
    EXPECT_EQ((*end)->outcome, verdict::declined);
    EXPECT_EQ((*end)->unpaid->by, acquiring::actor::cashier);
}

/// A lane whose thread is at a trade that waits for its card.
class WaitingLane : public testing::Test {
  protected:
    static acquiring::terminal_settings queueing() {
        auto settings = rig_settings();
        settings.queue = true;
        return settings;
    }
    void SetUp() override {
        ASSERT_TRUE(rig.sign_in());
        held.emplace(rig, acquiring::stage::card);
        first = std::async(std::launch::async, [this] { return rig.sell("first", 100); });
        held->wait();
    }
    void TearDown() override {
        held->let_go();
        EXPECT_TRUE(first.get()->ok());
        EXPECT_EQ(rig.records().size(), 1U) << "what was withdrawn was never begun";
        EXPECT_TRUE(rig.sell("first", 100)->ok()) << "and keeps nobody out";
    }

    lane_rig rig{queueing()};
    std::optional<held_stage> held;
    std::future<result<acquiring::payment>> first;
};

TEST_F(WaitingLane, EndsABlockingFlowAtItsDeadline) {
    const auto sold = acquiring::sale(rig.lane()).run({"second", amount(200)}, 50ms);
    ASSERT_FALSE(sold);
    EXPECT_EQ(sold.error().code(), acquiring_errc::deadline_passed);
    const auto told = acquiring::recovery(rig.lane()).run({}, 50ms);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code(), acquiring_errc::deadline_passed);
}

TEST_F(WaitingLane, EndsABlockingFlowThatIsCancelled) {
    std::stop_source cashier;
    auto second = std::async(std::launch::async, [&] {
        return acquiring::sale(rig.lane()).run({"second", amount(200)}, call(20s, cashier.get_token()));
    });
    cashier.request_stop();
    const auto sold = second.get();
    ASSERT_FALSE(sold);
    EXPECT_EQ(sold.error().code(), acquiring_errc::cashier_cancelled);
}

TEST_F(WaitingLane, EndsAnAsynchronousFlowAtItsDeadline) {
    auto sold = acquiring::sale(rig.lane()).async_run({"second", amount(200)}, 50ms, boost::asio::use_future);
    ASSERT_EQ(sold.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(sold.get().error().code(), acquiring_errc::deadline_passed);
}

TEST_F(WaitingLane, EndsAnAsynchronousFlowThatIsCancelled) {
    std::stop_source cashier;
    auto by_token = acquiring::sale(rig.lane())
                        .async_run({"second", amount(200)}, call(20s, cashier.get_token()), boost::asio::use_future);
    cashier.request_stop();
    ASSERT_EQ(by_token.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(by_token.get().error().code(), acquiring_errc::cashier_cancelled);

    boost::asio::io_context io;
    boost::asio::cancellation_signal cancel;
    std::optional<result<acquiring::payment>> by_slot;
    acquiring::sale(rig.lane())
        .async_run({"third", amount(300)}, 20s,
            boost::asio::bind_cancellation_slot(
                cancel.slot(), boost::asio::bind_executor(io.get_executor(),
                                   [&](result<acquiring::payment> end) { by_slot.emplace(std::move(end)); })));
    cancel.emit(boost::asio::cancellation_type::terminal);
    io.run_for(10s);
    ASSERT_TRUE(by_slot);
    EXPECT_EQ(by_slot->error().code(), acquiring_errc::cashier_cancelled);
}

/// A trade may wait behind what is none: where it gives up, the next one is not refused for it.
TEST(Lane, IsNotBusyWithATradeThatWasWithdrawn) {
    lane_rig rig;
    std::promise<void> reached;
    std::promise<void> go;
    bool used = false;
    rig.host.watch = [&](const iso8583::message_view&) {
        if (std::exchange(used, true)) return;
        reached.set_value();
        go.get_future().wait();
    };
    auto first = std::async(std::launch::async, [&] { return rig.sign_in(); });
    reached.get_future().wait();
    for (const auto* key : {"a", "b"})
        EXPECT_EQ(
            acquiring::sale(rig.lane()).run({key, amount(1)}, 50ms).error().code(), acquiring_errc::deadline_passed);
    go.set_value();
    EXPECT_TRUE(first.get());
    EXPECT_TRUE(rig.sell("c", 100)->ok());
}

/// Nothing can be waited for there: the flow goes on behind it.
TEST(Lane, MayBeLetGoOnItsOwnThread) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    const acquiring::sale next(rig.lane());
    rig.seen.watch = [&](const acquiring::stage_event& now) {
        if (now.at == acquiring::stage::finishing) const acquiring::lane gone = std::move(rig.lane());
    };
    const auto sold = rig.sell("a", 100);
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_TRUE(sold->ok()) << "what has left is seen to its end: " << *sold;
    EXPECT_EQ(next.run({"b", amount(1)}, soon()).error().code(), acquiring_errc::lane_closed);
    EXPECT_EQ(rig.books.taken(), 100);
    rig.seen.watch = {};
    std::optional<result<acquiring::lane>> again;
    for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
        again.emplace(
            acquiring::lane::open(rig.settings, acquiring::lane_ports(*rig.guarded), soon(), logger::none()));
        if (*again) break;
        std::this_thread::yield(); // its thread is about to give the terminal back
    }
    EXPECT_TRUE(again && *again);
}

TEST(Lane, RefusesNoTradeFromWithinTheCallThatStartsIt) {
    lane_rig rig;
    const acquiring::sale gone(rig.lane());
    rig.restart();
    boost::asio::io_context io;
    bool started = false;
    bool ended = false;
    boost::asio::post(io, [&] {
        gone.async_run({"a", amount(1)}, soon(),
            boost::asio::bind_executor(io.get_executor(), [&](const result<acquiring::payment>& outcome) {
                EXPECT_TRUE(started) << "a handler runs after its start, never in it";
                EXPECT_EQ(outcome.error().code(), acquiring_errc::lane_closed);
                ended = true;
            }));
        started = true;
    });
    io.run();
    EXPECT_TRUE(ended);
}

TEST(Lane, RefusesToWaitForItself) {
    lane_rig rig;
    std::optional<result<acquiring::sign_in_report>> inner;
    rig.seen.watch = [&](const acquiring::stage_event&) {
        if (!inner) inner.emplace(acquiring::sign_in(rig.lane()).run({}, soon()));
    };
    ASSERT_TRUE(rig.sell("order-1", 100)->ok());
    ASSERT_TRUE(inner && !*inner);
    EXPECT_EQ(inner->error().code(), acquiring_errc::own_thread);
    EXPECT_TRUE(inner->error().is(condition::misuse));
}

TEST(Lane, ThatHasGoneIsSaidByItsFlows) {
    lane_rig rig;
    const acquiring::sale kept(rig.lane());
    rig.restart();
    const auto late = kept.run({"order-1", amount(100)}, soon());
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), acquiring_errc::lane_closed);
    auto later = kept.async_run({"order-1", amount(100)}, soon(), boost::asio::use_future);
    EXPECT_THROW((void)later.get().value(), error_exception);
}

TEST(Lane, IsNotOpenedWithoutAJournal) {
    lane_rig rig;
    acquiring::lane_ports with(*rig.journal);
    with.journal = nullptr;
    const auto opened = acquiring::lane::open(rig.settings, with, soon(), logger::none());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), acquiring_errc::no_device);
    EXPECT_EQ(opened.error().operation(), "journal");
}

TEST(Lane, SaysThatADeadlineHadPassedBefore) {
    lane_rig rig;
    const call bounds(-1s);
    const auto late = acquiring::sale(rig.lane()).run({"order-1", amount(100)}, bounds);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), acquiring_errc::deadline_passed);
    EXPECT_TRUE(late.error().is(condition::timed_out));
    EXPECT_EQ(acquiring::sale(rig.lane()).run({"order-1", amount(100)}, 20s)->outcome, verdict::approved)
        << "a duration will do";
}

TEST(Timeline, NamesEverybodyAndHidesTheCard) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1234));
    const auto text = rig.seen.to_string();
    EXPECT_NE(text.find("till -> host"), std::string::npos) << text;
    EXPECT_NE(text.find("622200*********0004"), std::string::npos) << text;
    EXPECT_EQ(text.find(test_pan), std::string::npos);
}

/// A second lane would take the sale that the first has under way for left behind, and reverse it.
TEST(Lane, OfATerminalIsTheOnlyOneOfItsJournal) {
    lane_rig rig;
    acquiring::lane_ports with(*rig.guarded);
    ASSERT_TRUE(rig.sell("a", 100)); // its lane is open from here on
    const auto second = acquiring::lane::open(rig_settings(), with, soon(), logger::none());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), acquiring_errc::terminal_in_use);
    EXPECT_TRUE(second.error().is(condition::misuse));
    auto other = rig_settings();
    other.terminal_id = "TEST0002";
    EXPECT_TRUE(acquiring::lane::open(other, with, soon(), logger::none())) << "another terminal may";
    EXPECT_TRUE(acquiring::lane::open(other, with, soon(), logger::none())) << "and again when the first is gone";
}

} // namespace
} // namespace cipherlane::tests
