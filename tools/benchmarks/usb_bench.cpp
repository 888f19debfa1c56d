// The USB transport on the rig: an echo beside a bare libusb program, idle devices, unplugging and coming back.
#include "simkit/echo_model.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/drivers/transport/usb.hpp>

#include <boost/asio/io_context.hpp>
#include <libusb.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

template <class F>
double elapsed(F&& action) {
    const auto start = clock_type::now();
    action();
    return milliseconds(clock_type::now() - start).count();
}

template <class T>
T wanted(result<T> outcome) {
    if (outcome) return std::move(*outcome);
    std::fprintf(stderr, "%s\n", outcome.error().to_string().c_str());
    std::exit(1);
}

std::shared_ptr<drivers::usb_host> host() {
    return wanted(drivers::usb_host::start({}, logger::none()));
}

drivers::usb_settings device(const std::string& serial_number) {
    drivers::usb_settings settings;
    settings.device.serial_number = serial_number;
    return settings;
}

bool row(const char* name, double value, double limit, double ratio, double bar, const char* unit) {
    const bool met = ratio <= bar;
    std::printf("%-44s value %8.3f %s, limit %8.3f %s, ratio %6.3f, bar %5.2f %s\n", name, value, unit, limit, unit,
        ratio, bar, met ? "ok" : "MISSED");
    return met;
}

/// A program with nothing but libusb: one thread, the library's own blocking transfers.
class bare_program {
  public:
    bare_program() {
        libusb_init(&context_);
        libusb_device** list = nullptr;
        const auto count = libusb_get_device_list(context_, &list);
        for (ssize_t i = 0; i < count && handle_ == nullptr; ++i) {
            if (libusb_get_port_number(list[i]) != 2 || libusb_open(list[i], &handle_) != 0) continue;
            if (libusb_claim_interface(handle_, 0) != 0) std::exit(1);
        }
        libusb_free_device_list(list, 1);
        if (handle_ == nullptr) std::exit(1);
    }
    bare_program(const bare_program&) = delete;
    bare_program& operator=(const bare_program&) = delete;
    ~bare_program() {
        libusb_close(handle_);
        libusb_exit(context_);
    }
    void echo(bytes& message) {
        int moved = 0;
        int code =
            libusb_bulk_transfer(handle_, 0x01, message.data(), static_cast<int>(message.size()), &moved, 1000);
        bytes answer(64);
        if (code == 0) code = libusb_bulk_transfer(handle_, 0x81, answer.data(), 64, &moved, 1000);
        if (code != 0 || moved != static_cast<int>(message.size())) std::exit(1);
    }

  private:
    libusb_context* context_ = nullptr;
    libusb_device_handle* handle_ = nullptr;
};

bool echo_beside_bare_libusb() {
    tests::usb_rig rig;
    sim::echo_model ours("OURS");
    sim::echo_model bare("BARE");
    const auto first = rig.plug(ours, "1-1");
    const auto second = rig.plug(bare, "1-2");
    boost::asio::io_context io;
    const auto devices = host();
    auto link = wanted(devices->open(io.get_executor(), device("OURS"), call(5s)));
    bare_program program;
    bytes message(32, 0x5A);
    bytes answer(64);
    std::vector<double> value;
    std::vector<double> limit;
    for (int i = 0; i < 1'000; ++i) {
        value.push_back(elapsed([&] {
            if (!link->write(message, call(1s)) || !link->read_some(answer, call(1s))) std::exit(1);
        }));
        limit.push_back(elapsed([&] { program.echo(message); }));
    }
    return row("echo of 32 bytes, round trip (median)", median(value), median(limit), median(value) / median(limit),
        1.2, "ms");
}

double process_time() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

bool sixteen_idle_devices() {
    tests::usb_rig rig;
    std::vector<std::unique_ptr<sim::echo_model>> models;
    std::vector<std::unique_ptr<tests::usb_port>> ports;
    for (int i = 1; i <= 16; ++i) {
        models.push_back(std::make_unique<sim::echo_model>("SN" + std::to_string(i)));
        ports.push_back(rig.plug(*models.back(), "1-" + std::to_string(i)));
    }
    boost::asio::io_context io;
    const auto devices = host();
    std::vector<std::unique_ptr<drivers::usb_transport>> links;
    bytes buffer(64);
    for (int i = 1; i <= 16; ++i) {
        links.push_back(wanted(devices->open(io.get_executor(), device("SN" + std::to_string(i)), call(5s))));
        (void)links.back()->read_some(buffer, call(1ms)); // leaves a transfer waiting
    }
    const double before = process_time();
    const double span = elapsed([] { std::this_thread::sleep_for(6s); });
    const double percent = (process_time() - before) / span * 100;
    return row("processor time, 16 idle devices (% of a core)", percent, 0.5, percent / 0.5, 1.0, "% ");
}

bool unplug_and_replug() {
    tests::usb_rig rig;
    sim::echo_model model("SN");
    boost::asio::io_context io;
    const auto devices = host();
    bytes buffer(64);
    double worst_lost = 0;
    double worst_back = 0;
    for (int i = 0; i < 20; ++i) {
        std::unique_ptr<tests::usb_port> port;
        std::unique_ptr<drivers::usb_transport> link;
        worst_back = std::max(worst_back, elapsed([&] {
            port = rig.plug(model);
            wanted(devices->wait_for({}, call(5s)));
            link = wanted(devices->open(io.get_executor(), {}, call(5s)));
            if (!link->write(as_bytes("x"), call(1s)) || !link->read_some(buffer, call(1s))) std::exit(1);
        }));
        clock_type::time_point pulled;
        std::jthread hand([&] {
            std::this_thread::sleep_for(5ms);
            pulled = clock_type::now();
            port->unplug(i % 2 == 0 ? tests::usb_port::order::descriptor_first : tests::usb_port::order::event_first);
        });
        const auto lost = link->read_some(buffer, call(5s));
        const auto noticed = clock_type::now();
        hand.join();
        if (lost || !lost.error().is(condition::link_lost)) std::exit(1);
        worst_lost = std::max(worst_lost, milliseconds(noticed - pulled).count());
        link.reset();
        while (!devices->devices().empty())
            std::this_thread::sleep_for(1ms);
    }
    const bool quick = row("unplug to link_lost (worst of 20)", worst_lost, 50, worst_lost / 50, 1.0, "ms");
    const bool back = row("replug to usable (worst of 20)", worst_back, 1'500, worst_back / 1'500, 1.0, "ms");
    return quick && back;
}

} // namespace

int main() {
    const bool echo = echo_beside_bare_libusb();
    const bool idle = sixteen_idle_devices();
    const bool plug = unplug_and_replug();
    return echo && idle && plug ? 0 : 1;
}
