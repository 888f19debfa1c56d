#include "small_database.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stop_token>

namespace cipherlane::store {
namespace {

using namespace std::chrono_literals;

constexpr const char* schema = "CREATE TABLE t(x INTEGER); PRAGMA application_id=7; PRAGMA user_version=1;";
constexpr small_database::kind kind{"test", 7, 1, schema};

TEST(SmallDatabase, WaitsForOtherThreadsNoLongerThanTheCallMayTake) {
    tests::temporary_folder folder;
    auto file = small_database::open(folder.file("small"), kind, 5s).value();
    std::promise<void> begun;
    std::promise<void> go_on;
    auto slow = std::async(std::launch::async, [&] {
        return file.within(60s, [&](database&) -> result<void> {
            begun.set_value();
            go_on.get_future().wait();
            return {};
        });
    });
    begun.get_future().wait();
    // Each in a thread of its own, so that one that waits on is seen and not waited for.
    const auto other = [&](call bounds) {
        return std::async(std::launch::async, [&file, bounds = std::move(bounds)] {
            return file.within(bounds, [](database&) -> result<void> { return {}; });
        });
    };
    std::stop_source stop;
    auto late = other(call(20ms));
    auto stopped = other(call(60s, stop.get_token()));
    const bool late_ended = late.wait_for(20s) == std::future_status::ready;
    stop.request_stop();
    const bool stop_ended = stopped.wait_for(20s) == std::future_status::ready;
    go_on.set_value();
    EXPECT_TRUE(slow.get());
    EXPECT_TRUE(late_ended);
    EXPECT_TRUE(stop_ended);
    const auto is_late = late.get();
    ASSERT_FALSE(is_late);
    EXPECT_EQ(is_late.error().code(), store_errc::too_late);
    const auto is_stopped = stopped.get();
    ASSERT_FALSE(is_stopped);
    EXPECT_TRUE(is_stopped.error().is(condition::cancelled)) << is_stopped.error();
    EXPECT_TRUE(file.within(5s, [](database&) -> result<void> { return {}; })) << "the file is free again";
}

} // namespace
} // namespace cipherlane::store
