// A day without the host: the line is down, and the customers' cards approve by themselves, within what the till may
// take. When the line is back, the host is told; only then is the money the merchant's for certain.
//
//     17_offline_day TILL.toml
//
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/till/till.hpp>

#include <iostream>
#include <string>

using namespace cipherlane;
using namespace std::chrono_literals;
using ports::trade;

namespace {

/// What the merchant is ready to lose where a card was approved that the bank does not pay.
till_settings with_limits(till_settings settings) {
    settings.host.name = "the acquirer"; // payments are bound to it by name, whatever its address
    for (auto& terminal : settings.terminals) {
        terminal.offline.most_each_minor = 5000;
        terminal.offline.most_together_minor = 8000;
        terminal.offline.most_records = 10;
    }
    return settings;
}

void show(const char* what, const result<payment>& end) {
    std::cout << what << ": ";
    if (end)
        std::cout << *end << "\n";
    else
        std::cout << end.error() << "\n";
}

/// @return whether all went as it should.
bool morning(const till_settings& settings) {
    auto without_line = settings;
    without_line.host.address = "127.0.0.1:1"; // nobody is there
    without_line.host.connect_timeout = 1s;
    auto till = till::open(without_line, till::parts{}, call(20s)).value();
    const auto online = till.sale({"tea online", amount(1200)}, call(60s));
    show("online", online);
    const auto tea = till.trade({trade::offline_sale, "tea", amount(1200)}, call(60s));
    show("offline", tea);
    const auto cake = till.trade({trade::offline_sale, "cake", amount(3400)}, call(60s));
    show("offline", cake);
    const auto pots = till.trade({trade::offline_sale, "pots", amount(5100)}, call(60s));
    show("51.00 at once", pots);
    const auto cups = till.trade({trade::offline_sale, "cups", amount(3500)}, call(60s));
    show("81.00 together", cups);
    const auto over = make_error_code(acquiring_errc::offline_limit);
    const bool kept = !pots && pots.error().code() == over && !cups && cups.error().code() == over;
    const bool stored = tea && cake && tea->outcome == verdict::stored && cake->outcome == verdict::stored;
    return !online && kept && stored;
}

bool evening(const till_settings& settings) {
    auto till = till::open(settings, till::parts{}, call(20s)).value();
    // Whoever starts a till asks what became of what an earlier one left: here the host is told.
    bool all = true;
    for (const auto& told : till.recover(call(120s)).value()) {
        std::cout << "told: " << told << "\n";
        all = all && told.ok();
        till.acknowledge(told, call(20s)).value();
    }
    const auto settled = till.settle(call(120s)).value();
    std::cout << till.settlement_slip(settled);
    return all && settled.host == acquiring::settlement_result::balanced && settled.totals.debit.minor == 4600;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) {
            forbid_core_dumps().value(); // keys and cards must not end up in one
            const auto settings = with_limits(load_till(argv[1]).value());
            return morning(settings) && evening(settings) ? 0 : 1;
        }
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
