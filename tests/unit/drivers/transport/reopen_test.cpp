#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/reopen.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;

result<std::unique_ptr<net::transport>> gone() {
    return error(drivers_errc::no_such_device, layer::drivers);
}

TEST(Reopen, PausesGrowToTheirLimit) {
    const reopen_schedule schedule{50ms, 300ms, 2.0};
    EXPECT_EQ(schedule.pause_after(1), 50ms);
    EXPECT_EQ(schedule.pause_after(2), 100ms);
    EXPECT_EQ(schedule.pause_after(3), 200ms);
    EXPECT_EQ(schedule.pause_after(4), 300ms);
    EXPECT_EQ(schedule.pause_after(4'000'000'000U), 300ms);
}

TEST(Reopen, TriesUntilTheDeviceIsBack) {
    int attempts = 0;
    auto link = open_persistently(
        [&](const call&) -> result<std::unique_ptr<net::transport>> {
            if (++attempts < 4) return gone();
            return std::unique_ptr<net::transport>();
        },
        call(5s), {1ms, 4ms, 2.0});
    EXPECT_TRUE(link);
    EXPECT_EQ(attempts, 4);
}

TEST(Reopen, GivesTheLastFailureAtTheDeadline) {
    auto link = open_persistently([](const call&) { return gone(); }, call(30ms), {5ms, 5ms, 1.0});
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code(), make_error_code(drivers_errc::no_such_device));
}

TEST(Reopen, DoesNotRepeatMisuse) {
    int attempts = 0;
    auto link = open_persistently(
        [&](const call&) -> result<std::unique_ptr<net::transport>> {
            ++attempts;
            return error(drivers_errc::bad_setting, layer::drivers);
        },
        call(5s));
    EXPECT_FALSE(link);
    EXPECT_EQ(attempts, 1);
}

TEST(Reopen, AStopEndsThePause) {
    std::stop_source stop;
    std::jthread other([&] {
        std::this_thread::sleep_for(10ms);
        stop.request_stop();
    });
    auto link = open_persistently([](const call&) { return gone(); }, call(60s, stop.get_token()), {60s, 60s, 1.0});
    ASSERT_FALSE(link);
    EXPECT_TRUE(link.error().is(condition::cancelled));
}

} // namespace
} // namespace cipherlane::drivers
