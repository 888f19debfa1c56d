// A payment code on a display that may be unplugged at any time: the keeper opens it again and shows the code again,
// takes it off when it expires, and shows the outcome.
//
//     10_display_that_comes_back DEVICE
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <thread>

using namespace cipherlane;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 10_display_that_comes_back DEVICE\n";
        return 2;
    }
    boost::asio::io_context io;
    drivers::thread_timer timer;

    drivers::keeper_settings settings;
    settings.heartbeat_every = 100ms;
    settings.reopen_first = 50ms;

    drivers::keeper_observer watch;
    watch.opened = [] { std::cout << "display there" << std::endl; };
    watch.lost = [](const error& why) { std::cout << "display gone: " << why << std::endl; };

    const std::string device = argv[1];
    drivers::display_keeper display(
        [&](const call& bounds) { return drivers::open_display(io.get_executor(), "rcall", device, {}, bounds); },
        timer, settings, watch);

    ports::qr_view code;
    code.payload = "https://qr.95516.com/00010000/62123456789012345678901234567890";
    code.total = amount(1234);
    code.payee = "Corner Shop";
    code.valid_for = 60s;
    if (auto shown = display.show_qr(code, call(5s)); !shown) {
        std::cerr << shown.error() << "\n"; // shown as soon as the display is there
    }
    std::this_thread::sleep_for(1s); // the customer pays meanwhile; unplug the display if you like

    auto done = display.show_outcome(ports::payment_outcome::approved, code.total, call(5s));
    if (!done) std::cerr << done.error() << "\n";
    return done ? 0 : 1;
}
