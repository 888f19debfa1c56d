#include "support/scripted_transport.hpp"

#include <cipherlane/drivers/display/rcall/rcall.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::ok;
using tests::script;

bytes text(std::string_view value) {
    return {value.begin(), value.end()};
}

ports::qr_view sample_view() {
    ports::qr_view view;
    view.payload = "https://qr.95516.com/00010000/62123456789012345678901234567890";
    view.total = amount(1234);
    view.payee = "星光咖啡";
    return view;
}

std::unique_ptr<step_exchange> exchange_for(result<step_list> steps) {
    return std::make_unique<step_exchange>(*std::move(steps));
}

TEST(Rcall, ShowsACodeOnlyAfterTheOldOneIsGoneAndItsOwnAmountStands) {
    auto make = [] { return exchange_for(rcall_protocol().show_qr(sample_view())); };
    auto peer = script()
                    .send(text("[CQ]\n"))
                    .recv(text("[CQ]OK\n"), 5s)
                    .send(text("[T1]星光咖啡\n"))
                    .recv(text("[T1]OK\r\n"), 5s)
                    .send(text("[T2]¥12.34\n"))
                    .recv(text("[T2]OK\n"), 5s)
                    .send(text("[Q]https://qr.95516.com/00010000/62123456789012345678901234567890\n"))
                    .recv(text("[Q]OK\n"), 5s)
                    .done(ok);
    EXPECT_TRUE(peer.run(make()));
    peer.every_step_fails(make);
    tests::both_engines_agree(peer, make);
}

TEST(Rcall, TakesNothingButItsOwnOkForSuccess) {
    for (auto answer : {"[Q]ERROR\n", "[QL]OK\n", "[Q]OKAY\n", "OK\n", "\n", "[CQ]ok\n", "[Q]OK\n"}) {
        auto steps = rcall_protocol().clear();
        auto outcome = script()
                           .send(text("[CQ]\n"))
                           .recv(text(answer))
                           .done(condition::bad_message)
                           .run(exchange_for(std::move(steps)));
        EXPECT_EQ(outcome.error().code(), drivers_errc::wrong_answer) << answer;
        EXPECT_EQ(outcome.error().operation(), "[CQ]");
    }
}

TEST(Rcall, ReportsASilentDeviceAfterItsOwnTime) {
    rcall_profile profile;
    profile.answer_timeout = 700ms;
    auto outcome = script()
                       .send(text("[V]\n"))
                       .expire(700ms)
                       .done(condition::timed_out)
                       .run(exchange_for(rcall_protocol(profile).heartbeat()));
    EXPECT_EQ(outcome.error().code(), drivers_errc::no_answer);
}

TEST(Rcall, PacesCommands) {
    rcall_profile profile;
    profile.pause = 30ms;
    auto make = [&] { return exchange_for(rcall_protocol(profile).set_brightness(0)); };
    EXPECT_TRUE((script().send(text("[OFF]\n")).recv(text("[OFF]OK\n")).wait(30ms).done(ok).run(make())));
}

TEST(Rcall, RefusesTextThatItsFrameCannotCarry) {
    struct row {
        std::string text;
        std::size_t offset;
    };
    for (const auto& [value, offset] : {row{"a\nb", 1}, row{"ab\rc", 2}, row{std::string("a\0b", 3), 1},
             row{"x\x7F", 1}, row{"ab\xC3", 2}, row{"\xC0\x80", 0}, row{"see [CQ]", 4}, row{"[Q]x", 0}}) {
        auto made = rcall_step(rcall_command::qr, value, {});
        ASSERT_FALSE(made) << value;
        EXPECT_EQ(made.error().code(), drivers_errc::unsendable_text) << value;
        EXPECT_EQ(made.error().offset(), offset) << value;
    }
    EXPECT_TRUE(rcall_step(rcall_command::qr, "http://[::1]/x", {}));
    rcall_profile small;
    small.largest_text = 4;
    EXPECT_EQ(rcall_step(rcall_command::header, "12345", small).error().code(), drivers_errc::too_long);
    auto empty = sample_view();
    empty.payload.clear();
    EXPECT_FALSE(rcall_protocol().show_qr(empty));
}

TEST(Rcall, KnowsEveryCommandOfTheDevice) {
    struct row {
        rcall_command what;
        std::string_view line;
    };
    for (auto [what, line] : {row{rcall_command::version, "[V]\n"}, row{rcall_command::id, "[ID]\n"},
             row{rcall_command::show_id, "[IDS]\n"}, row{rcall_command::qr, "[Q]\n"},
             row{rcall_command::qr_with_logo, "[QL]\n"}, row{rcall_command::header, "[T1]\n"},
             row{rcall_command::footer, "[T2]\n"}, row{rcall_command::clear, "[CQ]\n"},
             row{rcall_command::clear_logo, "[CQL]\n"}, row{rcall_command::off, "[OFF]\n"}}) {
        EXPECT_EQ(as_text(rcall_step(what, {}, {})->out), line);
    }
}

class rcall_device : public ::testing::Test {
  protected:
    std::unique_ptr<rcall_display> over(const tests::machine_script& peer) {
        return std::make_unique<rcall_display>(std::make_unique<tests::scripted_transport>(io_.get_executor(), peer));
    }
    boost::asio::io_context io_;
    call bounds_{60s};
};

TEST_F(rcall_device, TellsItsVersionAndNumber) {
    auto screen = over(script()
                           .send(text("[V]\n"))
                           .recv(text("[V]QR-1.3.10.7789\n"))
                           .send(text("[ID]\n"))
                           .recv(text("[ID]4FFCB0033130363208473130\n"))
                           .send(text("[V]\n"))
                           .recv(text("[V]QR-1.3.10.7789\n"))
                           .done(ok));
    EXPECT_EQ(*screen->version(bounds_), "QR-1.3.10.7789");
    EXPECT_EQ(*screen->unique_id(bounds_), "4FFCB0033130363208473130");
    EXPECT_EQ(*screen->heartbeat(bounds_), "R-Call QR-1.3.10.7789");
}

TEST_F(rcall_device, DropsWhatAFailedCommandLeftBehind) {
    auto screen = over(script()
                           .send(text("[V]\n"))
                           .recv(text("noise\n"))
                           .recv(text("[V]late\n"))
                           .expire()
                           .send(text("[V]\n"))
                           .recv(text("[V]QR-2\n"))
                           .done(ok));
    auto first = screen->version(bounds_);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().code(), drivers_errc::wrong_answer);
    EXPECT_EQ(first.error().endpoint(), "script");
    EXPECT_EQ(*screen->version(bounds_), "QR-2");
}

TEST_F(rcall_device, RefusesWhatItCannotDoWithoutSending) {
    auto screen = over(script().done(ok));
    EXPECT_TRUE(screen->set_brightness(50, bounds_).error().is(condition::unsupported));
    EXPECT_TRUE(screen->show_remaining(3s, bounds_).error().is(condition::unsupported));
}

TEST(RcallProfile, IsChecked) {
    EXPECT_TRUE(rcall_profile{}.validate());
    rcall_profile wrong;
    wrong.show_with = rcall_command::off;
    EXPECT_EQ(wrong.validate().error().field(), "show_with");
}

} // namespace
} // namespace cipherlane::drivers
