#include "support/scripted_transport.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_exchange.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;
using tests::ok;
using tests::script;
using until = zvt_exchange::until;

const zvt::command pay{0x0601, hex("04000000000050490978")};

auto exchange(zvt_link link = zvt_link::stream, until end = until::completion,
    const ports::terminal_events* events = nullptr, zvt::command what = pay) {
    return std::make_unique<zvt_exchange>(std::move(what), end, link, zvt_timing{}, events);
}

bytes framed(const char* message) {
    const auto frame = zvt_frame(hex(message));
    return {frame.expose().begin(), frame.expose().end()};
}

bytes operator+(bytes a, const bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

TEST(ZvtExchange, PaysOverTcp) {
    auto make = [] { return exchange(); };
    auto peer = script()
                    .send(hex("06010A04000000000050490978"))
                    .recv(hex("800000"), 5s)
                    .recv(hex("04FF010A"), 180s)
                    .send(hex("800000"))
                    .recv(hex("040F0C 2700 04000000000050 490978"), 180s)
                    .send(hex("800000"))
                    .recv(hex("060F00"), 180s)
                    .send(hex("800000"))
                    .done(ok);
    const auto said = peer.run(make());
    ASSERT_TRUE(said);
    EXPECT_EQ(said->told->result, 0);
    EXPECT_EQ(said->told->minor, 50);
    EXPECT_TRUE(said->completed);
    EXPECT_FALSE(said->aborted);
    peer.every_step_fails(make);
    tests::both_engines_agree(peer, make);
}

TEST(ZvtExchange, EndsWithAnAbortAndItsCode) {
    auto make = [] { return exchange(); };
    auto peer = script()
                    .send(hex("06010A04000000000050490978"))
                    .recv(hex("800000"))
                    .recv(hex("061E016C"))
                    .send(hex("800000"))
                    .done(ok);
    EXPECT_EQ(peer.run(make())->aborted, 0x6C);
    peer.every_step_fails(make);
}

TEST(ZvtExchange, IsOverWhereTheTerminalRefuses) {
    auto make = [] { return exchange(); };
    auto peer = script().send(hex("06010A04000000000050490978")).recv(hex("849C00")).done(ok);
    EXPECT_EQ(peer.run(make())->refused, 0x9C);
    peer.every_step_fails(make);
}

TEST(ZvtExchange, TakesAnAcknowledgementOfTheOtherForm) {
    EXPECT_TRUE(script()
                    .send(hex("06010A04000000000050490978"))
                    .recv(hex("840000"))
                    .recv(hex("060F00"))
                    .send(hex("800000"))
                    .done(ok)
                    .run(exchange())
                    ->completed);
}

/// The answer and what follows it in one packet.
TEST(ZvtExchange, ReadsWhatComesTogether) {
    EXPECT_TRUE(script()
                    .send(hex("06010A04000000000050490978"))
                    .recv(hex("800000 060F00"))
                    .send(hex("800000"))
                    .done(ok)
                    .run(exchange())
                    ->completed);
}

/// What comes before the command is answered belongs to an earlier one: it proves nothing about this one.
TEST(ZvtExchange, TakesNothingOfAnEarlierOneForItsOwn) {
    const auto said = script()
                          .send(hex("06010A04000000000050490978"))
                          .recv(hex("040F0C 2700 04000000000050 490978"))
                          .send(hex("800000"))
                          .recv(hex("060F00"))
                          .send(hex("800000"))
                          .recv(hex("800000"))
                          .recv(hex("061E0164"))
                          .send(hex("800000"))
                          .done(ok)
                          .run(exchange());
    EXPECT_FALSE(said->told);
    EXPECT_EQ(said->aborted, 0x64);
}

TEST(ZvtExchange, AnswersWhatItCannotReadWithRefusal) {
    EXPECT_TRUE(script()
                    .send(hex("06010A04000000000050490978"))
                    .recv(hex("800000"))
                    .recv(hex("040F02 DE01"))
                    .send(hex("848300"))
                    .recv(hex("060F00"))
                    .send(hex("800000"))
                    .done(ok)
                    .run(exchange())
                    ->completed);
}

TEST(ZvtExchange, GivesTimeWhereTheTerminalAsksForIt) {
    EXPECT_TRUE(script()
                    .send(hex("06010A04000000000050490978"))
                    .recv(hex("800000"), 5s)
                    .recv(hex("04FF020E10"), 180s)
                    .send(hex("800000"))
                    .recv(hex("060F00"), 10min)
                    .send(hex("800000"))
                    .done(ok)
                    .run(exchange())
                    ->completed);
}

/// 06 D8 to 06 DB have the till dial, which it does not: it is a sign of life all the same.
TEST(ZvtExchange, ADialUpCommandBeginsTheWaitAnew) {
    auto peer = script().send(hex("06010A04000000000050490978")).recv(hex("800000"), 5s);
    for (const char* command : {"06D803010203", "06D9020102", "06DA00", "06DB00"})
        peer.recv(hex(command), 180s).send(hex("848300"));
    EXPECT_TRUE(peer.recv(hex("060F00"), 180s).send(hex("800000")).done(ok).run(exchange())->completed);
}

TEST(ZvtExchange, EndsByItsTimers) {
    EXPECT_EQ(script()
                  .send(hex("06010A04000000000050490978"))
                  .expire(5s)
                  .done(condition::timed_out)
                  .run(exchange())
                  .error()
                  .code(),
        drivers_errc::no_answer);
    EXPECT_EQ(script()
                  .send(hex("06010A04000000000050490978"))
                  .recv(hex("800000"), 5s)
                  .expire(180s)
                  .done(condition::timed_out)
                  .run(exchange())
                  .error()
                  .code(),
        drivers_errc::no_answer);
}

TEST(ZvtExchange, HandsOnLinesAndProgress) {
    std::vector<std::string> seen;
    ports::terminal_events events;
    events.line = [&](const ports::terminal_line& line) {
        seen.push_back(std::string(line.text) + (line.last ? "|" : ""));
    };
    events.progress = [&](std::string_view code, std::string_view) { seen.emplace_back(code); };
    EXPECT_TRUE(script()
                    .send(hex("06010A04000000000050490978"))
                    .recv(hex("800000"))
                    .recv(hex("04FF010A"))
                    .send(hex("800000"))
                    .recv(hex("06D102 0041"))
                    .send(hex("800000"))
                    .recv(hex("06D102 FF42"))
                    .send(hex("800000"))
                    .recv(hex("060F00"))
                    .send(hex("800000"))
                    .done(ok)
                    .run(exchange(zvt_link::stream, until::completion, &events)));
    EXPECT_EQ(seen, (std::vector<std::string>{"0A", "A", "B|"}));
}

TEST(ZvtExchange, TellsTheTerminalToStopAndHearsWhatBecameOfIt) {
    auto make = [] { return exchange(zvt_link::stream, until::outcome, nullptr, {0x06B0, {}}); };
    auto peer = script()
                    .send(hex("06B000"))
                    .recv(hex("848300"), 15s)
                    .recv(hex("040F0C 2700 04000000000050 490978"))
                    .send(hex("800000"))
                    .recv(hex("060F00"))
                    .send(hex("800000"))
                    .done(ok);
    const auto said = peer.run(make());
    EXPECT_EQ(said->told->result, 0);
    EXPECT_TRUE(said->completed);
    peer.every_step_fails(make);
}

TEST(ZvtExchange, PaysOverASerialLine) {
    const auto command = framed("06010A04000000000050490978");
    const auto answer = framed("800000");
    auto peer = script()
                    .send(command)
                    .recv(hex("06"), 5s)
                    .recv(answer, 5s)
                    .send(hex("06"))
                    .recv(framed("040F0C 2700 04000000000050 490978"), 180s)
                    .send(hex("06") + answer)
                    .recv(hex("06"), 5s)
                    .recv(framed("060F00"), 180s)
                    .send(hex("06") + answer)
                    .recv(hex("06"), 5s)
                    .done(ok);
    const auto said = peer.run(exchange(zvt_link::serial));
    ASSERT_TRUE(said);
    EXPECT_EQ(said->told->minor, 50);
    tests::both_engines_agree(peer, [] { return exchange(zvt_link::serial); });
}

/// PA00P016: two repeats in all, whether for NAK or for silence.
TEST(ZvtExchange, RepeatsAFrameTwice) {
    const auto command = framed("06010A04000000000050490978");
    EXPECT_EQ(script()
                  .send(command)
                  .recv(hex("15"))
                  .send(command)
                  .expire(5s)
                  .send(command)
                  .recv(hex("15"))
                  .done(condition::rejected_by_peer)
                  .run(exchange(zvt_link::serial))
                  .error()
                  .code(),
        drivers_errc::not_acknowledged);
}

TEST(ZvtExchange, ARefusalOfARepeatSaysNothingOfTheFirst) {
    const auto command = framed("06010A04000000000050490978");
    EXPECT_EQ(script()
                  .send(command)
                  .expire(5s)
                  .send(command)
                  .recv(hex("06"))
                  .recv(framed("849C00"))
                  .done(condition::bad_message)
                  .run(exchange(zvt_link::serial))
                  .error()
                  .code(),
        drivers_errc::wrong_answer);
}

TEST(ZvtExchange, ANakStormEnds) {
    const auto command = framed("06010A04000000000050490978");
    EXPECT_EQ(script()
                  .send(command)
                  .recv(hex("1515151515151515"))
                  .done(condition::rejected_by_peer)
                  .run(exchange(zvt_link::serial))
                  .error()
                  .code(),
        drivers_errc::not_acknowledged);
}

TEST(ZvtExchange, AsksForABrokenFrameTwice) {
    const auto command = framed("06010A04000000000050490978");
    auto broken = framed("800000");
    broken.back() ^= 1;
    EXPECT_EQ(script()
                  .send(command)
                  .recv(hex("06"))
                  .recv(broken)
                  .send(hex("15"))
                  .recv(hex("1002 06"))
                  .expire(200ms)
                  .send(hex("15"))
                  .recv(broken)
                  .done(condition::bad_message)
                  .run(exchange(zvt_link::serial))
                  .error()
                  .code(),
        drivers_errc::bad_frame);
}

/// The terminal has missed our ACK and repeats itself: it counts once.
TEST(ZvtExchange, CountsARepeatedFrameOnce) {
    std::vector<std::string> seen;
    ports::terminal_events events;
    events.line = [&](const ports::terminal_line& line) { seen.emplace_back(line.text); };
    const auto command = framed("06010A04000000000050490978");
    const auto answer = framed("800000");
    const auto line = framed("06D1020041");
    EXPECT_TRUE(script()
                    .send(command)
                    .recv(hex("06"))
                    .recv(answer)
                    .send(hex("06"))
                    .recv(line)
                    .send(hex("06") + answer)
                    .recv(line)
                    .send(hex("06"))
                    .recv(hex("06"))
                    .recv(line)
                    .send(hex("06") + answer)
                    .recv(hex("06"))
                    .recv(framed("060F00"))
                    .send(hex("06") + answer)
                    .recv(hex("06"))
                    .done(ok)
                    .run(exchange(zvt_link::serial, until::completion, &events)));
    EXPECT_EQ(seen, (std::vector<std::string>{"A", "A"})) << "two lines alike, one of them sent twice";
}

/// The end is known before the terminal has acknowledged our last frame; that it never does changes nothing.
TEST(ZvtExchange, KeepsTheEndWhereTheLastAcknowledgementIsMissing) {
    const auto command = framed("06010A04000000000050490978");
    const auto answer = framed("800000");
    EXPECT_TRUE(script()
                    .send(command)
                    .recv(hex("06"))
                    .recv(answer)
                    .send(hex("06"))
                    .recv(framed("060F00"))
                    .send(hex("06") + answer)
                    .expire(5s)
                    .send(answer)
                    .expire(5s)
                    .send(answer)
                    .expire(5s)
                    .done(ok)
                    .run(exchange(zvt_link::serial))
                    ->completed);
}

} // namespace
} // namespace cipherlane::drivers
