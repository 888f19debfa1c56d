// Handlers of asynchronous calls: where they run, how they are cancelled, what holds them meanwhile.
#include "fake_unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>
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

TEST_P(async, a_handler_runs_on_its_own_executor_which_it_keeps_running) {
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

TEST_P(async, coroutines_await_calls) {
    int good = 0;
    boost::asio::co_spawn(io_, three_calls(*subject_, good), boost::asio::detached);
    io_.run();
    EXPECT_EQ(good, 3);
}

TEST_P(async, a_future_is_kept) {
    const auto request = translation();
    auto outcome = subject_->async_translate_pin(request, call(5s), boost::asio::use_future);
    io_.run();
    const auto got = outcome.get();
    EXPECT_TRUE(got) << got.error();
}

TEST_P(async, an_error_found_before_sending_comes_later_too) {
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

TEST_P(async, a_cancellation_slot_ends_a_call) {
    unit_.set_silent(true);
    boost::asio::cancellation_signal signal;
    boost::asio::io_context mine(1);
    error why;
    const auto request = translation();
    subject_->async_translate_pin(request, call(5s),
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
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
}

TEST_P(async, a_handler_larger_than_its_room_works) {
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

TEST(async_pool, a_pool_that_goes_away_before_its_loop_ran_drops_its_calls) {
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

TEST(async_pool, handlers_may_call_again_from_within) {
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
}

} // namespace
} // namespace cipherlane::hsm::tests
