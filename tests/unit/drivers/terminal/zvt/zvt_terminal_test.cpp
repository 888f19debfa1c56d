// What a ZVT terminal says decides, and what it leaves out decides nothing.
#include "support/scripted_transport.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_terminal.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <utility>

namespace cipherlane::drivers {
namespace {

const currency zvt_unit{978, 2};

/// A payment of 12.34 at a terminal that says this as its status information.
result<ports::terminal_report> paid_with(const char* status) {
    const auto done = tests::hex("800000");
    const auto link = tests::script()
                          .send(tests::hex("060006000000B80978"))
                          .recv(done)
                          .recv(tests::hex("060F0A1900292900100649 0978"))
                          .send(done)
                          .send(tests::hex("06010A04000000001234490978"))
                          .recv(done)
                          .recv(tests::hex(status))
                          .send(done)
                          .recv(tests::hex("060F00"))
                          .send(done)
                          .done(tests::ok);
    boost::asio::io_context io;
    zvt_profile profile;
    profile.receipts = false;
    zvt_terminal terminal(
        [&](const call&) -> result<std::unique_ptr<net::transport>> {
            return std::unique_ptr<net::transport>(
                std::make_unique<tests::scripted_transport>(io.get_executor(), link));
        },
        std::move(profile), ports::terminal_events{});
    return terminal.run({ports::terminal_verb::authorise, amount(1234, zvt_unit)}, call(std::chrono::minutes(1)));
}

TEST(ZvtTerminal, ASuccessWithoutItsResultCodeProvesNeither) {
    const auto untold = paid_with("040F0A 04000000001234 490978");
    ASSERT_TRUE(untold) << untold.error();
    EXPECT_EQ(untold->outcome, ports::terminal_outcome::unknown);
    ASSERT_TRUE(untold->why);
    EXPECT_EQ(untold->why->field(), "27");
    const auto yes = paid_with("040F0C 2700 04000000001234 490978");
    ASSERT_TRUE(yes) << yes.error();
    EXPECT_EQ(yes->outcome, ports::terminal_outcome::approved);
    const auto no = paid_with("040F0C 27FF 04000000001234 490978");
    ASSERT_TRUE(no) << no.error();
    EXPECT_EQ(no->outcome, ports::terminal_outcome::declined);
    EXPECT_EQ(no->code, "FF");
}

} // namespace
} // namespace cipherlane::drivers
