// A pixel panel that knows no codes: the SDK lays out payee, amount, code and countdown, reads the finished picture
// back and sends only what changed.
//
//     11_panel_with_countdown DEVICE
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <thread>

using namespace cipherlane;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 11_panel_with_countdown DEVICE\n";
        return 2;
    }
    boost::asio::io_context io;
    drivers::thread_timer timer;
    const std::string device = argv[1];
    drivers::display_keeper panel(
        [&](const call& bounds) { return drivers::open_display(io.get_executor(), "weact", device, {}, bounds); },
        timer);

    ports::qr_view code;
    code.payload = "https://qr.95516.com/00010000/62123456789012345678901234567890";
    code.total = amount(1234);
    code.payee = "星光咖啡";
    code.valid_for = 2s; // the keeper counts down and then says that the code expired
    if (auto shown = panel.show_qr(code, call(10s)); !shown) {
        std::cerr << shown.error() << "\n";
        return 1;
    }
    std::cout << "on screen; read back before it was sent: " << (panel.capabilities().readable ? "yes" : "no")
              << "\n";
    std::this_thread::sleep_for(3s);
    return panel.attached() ? 0 : 1;
}
