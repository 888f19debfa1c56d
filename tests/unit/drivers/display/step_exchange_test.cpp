#include "support/machine_script.hpp"

#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;
using tests::ok;
using tests::script;

step command(std::string_view out) {
    step made;
    made.name = std::string_view("test");
    made.out.assign(out.begin(), out.end());
    return made;
}

step with_line(std::string_view out, std::string_view wanted) {
    auto made = command(out);
    made.answer.form = expected_answer::shape::line;
    made.answer.text.assign(wanted.begin(), wanted.end());
    made.answer.timeout = 1s;
    return made;
}

bytes text(std::string_view value) {
    return {value.begin(), value.end()};
}

auto machine(step_list steps, step_exchange::start from = step_exchange::start::clean) {
    return std::make_unique<step_exchange>(std::move(steps), from);
}

TEST(StepExchange, SendsWithoutWaitingWhereNothingIsAnswered) {
    auto paced = command("a");
    paced.pause_after = 20ms;
    EXPECT_TRUE((script().send(text("a")).wait(20ms).send(text("b")).done(ok).run(machine({paced, command("b")}))));
}

TEST(StepExchange, SkipsLogLinesWhereTold) {
    auto chatty = with_line("q", "done");
    chatty.answer.how = expected_answer::test::contains;
    chatty.answer.others = expected_answer::foreign::skipped;
    auto answer =
        script().send(text("q")).recv(text("boot 1\nrendering\nall done now\n")).done(ok).run(machine({chatty}));
    EXPECT_EQ(as_text(*answer), "all done now");
}

TEST(StepExchange, GoesOnAfterSilenceWhereTold) {
    auto shy = with_line("q", "done");
    shy.answer.if_silent = expected_answer::silence::passes;
    EXPECT_TRUE((script().send(text("q")).expire(1s).send(text("b")).done(ok).run(machine({shy, command("b")}))));
}

TEST(StepExchange, TakesBlocksOfASize) {
    auto block = command("v");
    block.answer.form = expected_answer::shape::block;
    block.answer.how = expected_answer::test::starts_with;
    block.answer.size = 3;
    block.answer.text = hex("C2");
    block.answer.timeout = 1s;
    auto make = [&] { return machine({block}); };
    auto peer = script().send(text("v")).recv(hex("C2 01 0A")).done(ok);
    EXPECT_EQ(*peer.run(make()), hex("C2 01 0A"));
    peer.every_step_fails(make);
}

TEST(StepExchange, GivesUpOnABabblingDevice) {
    auto outcome = script()
                       .send(text("q"))
                       .recv(bytes(step_exchange::longest_line + 1, 'x'))
                       .done(condition::bad_message)
                       .run(machine({with_line("q", "ok")}));
    EXPECT_EQ(outcome.error().code(), drivers_errc::bad_frame);
}

/// Neither bytes that dribble in nor lines of something else stretch the time of an answer, and there is an end of
/// them.
TEST(StepExchange, GivesUpOnADeviceThatTalksForEver) {
    auto chatty = with_line("q", "done");
    chatty.answer.others = expected_answer::foreign::skipped;
    EXPECT_TRUE((script()
                     .send(text("q"))
                     .recv(text("boot\n"), 1s)
                     .recv(text("do"))
                     .recv(text("ne\n"))
                     .done(ok)
                     .run(machine({chatty}))));
    auto slow = script().send(text("q")).recv(text("bo"), 1s).recv(text("ot\n")).expire();
    EXPECT_EQ(
        std::move(slow).done(condition::timed_out).run(machine({chatty})).error().code(), drivers_errc::no_answer);
    auto endless = script().send(text("q"));
    auto before = script();
    const auto lines = text(std::string(400, 'x') + "\n");
    for (std::size_t heard = 0; heard <= step_exchange::most_foreign; heard += lines.size() - 1)
        endless.recv(lines);
    for (std::size_t heard = 0; heard <= step_exchange::most_foreign; heard += lines.size())
        before.recv(lines);
    EXPECT_EQ(std::move(endless).done(condition::bad_message).run(machine({chatty})).error().code(),
        drivers_errc::bad_frame);
    EXPECT_EQ(std::move(before)
                  .done(condition::bad_message)
                  .run(machine({chatty}, step_exchange::start::after_failure))
                  .error()
                  .code(),
        drivers_errc::bad_frame);
}

TEST(StepExchange, WaitsForQuietAfterAFailure) {
    EXPECT_TRUE((script()
                     .recv(text("old"), step_exchange::quiet)
                     .recv(text("er\n"), step_exchange::quiet)
                     .expire(step_exchange::quiet)
                     .send(text("q"))
                     .recv(text("ok\n"))
                     .done(ok)
                     .run(machine({with_line("q", "ok")}, step_exchange::start::after_failure))));
}

} // namespace
} // namespace cipherlane::drivers
