// Shows a payment code on an R-Call display, waits a moment, and clears it.
//
//     04_show_qr TILL.toml        [display] path = "/dev/serial/by-id/…"
//
#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/drivers/display/rcall.hpp>
#include <cipherlane/drivers/transport/serial.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <thread>

using namespace cipherlane;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
        return 2;
    }
    try {
        const auto settings = acquiring::load_terminal(argv[1]).value();
        boost::asio::io_context io;
        drivers::serial_settings line;
        line.device = settings.display.path;
        line.baud = 115'200;
        drivers::rcall_display display(drivers::open_serial(io.get_executor(), line, call(5s)).value());
        std::cout << "display: " << display.heartbeat(call(5s)).value() << "\n";

        ports::qr_view view;
        view.payload = "https://qr.95516.com/00010001/01234567890123456789012345678901";
        view.total = amount(888);
        view.payee = settings.merchant_name;
        display.show_qr(view, call(10s)).value();
        std::cout << "shown: " << view.total << "\n";
        std::this_thread::sleep_for(500ms);
        display.clear(call(5s)).value();
        std::cout << "cleared\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
    return 0;
}
