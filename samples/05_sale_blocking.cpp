// A till: one card sale with PIN and MAC, written as a program that waits for each step.
//
//     05_sale_blocking TILL.toml
//
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/till/till.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

int sell(const char* settings) {
    forbid_core_dumps().value(); // keys and cards must not end up in one
    auto till = till::open(settings, call(20s)).value();
    // The key names this payment: after a crash the same key gives the recorded outcome, never a second charge.
    const auto paid = till.sale({"order-4711", amount::parse("12.34").value()}, call(120s)).value();
    std::cout << till.receipt(paid, receipt_copy::cardholder) << std::flush;
    till.acknowledge(paid, call(5s)).value(); // told: `recover` will not tell it again after a restart
    return paid.ok() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) return sell(argv[1]);
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
