#include <cipherlane/core/call.hpp>
#include <cipherlane/core/counted_line.hpp>
#include <cipherlane/core/counted_log.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/core/time_source.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;

std::chrono::milliseconds left_of(const call& bounds) {
    return bounds.until().left();
}

TEST(Call, IsMadeOfADurationWhereverOneIsTaken) {
    EXPECT_GT(left_of(20s), 19s);
    EXPECT_LE(left_of(20s), 20s);
    EXPECT_GT(left_of(2min), 119s);
}

TEST(Call, OfTheLongestDurationNeverEnds) {
    for (const auto span : {std::chrono::milliseconds::max(), std::chrono::milliseconds::max() / 2}) {
        EXPECT_EQ(call(span).until().at(), deadline::clock::time_point::max());
        EXPECT_GT(left_of(span), std::chrono::hours(24 * 365));
    }
    EXPECT_EQ(call(std::chrono::hours::max()).until().at(), deadline::clock::time_point::max());
    EXPECT_FALSE(call(std::chrono::milliseconds::max()).until().passed());
}

TEST(Call, ATimerInsideItEndsEarlierNeverLater) {
    const call bounds(10s);
    EXPECT_LE(left_of(bounds.no_later_than(1s)), 1s);
    EXPECT_EQ(bounds.no_later_than(std::chrono::milliseconds::max()).until().at(), bounds.until().at());
    EXPECT_TRUE(call(-1s).until().passed());
    EXPECT_EQ(left_of(-1s), 0ms);
}

class stepped_time final : public time_source {
  public:
    monotonic_clock::time_point now() noexcept override { return at; }
    void pause(const call& bounds) override {
        if (!bounds.stopped()) at = std::max(at, bounds.until().at());
    }
    monotonic_clock::time_point at{std::chrono::hours(1)};
};

TEST(TimeSource, StandsInPlaceOfTheSystemsOnItsThreadAlone) {
    const auto before = monotonic_clock::now();
    {
        stepped_time source;
        const time_source::on_this_thread in_place(source);
        const call bounds(20s);
        EXPECT_EQ(bounds.until().at(), source.at + 20s);
        pause(bounds.no_later_than(5s));
        EXPECT_EQ(left_of(bounds), 15s);
        std::thread([&] { EXPECT_GE(monotonic_clock::now(), before); }).join();
        EXPECT_EQ(monotonic_clock::now(), source.at);
        {
            stepped_time inner;
            const time_source::on_this_thread another(inner);
            EXPECT_EQ(monotonic_clock::now(), inner.at);
        }
        pause(bounds);
        EXPECT_TRUE(bounds.until().passed());
        std::stop_source stop;
        stop.request_stop();
        pause(call(24h, stop.get_token()));
        EXPECT_EQ(monotonic_clock::now(), source.at);
        EXPECT_EQ(left_of(bounds), 0ms);
    }
    EXPECT_GE(monotonic_clock::now(), before);
}

TEST(CountedLine, TellsTheFirstAndThenHowManyCameInEachInterval) {
    counted_line subject(10s);
    const monotonic_clock::time_point start{};
    EXPECT_EQ(subject.count(start), 1U);
    for (int i = 0; i < 25'000; ++i)
        EXPECT_EQ(subject.count(start + 9s), 0U);
    EXPECT_EQ(subject.count(start + 10s), 25'001U);
    EXPECT_EQ(subject.count(start + 11s), 0U);
    EXPECT_EQ(subject.count(start + 21s), 2U);
}

TEST(CountedLine, MayWriteTheFirstFewOfAnInterval) {
    counted_line subject(10s, 3);
    const monotonic_clock::time_point start{};
    EXPECT_EQ(subject.count(start), 1U);
    EXPECT_EQ(subject.count(start + 9s), 1U);
    EXPECT_EQ(subject.count(start + 9s), 1U);
    EXPECT_EQ(subject.count(start + 9s), 0U);
    EXPECT_EQ(subject.count(start + 9s), 0U);
    EXPECT_EQ(subject.count(start + 10s), 3U);
    EXPECT_EQ(subject.count(start + 10s), 1U);
    EXPECT_EQ(counted_line::counted("rubbish", 1), "rubbish");
    EXPECT_EQ(counted_line::counted("rubbish", 3), "rubbish, the last of 3");
}

TEST(CountedLog, CountsEachKindOfLineByItself) {
    stepped_time source;
    const time_source::on_this_thread in_place(source);
    std::vector<std::string> said;
    counted_log subject(logger(log_level::info,
                            [&](log_level, std::string_view component, std::string_view line) {
                                said.push_back(std::string(component) + ": " + std::string(line));
                            }),
        "host", 2);
    subject.tell(log_level::debug, "MAC", "not wanted");
    for (int i = 0; i < 25'000; ++i)
        subject.tell(log_level::warning, "MAC", "wrong MAC");
    subject.tell(log_level::warning, "PIN", "wrong PIN");
    source.at += 10s;
    subject.tell(log_level::warning, "MAC", "wrong MAC");
    EXPECT_EQ(said, (std::vector<std::string>{"host: wrong MAC", "host: wrong MAC", "host: wrong PIN",
                        "host: wrong MAC, the last of 24999"}));
}

} // namespace
} // namespace cipherlane
