// The USB transport through the real libusb, on models.
#include "simkit/echo_model.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using tests::usb_port;

constexpr std::uint8_t out = 0x01;
constexpr std::uint8_t in = 0x81;

std::shared_ptr<usb_host> started(std::chrono::milliseconds rescan = 2s) {
    auto host = usb_host::start({rescan}, logger::none());
    if (!host) throw std::runtime_error(host.error().to_string());
    return *std::move(host);
}

enum class face { blocking, asynchronous };

class Usb : public ::testing::TestWithParam<face> {
  protected:
    Usb() {
        settings_.device.vendor = 0x1209;
        settings_.device.product = 0x5A01;
        settings_.zero = usb_settings::zero_packet::closes_full_packets;
        settings_.read_size = 4'096;
    }

    [[nodiscard]] bool blocking() const { return GetParam() == face::blocking; }

    /// Runs an asynchronous operation to its end, cancelling `link` after `span`.
    template <class T, class F>
    result<T> await(F start, net::transport* link = nullptr, std::chrono::milliseconds span = 5s) {
        std::optional<result<T>> got;
        boost::asio::steady_timer timer(io_, span);
        timer.async_wait([&](const boost::system::error_code& stopped) {
            if (!stopped && link != nullptr) link->cancel();
        });
        auto work = boost::asio::make_work_guard(io_);
        start(net::completion<T>([&](result<T> outcome) {
            got.emplace(std::move(outcome));
            timer.cancel();
            work.reset();
        }));
        io_.restart();
        io_.run();
        return std::move(*got);
    }

    result<std::unique_ptr<usb_transport>> open(const call& bounds = call(5s)) {
        if (blocking()) return host_->open(io_.get_executor(), settings_, bounds);
        return await<std::unique_ptr<usb_transport>>(
            [&](auto done) { host_->async_open(io_.get_executor(), settings_, bounds, std::move(done)); });
    }
    std::unique_ptr<usb_transport> opened() {
        auto link = open();
        if (!link) throw std::runtime_error(link.error().to_string());
        return std::move(*link);
    }
    result<bytes> read(net::transport& link, std::chrono::milliseconds span = 5s, std::size_t most = 4096) {
        bytes buffer(most);
        auto got = blocking() ? link.read_some(buffer, call(span))
                              : await<std::size_t>(
                                    [&](auto done) { link.async_read_some(buffer, std::move(done)); }, &link, span);
        if (!got) return got.error();
        buffer.resize(*got);
        return buffer;
    }
    result<void> write(net::transport& link, const bytes& data, std::chrono::milliseconds span = 5s) {
        if (blocking()) return link.write(data, call(span));
        return await<void>([&](auto done) { link.async_write(data, std::move(done)); }, &link, span);
    }
    bytes read_all(net::transport& link, std::size_t size) {
        bytes all;
        while (all.size() < size) {
            auto part = read(link);
            if (!part) {
                ADD_FAILURE() << part.error();
                break;
            }
            all.insert(all.end(), part->begin(), part->end());
        }
        return all;
    }
    /// Until the host has heard that the device left, it is found, and is gone when it is opened.
    void wait_until_left() {
        for (int i = 0; i < 5'000 && !host_->devices().empty(); ++i)
            std::this_thread::sleep_for(1ms);
        ASSERT_TRUE(host_->devices().empty());
    }
    [[nodiscard]] static bytes pattern(std::size_t size) {
        bytes data(size);
        for (std::size_t i = 0; i < size; ++i)
            data[i] = static_cast<std::uint8_t>(i * 7 + size);
        return data;
    }

    tests::usb_rig rig_;
    sim::echo_model model_;
    std::unique_ptr<usb_port> port_ = rig_.plug(model_);
    boost::asio::io_context io_;
    std::shared_ptr<usb_host> host_ = started();
    usb_settings settings_;
};

INSTANTIATE_TEST_SUITE_P(Faces, Usb, ::testing::Values(face::blocking, face::asynchronous),
    [](const auto& chosen) { return chosen.param == face::blocking ? "Blocking" : "Asynchronous"; });

TEST_P(Usb, EchoesMessagesOfAnySize) {
    auto link = opened();
    EXPECT_EQ(link->endpoint(), "1209:5a01:SN0001");
    for (const std::size_t size : {1U, 5U, 63U, 64U, 65U, 128U, 4'096U, 100'000U, 600'000U}) {
        const bytes sent = pattern(size);
        ASSERT_TRUE(write(*link, sent)) << size;
        EXPECT_EQ(read_all(*link, size), sent) << size;
    }
    EXPECT_EQ(model_.messages(), 9U) << "one message each, however many transfers it took";
    EXPECT_EQ(port_->counts().unclaimed, 0U);
}

TEST_P(Usb, GivesALargeMessageInTheReadersPieces) {
    auto link = opened();
    ASSERT_TRUE(write(*link, pattern(10)));
    EXPECT_EQ(*read(*link, 5s, 4), (bytes{10, 17, 24, 31}));
    EXPECT_EQ(read(*link, 5s, 4)->size(), 4U);
    EXPECT_EQ(read(*link, 5s, 4)->size(), 2U);
}

TEST_P(Usb, AFullPacketIsGivenAtOnceUnlessMoreIsAskedFor) {
    settings_.read_size = 0;
    auto link = opened();
    port_->function().send(in, bytes(64, 7), sim::message_end::open);
    EXPECT_EQ(*read(*link), bytes(64, 7));
}

TEST_P(Usb, WithoutTheZeroPacketAFullMessageNeverEnds) {
    settings_.zero = usb_settings::zero_packet::never;
    auto link = opened();
    ASSERT_TRUE(write(*link, pattern(64)));
    EXPECT_FALSE(read(*link, 40ms));
    EXPECT_EQ(model_.messages(), 0U);
}

TEST_P(Usb, AReadsDeadlineLosesNothing) {
    auto link = opened();
    auto late = read(*link, 30ms);
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().is(condition::timed_out) || late.error().is(condition::cancelled));
    port_->function().send(in, bytes{1, 2, 3});
    EXPECT_EQ(*read(*link), (bytes{1, 2, 3}));
    EXPECT_TRUE(link->is_open());
}

TEST_P(Usb, AWritesDeadlineEndsTheLink) {
    auto link = opened();
    port_->function().set_pace(out, sim::carrier::pace::wait);
    auto late = write(*link, pattern(5), 40ms);
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().is(condition::timed_out) || late.error().is(condition::cancelled));
    EXPECT_FALSE(link->is_open()) << "how much the device has is unknown";
    EXPECT_EQ(port_->function().pending(out), 0U) << "taken back";
}

TEST_P(Usb, AStallIsClearedAndTriedOnceMore) {
    auto link = opened();
    port_->function().halt(in);
    std::jthread device([&] {
        std::this_thread::sleep_for(20ms);
        port_->function().send(in, bytes{7});
    });
    EXPECT_EQ(*read(*link), bytes{7});
    EXPECT_EQ(port_->counts().clear_halts, 1U);
    port_->function().halt(out);
    ASSERT_TRUE(write(*link, bytes{8}));
    EXPECT_EQ(*read(*link), bytes{8});
}

TEST_P(Usb, AStallThatComesBackIsReported) {
    auto link = opened();
    port_->function().halt(in);
    std::jthread device([&] {
        for (int i = 0; i < 10'000 && port_->counts().clear_halts == 0; ++i)
            std::this_thread::sleep_for(1ms);
        port_->function().halt(in);
    });
    auto got = read(*link);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), make_error_code(drivers_errc::stalled)) << got.error();
}

TEST_P(Usb, CancelledWhileAStallIsClearedACallEndsOnce) {
    for (int round = 0; round < 50; ++round) {
        auto link = opened();
        const unsigned before = port_->counts().clear_halts;
        std::jthread other([&] {
            while (port_->counts().clear_halts == before)
                std::this_thread::yield();
            link->cancel();
        });
        // Cancelled while the stall is cleared, or done by then.
        if (round % 2 == 0) {
            port_->function().halt(in);
            const auto got = read(*link);
            EXPECT_TRUE(got || got.error().is(condition::cancelled)) << got.error();
        } else {
            port_->function().halt(out);
            const auto sent = write(*link, bytes{1});
            EXPECT_TRUE(sent || sent.error().is(condition::cancelled)) << sent.error();
        }
        other.join();
        link.reset();
    }
}

TEST_P(Usb, BabbleIsABadMessage) {
    auto link = opened();
    port_->function().send_packet(in, bytes(65, 1));
    auto got = read(*link);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), make_error_code(drivers_errc::babble));
}

TEST_P(Usb, AFaultOnTheBusIsALostLink) {
    auto link = opened();
    port_->function().fail_next(in, -EPROTO);
    auto got = read(*link);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), make_error_code(drivers_errc::bus_fault));
    EXPECT_TRUE(got.error().is(condition::link_lost));
}

TEST_P(Usb, CancelFromAnotherThreadEndsARead) {
    auto link = opened();
    std::atomic<bool> ended{false};
    std::jthread other([&] {
        while (!ended) { // the read may not have begun yet
            std::this_thread::sleep_for(20ms);
            link->cancel();
        }
    });
    EXPECT_TRUE(read(*link).error().is(condition::cancelled));
    ended = true;
    other.join();
    io_.restart();
    io_.poll();
    port_->function().send(in, bytes{1});
    EXPECT_TRUE(read(*link)) << "cancel ends what is under way, not what comes after";
}

TEST_P(Usb, UnpluggingIsNoticedAtOnceInEitherOrder) {
    for (const auto how : {usb_port::order::descriptor_first, usb_port::order::event_first}) {
        auto link = opened();
        std::atomic<clock::time_point> unplugged{};
        std::jthread hand([&] {
            std::this_thread::sleep_for(20ms);
            unplugged = clock::now();
            port_->unplug(how);
        });
        auto got = read(*link);
        const auto noticed = clock::now();
        hand.join();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code(), make_error_code(drivers_errc::device_gone)) << got.error();
        EXPECT_TRUE(got.error().is(condition::link_lost));
        EXPECT_LT(noticed - unplugged.load(), 5s);
        EXPECT_FALSE(link->is_open());
        EXPECT_TRUE(write(*link, bytes{1}).error().is(condition::link_lost));
        link.reset();
        wait_until_left();
        port_ = rig_.plug(model_);
        ASSERT_TRUE(host_->wait_for(settings_.device, call(5s)));
    }
}

TEST_P(Usb, TheDriverOfTheKernelIsDetachedAndComesBack) {
    port_.reset();
    wait_until_left();
    model_.become_hid();
    port_ = rig_.plug(model_);
    ASSERT_TRUE(host_->wait_for(settings_.device, call(5s)));
    settings_.other_driver = usb_settings::kernel_driver::refuse;
    EXPECT_EQ(open().error().code(), make_error_code(drivers_errc::busy));
    settings_.other_driver = usb_settings::kernel_driver::detach;
    auto link = opened();
    EXPECT_EQ(port_->kernel_driver(), "");
    link.reset();
    EXPECT_EQ(port_->kernel_driver(), "usbhid");
}

TEST_P(Usb, RightsThatComeLateAreWaitedFor) {
    settings_.permission_grace = 60s; // more than a machine under load needs for the rest of this
    port_.reset();
    wait_until_left();
    port_ = rig_.plug(model_);
    port_->set_permitted(false);
    ASSERT_TRUE(host_->wait_for(settings_.device, call(5s)));
    std::jthread udev([&] {
        std::this_thread::sleep_for(120ms);
        port_->set_permitted(true);
    });
    const auto link = open(call(60s));
    EXPECT_TRUE(link) << link.error();
}

TEST_P(Usb, RightsThatNeverComeAreReported) {
    settings_.permission_grace = 0ms;
    port_->set_permitted(false);
    auto link = open();
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code(), make_error_code(drivers_errc::no_permission));
    EXPECT_EQ(link.error().operation(), "open");
}

TEST_P(Usb, SaysWhatIsWrongWithTheSettings) {
    settings_.interface_number = 3;
    EXPECT_EQ(open().error().field(), "interface_number");
    settings_.interface_number = 0;
    settings_.in_endpoint = 0x85;
    EXPECT_EQ(open().error().field(), "in_endpoint");
    settings_.in_endpoint = 0x05;
    EXPECT_TRUE(open().error().is(condition::misuse));
    settings_.in_endpoint = 0;
    settings_.device.serial_number = "other";
    EXPECT_EQ(open().error().code(), make_error_code(drivers_errc::no_such_device));
}

/// A device whose IN endpoint says of itself that a packet of it holds nothing.
class empty_packet_model final : public sim::device_model {
  public:
    explicit empty_packet_model(std::uint16_t packet_size) {
        identity_.vendor = 0x1209;
        identity_.product = 0x5A09;
        identity_.serial_number = "SN\x1B]0;x\x07";
        identity_.endpoints = {{0x01, sim::usb_endpoint::kind::bulk, 64, 0}};
        identity_.endpoints.push_back({in, sim::usb_endpoint::kind::bulk, packet_size, 0});
    }
    [[nodiscard]] const sim::usb_identity& identity() const override { return identity_; }
    void received(sim::carrier&, std::uint8_t, byte_view, input) override {}

  private:
    sim::usb_identity identity_;
};

TEST_P(Usb, AnEndpointWhosePacketsHoldNothingIsNone) {
    for (const auto size : {std::uint16_t{0x0000}, std::uint16_t{0x0800}}) { // bits 10 to 0 are the size
        empty_packet_model odd(size);
        auto port = rig_.plug(odd, "1-2");
        usb_filter filter;
        filter.product = 0x5A09;
        ASSERT_TRUE(host_->wait_for(filter, call(5s))) << size;
        settings_.device = filter;
        settings_.in_endpoint = in;
        auto refused = open();
        ASSERT_FALSE(refused) << size;
        EXPECT_EQ(refused.error().field(), "in_endpoint");
        settings_.in_endpoint = 0;
        {
            auto link = opened();
            EXPECT_TRUE(write(*link, {1, 2, 3}));
            EXPECT_EQ(read(*link).error().code(), make_error_code(drivers_errc::not_supported));
        }
        port->unplug();
        for (int i = 0; i < 5'000 && host_->devices().size() > 1; ++i)
            std::this_thread::sleep_for(1ms);
    }
}

TEST_P(Usb, TwoAlikeAreToldApartBySerialNumberOrPort) {
    sim::echo_model second("SN0002");
    auto other = rig_.plug(second, "1-2");
    usb_filter filter;
    filter.serial_number = "SN0002";
    ASSERT_TRUE(host_->wait_for(filter, call(5s)));
    auto either = open();
    ASSERT_FALSE(either);
    EXPECT_TRUE(either.error().is(condition::misuse)) << "never a guess";
    settings_.device.serial_number = "SN0002";
    EXPECT_EQ(opened()->device().port, "1-2");
    settings_.device.serial_number.clear();
    settings_.device.port = "1-1";
    EXPECT_EQ(opened()->device().serial_number, "SN0001");
}

TEST_P(Usb, AskedTwiceItIsBusy) {
    auto link = opened();
    EXPECT_EQ(open().error().code(), make_error_code(drivers_errc::busy));
    link.reset();
    EXPECT_TRUE(open());
}

TEST_P(Usb, ClosingEndsAPendingRead) {
    auto link = opened();
    if (blocking()) {
        EXPECT_FALSE(read(*link, 10ms));
        for (int i = 0; i < 5'000 && port_->function().pending(in) == 0; ++i)
            std::this_thread::sleep_for(1ms);
        EXPECT_EQ(port_->function().pending(in), 1U) << "the transfer waits for the device between reads";
        link.reset();
    } else {
        std::array<std::uint8_t, 8> buffer{};
        std::optional<error> why;
        link->async_read_some(buffer, [&](const result<std::size_t>& got) { why = got.error(); });
        boost::asio::post(io_, [&] { link.reset(); });
        io_.restart();
        io_.run();
        ASSERT_TRUE(why);
        EXPECT_TRUE(why->is(condition::cancelled));
    }
    EXPECT_EQ(port_->function().pending(in), 0U);
}

TEST_P(Usb, ControlRequestsGoThrough) {
    auto link = opened();
    ASSERT_TRUE(link->control_out({0x40, 0x43, 9, 0}, {}, call(5s)));
    std::array<std::uint8_t, 4> answer{};
    auto got = link->control_in({0xC0, 0x42, 0, 0}, answer, call(5s));
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, 1U);
    EXPECT_EQ(answer[0], 9);
    EXPECT_EQ(link->control_in({0xC0, 0x77, 0, 0}, answer, call(5s)).error().code(),
        make_error_code(drivers_errc::stalled));
}

class UsbHost : public ::testing::Test {
  protected:
    tests::usb_rig rig_;
    boost::asio::io_context io_;
};

TEST_F(UsbHost, KnowsADeviceWithoutOpeningIt) {
    sim::echo_model model;
    auto port = rig_.plug(model, "1-4");
    auto host = started();
    const auto devices = host->devices();
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].identity(), "1209:5a01:SN0001");
    EXPECT_EQ(devices[0].manufacturer, "Cipherlane");
    EXPECT_EQ(devices[0].product_name, "Echo");
    EXPECT_EQ(devices[0].node(), port->node());
    EXPECT_EQ(port->counts().calls, 0U);
}

TEST_F(UsbHost, LogsADevicesOwnTextAsText) {
    empty_packet_model odd(64);
    auto port = rig_.plug(odd);
    std::mutex lock;
    std::string said;
    {
        const auto host = *usb_host::start({}, logger(log_level::info, [&](log_level, std::string_view, auto line) {
            const std::lock_guard held(lock);
            said += line;
        }));
        usb_filter filter;
        filter.product = 0x5A09;
        ASSERT_TRUE(host->wait_for(filter, call(5s)));
        EXPECT_EQ(
            error(drivers_errc::no_answer, layer::drivers).at_endpoint(host->devices()[0].identity()).to_string(),
            "drivers at 1209:5a09:SN?]0;x?: the device does not answer");
    }
    EXPECT_NE(said.find("arrived: 1209:5a09:SN?]0;x?"), std::string::npos) << said;
    EXPECT_EQ(said.find('\x1B'), std::string::npos);
}

// A plug that is loose, or a device that means harm, comes and goes without end.
TEST_F(UsbHost, ComingAndGoingWithoutEndCannotFloodTheLog) {
    std::atomic<int> lines{0};
    std::atomic<int> departures{0};
    constexpr int replugs = 120; // of each kind far more lines than may be
    const auto begin = std::chrono::steady_clock::now();
    {
        const auto host = *usb_host::start(
            {}, logger(log_level::info, [&](log_level, std::string_view, std::string_view) { ++lines; }));
        auto watching = host->subscribe(io_.get_executor(),
            [&](usb_host::change what, const usb_device_info&) { departures += what == usb_host::change::left; });
        auto work = boost::asio::make_work_guard(io_);
        std::jthread runs([&] { io_.run(); });
        sim::echo_model model;
        usb_filter filter;
        filter.vendor = 0x1209;
        for (int i = 1; i <= replugs; ++i) {
            auto port = rig_.plug(model);
            ASSERT_TRUE(host->wait_for(filter, call(5s))) << i;
            port.reset();
            for (int k = 0; k < 5'000 && departures != i; ++k)
                std::this_thread::sleep_for(1ms);
            ASSERT_EQ(departures, i);
        }
        work.reset();
    }
    EXPECT_GE(lines, 2);
    const auto spans = (std::chrono::steady_clock::now() - begin) / 10s + 1; // many where the machine is slow
    EXPECT_LE(lines, 2 * 32 * spans) << "of both kinds 32 in ten seconds";
}

TEST_F(UsbHost, TellsOfTwentyReplugs) {
    auto host = started();
    sim::echo_model model;
    std::atomic<int> arrivals{0};
    std::atomic<int> departures{0};
    auto watching = host->subscribe(io_.get_executor(), [&](usb_host::change what, const usb_device_info& info) {
        EXPECT_EQ(info.identity(), "1209:5a01:SN0001");
        ++(what == usb_host::change::arrived ? arrivals : departures);
    });
    auto work = boost::asio::make_work_guard(io_);
    std::jthread runs([&] { io_.run(); });
    usb_settings settings;
    settings.device.vendor = 0x1209;
    for (int i = 1; i <= 20; ++i) {
        auto port = rig_.plug(model);
        ASSERT_TRUE(host->wait_for(settings.device, call(5s))) << i;
        {
            auto link = host->open(io_.get_executor(), settings, call(5s));
            ASSERT_TRUE(link) << i << ": " << link.error();
            EXPECT_TRUE((*link)->write(as_bytes("x"), call(5s)));
        }
        port.reset();
        for (int k = 0; k < 5'000 && departures != i; ++k)
            std::this_thread::sleep_for(1ms);
        ASSERT_EQ(departures, i);
    }
    EXPECT_EQ(arrivals, 20);
    EXPECT_TRUE(host->devices().empty());
    work.reset();
}

TEST_F(UsbHost, ThirtyTwoTransfersOnSixteenDevicesAreServedAtOnce) {
    std::vector<std::unique_ptr<sim::echo_model>> models;
    std::vector<std::unique_ptr<usb_port>> ports;
    for (int i = 0; i < 16; ++i) {
        models.push_back(std::make_unique<sim::echo_model>("SN" + std::to_string(i)));
        ports.push_back(rig_.plug(*models.back(), "1-" + std::to_string(i + 1)));
    }
    auto host = started();
    std::vector<std::unique_ptr<usb_transport>> links;
    std::vector<std::array<std::uint8_t, 64>> buffers(16);
    const bytes message(32, 0x5A);
    int ended = 0;
    for (int i = 0; i < 16; ++i) {
        usb_settings settings;
        settings.device.serial_number = "SN" + std::to_string(i);
        auto link = host->open(io_.get_executor(), settings, call(5s));
        ASSERT_TRUE(link) << link.error();
        links.push_back(std::move(*link));
    }
    auto work = boost::asio::make_work_guard(io_);
    const auto count = [&] {
        if (++ended == 32) work.reset();
    };
    for (std::size_t i = 0; i < 16; ++i) {
        links[i]->async_read_some(buffers[i], [&](const result<std::size_t>& got) {
            EXPECT_TRUE(got && *got == 32U);
            count();
        });
        links[i]->async_write(message, [&](const result<void>& sent) {
            EXPECT_TRUE(sent);
            count();
        });
    }
    io_.run();
    EXPECT_EQ(ended, 32);
}

TEST_F(UsbHost, IdleDevicesCostNothing) {
    sim::echo_model model;
    auto port = rig_.plug(model);
    auto host = started();
    auto link = host->open(io_.get_executor(), {}, call(5s));
    ASSERT_TRUE(link);
    std::array<std::uint8_t, 8> buffer{};
    EXPECT_FALSE((*link)->read_some(buffer, call(20ms)));
    const unsigned before = port->counts().calls;
    std::this_thread::sleep_for(300ms);
    EXPECT_LT(port->counts().calls - before, 5U);
}

TEST_F(UsbHost, LookingAgainFindsWhatNoEventTold) {
    // The list is read anew every 30 ms; nothing is told twice.
    auto host = started(30ms);
    std::atomic<int> changes{0};
    auto watching = host->subscribe(io_.get_executor(), [&](usb_host::change, const usb_device_info&) { ++changes; });
    sim::echo_model model;
    auto port = rig_.plug(model);
    ASSERT_TRUE(host->wait_for({}, call(5s)));
    std::this_thread::sleep_for(150ms);
    EXPECT_EQ(host->devices().size(), 1U);
    port.reset();
    // A device is off the list a moment before that is told.
    for (int i = 0; i < 10'000 && (!host->devices().empty() || changes < 2); ++i) {
        std::this_thread::sleep_for(1ms);
        io_.restart();
        io_.poll();
    }
    EXPECT_TRUE(host->devices().empty());
    EXPECT_EQ(changes, 2);
}

TEST_F(UsbHost, WaitingEndsWithTheCall) {
    auto host = started();
    EXPECT_TRUE(host->wait_for({}, call(20ms)).error().is(condition::timed_out));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(host->wait_for({}, call(5s, stop.get_token())).error().is(condition::cancelled));
}

TEST_F(UsbHost, NothingOfItRunsOnceItIsReleased) {
    std::atomic<bool> at_work{false};
    std::atomic<bool> done{false};
    const logger slow(log_level::info, [&](log_level, std::string_view, std::string_view) {
        at_work = true;
        std::this_thread::sleep_for(100ms);
        done = true;
    });
    auto host = usb_host::start({2s}, slow);
    ASSERT_TRUE(host) << host.error();
    sim::echo_model model;
    auto port = rig_.plug(model);
    for (int i = 0; i < 5'000 && !at_work; ++i)
        std::this_thread::sleep_for(1ms);
    ASSERT_TRUE(at_work);
    host->reset();
    EXPECT_TRUE(done) << "the event thread was left at work";
}

TEST_F(UsbHost, ATransportOutlivesItsHost) {
    sim::echo_model model;
    auto port = rig_.plug(model);
    auto host = started();
    auto link = host->open(io_.get_executor(), {}, call(5s));
    ASSERT_TRUE(link);
    host.reset();
    ASSERT_TRUE((*link)->write(as_bytes("still"), call(5s)));
    std::array<std::uint8_t, 8> buffer{};
    EXPECT_TRUE((*link)->read_some(buffer, call(5s)));
    port->unplug();
    EXPECT_TRUE((*link)->read_some(buffer, call(5s)).error().is(condition::link_lost));
}

} // namespace
} // namespace cipherlane::drivers
