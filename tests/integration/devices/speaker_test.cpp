// A payment speaker behind a real broker: Debian's mosquitto, and its own client as the speaker.
#include "mqtt_broker.hpp"

#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;

/// The beginning of a message of QoS 2 as mosquitto_sub prints it: {"type"
constexpr std::string_view message = "2 7b2274797065";

class speaker_behind_a_broker : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!tests::mqtt_broker::can_be_had()) GTEST_SKIP() << "mosquitto is not installed: tools/setup";
        broker.emplace();
        listen();
    }
    /// What the speaker's topic gets, a line a message.
    void listen() {
        ears.emplace(
            sim::child_process::start({tests::installed("stdbuf"), "-oL", tests::installed("mosquitto_sub"), "-h",
                                          "127.0.0.1", "-p", std::to_string(broker->port()), "-q", "2", "-i",
                                          "speaker", "-c", "-t", "862000000000001", "-F", "%q %x", "-d"},
                broker->file("ears.log"))
                .value());
        ASSERT_GT(heard("SUBACK", 1), 0U) << all;
    }
    /// How often a text was heard, once that is so often or after some seconds.
    std::size_t heard(std::string_view what, std::size_t times) {
        std::size_t seen = 0;
        for (const auto end = deadline::in(30s); seen < times && !end.passed();) {
            all = ears->read_all(50ms);
            seen = 0;
            for (auto at = all.find(what); at != std::string::npos; at = all.find(what, at + 1))
                ++seen;
        }
        return seen;
    }
    result<std::unique_ptr<ports::display>> open(const call& bounds) {
        drivers::display_options options;
        options.words = drivers::wording::chinese();
        options.speaker.topic = "862000000000001";
        return drivers::open_display(io.get_executor(), "mqtt-speaker", broker->address(), options, bounds);
    }
    static ports::outcome_view paid(std::uint64_t payment) {
        return {ports::payment_outcome::approved, amount(1234), payment};
    }

    std::optional<tests::mqtt_broker> broker;
    std::optional<sim::child_process> ears;
    boost::asio::io_context io;
    std::string all; ///< that the speaker was given
};

TEST_F(speaker_behind_a_broker, GetsEachPaymentOnce) {
    auto speaker = open(call(10s)).value();
    EXPECT_EQ(*speaker->heartbeat(call(5s)), "MQTT broker, topic 862000000000001");
    ASSERT_TRUE(speaker->show(paid(7), call(5s)));
    ASSERT_TRUE(speaker->show_text("a", "b", call(5s)));
    ASSERT_EQ(heard(message, 2), 2U) << all;
    EXPECT_NE(all.find("31322e3334"), std::string::npos) << all; // 12.34
    EXPECT_NE(all.find("612c2062"), std::string::npos) << all;   // a, b
    EXPECT_FALSE(speaker->capabilities().acknowledges);
}

TEST_F(speaker_behind_a_broker, IsNotToldTwiceByAKeeperThatCameBack) {
    drivers::thread_timer timer;
    drivers::keeper_settings settings;
    settings.heartbeat_every = 50ms;
    settings.reopen_first = 20ms;
    settings.reopen_most = 50ms;
    drivers::display_keeper keeper([&](const call& bounds) { return open(bounds); }, timer, settings);
    ASSERT_TRUE(keeper.show(paid(7), call(5s)));
    ASSERT_EQ(heard(message, 1), 1U) << all;
    broker->stop();
    for (const auto end = deadline::in(20s); keeper.attached() && !end.passed();)
        std::this_thread::sleep_for(5ms);
    EXPECT_FALSE(keeper.attached());
    EXPECT_FALSE(keeper.show(paid(8), call(500ms))) << "there is no broker";
    broker->start();
    EXPECT_EQ(heard(message, 2), 2U) << "the one that could not be told is told: " << all;
    ASSERT_TRUE(keeper.show(paid(9), call(5s)));
    EXPECT_EQ(heard(message, 3), 3U) << "and none again: " << all;
}

TEST_F(speaker_behind_a_broker, WantsATopicOfItsOwn) {
    drivers::display_options options;
    options.speaker.topic = "bad/#";
    const auto wrong = drivers::open_display(io.get_executor(), "mqtt-speaker", "tcp:127.0.0.1:1", options, call(1s));
    EXPECT_EQ(wrong.error().code(), make_error_code(drivers::drivers_errc::bad_setting));
    EXPECT_EQ(wrong.error().field(), "topic");
}

} // namespace
} // namespace cipherlane
