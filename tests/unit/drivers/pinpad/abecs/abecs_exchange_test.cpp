#include "support/scripted_transport.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_exchange.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;
using tests::ok;
using tests::script;

const bytes open_frame = hex("16 4F504E 17 A8A9");
const bytes display_answer = hex("16 445350 303030 17 3963");

bytes framed(std::string_view payload) {
    auto frame = abecs_frame(as_bytes(payload));
    return {frame->expose().begin(), frame->expose().end()};
}

auto exchange(std::string_view payload, abecs_command::waits kind = abecs_command::waits::for_device,
    abecs_exchange::start how = abecs_exchange::start::at_once, abecs_exchange::notice_sink notice = {}) {
    return std::make_unique<abecs_exchange>(
        abecs_command{secret_bytes(as_bytes(payload)), kind}, how, abecs_timing{}, std::move(notice));
}

TEST(AbecsExchange, Opens) {
    auto make = [] { return exchange("OPN"); };
    auto peer = script().send(open_frame).recv(hex("06"), 2s).recv(framed("OPN000"), 10s).done(ok);
    EXPECT_EQ(as_text(peer.run(make())->expose()), "OPN000");
    peer.every_step_fails(make);
    tests::both_engines_agree(peer, make);
}

// Section 2.2.2.1: the frame goes again after NAK, and no more than three times.
TEST(AbecsExchange, RepeatsWhatThePadCouldNotRead) {
    EXPECT_TRUE((script()
                     .send(open_frame)
                     .recv(hex("15"))
                     .send(open_frame)
                     .recv(hex("06"))
                     .recv(framed("OPN000"))
                     .done(ok)
                     .run(exchange("OPN"))));
    auto outcome = script()
                       .send(open_frame)
                       .recv(hex("15"))
                       .send(open_frame)
                       .recv(hex("15"))
                       .send(open_frame)
                       .recv(hex("15"))
                       .done(condition::rejected_by_peer)
                       .run(exchange("OPN"));
    EXPECT_EQ(outcome.error().code(), drivers_errc::not_acknowledged);
    EXPECT_EQ(outcome.error().operation(), "OPN");
}

// Section 2.2.2.2: a broken answer is asked for again, after silence.
TEST(AbecsExchange, AsksAgainForABrokenAnswer) {
    auto make = [] { return exchange("DSP"); };
    auto peer = script()
                    .send(framed("DSP"))
                    .recv(hex("06"))
                    .recv(hex("16 445350 303030 17 FFFF"))
                    .expire(500ms)
                    .send(hex("15"))
                    .recv(display_answer)
                    .done(ok);
    EXPECT_TRUE(peer.run(make()));
    auto broken = hex("16 445350 303030 17 FFFF");
    auto outcome = script()
                       .send(framed("DSP"))
                       .recv(hex("06"))
                       .recv(broken)
                       .expire(500ms)
                       .send(hex("15"))
                       .recv(broken)
                       .expire(500ms)
                       .send(hex("15"))
                       .recv(broken)
                       .done(condition::bad_message)
                       .run(make());
    EXPECT_EQ(outcome.error().code(), drivers_errc::bad_frame);
}

TEST(AbecsExchange, GivesUpWhereNothingComes) {
    EXPECT_EQ(script().send(open_frame).expire(2s).done(condition::timed_out).run(exchange("OPN")).error().code(),
        drivers_errc::no_answer);
    EXPECT_EQ(script()
                  .send(open_frame)
                  .recv(hex("06"))
                  .expire(10s)
                  .done(condition::timed_out)
                  .run(exchange("OPN"))
                  .error()
                  .code(),
        drivers_errc::no_answer);
}

TEST(AbecsExchange, BoundsTheTimeBetweenBytesOfAFrame) {
    EXPECT_TRUE((script()
                     .send(open_frame)
                     .recv(hex("06"))
                     .recv(hex("16 4F50"), 10s)
                     .expire(2s)
                     .expire(500ms)
                     .send(hex("15"))
                     .recv(framed("OPN000"))
                     .done(ok)
                     .run(exchange("OPN"))));
}

TEST(AbecsExchange, WaitsForTheCardholderAndPassesNoticesOn) {
    std::vector<std::string> notices;
    auto subject = exchange("GCR", abecs_command::waits::for_cardholder, abecs_exchange::start::at_once,
        [&](std::string_view text) { notices.emplace_back(text); });
    EXPECT_TRUE((script()
                     .send(framed("GCR"))
                     .recv(hex("06"))
                     .recv(framed("NTM000032SELECIONADO:    CREDITO         "), 0ms)
                     .recv(framed("NTM000032RG: \xFAltimos 2   d\xEDgitos:        "), 0ms)
                     .recv(framed("GCR013"), 0ms)
                     .done(ok)
                     .run(std::move(subject))));
    EXPECT_THAT(
        notices, ::testing::ElementsAre("SELECIONADO:    CREDITO         ", "RG: últimos 2   dígitos:        "));
}

TEST(AbecsExchange, GivesUpOnAPadThatTalksForEver) {
    auto peer = script().send(open_frame).recv(hex("06"));
    for (std::size_t heard = 1; heard <= abecs_exchange::most_heard; heard += 2'048)
        peer.recv(bytes(2'048, 'x'));
    EXPECT_EQ(
        std::move(peer).done(condition::bad_message).run(exchange("OPN")).error().code(), drivers_errc::bad_frame);
}

TEST(AbecsExchange, EndsWhatThePadIsDoingFirstWhereTold) {
    auto make = [] { return exchange("OPN", abecs_command::waits::for_device, abecs_exchange::start::with_cancel); };
    auto peer = script()
                    .send(hex("18"))
                    .recv(framed("GPN013"), 2s) // came at the same moment: ignored
                    .recv(hex("04"), 2s)
                    .send(open_frame)
                    .recv(hex("06"))
                    .recv(framed("OPN000"))
                    .done(ok);
    EXPECT_TRUE(peer.run(make()));
    auto outcome = script()
                       .send(hex("18"))
                       .expire(2s)
                       .send(hex("18"))
                       .expire(2s)
                       .send(hex("18"))
                       .expire(2s)
                       .done(condition::link_lost)
                       .run(make());
    EXPECT_EQ(outcome.error().code(), drivers_errc::cancel_unanswered);
}

TEST(AbecsExchange, DropsAnswersToOtherCommands) {
    EXPECT_TRUE((script()
                     .send(framed("DSP"))
                     .recv(hex("06"))
                     .recv(framed("GPN012"))
                     .recv(display_answer)
                     .done(ok)
                     .run(exchange("DSP"))));
    auto outcome = script()
                       .send(framed("DSP"))
                       .recv(hex("06"))
                       .recv(framed("GPN012"))
                       .expire(10s)
                       .done(condition::bad_message)
                       .run(exchange("DSP"));
    EXPECT_EQ(outcome.error().code(), drivers_errc::wrong_answer);
}

TEST(AbecsExchange, ReportsWhatThePadDoesNotUnderstand) {
    auto outcome = script()
                       .send(framed("XXX"))
                       .recv(hex("06"))
                       .recv(framed("ERR010"))
                       .done(condition::rejected_by_peer)
                       .run(exchange("XXX"));
    EXPECT_EQ(outcome.error().peer_code(), "010");
    auto strange = script()
                       .send(framed("XXX"))
                       .recv(hex("06"))
                       .recv(framed("ERR000"))
                       .done(condition::bad_message)
                       .run(exchange("XXX"));
    EXPECT_EQ(strange.error().code(), drivers_errc::bad_content);
}

} // namespace
} // namespace cipherlane::drivers
