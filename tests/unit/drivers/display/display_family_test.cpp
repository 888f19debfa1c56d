#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <set>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;

TEST(DisplayFamilies, SayWhatTheirProtocolsDo) {
    std::set<std::string_view> names;
    for (const auto& family : display_families()) {
        EXPECT_TRUE(names.insert(family.name).second) << family.name;
        EXPECT_FALSE(family.about.empty()) << family.name;
        const bool elsewhere = family.name == "mqtt-speaker" || family.name == "code-plate";
        EXPECT_NE(family.reached_by.has(address_kind::line), elsewhere) << family.name;
        display_options options;
        options.speaker.topic = "862000000000001";
        const auto protocol = family.make(options);
        if (!protocol) { // without its file, or since its devices call us
            EXPECT_TRUE(family.name == "described" || family.serve != nullptr) << family.name;
            continue;
        }
        const auto can = (*protocol)->capabilities();
        EXPECT_EQ(family.can.qr, can.qr) << family.name;
        EXPECT_EQ(family.can.amount, can.amount) << family.name;
        EXPECT_EQ(family.can.text, can.text) << family.name;
        EXPECT_EQ(family.can.outcome, can.outcome) << family.name;
        EXPECT_EQ(family.can.brightness, can.brightness) << family.name;
        EXPECT_EQ(family.can.acknowledges, can.acknowledges) << family.name;
        EXPECT_EQ(family.can.countdown, can.countdown) << family.name;
        EXPECT_EQ(family.can.speaks, can.speaks) << family.name;
        EXPECT_EQ(family.can.repeats, can.repeats) << family.name;
    }
    EXPECT_EQ(names.size(), 12U);
}

TEST(DisplayFamilies, AnUnknownNameIsAnsweredWithTheOnesThereAre) {
    boost::asio::io_context io;
    const auto open = [&](std::string_view driver, const std::string& address) {
        return open_display(io.get_executor(), driver, address, {}, call(1s));
    };
    const auto near = open("weactt", "/dev/null");
    ASSERT_FALSE(near);
    EXPECT_EQ(near.error().code(), drivers_errc::unknown_driver);
    EXPECT_EQ(near.error().field(), "driver");
    EXPECT_EQ(near.error().hint(), "found \"weactt\", did you mean \"weact\"?");
    EXPECT_EQ(open("verifone", "/dev/null").error().hint(),
        "found \"verifone\", allowed: rcall, bonrix, weact, "
        "weact-small, escpos, epson, cd5220, led8n, logic, mqtt-speaker, code-plate, described");
}

TEST(DisplayFamilies, RefuseAnAddressThatTheyAreNotReachedBy) {
    boost::asio::io_context io;
    const auto refused = open_display(io.get_executor(), "rcall", "hid:1209:5a02", {}, call(1s));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), drivers_errc::bad_address);
    EXPECT_EQ(refused.error().hint(), "rcall is not reached by hid, allowed: line, usb, tcp, tls");
}

} // namespace
} // namespace cipherlane::drivers
