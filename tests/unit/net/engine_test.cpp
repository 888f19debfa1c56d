#include "ask_exchange.hpp"
#include "support/scripted_transport.hpp"

#include <cipherlane/net/engine.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace cipherlane::net {
namespace {

using namespace std::chrono_literals;
using tests::ok;
using tests::script;
using tests::scripted_transport;

bytes text(std::string_view characters) {
    const auto view = as_bytes(characters);
    return {view.begin(), view.end()};
}

/// An exchange that receives for ever, without a protocol timer.
class endless final : public exchange<int> {
  public:
    action resume(const event& what) override {
        if (what.what == event::kind::failed) {
            why_ = what.why;
            return action::done();
        }
        return action::receive();
    }
    result<int> take() override { return why_; }

  private:
    error why_;
};

/// An exchange that waits an hour.
class sleeper final : public exchange<int> {
  public:
    action resume(const event& what) override {
        if (what.what == event::kind::started) return action::wait(std::chrono::hours{1});
        why_ = what.why;
        return action::done();
    }
    result<int> take() override { return why_; }

  private:
    error why_;
};

TEST(Engines, AgreeOnAWholeExchange) {
    tests::both_engines_agree(script().send(text("ASK;")).recv(text("ANSWER;")).send(text("OK;")).done(ok), make_ask);
}

TEST(Engines, AgreeOnARetryAfterTheTimer) {
    tests::both_engines_agree(
        script().send(text("ASK;")).expire().send(text("ASK;")).recv(text("A;")).send(text("OK;")).done(ok),
        make_ask);
}

TEST(Engines, AgreeOnSilence) {
    tests::both_engines_agree(
        script().send(text("ASK;")).expire().send(text("ASK;")).expire().done(condition::timed_out), make_ask);
}

TEST(Engines, AgreeOnALostLink) {
    const error lost(net_errc::lost, layer::net);
    tests::both_engines_agree(script().fail(lost).done(condition::link_lost), make_ask);
    tests::both_engines_agree(script().send(text("ASK;")).fail(lost).done(condition::link_lost), make_ask);
    tests::both_engines_agree(
        script().send(text("ASK;")).recv(text("A;")).fail(lost).done(condition::link_lost), make_ask);
}

TEST(Engines, AgreeOnTheDeadline) {
    // Long enough that a busy machine sends in time, and shorter than the protocol's own timer.
    tests::both_engines_agree(script().send(text("ASK;")).expire().done(condition::timed_out), make_ask, 150ms);
    const auto silent = script().expire().done(condition::timed_out);
    tests::both_engines_agree(
        silent, [] { return std::make_unique<endless>(); }, 30ms);
    tests::both_engines_agree(
        script().done(condition::timed_out), [] { return std::make_unique<sleeper>(); }, 30ms);
}

TEST(Engines, SendNothingWhenTheDeadlineHasPassed) {
    tests::both_engines_agree(script().done(condition::timed_out), make_ask, 0ms);
}

TEST(Engines, TheTimerGoesOnOverPiecesOfAnAnswer) {
    class dribble final : public exchange<int> {
      public:
        action resume(const event& what) override {
            if (what.what == event::kind::started) return action::receive(250ms);
            if (what.what == event::kind::received) return action::receive_more();
            expired_ = what.what == event::kind::expired;
            return action::done();
        }
        result<int> take() override { return expired_ ? 1 : 0; }

      private:
        bool expired_ = false;
    };
    tests::both_engines_agree(
        script().recv(text("AAAAAAAA")).expire().done(ok), [] { return std::make_unique<dribble>(); });
}

template <class Exchange>
void stops_by_token_blocking() {
    boost::asio::io_context io;
    scripted_transport link(io.get_executor(), script());
    std::stop_source stop;
    Exchange subject;
    std::jthread other([&] {
        std::this_thread::sleep_for(20ms);
        stop.request_stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    auto outcome = run(subject, link, call(10s, stop.get_token()));
    ASSERT_FALSE(outcome);
    EXPECT_TRUE(outcome.error().is(condition::cancelled));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(BlockingEngine, IsStoppedFromAnotherThreadWhileItReceives) {
    stops_by_token_blocking<endless>();
}
TEST(BlockingEngine, IsStoppedFromAnotherThreadWhileItWaits) {
    stops_by_token_blocking<sleeper>();
}

template <class Exchange>
void stops_by_token_async() {
    boost::asio::io_context io;
    scripted_transport link(io.get_executor(), script());
    std::stop_source stop;
    auto outcome =
        async_run(std::make_unique<Exchange>(), link, call(10s, stop.get_token()), boost::asio::use_future);
    std::jthread other([&] {
        std::this_thread::sleep_for(20ms);
        stop.request_stop();
    });
    io.run();
    EXPECT_TRUE(outcome.get().error().is(condition::cancelled));
}

TEST(AsyncEngine, IsStoppedFromAnotherThreadWhileItReceives) {
    stops_by_token_async<endless>();
}
TEST(AsyncEngine, IsStoppedFromAnotherThreadWhileItWaits) {
    stops_by_token_async<sleeper>();
}

TEST(AsyncEngine, AStopBeforeTheStartIsNotLost) {
    boost::asio::io_context io;
    scripted_transport link(io.get_executor(), script());
    std::stop_source stop;
    stop.request_stop();
    auto outcome = async_run(std::make_unique<endless>(), link, call(10s, stop.get_token()), boost::asio::use_future);
    io.run();
    EXPECT_TRUE(outcome.get().error().is(condition::cancelled));
}

TEST(AsyncEngine, IsCancelledThroughTheSlot) {
    boost::asio::io_context io;
    scripted_transport link(io.get_executor(), script());
    boost::asio::cancellation_signal signal;
    std::optional<error> why;
    async_run(std::make_unique<endless>(), link, call(10s),
        boost::asio::bind_cancellation_slot(
            signal.slot(), [&](const result<int>& outcome) { why = outcome.error(); }));
    boost::asio::post(io, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
    io.run();
    ASSERT_TRUE(why);
    EXPECT_TRUE(why->is(condition::cancelled));
}

TEST(AsyncEngine, CompletesOnTheHandlersOwnExecutor) {
    boost::asio::io_context io;
    boost::asio::io_context callers;
    scripted_transport link(
        io.get_executor(), script().send(text("ASK;")).recv(text("A;")).send(text("OK;")).done(ok));
    std::thread::id completed_on;
    async_run(make_ask(), link, call(5s),
        boost::asio::bind_executor(callers.get_executor(), [&](const result<std::string>& outcome) {
            EXPECT_TRUE(outcome);
            completed_on = std::this_thread::get_id();
        }));
    std::thread::id ran_on;
    std::thread other([&] {
        ran_on = std::this_thread::get_id();
        callers.run();
    });
    io.run();
    other.join();
    EXPECT_EQ(completed_on, ran_on);
}

} // namespace
} // namespace cipherlane::net
