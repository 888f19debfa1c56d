// A payment by code whose notification is lost: the gateway sends none, and the till finds out by asking. All that
// was said between the till, its display and the gateway is shown.
//
//     26_lost_notification TILL.toml        its gateway loses notifications
//
#include <cipherlane/till/till.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
        return 2;
    }
    try {
        acquiring::recorded_timeline seen;
        till::parts with;
        with.observer = lend(seen);
        auto till = till::open(argv[1], std::move(with), call(20s)).value();
        const auto paid = till.qr_sale({"order-4713", amount::parse("8.80").value()}, call(60s)).value();
        std::cout << seen.to_string() << paid << "\n";
        till.acknowledge(paid, call(5s)).value();
        bool asked = false;
        for (const auto& entry : seen.entries()) {
            if (entry.what == "notification") {
                std::cerr << "a notification came: nothing was lost\n";
                return 1;
            }
            asked = asked || entry.what == "query";
        }
        if (asked) std::cout << "no notification came: the till has asked\n";
        return paid.ok() && asked ? 0 : 1;
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
