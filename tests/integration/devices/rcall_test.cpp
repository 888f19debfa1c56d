#include "display-sim/display_simulator.hpp"
#include "io_thread.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/display/rcall/rcall.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/serial.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using drivers::drivers_errc;
using nlohmann::json;

/// What both readers see.
void expect_codes(const json& read, const json& wanted) {
    EXPECT_EQ(read["codes"], wanted) << "zxing-cpp";
    EXPECT_EQ(read["zbar"], wanted) << "zbar";
}

constexpr const char* sample_code = "https://qr.95516.com/00010000/62123456789012345678901234567890";

/// The driver and the simulated display at the two ends of a pty.
class rcall_on_pty : public ::testing::Test {
  protected:
    rcall_on_pty()
        : link_("/tmp/cipherlane-rcall-" + std::to_string(::getpid()) + "-" +
                ::testing::UnitTest::GetInstance()->current_test_info()->name())
        , display_(std::make_unique<sim::display_simulator>(there_.context(), "rcall", options(), link_)) {
        plug();
    }
    ~rcall_on_pty() override {
        there_.stop();
        display_.reset();
    }

    void plug() {
        there_.call_there([&] { ASSERT_TRUE(display_->plug()); });
    }
    json tell(json request) {
        return there_.call_there([&] { return display_->control(request); });
    }
    result<std::unique_ptr<drivers::rcall_display>> open(const call& bounds) {
        drivers::serial_settings settings;
        settings.device = link_;
        settings.baud = 115'200;
        CIPHERLANE_TRY(auto port, drivers::open_serial(here_.get_executor(), settings, bounds));
        drivers::rcall_profile profile;
        profile.answer_timeout = 700ms;
        return std::make_unique<drivers::rcall_display>(std::move(port), profile);
    }
    sim::display_options options() const {
        sim::display_options made;
        made.snapshots = folder_.path();
        return made;
    }
    static ports::qr_view view(std::string payload = sample_code) {
        ports::qr_view made;
        made.payload = std::move(payload);
        made.total = amount(1234);
        made.payee = "星光咖啡";
        return made;
    }

    tests::temporary_folder folder_;
    std::string link_;
    boost::asio::io_context here_;
    tests::io_thread there_;
    std::unique_ptr<sim::display_simulator> display_;
    call bounds_{60s}; // of a whole test
};

TEST_F(rcall_on_pty, ShowsTheCodeThatWasAskedFor) {
    auto screen = open(bounds_);
    ASSERT_TRUE(screen) << screen.error();
    auto shown = (*screen)->show_qr(view(), bounds_);
    ASSERT_TRUE(shown) << shown.error();
    expect_codes(tell({{"cmd", "read"}}), json::array({sample_code}));
    auto state = tell({{"cmd", "state"}});
    EXPECT_EQ(state["header"], "星光咖啡");
    EXPECT_EQ(state["footer"], "¥12.34");
    EXPECT_EQ(tell({{"cmd", "counters"}}).at("counters")["commands"], 4);
    EXPECT_EQ(*(*screen)->heartbeat(bounds_), "R-Call QR-1.3.10.7789");
    EXPECT_TRUE((*screen)->unique_id(bounds_));
    EXPECT_TRUE((*screen)->show_outcome(ports::payment_outcome::approved, amount(1234), bounds_));
    expect_codes(tell({{"cmd", "read"}}), json::array());
    EXPECT_EQ(tell({{"cmd", "state"}})["header"], "支付成功");
}

TEST_F(rcall_on_pty, WritesItsPicture) {
    auto screen = open(bounds_);
    ASSERT_TRUE(screen);
    ASSERT_TRUE((*screen)->show_qr(view("abc"), bounds_));
    for (int again = 0; again < 2; ++again) { // over its own it may write
        auto answer = tell({{"cmd", "snapshot"}, {"path", folder_.file("x.png")}});
        EXPECT_EQ(answer["codes"], json::array({"abc"}));
        EXPECT_GT(std::filesystem::file_size(folder_.file("x.png")), 100U);
    }
}

TEST(Snapshots, GoNowhereButIntoTheirFolder) {
    const tests::temporary_folder own;
    const auto precious = own.file("precious.txt");
    std::ofstream(precious) << "precious";
    std::filesystem::create_symlink(precious, own.file("link.png"));
    const drivers::frame picture(8, 8);
    sim::snapshot_folder folder(own.path());
    const tests::temporary_folder elsewhere;
    for (const auto& path : {precious, own.file("link.png"), elsewhere.file("x.png"), std::string("../x.png"),
             std::string(".."), std::string("/proc/self/environ"), std::string("none/x.png")}) {
        EXPECT_THROW(folder.write(path, picture), std::invalid_argument) << path;
    }
    std::ifstream in(precious);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "precious");
    EXPECT_FALSE(std::filesystem::exists(elsewhere.file("x.png")));
    EXPECT_THROW(sim::snapshot_folder("").write("x.png", picture), std::invalid_argument);
}

TEST_F(rcall_on_pty, SurvivesEveryFaultWithinItsTime) {
    auto screen = open(bounds_);
    ASSERT_TRUE(screen);
    for (auto kind : {"silent", "garbage", "wrong_command", "error", "truncate"}) {
        tell({{"cmd", "faults"}, {"set", json::array({{{"kind", kind}}})}});
        auto shown = (*screen)->show_qr(view(), bounds_);
        EXPECT_FALSE(shown) << kind;
        EXPECT_FALSE(shown.error().is(condition::link_lost)) << kind;
        tell({{"cmd", "faults"}, {"set", json::array()}});
        auto again = (*screen)->show_qr(view(), bounds_);
        EXPECT_TRUE(again) << kind << ": " << again.error();
    }
}

TEST_F(rcall_on_pty, WaitsForASlowDeviceAndNoLongerThanItMust) {
    auto screen = open(bounds_);
    ASSERT_TRUE(screen);
    tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "delay"}, {"delay_ms", 100}, {"times", 4}}})}});
    EXPECT_TRUE((*screen)->show_qr(view(), bounds_));
    tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "delay"}, {"delay_ms", 1000}}})}});
    auto late = (*screen)->show_qr(view(), bounds_);
    EXPECT_EQ(late.error().code(), drivers_errc::no_answer);
    std::this_thread::sleep_for(800ms); // the late answer must not be taken for the next one
    EXPECT_TRUE((*screen)->show_qr(view(), bounds_));
}

TEST_F(rcall_on_pty, ReportsUnplugging) {
    auto screen = open(bounds_);
    ASSERT_TRUE(screen);
    tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "unplug"}, {"match", "T2"}}})}});
    auto shown = (*screen)->show_qr(view(), bounds_);
    ASSERT_FALSE(shown);
    EXPECT_TRUE(shown.error().is(condition::link_lost)) << shown.error();
}

TEST_F(rcall_on_pty, GetsItsPictureAgainWhenItComesBack) {
    drivers::thread_timer timer;
    drivers::keeper_settings settings;
    settings.heartbeat_every = 50ms;
    settings.reopen_first = 20ms;
    settings.reopen_most = 50ms;
    drivers::display_keeper keeper(
        [this](const call& bounds) -> result<std::unique_ptr<ports::display>> {
            CIPHERLANE_TRY(auto screen, open(bounds));
            return std::unique_ptr<ports::display>(std::move(screen));
        },
        timer, settings);
    auto code = view();
    code.valid_for = 60s;
    ASSERT_TRUE(keeper.show_qr(code, bounds_));
    auto before = tell({{"cmd", "counters"}}).at("counters")["command Q"].get<int>();
    tell({{"cmd", "unplug"}});
    const auto end = deadline::in(20s);
    while (keeper.attached() && !end.passed())
        std::this_thread::sleep_for(5ms);
    EXPECT_FALSE(keeper.attached());
    plug();
    while (tell({{"cmd", "counters"}}).at("counters")["command Q"].get<int>() == before && !end.passed()) {
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_EQ(tell({{"cmd", "counters"}}).at("counters")["command Q"].get<int>(), before + 1);
    expect_codes(tell({{"cmd", "read"}}), json::array({sample_code}));
}

} // namespace
} // namespace cipherlane
