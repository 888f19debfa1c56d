// A whole day of a till: sign-in, sale, void, QR sale, refund, settlement, each a line of code.
//
//     07_working_day TILL.toml
//
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/till/till.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

payment shown(result<payment> ended) {
    std::cout << ended.value() << "\n";
    return *ended;
}

int work(till& till) {
    const call minutes(120s);

    // What the last run left undecided is decided first: pending reversals, unknown QR orders.
    for (const auto& left : till.recover(minutes).value()) {
        std::cout << "recovered: " << left << "\n";
        till.acknowledge(left, minutes).value();
    }
    till.sign_in(minutes).value();

    const auto tea = shown(till.sale({"tea", amount(2500)}, minutes));
    const auto cake = shown(till.sale({"cake", amount(1800)}, minutes));
    shown(till.void_payment({"cake-void", cake.handle}, minutes));
    shown(till.qr_sale({"coffee", amount(888)}, minutes));
    shown(till.refund({"tea-refund", tea.handle, amount(500)}, minutes));

    // Asked again with the same key, the till remembers instead of charging twice.
    const auto again = shown(till.sale({"tea", amount(2500)}, minutes));
    if (again.told != acquiring::told::recorded) return 1;

    const auto settled = till.settle(minutes).value();
    std::cout << till.settlement_slip(settled);
    return settled.host == acquiring::settlement_result::balanced ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) {
            forbid_core_dumps().value(); // keys and cards must not end up in one
            auto till = till::open(argv[1], call(20s)).value();
            return work(till);
        }
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
