#include <cipherlane/drivers/errc.hpp>
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
    EXPECT_EQ(open("pax", "/dev/null").error().hint(), "found \"pax\", allowed: abecs");
    EXPECT_EQ(open("abecs", "/nonexistent").error().code(), drivers_errc::no_such_device);
    EXPECT_EQ(
        open("abecs", "hid:1209:5a02").error().hint(), "abecs is not reached by hid, allowed: line, usb, tcp, tls");
    ASSERT_NE(find_pinpad_family("abecs"), nullptr);
    EXPECT_EQ(find_pinpad_family("abecs")->line.baud, 19'200U);
    EXPECT_TRUE(find_pinpad_family("abecs")->can.contactless);
    EXPECT_EQ(find_pinpad_family("rcall"), nullptr);
}

} // namespace
} // namespace cipherlane::drivers
