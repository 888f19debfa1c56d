// What every display must do, whatever it speaks: on its model, or on a real device that the environment names
// (CIPHERLANE_DEVICE_RCALL=/dev/serial/by-id/…).
#include "subjects.hpp"
#include "unit/drivers/manual_timer.hpp"

#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/display/panel/panel_painter.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using tests::display_case;

constexpr const char* code_a = "https://qr.95516.com/00010000/62123456789012345678901234567890";
constexpr const char* code_b = "https://qr.95516.com/00010000/62999999999912345678901234567890";

ports::qr_view view(const char* payload, amount total) {
    ports::qr_view made;
    made.payload = payload;
    made.total = total;
    made.payee = "Shop";
    return made;
}

class display : public ::testing::TestWithParam<display_case> {
  protected:
    void SetUp() override {
        const auto missing = tests::missing(GetParam());
        if (!missing.empty()) GTEST_SKIP() << missing;
        subject_ = tests::make_subject(GetParam());
    }

    std::unique_ptr<ports::display> opened() {
        auto made = subject_->open(call(10s));
        if (!made) throw std::runtime_error(made.error().to_string());
        return *std::move(made);
    }
    [[nodiscard]] bool shows_codes() const { return GetParam().codes == display_case::qr::shown; }
    [[nodiscard]] bool on_glass() const { return GetParam().shows_on == display_case::surface::glass; }
    /// Waits until the model's state passes: a display that says nothing back may still be at it.
    template <class F>
    bool comes_to(F test, std::chrono::milliseconds span = 30s) {
        for (const auto end = deadline::in(span); !end.passed();) {
            if (test()) return true;
            std::this_thread::sleep_for(10ms);
        }
        return test();
    }
    /// Both readers see these codes on the model's glass.
    bool shows(const json& codes) {
        if (!subject_->is_model()) return true;
        return comes_to([&] {
            const auto read = subject_->ask({{"cmd", "read"}});
            return read["codes"] == codes && read["zbar"] == codes;
        });
    }
    [[nodiscard]] json read() { return subject_->ask({{"cmd", "read"}}); }

    std::unique_ptr<tests::display_subject> subject_;
};

INSTANTIATE_TEST_SUITE_P(every, display, ::testing::ValuesIn(tests::display_cases()), [](const auto& chosen) {
    std::string name = chosen.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

/// Either it works, or it is refused as unsupported, and `capabilities` says which.
void expect_as_said(const result<void>& done, bool said, const char* what) {
    EXPECT_EQ(done.has_value(), said) << what << ": " << (done ? "worked" : done.error().to_string());
    if (!done) {
        EXPECT_TRUE(done.error().is(condition::unsupported)) << what << ": " << done.error();
    }
}

TEST_P(display, DoesWhatItsCapabilitiesSayAndRefusesTheRest) {
    auto screen = opened();
    const auto can = screen->capabilities();
    EXPECT_EQ(can.qr, shows_codes());
    expect_as_said(screen->show_amount(amount(1234), call(10s)), can.amount, "amount");
    expect_as_said(screen->show_text("Hello", "12", call(10s)), can.text, "text");
    expect_as_said(screen->set_brightness(60, call(10s)), can.brightness, "brightness");
    auto code = view(code_a, amount(1234));
    code.valid_for = 60s;
    expect_as_said(screen->show_qr(code, call(10s)), can.qr, "code");
    expect_as_said(screen->show_remaining(9s, call(10s)), can.countdown, "countdown");
    for (const auto what : {ports::payment_outcome::approved, ports::payment_outcome::declined,
             ports::payment_outcome::cancelled, ports::payment_outcome::expired}) {
        const auto done = screen->show_outcome(what, amount(1234), call(10s));
        // A price display has no words: there the amount goes, which says as much.
        if (can.outcome || !done || !subject_->is_model()) {
            expect_as_said(done, can.outcome, "outcome");
        } else {
            EXPECT_TRUE(comes_to([&] { return subject_->ask({{"cmd", "state"}})["line1"] == std::string(20, ' '); }));
        }
    }
    EXPECT_TRUE(screen->clear(call(10s)));
}

TEST_P(display, SaysWhoItIsOrThatItCannot) {
    auto screen = opened();
    const auto name = screen->heartbeat(call(10s));
    const auto* family = drivers::find_display_family(GetParam().family);
    if (family->answers == drivers::display_family::proof::none) {
        ASSERT_FALSE(name);
        EXPECT_TRUE(name.error().is(condition::unsupported)) << name.error();
    } else {
        ASSERT_TRUE(name) << name.error();
        EXPECT_FALSE(name->empty());
    }
}

TEST_P(display, ShowsCodesThatTwoReadersRead) {
    if (!shows_codes()) GTEST_SKIP() << "this family shows no codes";
    auto screen = opened();
    for (const auto* payload : {code_a, code_b}) {
        const auto shown = screen->show_qr(view(payload, amount(1234)), call(10s));
        ASSERT_TRUE(shown) << shown.error();
        EXPECT_TRUE(shows(json::array({payload}))) << payload;
    }
}

TEST_P(display, TakesPaidAndCancelledCodesOffTheScreen) {
    if (!shows_codes()) GTEST_SKIP() << "this family shows no codes";
    if (!on_glass()) GTEST_SKIP() << "paper cannot be cleared";
    auto screen = opened();
    ASSERT_TRUE(screen->show_qr(view(code_a, amount(1234)), call(10s)));
    ASSERT_TRUE(screen->show_outcome(ports::payment_outcome::approved, amount(1234), call(10s)));
    EXPECT_TRUE(shows(json::array())) << "paid";
    ASSERT_TRUE(screen->show_qr(view(code_a, amount(1234)), call(10s)));
    ASSERT_TRUE(screen->clear(call(10s)));
    EXPECT_TRUE(shows(json::array())) << "cancelled";
}

/// On a model the keeper's time is the test's: however slowly the machine draws, the code goes when its time is over.
TEST_P(display, TakesAnExpiredCodeOffTheScreenByItself) {
    if (!shows_codes()) GTEST_SKIP() << "this family shows no codes";
    if (!on_glass()) GTEST_SKIP() << "paper cannot be cleared";
    for (const auto how :
        {drivers::keeper_settings::on_expiry::say_expired, drivers::keeper_settings::on_expiry::clear}) {
        tests::manual_timer by_hand;
        drivers::thread_timer by_itself;
        drivers::timer_source* timer = &by_itself;
        if (subject_->is_model()) timer = &by_hand;
        drivers::keeper_settings settings;
        settings.expired_code = how;
        settings.own_call = 60s;
        drivers::display_keeper keeper([&](const call& bounds) { return subject_->open(bounds); }, *timer, settings);
        auto code = view(code_a, amount(1234));
        code.valid_for = 600ms;
        ASSERT_TRUE(keeper.show_qr(code, call(60s)));
        if (!subject_->is_model()) {
            std::this_thread::sleep_for(2s); // to be watched
            continue;
        }
        by_hand.advance(599ms);
        EXPECT_TRUE(shows(json::array({code_a}))) << "while it can be paid";
        by_hand.advance(1ms);
        EXPECT_TRUE(shows(json::array()));
    }
}

/// What stands on a model's glass: its code, and whose amount is beside it.
struct sight {
    std::string code;
    std::string amount;
};

class amount_and_code : public display {
  protected:
    /// The part of a panel where the amount stands.
    static std::vector<drivers::colour> money_of(const drivers::frame& picture) {
        const auto where = drivers::panel_layout::of(picture.width(), picture.height()).money;
        std::vector<drivers::colour> pixels;
        for (int y = where.top; y < where.bottom(); ++y) {
            const auto row = picture.row(y, where.left, where.width);
            pixels.insert(pixels.end(), row.begin(), row.end());
        }
        return pixels;
    }
    /// What looks on reads the code at every rectangle, in the device's own time.
    static call patient() { return call(60s); }
    /// Shows both codes by turns and collects what the model held meanwhile.
    std::vector<sight> look(const std::function<sight(sim::display_model&)>& see) {
        std::vector<sight> seen;
        std::mutex lock;
        auto screen = opened();
        EXPECT_TRUE(screen->show_qr(view(code_a, amount(1234)), patient()));
        EXPECT_TRUE(shows(json::array({code_a})));
        subject_->watch([&](sim::display_model& model) {
            auto one = see(model);
            const std::lock_guard held(lock);
            seen.push_back(std::move(one));
        });
        EXPECT_TRUE(screen->show_qr(view(code_b, amount(5678)), patient()));
        EXPECT_TRUE(screen->show_qr(view(code_a, amount(1234)), patient()));
        EXPECT_TRUE(shows(json::array({code_a})));
        EXPECT_TRUE(screen->show_amount(amount(5678), patient()));
        EXPECT_TRUE(shows(json::array()));
        subject_->watch({});
        return seen;
    }
};

INSTANTIATE_TEST_SUITE_P(every, amount_and_code, ::testing::ValuesIn(tests::display_cases()), [](const auto& chosen) {
    std::string name = chosen.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST_P(amount_and_code, BelongTogetherAtEveryMoment) {
    if (!subject_->is_model()) GTEST_SKIP() << "needs the model's glass";
    if (!shows_codes()) GTEST_SKIP() << "this family shows no codes";
    if (!on_glass()) GTEST_SKIP() << "each receipt carries its own amount";
    bool can_read = false;
    std::vector<drivers::colour> money_a;
    std::vector<drivers::colour> money_b;
    if (auto screen = opened(); screen->capabilities().readable) {
        can_read = true;
        for (auto* const money : {&money_a, &money_b}) {
            const bool first = money == &money_a;
            ASSERT_TRUE(screen->show_qr(view(first ? code_a : code_b, amount(first ? 1234 : 5678)), call(10s)));
            ASSERT_TRUE(shows(json::array({first ? code_a : code_b})));
            std::ignore = screen->heartbeat(call(10s)); // the amount is the last to arrive
            subject_->watch([money](sim::display_model& model) { *money = money_of(model.picture()); });
            ASSERT_TRUE(screen->set_brightness(first ? 50 : 60, call(10s)));
            ASSERT_TRUE(comes_to([&] { return !money->empty(); }));
            subject_->watch({});
        }
        ASSERT_NE(money_a, money_b);
    }
    const auto seen = look([&](sim::display_model& model) -> sight {
        if (!can_read) {
            const auto state = model.state();
            return {state["code"], state["footer"]};
        }
        const auto codes = model.control({{"cmd", "read"}})["codes"];
        const auto money = money_of(model.picture());
        return {codes.empty() ? "" : codes[0].get<std::string>(), money == money_a   ? "12.34"
                                                                  : money == money_b ? "56.78"
                                                                                     : ""};
    });
    ASSERT_GT(seen.size(), 2U);
    std::size_t whole = 0;
    for (const auto& one : seen) {
        if (one.code == code_a) {
            EXPECT_EQ(one.amount.find("56.78"), std::string::npos) << "another code's amount";
        }
        if (one.code == code_b) {
            EXPECT_EQ(one.amount.find("12.34"), std::string::npos) << "another code's amount";
        }
        whole += !one.code.empty() && !one.amount.empty() ? 1 : 0;
    }
    EXPECT_GT(whole, 0U) << "at the end they stand side by side";
}

TEST_P(display, GetsItsPictureAgainWhenItComesBack) {
    if (!subject_->is_model()) GTEST_SKIP() << "needs a device that can be unplugged by program";
    drivers::thread_timer timer;
    drivers::keeper_settings settings;
    settings.heartbeat_every = 50ms;
    settings.reopen_first = 20ms;
    settings.reopen_most = 50ms;
    drivers::display_keeper keeper([&](const call& bounds) { return subject_->open(bounds); }, timer, settings);
    auto code = view(code_a, amount(1234));
    code.valid_for = 60s;
    ASSERT_TRUE(shows_codes() ? keeper.show_qr(code, call(10s)) : keeper.show_amount(amount(1234), call(10s)));
    const auto bytes_sent = [&] { return subject_->ask({{"cmd", "counters"}}).at("counters").value("bytes", 0); };
    if (shows_codes()) {
        ASSERT_TRUE(shows(json::array({code_a})));
    }
    subject_->unplug();
    ASSERT_TRUE(comes_to([&] { return !keeper.attached(); })) << "never noticed";
    const auto before = bytes_sent();
    subject_->plug();
    ASSERT_TRUE(comes_to([&] { return keeper.attached() && bytes_sent() > before; })) << "never came back";
    if (shows_codes()) {
        EXPECT_TRUE(shows(json::array({code_a})));
    } else {
        EXPECT_TRUE(comes_to([&] {
            const auto state = subject_->ask({{"cmd", "state"}});
            return (state["line1"].get<std::string>() + state["line2"].get<std::string>()).find("12.34") !=
                   std::string::npos;
        }));
    }
}

/// The cable is cut at each thing that the device says, or takes, while one amount follows another, and comes back.
TEST_P(display, ShowsInTheEndWhatItWasToldWhereverItIsCut) {
    if (!subject_->is_model()) GTEST_SKIP() << "needs a device that can be unplugged by program";
    if (GetParam().over == display_case::wire::calls) GTEST_SKIP() << "has no cable: it asks again";
    if (!on_glass()) GTEST_SKIP() << "what is on paper stays there";
    const auto struck = [&] { return subject_->ask({{"cmd", "counters"}}).at("counters").value("fault unplug", 0); };
    const auto stands = [&](const char* code, const char* total) {
        if (shows_codes()) return shows(json::array({code}));
        return comes_to([&] {
            const auto state = subject_->ask({{"cmd", "state"}});
            const auto lines = state["line1"].get<std::string>() + state["line2"].get<std::string>();
            return lines.find(total) != std::string::npos;
        });
    };
    const int least = GetParam().family == "bonrix" ? 1 : 2; // that one takes a picture by one command
    int cuts = 0;
    for (const int at : {0, 1, 3}) {
        const testing::ScopedTrace where(__FILE__, __LINE__, "cut " + std::to_string(at));
        drivers::thread_timer timer;
        drivers::keeper_settings settings;
        settings.heartbeat_every = 100ms;
        settings.reopen_first = 10ms;
        settings.reopen_most = 20ms;
        drivers::display_keeper keeper([&](const call& bounds) { return subject_->open(bounds); }, timer, settings);
        const auto tell = [&](const char* code, const amount& total, const call& bounds) {
            return shows_codes() ? keeper.show_qr(view(code, total), bounds) : keeper.show_amount(total, bounds);
        };
        ASSERT_TRUE(tell(code_a, amount(1234), call(10s)));
        ASSERT_TRUE(stands(code_a, "12.34"));
        const int before = struck();
        (void)subject_->ask({{"cmd", "faults"}, {"set", json::array({{{"kind", "unplug"}, {"skip", at}}})}});
        (void)tell(code_b, amount(5678), call(2s));
        const bool must = at < least;
        ASSERT_TRUE(comes_to([&] { return struck() > before; }, must ? 20s : 1s) || !must);
        cuts += struck() - before;
        (void)subject_->ask({{"cmd", "faults"}, {"set", json::array()}});
        subject_->unplug();
        subject_->plug();
        EXPECT_TRUE(stands(code_b, "56.78"));
    }
    EXPECT_GE(cuts, least);
}

/// A device that confirms nothing may lose what it is told: it is told again until it stands there.
TEST_P(display, ShowsInTheEndWhatItLostAtFirst) {
    if (GetParam().model != "line")
        GTEST_SKIP() << "this family says when it has lost something, or leaves it on paper";
    if (!subject_->is_model()) GTEST_SKIP() << "needs the model's glass";
    drivers::thread_timer timer;
    drivers::keeper_settings settings;
    settings.heartbeat_every = 100ms;
    drivers::display_keeper keeper([&](const call& bounds) { return subject_->open(bounds); }, timer, settings);
    ASSERT_TRUE(keeper.show_amount(amount(1234), call(10s)));
    ASSERT_EQ(subject_->ask({{"cmd", "swallow"}, {"times", 1}})["times"], 1);
    ASSERT_TRUE(keeper.show_amount(amount(5678), call(10s))) << "nobody can know that it was lost";
    EXPECT_TRUE(comes_to([&] {
        const auto state = subject_->ask({{"cmd", "state"}});
        return (state["line1"].get<std::string>() + state["line2"].get<std::string>()).find("56.78") !=
               std::string::npos;
    }));
}

TEST_P(display, AnotherDeviceInItsPlaceIsRefused) {
    const auto* family = drivers::find_display_family(GetParam().family);
    if (family->answers == drivers::display_family::proof::none) {
        GTEST_SKIP() << "this family says nothing by which it could be told from another";
    }
    subject_.reset(); // one rig at a time
    const auto stranger = tests::make_stranger(GetParam());
    const auto screen = stranger->open(call(5s));
    ASSERT_FALSE(screen);
    using drivers::drivers_errc;
    EXPECT_TRUE(screen.error().code() == make_error_code(drivers_errc::wrong_answer) ||
                screen.error().code() == make_error_code(drivers_errc::no_answer))
        << screen.error();
    EXPECT_EQ(screen.error().where(), layer::drivers);
}

} // namespace
} // namespace cipherlane
