// How many writes the calls of one turn take: each costs more than several calls do.
#include "unit/hsm/hand_fed_pool.hpp"

#include <cipherlane/hsm/pin_requests.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace cipherlane::hsm {
namespace {

/// A pool's writes for so many calls that are started before it runs.
std::vector<std::size_t> writes_of(tests::hand_fed_pool& pool, int calls) {
    const key tpk("U1EF828AA8F6B80EB83E19FBC373F3A85");
    const translate_pin_request request(tpk, tpk, bytes(8), account::digits("550000025321"));
    for (int i = 0; i < calls; ++i) {
        EXPECT_TRUE(pool.start(request, [](const result<translated_pin>&) {}));
    }
    pool.run();
    return pool.link().writes;
}

TEST(PoolWrites, TheCallsOfOneTurnLeaveTogether) {
    tests::hand_fed_pool one(profile::builtin("payshield").value());
    const auto alone = writes_of(one, 1);
    ASSERT_EQ(alone.size(), 1U);
    tests::hand_fed_pool many(profile::builtin("payshield").value());
    EXPECT_EQ(writes_of(many, 31), std::vector<std::size_t>{31 * alone.front()});
}

TEST(PoolWrites, HalfOfTheWindowDoesNotWaitForTheOther) {
    tests::hand_fed_pool pool(profile::builtin("payshield").value());
    const auto writes = writes_of(pool, 64);
    ASSERT_EQ(writes.size(), 2U);
    EXPECT_EQ(writes[0], writes[1]);
}

TEST(PoolWrites, HandlersCallsLeaveTogetherToo) {
    tests::hand_fed_pool pool(profile::builtin("payshield").value());
    const key tpk("U1EF828AA8F6B80EB83E19FBC373F3A85");
    const translate_pin_request request(tpk, tpk, bytes(8), account::digits("550000025321"));
    constexpr std::size_t calls = 5;
    for (std::size_t i = 0; i < calls; ++i) {
        ASSERT_TRUE(pool.start(request, [&](const result<translated_pin>& got) {
            ASSERT_TRUE(got) << got.error();
            EXPECT_TRUE(pool.start(request, [](const result<translated_pin>&) {}));
        }));
    }
    pool.run();
    ASSERT_EQ(pool.link().writes.size(), 1U);
    // All their answers in one read: header by header, as they were asked.
    const auto asked = pool.link().written;
    const auto size = asked.size() / calls;
    constexpr std::string_view good = "CB0004E98FFDA17099AF5501";
    bytes answers;
    for (std::size_t i = 0; i < calls; ++i) {
        const auto header = byte_view(asked).subspan(i * size + 2, 4);
        answers.push_back(0);
        answers.push_back(static_cast<std::uint8_t>(header.size() + good.size()));
        answers.insert(answers.end(), header.begin(), header.end());
        answers.insert(answers.end(), good.begin(), good.end());
    }
    ASSERT_EQ(pool.link().feed(answers), answers.size());
    ASSERT_EQ(pool.link().writes.size(), 2U);
    EXPECT_EQ(pool.link().writes[1], asked.size());
}

} // namespace
} // namespace cipherlane::hsm
