// Shows a payment code on the display of a till, waits a moment, and clears it.
//
//     04_show_qr TILL.toml        [display] driver = "rcall", path = "/dev/serial/by-id/…"
//
#include <cipherlane/ports/display.hpp>
#include <cipherlane/till/till.hpp>

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
        auto till = till::open(argv[1], call(20s)).value();
        auto* const display = till.display();
        if (display == nullptr) {
            std::cerr << argv[1] << " names no display\n";
            return 2;
        }
        std::cout << "display: " << display->heartbeat(call(5s)).value() << "\n";

        ports::qr_view view;
        view.payload = "https://qr.95516.com/00010001/01234567890123456789012345678901";
        view.total = amount(888);
        view.payee = till.terminal().merchant_name;
        display->show_qr(view, call(10s)).value();
        std::cout << "shown: " << view.total << "\n";
        std::this_thread::sleep_for(500ms);
        display->clear(call(5s)).value();
        std::cout << "cleared\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
    return 0;
}
