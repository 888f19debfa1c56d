#include "display-sim/display_simulator.hpp"
#include "io_thread.hpp"

#include <cipherlane/drivers/display/bonrix/bonrix.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/display/panel/code_reader.hpp>
#include <cipherlane/drivers/display/weact/weact.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// What both readers see.
void expect_codes(const json& read, const json& wanted) {
    EXPECT_EQ(read["codes"], wanted) << "zxing-cpp";
    EXPECT_EQ(read["zbar"], wanted) << "zbar";
}

constexpr const char* sample_code = "https://qr.95516.com/00010000/62123456789012345678901234567890";

ports::qr_view view() {
    ports::qr_view made;
    made.payload = sample_code;
    made.total = amount(1234);
    made.payee = "星光咖啡";
    return made;
}

/// A simulated display of one family at the end of a pty.
class simulated {
  public:
    explicit simulated(const std::string& model, sim::display_options options = {})
        : display_(std::make_unique<sim::display_simulator>(there_.context(), model, options)) {
        there_.call_there([&] { ASSERT_TRUE(display_->plug()); });
    }
    ~simulated() {
        there_.stop();
        display_.reset();
    }
    std::unique_ptr<ports::display> open(std::string_view family) {
        auto opened = drivers::open_display(
            here_.get_executor(), family, there_.call_there([&] { return display_->path(); }), {}, call(5s));
        EXPECT_TRUE(opened) << opened.error();
        return *std::move(opened);
    }
    json tell(json request) {
        return there_.call_there([&] { return display_->control(request); });
    }
    /// The state once it holds `value`: a display that says nothing back may still be at it.
    json state_with(const char* name, const json& value) {
        const auto end = deadline::in(20s);
        auto state = tell({{"cmd", "state"}});
        while (state[name] != value && !end.passed()) {
            std::this_thread::sleep_for(5ms);
            state = tell({{"cmd", "state"}});
        }
        return state;
    }

  private:
    boost::asio::io_context here_;
    tests::io_thread there_;
    std::unique_ptr<sim::display_simulator> display_;
};

TEST(WeactOnPty, ShowsACodeThatAReaderReads) {
    simulated glass("weact");
    auto panel = glass.open("weact");
    auto shown = panel->show_qr(view(), call(10s));
    ASSERT_TRUE(shown) << shown.error();
    EXPECT_EQ(*panel->heartbeat(call(5s)), "WeAct Display FS V1.0.0.0"); // all before it has been drawn
    expect_codes(glass.tell({{"cmd", "read"}}), json::array({sample_code}));
    EXPECT_EQ(glass.tell({{"cmd", "counters"}}).at("counters")["pixels"], 320 * 480);
    auto other = view();
    other.payload = "https://qr.95516.com/00010000/62999999999912345678901234567890";
    ASSERT_TRUE(panel->show_qr(other, call(10s)));
    ASSERT_TRUE(panel->heartbeat(call(5s)));
    expect_codes(glass.tell({{"cmd", "read"}}), json::array({other.payload}));
    EXPECT_LT(glass.tell({{"cmd", "counters"}}).at("counters")["pixels"].get<int>(), 320 * 480 * 142 / 100);
    ASSERT_TRUE(panel->set_brightness(50, call(5s)));
    EXPECT_EQ(glass.state_with("brightness", 127)["brightness"], 127);
}

TEST(WeactOnPty, TellsItsSerialNumber) {
    simulated glass("weact");
    boost::asio::io_context here;
    drivers::serial_settings line;
    line.device = glass.tell({{"cmd", "plug"}})["device"].get<std::string>();
    auto link = drivers::open_serial(here.get_executor(), line, call(5s));
    ASSERT_TRUE(link) << link.error();
    auto panel = drivers::weact_display::create(*std::move(link));
    ASSERT_TRUE(panel) << panel.error();
    ASSERT_TRUE((*panel)->show_qr(view(), call(10s)));
    const auto number = (*panel)->serial_number(call(5s));
    ASSERT_TRUE(number) << number.error();
    EXPECT_EQ(*number, "AB00000001");
    EXPECT_EQ(*(*panel)->heartbeat(call(5s)), "WeAct Display FS V1.0.0.0");
    expect_codes(glass.tell({{"cmd", "read"}}), json::array({sample_code}));
    glass.tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "silent"}, {"match", "serial"}}})}});
    EXPECT_EQ((*panel)->serial_number(call(5s)).error().code(), make_error_code(drivers::drivers_errc::no_answer));
}

TEST(WeactOnPty, CountsDownAndSaysThatTheCodeExpired) {
    simulated glass("weact");
    drivers::thread_timer timer;
    drivers::keeper_settings settings;
    settings.countdown_every = 100ms;
    drivers::display_keeper keeper(
        [&](const call&) -> result<std::unique_ptr<ports::display>> { return glass.open("weact"); }, timer, settings);
    auto code = view();
    code.valid_for = 800ms;
    ASSERT_TRUE(keeper.show_qr(code, call(10s)));
    const auto end = deadline::in(30s);
    while (!glass.tell({{"cmd", "read"}})["codes"].empty() && !end.passed())
        std::this_thread::sleep_for(20ms);
    EXPECT_FALSE(end.passed());
}

TEST(BonrixOnPty, LosesNoCommandWhileTheDisplayDraws) {
    sim::display_options options;
    options.drawing = 50ms;
    simulated glass("bonrix", options);
    drivers::bonrix_profile profile;
    profile.drawing = 1'200ms; // the display's thread may be late
    boost::asio::io_context here;
    auto device = glass.tell({{"cmd", "plug"}})["device"].get<std::string>();
    drivers::serial_settings line;
    line.device = device;
    line.baud = 115'200;
    auto link = drivers::open_serial(here.get_executor(), line, call(5s));
    ASSERT_TRUE(link) << link.error();
    drivers::device_display screen(*std::move(link), std::make_unique<drivers::bonrix_protocol>(profile));
    auto code = view();
    code.payee = "Shop";
    ASSERT_TRUE(screen.show_amount(amount(1234), call(5s)));
    ASSERT_TRUE(screen.show_qr(code, call(5s)));
    expect_codes(glass.tell({{"cmd", "read"}}), json::array({sample_code}));
    ASSERT_TRUE(screen.show_outcome(ports::payment_outcome::approved, amount(1234), call(5s)));
    EXPECT_EQ(glass.state_with("screen", "DisplaySuccessQRCodeScreen")["screen"], "DisplaySuccessQRCodeScreen");
    auto counters = glass.tell({{"cmd", "counters"}}).at("counters");
    EXPECT_EQ(counters["commands"], 3);
    EXPECT_FALSE(counters.contains("bytes_lost"));
}

TEST(BonrixOnPty, ShowsACodeRightAfterItWasCleared) {
    simulated glass("bonrix"); // deaf for as long as the real one
    auto screen = glass.open("bonrix");
    auto code = view();
    code.payee = "Shop";
    ASSERT_TRUE(screen->clear(call(10s)));
    const auto shown = screen->show_qr(code, call(10s));
    ASSERT_TRUE(shown) << shown.error();
    expect_codes(glass.tell({{"cmd", "read"}}), json::array({sample_code}));
    EXPECT_FALSE(glass.tell({{"cmd", "counters"}}).at("counters").contains("bytes_lost"));
}

TEST(BonrixOnPty, SendsACodeAgainThatWasLost) {
    sim::display_options options;
    options.drawing = 1'000ms; // slower than the profile says
    simulated glass("bonrix", options);
    drivers::bonrix_profile profile;
    profile.drawing = 40ms;
    profile.log_timeout = 1'600ms;
    boost::asio::io_context here;
    drivers::serial_settings line;
    line.device = glass.tell({{"cmd", "plug"}})["device"].get<std::string>();
    line.baud = 115'200;
    auto link = drivers::open_serial(here.get_executor(), line, call(5s));
    ASSERT_TRUE(link) << link.error();
    drivers::device_display screen(*std::move(link), std::make_unique<drivers::bonrix_protocol>(profile));
    auto code = view();
    code.payee = "Shop";
    ASSERT_TRUE(screen.show_qr(code, call(5s)));
    glass.state_with("busy", false);
    ASSERT_TRUE(screen.clear(call(5s)));
    const auto repeated = screen.show_qr(code, call(5s)); // the first time it falls on deaf ears
    ASSERT_TRUE(repeated) << repeated.error();
    expect_codes(glass.tell({{"cmd", "read"}}), json::array({sample_code}));
    EXPECT_TRUE(glass.tell({{"cmd", "counters"}}).at("counters").contains("bytes_lost"));
}

TEST(SharedRcallOnPty, TellsASecondThreadThatItIsBusy) {
    simulated glass("rcall");
    auto screen = glass.open("rcall");
    std::atomic<int> shown = 0;
    std::atomic<int> busy = 0;
    const auto use = [&] {
        for (int i = 0; i < 40; ++i) {
            const auto done = screen->show_text("one line", "another", call(5s));
            if (done) {
                ++shown;
            } else {
                EXPECT_EQ(done.error().code(), make_error_code(drivers::drivers_errc::call_under_way))
                    << done.error();
                ++busy;
            }
        }
    };
    {
        std::jthread advert(use);
        use();
    }
    EXPECT_EQ(shown + busy, 80);
    EXPECT_GT(shown, 0);
    EXPECT_EQ(glass.tell({{"cmd", "counters"}}).at("counters")["command T1"], shown.load())
        << "nothing of the refused calls left";
}

TEST(EscposOnPty, PrintsACode) {
    simulated paper("escpos");
    auto printer = paper.open("escpos");
    ASSERT_TRUE(printer->show_qr(view(), call(5s)));
    EXPECT_EQ(*printer->heartbeat(call(5s)), "ESC/POS printer");
    expect_codes(paper.tell({{"cmd", "read"}}), json::array({sample_code}));
    EXPECT_EQ(paper.tell({{"cmd", "state"}})["lines_hex"], json::array({"D0C7B9E2BFA7B7C8", "A3A431322E3334"}));
}

TEST(LineDisplayOnPty, ShowsTheAmountInEveryDialect) {
    for (const std::string family : {"epson", "cd5220", "logic"}) {
        simulated glass("line");
        auto display = glass.open(family);
        ASSERT_TRUE(display->show_amount(amount(1234), call(5s)));
        const std::string wanted = "12.34               ";
        auto state = glass.state_with("line2", wanted);
        EXPECT_EQ(state["line2"], wanted) << family;
        EXPECT_EQ(state["line1"], "Total               ") << family;
    }
    simulated glass("line");
    auto display = glass.open("led8n");
    ASSERT_TRUE(display->show_amount(amount(1234), call(5s)));
    EXPECT_EQ(glass.state_with("lamp", 2)["line1"], "12.34               ");
}

TEST(OpenDisplay, RefusesAFamilyThatIsNotKnown) {
    boost::asio::io_context here;
    auto opened = drivers::open_display(here.get_executor(), "nonsense", "/dev/null", {}, call(1s));
    EXPECT_TRUE(opened.error().is(condition::misuse));
}

} // namespace
} // namespace cipherlane
