// A till with a scanner: the payer shows a payment code (付款码) in a wallet, the cashier scans it, and the sale is
// made by it. What else may lie before the scanner is refused, and so is a code that was scanned before.
//
//     23_scanner_sale SCANNER TILL.toml
//
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/till/till.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

/// Asks until a payment code comes; goods and old codes are told to the cashier.
acquiring::payer_code scanned(till& at) {
    for (const call patience(60s);;) {
        std::cout << "scan the payer's code\n" << std::flush;
        auto code = at.scan_payment_code(patience);
        if (code) return *std::move(code);
        std::cout << "  not this one: " << code.error() << "\n";
        const bool another = code.error().is(condition::bad_message) || code.error().is(condition::misuse);
        if (!another) throw error_exception(code.error());
    }
}

int sell(const std::string& scanner, const char* file) {
    forbid_core_dumps().value(); // codes and keys must not end up in one
    auto settings = load_till(file).value();
    settings.scanner.driver = "serial";
    settings.scanner.path = scanner;
    auto till = till::open(std::move(settings), {}, call(20s)).value();
    till.sign_in(call(60s)).value();
    acquiring::trade_request wish(ports::trade::code_sale, "order-4712", amount::parse("12.34").value());
    wish.payment_code = scanned(till);
    const auto paid = till.trade(wish, call(120s)).value();
    std::cout << till.receipt(paid, receipt_copy::cardholder) << std::flush;
    till.acknowledge(paid, call(5s)).value();
    return paid.ok() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 3) return sell(argv[1], argv[2]);
        std::cerr << "usage: " << argv[0] << " SCANNER TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
