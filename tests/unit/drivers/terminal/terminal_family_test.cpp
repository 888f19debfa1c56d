#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;

TEST(TerminalFamilies, OpenByNameAndAddress) {
    boost::asio::io_context io;
    const auto open = [&](std::string_view driver, std::string_view address) {
        return open_terminal(io.get_executor(), driver, address, {}, call(1s));
    };
    EXPECT_EQ(open("zvtt", "/dev/null").error().hint(), "found \"zvtt\", did you mean \"zvt\"?");
    EXPECT_EQ(open("zvt", "/nonexistent").error().code(), drivers_errc::no_such_device);
    EXPECT_EQ(open("zvt", "hid:1209:5a02").error().hint(), "zvt is not reached by hid, allowed: line, usb, tcp, tls");
    ASSERT_NE(find_terminal_family("zvt"), nullptr);
    EXPECT_EQ(find_terminal_family("zvt")->line.baud, 9'600U);
    EXPECT_EQ(find_terminal_family("zvt")->line.stop_bits, serial_settings::stop_kind::two);
    EXPECT_EQ(find_terminal_family("abecs"), nullptr);
}

TEST(TerminalFamilies, AWrongPasswordOrCurrencyIsNamedBeforeAnythingIsSent) {
    boost::asio::io_context io;
    terminal_options options;
    options.password = "12";
    const auto made = make_terminal(io.get_executor(), "zvt", "127.0.0.1:1", options);
    ASSERT_TRUE(made);
    EXPECT_EQ((*made)->open(call(1s)).error().field(), "password");
}

TEST(TerminalFamilies, ATerminalOfAFileNeedsTheFile) {
    boost::asio::io_context io;
    EXPECT_EQ(make_terminal(io.get_executor(), "mispos", "127.0.0.1:1", {}).error().field(), "description_file");
    terminal_options options;
    options.description_file = "/nonexistent/x.toml";
    EXPECT_EQ(
        make_terminal(io.get_executor(), "mispos", "127.0.0.1:1", options).error().code(), drivers_errc::bad_setting);
}

} // namespace
} // namespace cipherlane::drivers
