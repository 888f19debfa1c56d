// Serial devices behind the kernel's own cdc-acm driver: a display model on vhci_hcd, and the kernel's gadget.
#include "display-sim/display_model.hpp"
#include "gadget.hpp"
#include "patience.hpp"
#include "simkit/cdc_acm_model.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/display/rcall/rcall.hpp>
#include <cipherlane/drivers/timer.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/drivers/transport/serial_ports.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using tests::comes_true;
using tests::usb_port;

constexpr const char* sample_code = "https://qr.95516.com/00010000/62123456789012345678901234567890";

/// The port's name under /dev/serial/by-id, once udev has made it.
std::string port_of(const std::string& serial_number) {
    drivers::serial_port_filter filter;
    filter.serial_number = serial_number;
    result<std::string> path = std::string();
    const bool found = comes_true([&] {
        path = drivers::find_serial_port(filter);
        return path && path->starts_with("/dev/serial/by-id/");
    });
    if (!found) throw std::runtime_error("no name for the port of " + serial_number);
    return *path;
}

result<std::unique_ptr<net::transport>> open_port(
    boost::asio::io_context& io, const std::string& device, unsigned baud, const call& bounds) {
    drivers::serial_settings settings;
    settings.device = device;
    settings.baud = baud;
    return drivers::open_serial(io.get_executor(), settings, bounds);
}

bytes read_all(net::transport& link, std::size_t size) {
    bytes all;
    std::array<std::uint8_t, 4'096> part{};
    while (all.size() < size) {
        const auto got = link.read_some(part, call(20s));
        if (!got) {
            ADD_FAILURE() << got.error();
            break;
        }
        all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
    }
    return all;
}

/// Every byte value, and so STX, NUL, XON, XOFF, CR and LF.
bytes pattern(std::size_t size) {
    bytes data(size);
    for (std::size_t i = 0; i < size; ++i)
        data[i] = static_cast<std::uint8_t>(i * 7);
    return data;
}

/// An R-Call display as a USB device of the class that the kernel's cdc-acm takes.
class KernelDisplay : public ::testing::Test {
  protected:
    KernelDisplay() {
        model_.on_data = [this](byte_view data) { display_->receive(data); };
        plug();
    }

    void plug() {
        display_->link_lost();
        port_ = rig_.plug(model_);
    }
    json tell(const json& request) {
        const std::lock_guard lock(port_->function().mutex());
        return display_->control(request);
    }
    json codes() { return tell({{"cmd", "read"}})["codes"]; }

    result<std::unique_ptr<drivers::rcall_display>> open(const call& bounds) {
        CIPHERLANE_TRY(auto port, open_port(io_, port_of("SN-DISPLAY"), 115'200, bounds));
        return std::make_unique<drivers::rcall_display>(std::move(port));
    }
    static ports::qr_view view() {
        ports::qr_view made;
        made.payload = sample_code;
        made.total = amount(1234);
        made.payee = "Cafe";
        made.valid_for = 600s;
        return made;
    }

    boost::asio::io_context io_;
    tests::usb_rig rig_;
    sim::cdc_acm_model model_{0x1209, 0x5A02, "Display", "SN-DISPLAY"};
    std::unique_ptr<sim::display_model> display_ = sim::make_display_model("rcall", {},
        {[this](const bytes& answer) { port_->function().send(sim::cdc_acm_model::in_endpoint, answer); },
            [](std::chrono::milliseconds, const std::function<void()>&) {}, [] {}});
    std::unique_ptr<usb_port> port_;
    call bounds_{60s};
};

TEST_F(KernelDisplay, ShowsACodeThroughARealSerialPort) {
    auto screen = open(bounds_);
    ASSERT_TRUE(screen) << screen.error();
    const auto shown = (*screen)->show_qr(view(), bounds_);
    ASSERT_TRUE(shown) << shown.error();
    EXPECT_EQ(codes(), json::array({sample_code}));
    EXPECT_EQ(model_.baud(), 115'200U);
}

TEST_F(KernelDisplay, UnpluggedInEitherOrderItIsLostAndCanBeOpenedAgain) {
    for (const auto how : {usb_port::order::descriptor_first, usb_port::order::event_first}) {
        auto screen = open(bounds_);
        ASSERT_TRUE(screen) << screen.error();
        ASSERT_TRUE((*screen)->show_qr(view(), bounds_));
        port_->unplug(how);
        const auto lost = (*screen)->show_amount(amount(1), bounds_);
        ASSERT_FALSE(lost);
        EXPECT_TRUE(lost.error().is(condition::link_lost)) << lost.error();
        screen->reset();
        plug();
    }
    auto screen = open(bounds_);
    ASSERT_TRUE(screen) << screen.error();
    EXPECT_TRUE((*screen)->show_qr(view(), bounds_));
}

TEST_F(KernelDisplay, GetsItsPictureAgainWhenItComesBack) {
    drivers::thread_timer timer;
    drivers::keeper_settings settings;
    settings.heartbeat_every = 50ms;
    settings.reopen_first = 20ms;
    settings.reopen_most = 50ms;
    drivers::display_keeper keeper(
        [this](const call& bounds) -> result<std::unique_ptr<ports::display>> {
            drivers::serial_port_filter filter;
            filter.serial_number = "SN-DISPLAY";
            CIPHERLANE_TRY(auto path, drivers::find_serial_port(filter));
            CIPHERLANE_TRY(auto port, open_port(io_, path, 115'200, bounds));
            return std::unique_ptr<ports::display>(std::make_unique<drivers::rcall_display>(std::move(port)));
        },
        timer, settings);
    ASSERT_TRUE(keeper.show_qr(view(), bounds_));
    const auto shown = [&] { return tell({{"cmd", "counters"}}).at("counters")["command Q"].get<int>(); };
    const int before = shown();
    port_->unplug();
    EXPECT_TRUE(comes_true([&] { return !keeper.attached(); }));
    plug();
    EXPECT_TRUE(comes_true([&] { return shown() > before; }));
    EXPECT_EQ(codes(), json::array({sample_code}));
}

TEST(KernelSerial, CarriesAnyByteAtAnySpeed) {
    boost::asio::io_context io;
    tests::usb_rig rig;
    sim::cdc_acm_model model(0x1209, 0x5A02, "Echo", "SN-ECHO");
    std::unique_ptr<usb_port> port;
    model.on_data = [&](byte_view data) { port->function().send(sim::cdc_acm_model::in_endpoint, data); };
    port = rig.plug(model);
    auto link = open_port(io, port_of("SN-ECHO"), 12'345, call(20s));
    ASSERT_TRUE(link) << link.error();
    for (const std::size_t size : {1U, 63U, 64U, 65U, 256U, 20'000U}) {
        const bytes sent = pattern(size);
        ASSERT_TRUE((*link)->write(sent, call(20s))) << size;
        EXPECT_EQ(read_all(**link, size), sent) << size;
    }
    EXPECT_EQ(model.baud(), 12'345U) << "a rate without a constant of its own";
    std::array<std::uint8_t, 4> none{};
    EXPECT_TRUE((*link)->read_some(none, call(40ms)).error().is(condition::timed_out));
}

TEST(KernelGadget, ASerialGadgetIsUnpluggedAndOpenedAgain) {
    boost::asio::io_context io;
    tests::gadget device("acm", "SN-GADGET", {});
    for (int round = 0; round < 2; ++round) {
        device.plug();
        auto link = open_port(io, port_of("SN-GADGET"), 9'600, call(20s));
        ASSERT_TRUE(link) << link.error();
        const int peer = ::open("/dev/ttyGS0", O_RDWR | O_NOCTTY | O_CLOEXEC);
        ASSERT_GE(peer, 0);
        termios mode{};
        ASSERT_EQ(::tcgetattr(peer, &mode), 0);
        ::cfmakeraw(&mode);
        ASSERT_EQ(::tcsetattr(peer, TCSANOW, &mode), 0);
        const bytes sent = pattern(200);
        ASSERT_TRUE((*link)->write(sent, call(20s)));
        bytes got(sent.size());
        for (std::size_t at = 0; at < got.size();) {
            const ssize_t count = ::read(peer, got.data() + at, got.size() - at);
            ASSERT_GT(count, 0);
            at += static_cast<std::size_t>(count);
        }
        EXPECT_EQ(got, sent);
        ASSERT_EQ(::write(peer, sent.data(), sent.size()), static_cast<ssize_t>(sent.size()));
        EXPECT_EQ(read_all(**link, sent.size()), sent);
        ::close(peer);
        device.unplug();
        std::array<std::uint8_t, 4> none{};
        const auto lost = (*link)->read_some(none, call(20s));
        ASSERT_FALSE(lost);
        EXPECT_TRUE(lost.error().is(condition::link_lost)) << lost.error();
        EXPECT_FALSE((*link)->write(sent, call(20s)));
    }
}

} // namespace
} // namespace cipherlane
