// A whole day of a till: sign-in, sale, void, QR sale, refund, settlement, each a line of code on one lane.
//
//     07_working_day TILL.toml
//
#include "small_till.hpp"

#include <cipherlane/acquiring/qr_sale.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/void_payment.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

acquiring::payment shown(result<acquiring::payment> ended) {
    std::cout << ended.value() << "\n";
    return *ended;
}

int work(samples::small_till& till) {
    auto& lane = till.lane();
    const call minutes(120s);

    // What the last run left undecided is decided first: pending reversals, unknown QR orders.
    for (const auto& left : acquiring::recovery(lane).run({}, minutes).value())
        std::cout << "recovered: " << left << "\n";
    acquiring::sign_in(lane).run({}, minutes).value();

    const auto tea = shown(acquiring::sale(lane).run({"tea", amount(2500)}, minutes));
    const auto cake = shown(acquiring::sale(lane).run({"cake", amount(1800)}, minutes));
    shown(acquiring::void_payment(lane).run({"cake-void", cake.handle}, minutes));
    shown(acquiring::qr_sale(lane).run({"coffee", amount(888)}, minutes));
    shown(acquiring::refund(lane).run({"tea-refund", tea.handle, amount(500)}, minutes));

    // Asked again with the same key, the till remembers instead of charging twice.
    const auto again = shown(acquiring::sale(lane).run({"tea", amount(2500)}, minutes));
    if (again.told != acquiring::told::recorded) return 1;

    const auto settled = acquiring::settlement(lane).run({}, minutes).value();
    std::cout << acquiring::settlement_text(settled, lane.settings());
    return settled.host == acquiring::settlement_result::balanced ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) {
            samples::small_till till(argv[1]);
            return work(till);
        }
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
