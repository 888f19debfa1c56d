#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_description.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;

TEST(PinpadFamilies, OpenByNameAndAddress) {
    boost::asio::io_context io;
    const auto open = [&](std::string_view driver, std::string_view address) {
        return open_pinpad(io.get_executor(), driver, address, {}, call(1s));
    };
    EXPECT_EQ(open("abecss", "/dev/null").error().hint(), "found \"abecss\", did you mean \"abecs\"?");
    EXPECT_EQ(open("pax", "/dev/null").error().hint(),
        "found \"pax\", allowed: abecs, psbc, psbc-sm4, psbc-sm4-serial, h002, "
        "guoguang, start, zt588, epp, pp1000se, pp791, described");
    EXPECT_EQ(open("described", "/dev/null").error().field(), "description_file");
    EXPECT_EQ(open("abecs", "/nonexistent").error().code(), drivers_errc::no_such_device);
    EXPECT_EQ(
        open("abecs", "hid:1209:5a02").error().hint(), "abecs is not reached by hid, allowed: line, usb, tcp, tls");
    ASSERT_NE(find_pinpad_family("abecs"), nullptr);
    EXPECT_EQ(find_pinpad_family("abecs")->line.baud, 19'200U);
    EXPECT_TRUE(find_pinpad_family("abecs")->can.contactless);
    EXPECT_EQ(find_pinpad_family("rcall"), nullptr);
}

TEST(PinpadFamilies, SayOfAKeypadWhatItsDescriptionDoes) {
    for (const auto& family : pinpad_families()) {
        if (family.name == "abecs" || family.name == "described") continue;
        const auto read = shipped_keypad(family.name);
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(family.about.substr(0, read->title.size()), read->title);
        EXPECT_EQ(family.line.baud, read->line.baud) << family.name;
        EXPECT_EQ(family.can.pin, read->takes_pins()) << family.name;
        EXPECT_EQ(family.can.mac, read->makes_macs()) << family.name;
        EXPECT_EQ(family.can.magnetic, read->can(keypad_action::card)) << family.name;
        EXPECT_EQ(family.can.text, read->can(keypad_action::show)) << family.name;
        EXPECT_EQ(family.answers == pinpad_family::proof::must_come, read->can(keypad_action::open)) << family.name;
        EXPECT_FALSE(family.can.contact || family.can.contactless) << family.name;
    }
}

} // namespace
} // namespace cipherlane::drivers
