// Handlers of asynchronous calls: where they run, how they are cancelled, what holds them meanwhile.
#include "unit/hsm/fake_unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pool.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace cipherlane::hsm::tests {
namespace {

using namespace std::chrono_literals;

const key tpk("U1EF828AA8F6B80EB83E19FBC373F3A85");
const bytes block = from_hex("DC80B186C30902B0").value();

framing payshield_framing() {
    return profile::builtin("payshield").value()->frame;
}

translate_pin_request translation() {
    return translate_pin_request(tpk, tpk, block, account::digits("550000025321"));
}

/// A pool with a thread of its own and a client on the test's loop, by turns behind the same interface.
class async : public ::testing::TestWithParam<bool> {
  protected:
    async() {
        if (GetParam()) {
            pool_settings settings;
            settings.units = {unit_.at()};
            settings.dialect = profile::builtin("payshield").value();
            subject_ = pool::create_with_thread(settings).value();
        } else {
            subject_ = std::make_unique<client>(io_.get_executor(),
                client_settings{unit_.at(), profile::builtin("payshield").value(), logger::none()});
        }
    }

    boost::asio::io_context io_{1};
    fake_unit unit_{payshield_framing(), payshield_answer};
    std::unique_ptr<operations> subject_;
};

TEST_P(async, AHandlerRunsOnItsOwnExecutorWhichItKeepsRunning) {
    const auto here = std::this_thread::get_id();
    boost::asio::io_context mine(1);
    std::thread::id seen;
    const auto request = translation();
    subject_->async_translate_pin(
        request, call(5s), boost::asio::bind_executor(mine, [&](const result<translated_pin>& got) {
            EXPECT_TRUE(got) << got.error();
            seen = std::this_thread::get_id();
        }));
    std::thread other([&] { io_.run(); });
    mine.run(); // would return at once if nothing held it
    other.join();
    EXPECT_EQ(seen, here);
}

boost::asio::awaitable<void> three_calls(operations& with, int& good) {
    const auto request = translation();
    for (int i = 0; i < 3; ++i) {
        const auto got = co_await with.async_translate_pin(request, call(5s), boost::asio::use_awaitable);
        if (got && to_hex(got->pin_block.view()) == to_hex(block)) ++good;
    }
}

TEST_P(async, CoroutinesAwaitCalls) {
    int good = 0;
    boost::asio::co_spawn(io_, three_calls(*subject_, good), boost::asio::detached);
    io_.run();
    EXPECT_EQ(good, 3);
}

TEST_P(async, AFutureIsKept) {
    const auto request = translation();
    auto outcome = subject_->async_translate_pin(request, call(5s), boost::asio::use_future);
    io_.run();
    const auto got = outcome.get();
    EXPECT_TRUE(got) << got.error();
}

TEST_P(async, AnErrorFoundBeforeSendingComesLaterToo) {
    bool came = false;
    const translate_pin_request wrong(tpk, tpk, as_bytes("short"), account::digits("550000025321"));
    boost::asio::io_context mine(1);
    subject_->async_translate_pin(
        wrong, call(5s), boost::asio::bind_executor(mine, [&](const result<translated_pin>& got) {
            came = true;
            EXPECT_FALSE(got);
        }));
    EXPECT_FALSE(came);
    std::thread other([&] { io_.run(); });
    mine.run();
    other.join();
    EXPECT_TRUE(came);
}

TEST_P(async, ACancellationSlotEndsACall) {
    unit_.set_silent(true);
    boost::asio::cancellation_signal signal;
    boost::asio::io_context mine(1);
    error why;
    const auto request = translation();
    subject_->async_translate_pin(request, call(30s),
        boost::asio::bind_executor(
            mine, boost::asio::bind_cancellation_slot(signal.slot(), [&](const result<translated_pin>& got) {
                if (!got) why = got.error();
            })));
    boost::asio::post(subject_->get_executor(), [&] { signal.emit(boost::asio::cancellation_type::terminal); });
    std::thread other([&] { io_.run(); });
    const auto begin = std::chrono::steady_clock::now();
    mine.run();
    other.join();
    EXPECT_TRUE(why.is(condition::cancelled)) << why;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
}

TEST_P(async, AHandlerLargerThanItsRoomWorks) {
    std::array<char, 1000> much{};
    much.back() = 'x';
    boost::asio::io_context mine(1);
    char seen = 0;
    const auto request = translation();
    subject_->async_translate_pin(
        request, call(5s), boost::asio::bind_executor(mine, [&seen, much](const result<translated_pin>& got) {
            if (got) seen = much.back();
        }));
    std::thread other([&] { io_.run(); });
    mine.run();
    other.join();
    EXPECT_EQ(seen, 'x');
}

INSTANTIATE_TEST_SUITE_P(clients, async, ::testing::Bool(),
    [](const auto& which) { return which.param ? std::string("pool") : std::string("client"); });

/// One call of a client that is closed, or goes away, after so many steps of its loop.
void close_after(int steps, bool destroy) {
    fake_unit unit(payshield_framing(), payshield_answer);
    boost::asio::io_context io(1);
    auto subject = std::make_unique<client>(
        io.get_executor(), client_settings{unit.at(), profile::builtin("payshield").value(), logger::none()});
    int ends = 0;
    error why;
    const auto request = translation();
    subject->async_translate_pin(request, call(5s), [&](const result<translated_pin>& got) {
        ++ends;
        why = got.error();
    });
    for (int i = 0; i < steps && ends == 0; ++i) {
        io.run_one();
    }
    const bool was_over = ends != 0;
    const auto before = unit.requests();
    if (destroy) {
        subject.reset();
    } else {
        subject->close();
    }
    io.run();
    EXPECT_EQ(ends, 1) << steps;
    if (steps == 0) {
        EXPECT_TRUE(why.is(condition::cancelled)) << why;
        EXPECT_EQ(unit.requests(), before);
    }
    if (!was_over) {
        EXPECT_NE(why.code(), boost::system::error_code()) << steps;
    }
}

TEST(AsyncClient, AClientThatClosesOrGoesAwayWhileItConnectsSendsNothing) {
    for (int steps = 0; steps < 6; ++steps) {
        close_after(steps, false);
        close_after(steps, true);
    }
}

TEST(AsyncClient, AStopRequestEndsConnecting) {
    fake_unit unit(payshield_framing(), payshield_answer);
    boost::asio::io_context io(1);
    client subject(
        io.get_executor(), client_settings{unit.at(), profile::builtin("payshield").value(), logger::none()});
    std::stop_source stop;
    error why;
    const auto request = translation();
    subject.async_translate_pin(request, call(deadline::in(5s), stop.get_token()),
        [&](const result<translated_pin>& got) { why = got.error(); });
    stop.request_stop();
    io.run();
    EXPECT_TRUE(why.is(condition::cancelled)) << why;
    EXPECT_EQ(unit.requests(), 0U);
}

TEST(AsyncClient, ASecondCallMeanwhileIsMisuse) {
    fake_unit unit(payshield_framing(), payshield_answer);
    boost::asio::io_context io(1);
    client subject(
        io.get_executor(), client_settings{unit.at(), profile::builtin("payshield").value(), logger::none()});
    const auto request = translation();
    subject.async_translate_pin(request, call(5s), [](const result<translated_pin>&) {});
    const auto second = subject.translate_pin(request, call(5s));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), hsm_errc::busy) << second.error();
    EXPECT_TRUE(second.error().is(condition::misuse));
    io.run();
}

std::unique_ptr<pool> pool_with_thread(const fake_unit& unit) {
    pool_settings settings;
    settings.units = {unit.at()};
    settings.dialect = profile::builtin("payshield").value();
    return pool::create_with_thread(settings).value();
}

TEST(AsyncPool, ABlockingCallInAHandlerIsRefused) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto subject = pool_with_thread(unit);
    const auto request = translation();
    std::promise<std::pair<error, error>> promise;
    std::size_t units = 0;
    subject->async_translate_pin(request, call(5s), [&](const result<translated_pin>&) {
        const auto inside = subject->translate_pin(request, call(5s));
        const auto raw = subject->execute(raw_command("NC"), call(5s));
        units = subject->stats().units.size(); // need not wait
        promise.set_value({inside.error(), raw.error()});
    });
    const auto [typed, raw] = promise.get_future().get();
    EXPECT_EQ(typed.code(), hsm_errc::own_thread) << typed;
    EXPECT_TRUE(typed.is(condition::misuse));
    EXPECT_TRUE(raw.is(condition::misuse)) << raw;
    EXPECT_EQ(units, 1U);
    std::promise<error> posted; // on the strand, too, but outside any batch
    boost::asio::post(
        subject->get_executor(), [&] { posted.set_value(subject->translate_pin(request, call(5s)).error()); });
    EXPECT_TRUE(posted.get_future().get().is(condition::misuse));
    EXPECT_TRUE(subject->translate_pin(request, call(5s)));
}

TEST(AsyncPool, APoolMayGoAwayInItsOwnHandler) {
    fake_unit unit(payshield_framing(), payshield_answer);
    for (int i = 0; i < 20; ++i) {
        auto subject = pool_with_thread(unit);
        const auto request = translation();
        auto held = std::make_shared<int>(0);
        std::atomic<int> ends = 0;
        std::promise<void> promise;
        // Started on the strand, so that none ends before the last has begun, and not before this thread is out.
        std::promise<void> out;
        subject->async_translate_pin(request, call(5s), [&, held](const result<translated_pin>&) {
            out.get_future().wait();
            for (int c = 0; c < 4; ++c) {
                subject->async_translate_pin(request, call(5s), [&, held](const result<translated_pin>&) {
                    subject.reset();
                    if (++ends == 4) promise.set_value();
                });
            }
        });
        out.set_value();
        promise.get_future().wait();
        EXPECT_EQ(subject, nullptr);
    }
}

TEST(AsyncPool, APoolThatGoesAwayBeforeItsLoopRanDropsItsCalls) {
    fake_unit unit(payshield_framing(), payshield_answer);
    auto held = std::make_shared<int>(0);
    {
        boost::asio::io_context io(1);
        pool_settings settings;
        settings.units = {unit.at()};
        settings.dialect = profile::builtin("payshield").value();
        auto subject = pool::create(io.get_executor(), settings).value();
        const auto request = translation();
        subject->async_translate_pin(request, call(5s), [held](const result<translated_pin>&) {});
        EXPECT_GT(held.use_count(), 1);
    }
    EXPECT_EQ(held.use_count(), 1);
}

TEST(AsyncPool, HandlersMayCallAgainFromWithin) {
    fake_unit unit(payshield_framing(), payshield_answer);
    boost::asio::io_context io(1);
    pool_settings settings;
    settings.units = {unit.at()};
    settings.dialect = profile::builtin("payshield").value();
    settings.connections = 1;
    auto subject = pool::create(io.get_executor(), settings).value();
    const auto request = translation();
    int left = 500;
    std::function<void()> again = [&] {
        subject->async_translate_pin(request, call(5s), [&](const result<translated_pin>& got) {
            ASSERT_TRUE(got) << got.error();
            if (--left > 0) return again();
            subject->close();
        });
    };
    again();
    io.run();
    EXPECT_EQ(left, 0);
    io.restart();
    error after;
    subject->async_translate_pin(request, call(5s), [&](const result<translated_pin>& got) { after = got.error(); });
    io.run();
    EXPECT_EQ(after.code(), hsm_errc::closed) << after;
}

} // namespace
} // namespace cipherlane::hsm::tests
