#include "ask_exchange.hpp"
#include "support/machine_script.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using net::action;
using net::event;
using net::make_ask;

bytes text(std::string_view characters) {
    const auto view = as_bytes(characters);
    return {view.begin(), view.end()};
}

machine_script good_script() {
    return script()
        .send(text("ASK;"))
        .recv(text("ANS"), 200ms)
        .recv(text("WER;"))
        .wait(5ms)
        .send(text("OK;"))
        .done(ok);
}

TEST(MachineScript, RunsAndTakesTheOutcome) {
    auto machine = make_ask();
    auto outcome = good_script().run(*machine);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(*outcome, "ANSWER;");
}

TEST(MachineScript, FailsEachStepSplitsAndAnswersLate) {
    good_script().every_step_fails(make_ask);
}

TEST(MachineScript, SilenceMakesTheMachineAskAgain) {
    auto machine = make_ask();
    auto outcome = script()
                       .send(text("ASK;"))
                       .recv(text("AN"))
                       .expire()
                       .send(text("ASK;"))
                       .expire(200ms)
                       .done(condition::timed_out)
                       .run(*machine);
    EXPECT_FALSE(outcome);
}

TEST(MachineScript, TellsTheStoryWhenAStepDoesNotFit) {
    static const auto run = [] {
        auto machine = make_ask();
        (void)script().send(text("ASK;")).send(text("X")).done(ok).run(*machine);
    };
    EXPECT_NONFATAL_FAILURE(run(),
        "expected: send 58\n  the story so far:\n    told: started\n    asks: send 41534B3B\n"
        "    told: sent\n    asks: receive within 200 ms");
}

TEST(MachineScript, NamesTheLineOfItsCaller) {
    static int line = 0;
    static const auto run = [] {
        auto machine = make_ask();
        line = __LINE__ + 1;
        (void)script().send(text("X")).done(ok).run(*machine);
    };
    ::testing::TestPartResultArray caught;
    {
        const ::testing::ScopedFakeTestPartResultReporter reporter(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &caught);
        run();
    }
    ASSERT_EQ(caught.size(), 1);
    EXPECT_NE(std::string(caught.GetTestPartResult(0).message())
                  .find("machine_script_test.cpp:" + std::to_string(line) + ": this script"),
        std::string::npos)
        << caught.GetTestPartResult(0).message();
}

/// A machine that takes a failure for an answer, as a careless one would.
class careless final : public net::exchange<int> {
  public:
    action resume(const event& what) override {
        return what.what == event::kind::started ? action::receive(1s) : action::done();
    }
    result<int> take() override { return 1; }
};

TEST(MachineScript, CatchesAMachineThatSwallowsFailures) {
    static const auto run = [] {
        script().recv(text("A"), 1s).done(ok).every_step_fails([] { return std::make_unique<careless>(); });
    };
    ::testing::TestPartResultArray caught;
    {
        const ::testing::ScopedFakeTestPartResultReporter reporter(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &caught);
        run();
    }
    ASSERT_EQ(caught.size(), 4) << "lost, timed out, cancelled, late";
}

TEST(MachineScript, CatchesAMachineThatCannotBearSplitInput) {
    static const auto run = [] {
        script().recv(text("AB"), 1s).done(ok).every_step_fails([] { return std::make_unique<careless>(); });
    };
    ::testing::TestPartResultArray caught;
    {
        const ::testing::ScopedFakeTestPartResultReporter reporter(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &caught);
        run();
    }
    ASSERT_GT(caught.size(), 0);
    EXPECT_NE(std::string(caught.GetTestPartResult(0).message()).find("split after byte 1"), std::string::npos);
}

TEST(Machine, ActionsAndEventsPrintThemselves) {
    std::ostringstream out;
    out << action::send(hex("0102")) << '|' << action::receive(3s) << '|' << action::receive() << '|'
        << action::receive_more() << '|' << action::wait(2ms) << '|' << action::done() << '|'
        << event{event::kind::received, as_bytes("A"), {}} << '|' << event{event::kind::expired, {}, {}};
    EXPECT_EQ(out.str(), "send 0102|receive within 3000 ms|receive|receive more|wait 2 ms|done|received 41|expired");
}

} // namespace
} // namespace cipherlane::tests
