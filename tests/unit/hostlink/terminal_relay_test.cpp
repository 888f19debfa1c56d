#include "support/test_peer.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/hostlink/terminal_relay.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace cipherlane::hostlink {
namespace {

using tests::test_peer;
using namespace std::chrono_literals;

std::unique_ptr<tcp_host> link_to(const std::string& address) {
    tcp_host_settings settings;
    settings.address = address;
    settings.response_time = 20s;
    return tcp_host::create(settings, logger::none()).value();
}

/// No byte is altered on either way, and of neither more is written than its length.
TEST(TerminalRelay, PassesMessagesAsTheyAre) {
    const std::string request("\x60\x00\x03\x02\x00\x15\xFF"
                              "6212345678900000017",
        26);
    const std::string reply("\x60\x00\x00\x00\x03\x06", 6);
    test_peer peer([&](test_peer::socket& link) {
        EXPECT_EQ(as_text(test_peer::read_message(link)), request);
        test_peer::write_message(link, reply);
    });
    std::vector<std::string> lines;
    const logger kept(
        log_level::debug, [&](log_level, std::string_view, std::string_view line) { lines.emplace_back(line); });
    terminal_relay relay(link_to(peer.address()), kept);
    const auto answer = relay.pass(as_bytes(request), call(30s));
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(as_text(*answer), reply);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], "terminal to host: 26 bytes, 6 bytes back");
}

/// Some hosts have four digits of length in front of each message, and poll in the same form.
TEST(TerminalRelay, KnowsLengthsOfFourDigits) {
    std::string heard(11, ' ');
    test_peer peer([&](test_peer::socket& link) {
        boost::system::error_code code;
        boost::asio::read(link, boost::asio::buffer(heard.data(), 7), code);
        boost::asio::write(link, boost::asio::buffer(std::string("0000")), code);
        boost::asio::read(link, boost::asio::buffer(heard.data() + 7, 4), code);
        boost::asio::write(link, boost::asio::buffer(std::string("0006answer")), code);
    });
    tcp_host_settings settings;
    settings.address = peer.address();
    settings.response_time = 20s;
    settings.polls = host_polls::echo;
    settings.length = net::frame_prefix::digits4;
    terminal_relay relay(tcp_host::create(settings, logger::none()).value(), logger::none());
    const auto answer = relay.pass(as_bytes("ask"), call(30s));
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(as_text(*answer), "answer");
    EXPECT_EQ(heard, "0003ask0000");
    EXPECT_EQ(relay.pass(bytes(10'000), call(30s)).error().code(), hostlink_errc::too_large);
}

/// What cannot be seen to its end is not begun.
TEST(TerminalRelay, SendsNothingIntoACallThatIsTooShort) {
    test_peer peer([](test_peer::socket&) {});
    terminal_relay relay(link_to(peer.address()), logger::none());
    const auto answer = relay.pass(as_bytes("ask"), call(5s));
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(condition::timed_out)) << answer.error();
    EXPECT_EQ(peer.connections, 0);
}

/// The cashier cancels while the host has the message: the terminal gets its answer all the same, and it is sent
/// once.
TEST(TerminalRelay, SeesWhatHasLeftToItsEnd) {
    std::stop_source cashier;
    std::atomic<int> heard = 0;
    test_peer peer([&](test_peer::socket& link) {
        heard += test_peer::read_message(link).empty() ? 0 : 1;
        cashier.request_stop();
        test_peer::write_message(link, "answer");
    });
    terminal_relay relay(link_to(peer.address()), logger::none());
    const auto answer = relay.pass(as_bytes("ask"), call(30s, cashier.get_token()));
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(as_text(*answer), "answer");
    EXPECT_EQ(heard, 1);
}

} // namespace
} // namespace cipherlane::hostlink
