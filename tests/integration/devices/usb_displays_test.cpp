// Displays on USB through the real libusb: described ones, a printer, HID reports.
#include "display-sim/usb_display.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/drivers/display/described/described.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/hid.hpp>
#include <cipherlane/drivers/transport/report_link.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using drivers::drivers_errc;
using nlohmann::json;
using tests::usb_port;

constexpr const char* sample_code = "https://qr.95516.com/00010000/62123456789012345678901234567890";

std::string example(const std::string& family) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/drivers/descriptions/" + family + ".toml";
}

ports::qr_view view(std::string payload = sample_code) {
    ports::qr_view made;
    made.payload = std::move(payload);
    made.total = amount(1234);
    made.payee = "星光咖啡";
    return made;
}

class usb_displays : public ::testing::Test {
  protected:
    ~usb_displays() override {
        if (model_) model_->detached();
    }
    void plug(const std::string& family) {
        if (!model_) model_ = std::make_unique<sim::usb_display>(family);
        plug();
        if (!host_) host_ = drivers::usb_host::start({}, logger::none()).value();
        drivers::usb_filter filter;
        filter.vendor = model_->identity().vendor;
        ASSERT_TRUE(host_->wait_for(filter, call(5s)));
    }
    void plug() { port_ = rig_.plug(*model_); }
    void unplug(usb_port::order how = usb_port::order::event_first) {
        model_->detached();
        port_->unplug(how);
        port_.reset();
    }
    result<std::unique_ptr<ports::display>> open(const std::string& description, const call& bounds = call(5s)) {
        drivers::display_options options;
        options.description_file = example(description);
        options.usb = host_;
        return drivers::open_display(io_.get_executor(), "described", "", options, bounds);
    }
    std::unique_ptr<ports::display> opened(const std::string& description) {
        auto display = open(description);
        if (!display) throw std::runtime_error(display.error().to_string());
        return *std::move(display);
    }
    json state() { return model_->ask({{"cmd", "state"}}); }
    void expect_code(const json& codes) {
        const auto read = model_->ask({{"cmd", "read"}});
        EXPECT_EQ(read["codes"], codes) << "zxing-cpp";
        EXPECT_EQ(read["zbar"], codes) << "zbar";
    }
    void fault(const char* kind, const char* match = "", int delay = 0) {
        json asked{{"kind", kind}, {"match", match}};
        if (delay != 0) asked["delay_ms"] = delay;
        model_->ask({{"cmd", "faults"}, {"set", json::array({asked})}});
    }
    /// Every fault of the device fails the command that it hits, names it, and is over with the next.
    void survives_faults(const char* description, const char* command, drivers_errc cut_short) {
        auto display = opened(description);
        struct row {
            const char* kind;
            drivers_errc code;
        };
        for (const auto& [kind, code] :
            {row{"silent", drivers_errc::no_answer}, row{"garbage", drivers_errc::no_answer},
                row{"wrong_command", drivers_errc::wrong_answer}, row{"refuse", drivers_errc::refused},
                row{"truncate", cut_short}, row{"delay", drivers_errc::no_answer}}) {
            fault(kind, command, std::string(kind) == "delay" ? 1'400 : 0); // the driver waits a second at most
            const auto start = std::chrono::steady_clock::now();
            const auto shown = display->show_qr(view("https://example.com/" + std::string(kind)), call(5s));
            ASSERT_FALSE(shown) << kind;
            EXPECT_EQ(shown.error().code(), make_error_code(code)) << kind << ": " << shown.error();
            EXPECT_LT(std::chrono::steady_clock::now() - start, 4s) << kind << ": before the call's end";
            EXPECT_EQ(shown.error().peer_code(), code == drivers_errc::refused ? "07" : "");
            if (std::string(kind) == "delay")
                std::this_thread::sleep_until(start + 1'900ms); // its answer is there now
            model_->ask({{"cmd", "faults"}, {"set", json::array()}});
            const auto again = display->show_qr(view(), call(5s));
            EXPECT_TRUE(again) << kind << ": " << again.error();
            expect_code(json::array({sample_code}));
        }
    }
    /// A code that stands on the display when it is unplugged stands there again when it is back.
    void comes_back(const char* family) {
        drivers::thread_timer timer;
        drivers::keeper_settings settings;
        settings.heartbeat_every = 30ms;
        settings.reopen_first = 20ms;
        settings.reopen_most = 50ms;
        drivers::display_keeper keeper([&](const call& bounds) { return open(family, bounds); }, timer, settings);
        ASSERT_TRUE(keeper.show_qr(view(), call(5s)));
        for (const auto how : {usb_port::order::descriptor_first, usb_port::order::event_first}) {
            unplug(how);
            for (const auto end = deadline::in(20s); keeper.attached() && !end.passed();)
                std::this_thread::sleep_for(2ms);
            ASSERT_FALSE(keeper.attached());
            // Another device of the kind, with nothing on its glass.
            auto old = std::exchange(model_, std::make_unique<sim::usb_display>(family));
            plug();
            for (const auto end = deadline::in(20s); !end.passed();) {
                if (model_->ask({{"cmd", "read"}})["codes"] == json::array({sample_code})) break;
                std::this_thread::sleep_for(5ms);
            }
            expect_code(json::array({sample_code}));
        }
    }

    tests::usb_rig rig_;
    std::unique_ptr<sim::usb_display> model_;
    std::unique_ptr<usb_port> port_;
    boost::asio::io_context io_;
    std::shared_ptr<drivers::usb_host> host_;
};

TEST_F(usb_displays, ADescribedPanelShowsEverything) {
    plug("bulk-panel");
    auto panel = opened("bulk-panel");
    EXPECT_EQ(*panel->heartbeat(call(5s)), "Pixel panel 240 x 320 (USB bulk) V2.1");
    const auto can = panel->capabilities();
    EXPECT_TRUE(
        can.qr && can.amount && can.text && can.outcome && can.brightness && can.acknowledges && can.countdown);
    EXPECT_TRUE(can.readable);
    auto code = view();
    code.valid_for = 60s;
    auto shown = panel->show_qr(code, call(5s));
    ASSERT_TRUE(shown) << shown.error();
    expect_code(json::array({sample_code}));
    const auto counted = [&](const char* what) {
        const auto counters = model_->ask({{"cmd", "counters"}}).at("counters");
        return counters.value(what, 0);
    };
    EXPECT_EQ(counted("pixels"), 240 * 320);
    ASSERT_TRUE(panel->show_remaining(9s, call(5s)));
    EXPECT_LT(counted("pixels"), 240 * 320 * 106 / 100);
    ASSERT_TRUE(panel->show_qr(view("https://example.com/other"), call(5s)));
    expect_code(json::array({"https://example.com/other"}));
    ASSERT_TRUE(panel->show_text("欢迎", "Welcome", call(5s)));
    expect_code(json::array());
    ASSERT_TRUE(panel->show_amount(amount(5), call(5s)));
    ASSERT_TRUE(panel->show_outcome(ports::payment_outcome::approved, amount(5), call(5s)));
    ASSERT_TRUE(panel->set_brightness(100, call(5s)));
    EXPECT_EQ(state()["brightness"], 255);
    ASSERT_TRUE(panel->set_brightness(0, call(5s)));
    EXPECT_EQ(state()["brightness"], 5);
    ASSERT_TRUE(panel->clear(call(5s)));
    EXPECT_EQ(counted("broken") + counted("stray"), 0);
}

TEST_F(usb_displays, ADescribedPlateShowsEverything) {
    plug("hid-plate");
    EXPECT_EQ(port_->kernel_driver(), "usbhid");
    auto plate = opened("hid-plate");
    EXPECT_EQ(port_->kernel_driver(), "") << "taken from the kernel's driver";
    EXPECT_EQ(*plate->heartbeat(call(5s)), "QR plate (USB HID) HP-7 1.04");
    const auto can = plate->capabilities();
    EXPECT_TRUE(
        can.qr && can.amount && can.text && can.outcome && can.brightness && can.acknowledges && can.countdown);
    EXPECT_FALSE(can.readable);
    auto code = view();
    code.valid_for = 60s;
    auto shown = plate->show_qr(code, call(5s));
    ASSERT_TRUE(shown) << shown.error();
    expect_code(json::array({sample_code}));
    EXPECT_EQ(state()["header"], "星光咖啡");
    EXPECT_EQ(state()["footer"], "¥12.34");
    ASSERT_TRUE(plate->show_remaining(42s, call(5s)));
    EXPECT_EQ(state()["seconds"], 42);
    const std::string text(200, 'x');
    ASSERT_TRUE(plate->show_qr(view(text), call(5s)));
    expect_code(json::array({text}));
    ASSERT_TRUE(plate->show_text("欢迎", "Welcome", call(5s)));
    EXPECT_EQ(state()["lines"], json::array({"欢迎", "Welcome"}));
    EXPECT_EQ(state()["code"], "");
    ASSERT_TRUE(plate->show_outcome(ports::payment_outcome::approved, amount(1234), call(5s)));
    EXPECT_EQ(state()["lines"], json::array({"支付成功", "¥12.34"}));
    ASSERT_TRUE(plate->set_brightness(50, call(5s)));
    EXPECT_EQ(state()["brightness"], 5);
    ASSERT_TRUE(plate->clear(call(5s)));
    EXPECT_EQ(state()["lines"], json::array());
    const auto counters = model_->ask({{"cmd", "counters"}}).at("counters");
    EXPECT_FALSE(counters.contains("broken") || counters.contains("stray")) << counters;
    plate.reset();
    EXPECT_EQ(port_->kernel_driver(), "usbhid") << "given back";
}

TEST_F(usb_displays, APlateWithoutAnOutEndpointIsReachedByControlRequests) {
    model_ = std::make_unique<sim::usb_display>("hid-plate");
    model_->take_reports_by_control();
    plug("hid-plate");
    auto plate = opened("hid-plate");
    ASSERT_TRUE(plate->show_qr(view(), call(5s)));
    expect_code(json::array({sample_code}));
}

TEST_F(usb_displays, ADescribedPanelSurvivesEveryFault) {
    plug("bulk-panel");
    survives_faults("bulk-panel", "10", drivers_errc::no_answer);
}

TEST_F(usb_displays, ADescribedPlateSurvivesEveryFault) {
    plug("hid-plate");
    survives_faults("hid-plate", "Q", drivers_errc::bad_frame); // its report is filled up
}

TEST_F(usb_displays, ADescribedPanelComesBackWithItsCode) {
    plug("bulk-panel");
    comes_back("bulk-panel");
}

TEST_F(usb_displays, ADescribedPlateComesBackWithItsCode) {
    plug("hid-plate");
    comes_back("hid-plate");
}

TEST_F(usb_displays, UnpluggingInTheMiddleOfAPictureIsALostLink) {
    plug("bulk-panel");
    auto panel = opened("bulk-panel");
    fault("unplug", "10");
    const auto shown = panel->show_qr(view(), call(5s));
    ASSERT_FALSE(shown);
    EXPECT_TRUE(shown.error().is(condition::link_lost)) << shown.error();
    EXPECT_EQ(shown.error().code(), make_error_code(drivers_errc::device_gone)) << shown.error();
}

TEST_F(usb_displays, AnotherDeviceIsRecognisedByItsAnswers) {
    // A plate's description on the panel's bulk pipes, as after a mistake in the file.
    plug("bulk-panel");
    auto description = drivers::load_display_description(example("hid-plate")).value();
    description.over = drivers::display_description::link::usb;
    description.usb.device.vendor = 0x1209;
    auto link = drivers::open_described_link(io_.get_executor(), description, "", host_, call(5s));
    ASSERT_TRUE(link) << link.error();
    auto protocol = drivers::described_protocol::create(description, drivers::wording::english());
    drivers::device_display display(*std::move(link), *std::move(protocol));
    const auto name = display.heartbeat(call(5s));
    ASSERT_FALSE(name);
    EXPECT_EQ(name.error().code(), make_error_code(drivers_errc::no_answer));
}

TEST_F(usb_displays, OpeningAsksTheDeviceWhoItIs) {
    plug("bulk-panel");
    for (const char* kind : {"silent", "garbage", "wrong_command", "refuse"}) {
        fault(kind, "02");
        const auto display = open("bulk-panel");
        ASSERT_FALSE(display) << kind;
        EXPECT_EQ(display.error().operation(), "heartbeat") << display.error();
    }
    EXPECT_TRUE(open("bulk-panel"));
}

TEST_F(usb_displays, APrinterPrintsThroughItsUsbClass) {
    plug("escpos");
    drivers::display_options options;
    options.usb = host_;
    for (const std::string device : {"usb:1209:5a21", "usb:1209:5a21:SN0001"}) {
        auto printer = drivers::open_display(io_.get_executor(), "escpos", device, options, call(5s));
        ASSERT_TRUE(printer) << printer.error();
        EXPECT_EQ(port_->kernel_driver(), "") << "usblp gave way";
        ASSERT_TRUE((*printer)->show_qr(view(), call(5s)));
        EXPECT_EQ(*(*printer)->heartbeat(call(5s)), "ESC/POS printer");
        expect_code(json::array({sample_code}));
    }
    const auto other = drivers::open_display(io_.get_executor(), "escpos", "usb:1209:5a21:SN9", options, call(5s));
    EXPECT_EQ(other.error().code(), make_error_code(drivers_errc::no_such_device));
    for (const std::string device : {"usb:", "usb:1209", "usb:1209:", "usb:x:y", "usb:1209:5a21;"}) {
        const auto wrong = drivers::open_display(io_.get_executor(), "escpos", device, options, call(5s));
        EXPECT_EQ(wrong.error().code(), make_error_code(drivers_errc::bad_address)) << device;
    }
    auto printer = drivers::open_display(io_.get_executor(), "escpos", "usb:1209:5a21", options, call(5s));
    fault("unplug", "status");
    EXPECT_TRUE((*printer)->heartbeat(call(5s)).error().is(condition::link_lost));
}

TEST_F(usb_displays, ReportsAreWholeAndNumbered) {
    plug("hid-plate");
    drivers::hid_filter filter;
    filter.product = 0x5A12;
    auto hid = drivers::open_hid_through_usb(*host_, io_.get_executor(), filter, call(5s));
    ASSERT_TRUE(hid) << hid.error();
    bytes question(64);
    const bytes ask{2, 0x51, 1, 'V', 0x51 + 1 + 'V'};
    std::ranges::copy(ask, question.begin());
    ASSERT_TRUE((*hid)->write(question, call(5s)));
    bytes answer(128);
    const auto size = (*hid)->read_some(answer, call(5s));
    ASSERT_TRUE(size) << size.error();
    EXPECT_EQ(*size, 64U) << "a report that fills its packet is given at once";
    EXPECT_EQ(answer[0], 1);
    EXPECT_EQ(answer[1], 0x52);
    filter.usage_page = 0xFF00;
    EXPECT_EQ(
        drivers::open_hid_through_usb(*host_, io_.get_executor(), filter, call(5s)).error().field(), "usage_page");
    unplug();
    EXPECT_TRUE((*hid)->read_some(answer, call(5s)).error().is(condition::link_lost));
}

/// The asynchronous face has no control requests.
TEST_F(usb_displays, ReportsGoByControlRequestsOnlyBlocking) {
    model_ = std::make_unique<sim::usb_display>("hid-plate");
    model_->take_reports_by_control();
    plug("hid-plate");
    drivers::hid_filter filter;
    filter.product = 0x5A12;
    auto hid = drivers::open_hid_through_usb(*host_, io_.get_executor(), filter, call(5s));
    ASSERT_TRUE(hid) << hid.error();
    bytes question(64);
    const bytes ask{2, 0x51, 1, 'V', 0x51 + 1 + 'V'};
    std::ranges::copy(ask, question.begin());
    std::optional<result<void>> sent;
    (*hid)->async_write(question, [&](result<void> outcome) { sent.emplace(std::move(outcome)); });
    auto work = boost::asio::make_work_guard(io_);
    for (const auto end = deadline::in(5s); !sent && !end.passed();)
        io_.run_one_for(100ms);
    ASSERT_TRUE(sent && !*sent);
    EXPECT_EQ(sent->error().code(), make_error_code(drivers_errc::not_supported)) << sent->error();
    EXPECT_TRUE((*hid)->write(question, call(5s))) << "the link is as good as before";
    bytes answer(64);
    ASSERT_TRUE((*hid)->read_some(answer, call(5s)));
    EXPECT_EQ(answer[1], 0x52);
}

/// The asynchronous face of the report stream.
TEST_F(usb_displays, ReportsStreamAsynchronously) {
    plug("hid-plate");
    drivers::hid_filter filter;
    filter.product = 0x5A12;
    auto hid = drivers::open_hid_through_usb(*host_, io_.get_executor(), filter, call(5s), 64);
    ASSERT_TRUE(hid) << hid.error();
    auto link = drivers::make_report_link(*std::move(hid), {2, 1, 63, 63, 0});
    bytes packets(63, 0); // fills a report, so that the question goes in the second
    packets.insert(packets.end(), {0x51, 1, 'V', 0x51 + 1 + 'V'});
    bytes answer(4);
    std::optional<result<std::size_t>> got;
    link->async_write(packets, [&](result<void> sent) {
        EXPECT_TRUE(sent) << sent.error();
        link->async_read_some(answer, [&](result<std::size_t> size) { got.emplace(std::move(size)); });
    });
    auto work = boost::asio::make_work_guard(io_);
    for (const auto end = deadline::in(5s); !got && !end.passed();)
        io_.run_one_for(100ms);
    ASSERT_TRUE(got && *got) << "no answer";
    EXPECT_EQ(**got, 4U);
    EXPECT_EQ(answer, (bytes{0x52, 11, 'v', 0}));
    bytes rest(63);
    EXPECT_EQ(*link->read_some(rest, call(5s)), 59U) << "the rest of the report";
    got.reset();
    link->async_read_some(answer, [&](result<std::size_t> size) { got.emplace(std::move(size)); });
    boost::asio::post(io_, [&] { link->cancel(); });
    for (const auto end = deadline::in(5s); !got && !end.passed();)
        io_.run_one_for(100ms);
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->error().is(condition::cancelled)) << got->error();
}

} // namespace
} // namespace cipherlane
