#include "support/machine_script.hpp"

#include <cipherlane/drivers/display/bonrix/bonrix.hpp>
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

std::string line_of(const result<step_list>& steps) {
    return std::string(as_text(steps->front().out));
}

ports::qr_view view() {
    ports::qr_view made;
    made.payload = "upi://pay?pa=shop@bank&am=12.34";
    made.total = amount(1234);
    made.payee = "Shop";
    return made;
}

auto showing(bonrix_profile profile = {}) {
    return std::make_unique<step_exchange>(*bonrix_protocol(std::move(profile)).show_qr(view()));
}

TEST(Bonrix, ShowsACodeAndWaitsForItsLogLine) {
    const auto sent = text("DisplayQRCodeScreen**upi://pay?pa=shop@bank&am=12.34**12.34**Shop\n");
    auto peer =
        script().send(sent).recv(text("heap 120000\r\nQR Code Generation done\r\n"), 1500ms).wait(1500ms).done(ok);
    EXPECT_TRUE(peer.run(showing()));
    auto silent = script().send(sent).expire(1500ms).wait(1500ms).done(ok);
    EXPECT_TRUE(silent.run(showing()));
    bonrix_profile strict;
    strict.log = bonrix_profile::confirmation::required;
    auto refused =
        script().send(sent).expire(1500ms).send(sent).expire(1500ms).done(condition::timed_out).run(showing(strict));
    EXPECT_EQ(refused.error().code(), drivers_errc::no_answer);
}

TEST(Bonrix, RepeatsACodeOnceWhereALogLineWasSeenBefore) {
    const auto sent = text("DisplayQRCodeScreen**upi://pay?pa=shop@bank&am=12.34**12.34**Shop\n");
    const auto line = text("QR Code Generation\r\n");
    bonrix_protocol device;
    const auto next = [&] { return std::make_unique<step_exchange>(*device.show_qr(view())); };
    EXPECT_TRUE(script().send(sent).expire(1500ms).wait(1500ms).done(ok).run(next())) << "it may never log";
    device.settled(screen_protocol::ending::done, {});
    EXPECT_TRUE(script().send(sent).recv(line, 1500ms).wait(1500ms).done(ok).run(next()));
    device.settled(screen_protocol::ending::done, as_bytes("QR Code Generation"));
    EXPECT_TRUE(script().send(sent).expire(1500ms).send(sent).recv(line, 1500ms).wait(1500ms).done(ok).run(next()));
    device.settled(screen_protocol::ending::done, as_bytes("QR Code Generation"));
    const auto lost =
        script().send(sent).expire(1500ms).send(sent).expire(1500ms).done(condition::timed_out).run(next());
    EXPECT_EQ(lost.error().code(), drivers_errc::no_answer) << "a code that nobody sees is no success";
}

TEST(Bonrix, LeavesTheDisplayAloneForAQuarterLongerThanItDraws) {
    bonrix_protocol device;
    EXPECT_EQ(device.clear()->back().pause_after, 1500ms);
    EXPECT_EQ(device.show_qr(view())->back().pause_after, 1500ms);
}

TEST(Bonrix, HasAScreenForEveryStateOfAPayment) {
    bonrix_protocol device;
    EXPECT_EQ(line_of(device.show_amount(amount(1234))), "DisplayTotalScreen**12.34**0.00**0.00**12.34\n");
    using ports::payment_outcome;
    EXPECT_EQ(line_of(device.show_outcome(payment_outcome::approved, amount(5))),
        "DisplaySuccessQRCodeScreen**-**0.05**-\n");
    EXPECT_EQ(
        line_of(device.show_outcome(payment_outcome::declined, amount(5))), "DisplayFailQRCodeScreen**-**0.05**-\n");
    EXPECT_EQ(
        line_of(device.show_outcome(payment_outcome::expired, amount(5))), "DisplayCancelQRCodeScreen**-**0.05**-\n");
    EXPECT_EQ(line_of(device.clear()), "WelcomeScreen**Welcome\n");
    EXPECT_TRUE(device.show_text("a", "b").error().is(condition::unsupported));
    EXPECT_TRUE(device.heartbeat().error().is(condition::unsupported));
}

TEST(Bonrix, RefusesFieldsThatItsLineCannotCarry) {
    for (std::string_view field : {"a**b", "*a", "a*", "a\nb", "a\rb", "", "a\tb"}) {
        const std::array<std::string_view, 1> fields{field};
        auto made = bonrix_step("WelcomeScreen", fields, {});
        ASSERT_FALSE(made) << field;
        EXPECT_EQ(made.error().code(), drivers_errc::unsendable_text) << field;
    }
    auto bad = view();
    bad.payee = "A**B";
    EXPECT_FALSE(bonrix_protocol().show_qr(bad));
    const std::array<std::string_view, 1> fine{"a*b"};
    EXPECT_TRUE(bonrix_step("WelcomeScreen", fine, {}));
}

} // namespace
} // namespace cipherlane::drivers
