#include "../manual_timer.hpp"

#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// What the display was told, and how it is to answer next.
struct bench {
    std::deque<std::string> told;
    std::deque<drivers_errc> faults; ///< of the next commands
    bool plugged = true;
    int opened = 0;
    bool countdown = false;
    bool speaks = false;
    bool mute = false;               ///< says nothing back, and may be told the same again
    std::function<void()> meanwhile; ///< done once, while the next command is under way

    result<void> tell(std::string what) {
        if (auto now = std::exchange(meanwhile, nullptr)) now();
        if (!plugged) return error(make_error_code(drivers_errc::device_gone), layer::drivers);
        if (!faults.empty()) {
            auto fault = faults.front();
            faults.pop_front();
            return error(make_error_code(fault), layer::drivers);
        }
        told.push_back(std::move(what));
        return {};
    }
    std::deque<std::string> take() { return std::exchange(told, {}); }
};

class told_display final : public ports::display {
  public:
    explicit told_display(bench& on)
        : on_(on) {}
    result<void> show(const ports::display_content& what, const call&) override {
        return on_.tell(std::visit([](const auto& content) { return name(content); }, what));
    }
    result<void> set_brightness(int percent, const call&) override {
        return on_.tell("brightness " + std::to_string(percent));
    }
    result<std::string> heartbeat(const call&) override {
        if (on_.mute) return error(make_error_code(drivers_errc::not_supported), layer::drivers);
        CIPHERLANE_CHECK(on_.tell("beat"));
        return std::string("told");
    }
    ports::display_capabilities capabilities() const noexcept override {
        ports::display_capabilities can;
        can.qr = true;
        can.countdown = on_.countdown;
        can.speaks = on_.speaks;
        can.repeats = on_.mute;
        return can;
    }

  private:
    static std::string name(const ports::qr_view& view) { return "qr " + view.payload; }
    static std::string name(const ports::amount_view& money) { return "amount " + money.total.to_string(); }
    static std::string name(const ports::text_view& text) {
        return "text " + std::string(text.line1) + "|" + std::string(text.line2);
    }
    static std::string name(const ports::outcome_view& end) {
        static constexpr const char* names[] = {"approved", "declined", "cancelled", "expired"};
        return names[static_cast<int>(end.what)];
    }
    static std::string name(const ports::blank_view&) { return "clear"; }
    static std::string name(const ports::remaining_view& time) { return std::to_string(time.left.count()) + " s"; }
    bench& on_;
};

class keeper : public ::testing::Test {
  protected:
    keeper() { settings_.heartbeat_every = 0ms; }
    display_keeper& make() {
        auto open = [this](const call&) -> result<std::unique_ptr<ports::display>> {
            if (!on_.plugged) return error(make_error_code(drivers_errc::no_such_device), layer::drivers);
            ++on_.opened;
            return std::make_unique<told_display>(on_);
        };
        keeper_observer watch{[this] { ++came_; }, [this](const error&) { ++went_; }};
        keeper_.emplace(open, timer_, settings_, watch);
        return *keeper_;
    }
    static ports::qr_view code(std::chrono::milliseconds valid_for) {
        ports::qr_view view;
        view.payload = "code";
        view.total = amount(100);
        view.valid_for = valid_for;
        return view;
    }
    call soon() const { return call(1s); }

    bench on_;
    tests::manual_timer timer_;
    keeper_settings settings_;
    int came_ = 0;
    int went_ = 0;
    std::optional<display_keeper> keeper_;
};

TEST_F(keeper, RepeatsToADisplayThatSaysNothingBack) {
    settings_.heartbeat_every = 5s;
    on_.mute = true;
    auto& kept = make();
    ASSERT_TRUE(kept.show_amount(amount(1234), soon()));
    timer_.advance(11s);
    EXPECT_EQ(on_.take(), (std::deque<std::string>{"amount 12.34", "amount 12.34", "amount 12.34"}));
    EXPECT_EQ(went_, 0);
}

TEST_F(keeper, TellsASpeakerNothingTwice) {
    on_.speaks = true;
    auto& kept = make();
    const ports::outcome_view paid{ports::payment_outcome::approved, amount(100), 7};
    ASSERT_TRUE(kept.show(paid, soon()));
    on_.faults = {drivers_errc::device_gone};
    ASSERT_FALSE(kept.show_text("perhaps", "heard", soon()));
    timer_.advance(5s);
    EXPECT_EQ(on_.take(), (std::deque<std::string>{"approved", "clear"})) << "opened anew, nothing is said again";
    on_.faults = {drivers_errc::device_gone};
    ASSERT_FALSE(kept.show(paid, soon()));
    timer_.advance(5s);
    EXPECT_EQ(on_.take(), std::deque<std::string>{"approved"}) << "this one it can tell is the same";
    EXPECT_EQ(went_, 2);
}

TEST_F(keeper, TakesAnExpiredCodeOffTheScreenByItself) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    timer_.advance(59s);
    EXPECT_THAT(on_.take(), ElementsAre("qr code"));
    timer_.advance(1s);
    EXPECT_THAT(on_.take(), ElementsAre("expired"));
    timer_.advance(5s);
    EXPECT_THAT(on_.take(), ElementsAre("clear"));
    timer_.advance(1h);
    EXPECT_THAT(on_.take(), IsEmpty());
    EXPECT_EQ(timer_.waiting(), 0U);
}

TEST_F(keeper, ClearsAtOnceWhereTold) {
    settings_.expired_code = keeper_settings::on_expiry::clear;
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(1s), soon()));
    timer_.advance(1s);
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "clear"));
}

TEST_F(keeper, NeverExpiresACodeThatWasReplaced) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(10s), soon()));
    ASSERT_TRUE(display.show_outcome(ports::payment_outcome::approved, amount(100), soon()));
    ASSERT_TRUE(display.show_amount(amount(5), soon()));
    timer_.advance(1min);
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "approved", "amount 0.05"));
}

TEST_F(keeper, GivesADisplayThatComesBackItsPictureAgain) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    on_.plugged = false;
    EXPECT_TRUE(display.heartbeat(soon()).error().is(condition::link_lost));
    EXPECT_FALSE(display.attached());
    EXPECT_EQ(went_, 1);
    timer_.advance(3s);
    on_.take();
    on_.plugged = true;
    timer_.advance(5s);
    EXPECT_TRUE(display.attached());
    EXPECT_THAT(on_.take(), ElementsAre("qr code"));
    EXPECT_EQ(came_, 2);
    timer_.advance(52s);
    EXPECT_THAT(on_.take(), ElementsAre("expired"));
}

TEST_F(keeper, DoesNotBringBackACodeThatExpiredMeanwhile) {
    settings_.expired_code = keeper_settings::on_expiry::clear;
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(2s), soon()));
    on_.plugged = false;
    EXPECT_FALSE(display.heartbeat(soon()));
    timer_.advance(10s);
    on_.take();
    on_.plugged = true;
    timer_.advance(5s);
    EXPECT_THAT(on_.take(), ElementsAre("clear"));
}

TEST_F(keeper, ShowsLaterWhatWasAskedForWhileTheDisplayWasAway) {
    on_.plugged = false;
    auto& display = make();
    EXPECT_TRUE(display.show_text("a", "b", soon()).error().is(condition::link_lost));
    on_.plugged = true;
    timer_.advance(200ms);
    EXPECT_THAT(on_.take(), ElementsAre("text a|b"));
}

TEST_F(keeper, OpensAnewWhereAnExpiredCodeCannotBeRemoved) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(1s), soon()));
    on_.faults = {drivers_errc::no_answer, drivers_errc::wrong_answer};
    timer_.advance(2s);
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "expired"));
    EXPECT_EQ(on_.opened, 3);
}

TEST_F(keeper, TakesACodeOffThatCouldNotBeClearedAtFirst) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    on_.faults = {drivers_errc::no_answer};
    EXPECT_TRUE(display.clear(soon()).error().is(condition::timed_out));
    EXPECT_FALSE(display.attached());
    timer_.advance(200ms);
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "clear"));
    EXPECT_EQ(on_.opened, 2);
}

TEST_F(keeper, TakesACodeOffWhereWhatWasToReplaceItIsNotSupported) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    on_.faults = {drivers_errc::not_supported};
    EXPECT_TRUE(display.show_text("a", "b", soon()).error().is(condition::unsupported));
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "clear"));
    EXPECT_EQ(timer_.waiting(), 0U);
    EXPECT_EQ(on_.opened, 1);
}

TEST_F(keeper, OpensAnewWhereSuchACodeCannotBeCleared) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    on_.faults = {drivers_errc::too_long, drivers_errc::no_answer};
    EXPECT_TRUE(display.show_text("a", "b", soon()).error().is(condition::misuse));
    timer_.advance(200ms);
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "clear"));
    EXPECT_EQ(on_.opened, 2);
}

TEST_F(keeper, KeepsWhatStandsThereWhereACodeDoesNotFit) {
    auto& display = make();
    ASSERT_TRUE(display.show_outcome(ports::payment_outcome::approved, amount(100), soon()));
    on_.faults = {drivers_errc::does_not_fit};
    EXPECT_TRUE(display.show_qr(code(60s), soon()).error().is(condition::unsupported));
    EXPECT_THAT(on_.take(), ElementsAre("approved"));
    timer_.advance(5s);
    EXPECT_THAT(on_.take(), ElementsAre("clear")) << "the outcome's own end";
    timer_.advance(60s);
    EXPECT_THAT(on_.take(), IsEmpty());
}

TEST_F(keeper, ClearsAfterTheDeviceRefused) {
    auto& display = make();
    ASSERT_TRUE(display.show_amount(amount(5), soon()));
    on_.faults = {drivers_errc::refused};
    EXPECT_TRUE(display.show_qr(code(60s), soon()).error().is(condition::rejected_by_peer));
    EXPECT_THAT(on_.take(), ElementsAre("amount 0.05", "clear"));
    EXPECT_EQ(timer_.waiting(), 0U);
}

TEST_F(keeper, DoesNotOpenAgainAndAgainForAPictureThatCannotBeMade) {
    on_.plugged = false;
    auto& display = make();
    EXPECT_FALSE(display.show_text("a", "b", soon()));
    on_.plugged = true;
    on_.faults = {drivers_errc::font_missing};
    timer_.advance(1min);
    EXPECT_THAT(on_.take(), ElementsAre("clear"));
    EXPECT_EQ(on_.opened, 1);
}

TEST_F(keeper, PausesLongerWhereADisplayOpensAndThenFails) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    on_.faults.assign(100, drivers_errc::no_answer);
    EXPECT_FALSE(display.clear(soon()));
    timer_.advance(5s); // at 0, 0.2, 0.6, 1.4 s and then every second
    EXPECT_EQ(on_.opened, 7);
    on_.faults.clear();
    timer_.advance(5s);
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "clear"));
}

TEST_F(keeper, DrawsThePictureBeforeItAsksADisplayThatCameBack) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    on_.plugged = false;
    EXPECT_FALSE(display.heartbeat(soon()));
    on_.plugged = true;
    ASSERT_TRUE(display.heartbeat(soon()));
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "qr code", "beat"));
    timer_.advance(60s);
    EXPECT_THAT(on_.take(), ElementsAre("expired"));
}

TEST_F(keeper, SetsTheBrightnessAgainWhenADisplayComesBack) {
    auto& display = make();
    ASSERT_TRUE(display.show_amount(amount(5), soon()));
    ASSERT_TRUE(display.set_brightness(40, soon()));
    on_.faults = {drivers_errc::not_supported};
    EXPECT_FALSE(display.set_brightness(70, soon()));
    on_.plugged = false;
    EXPECT_FALSE(display.heartbeat(soon()));
    on_.plugged = true;
    timer_.advance(200ms);
    EXPECT_THAT(on_.take(), ElementsAre("amount 0.05", "brightness 40", "brightness 40", "amount 0.05"));
    on_.plugged = false;
    EXPECT_TRUE(display.set_brightness(60, soon()).error().is(condition::link_lost));
    on_.plugged = true;
    on_.faults = {drivers_errc::device_gone, drivers_errc::no_answer};
    timer_.advance(2s);
    EXPECT_THAT(on_.take(), ElementsAre("amount 0.05")) << "shown, though the brightness was not answered";
    EXPECT_EQ(on_.opened, 4);
}

TEST_F(keeper, ClearsLaterWhereACallWasUnderWayTooLong) {
    auto& display = make();
    on_.meanwhile = [&] {
        std::thread([&] { EXPECT_TRUE(display.clear(call(1ms)).error().is(condition::timed_out)); }).join();
    };
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    EXPECT_THAT(on_.take(), ElementsAre("qr code"));
    timer_.advance(0ms);
    EXPECT_THAT(on_.take(), ElementsAre("clear"));
    timer_.advance(60s);
    EXPECT_THAT(on_.take(), IsEmpty());
}

TEST_F(keeper, ForgetsWhatCameTooLateOnceSomethingNewerIsShown) {
    auto& display = make();
    on_.meanwhile = [&] { std::thread([&] { EXPECT_FALSE(display.show_qr(code(60s), call(1ms))); }).join(); };
    ASSERT_TRUE(display.show_amount(amount(5), soon()));
    ASSERT_TRUE(display.clear(soon()));
    timer_.advance(1min);
    EXPECT_THAT(on_.take(), ElementsAre("amount 0.05", "clear"));
}

TEST_F(keeper, BringsADisplayBackWithWhatCameTooLate) {
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(60s), soon()));
    on_.meanwhile = [&] { std::thread([&] { EXPECT_FALSE(display.clear(call(1ms))); }).join(); };
    on_.plugged = false;
    EXPECT_FALSE(display.heartbeat(soon()));
    on_.plugged = true;
    EXPECT_TRUE(display.heartbeat(soon()));
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "clear", "beat"));
}

TEST_F(keeper, NoticesByHeartbeatThatTheDisplayWent) {
    settings_.heartbeat_every = 5s;
    auto& display = make();
    ASSERT_TRUE(display.clear(soon()));
    timer_.advance(11s);
    EXPECT_THAT(on_.take(), ElementsAre("clear", "beat", "beat"));
    on_.plugged = false;
    timer_.advance(5s);
    EXPECT_FALSE(display.attached());
    EXPECT_EQ(went_, 1);
}

TEST_F(keeper, CountsDownWhereTheDisplayCan) {
    on_.countdown = true;
    auto& display = make();
    ASSERT_TRUE(display.show_qr(code(3s), soon()));
    timer_.advance(3s);
    EXPECT_THAT(on_.take(), ElementsAre("qr code", "2 s", "1 s", "expired"));
}

TEST_F(keeper, OpensInTheBackground) {
    auto& display = make();
    display.start();
    timer_.advance(0ms);
    EXPECT_TRUE(display.attached());
    EXPECT_TRUE(display.capabilities().qr);
}

TEST_F(keeper, PausesLongerAndLongerBetweenAttempts) {
    on_.plugged = false;
    auto& display = make();
    display.start();
    timer_.advance(0ms);
    [[maybe_unused]] int attempts = 0;
    for (int i = 0; i < 100; ++i) {
        auto before = timer_.waiting();
        timer_.advance(100ms);
        attempts += before != 0 ? 1 : 0;
    }
    EXPECT_EQ(timer_.waiting(), 1U);
    EXPECT_FALSE(display.attached());
}

TEST(ThreadTimer, RunsInOrderAndForgetsWhatIsCancelled) {
    std::mutex lock;
    std::string ran;
    {
        thread_timer timer;
        auto note = [&](char what) {
            std::lock_guard held(lock);
            ran.push_back(what);
        };
        const auto seen = [&] {
            std::lock_guard held(lock);
            return ran.size();
        };
        auto now = timer.now();
        timer.at(now + 450ms, [&] { note('c'); });
        timer.at(now + 10ms, [&] { note('a'); });
        timer.cancel(timer.at(now + 400ms, [&] { note('x'); })); // cancelled long before, on a busy machine, too
        timer.at(now + 20ms, [&] { note('b'); });
        for (const auto end = deadline::in(20s); seen() < 3 && !end.passed();)
            std::this_thread::sleep_for(5ms);
        timer.at(timer.now() + 1h, [&] { note('y'); });
    }
    EXPECT_EQ(ran, "abc");
}

TEST(ThreadTimer, MayBeLetGoByItsOwnTask) {
    auto timer = std::make_unique<thread_timer>();
    auto held = std::make_shared<int>(0);
    const std::weak_ptr<int> seen = held;
    timer->at(timer->now() + 1h, [held] { ADD_FAILURE() << "not yet"; });
    std::promise<void> gone;
    timer->at(timer->now(), [&, kept = std::move(held)] {
        timer.reset();
        gone.set_value();
    });
    gone.get_future().wait();
    for (const auto end = deadline::in(20s); !seen.expired() && !end.passed();)
        std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(seen.expired()) << "its thread has ended behind the task, and what waited is dropped";
}

} // namespace
} // namespace cipherlane::drivers
