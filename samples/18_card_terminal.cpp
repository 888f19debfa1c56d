// A till whose terminal has a host of its own (ZVT, or another of docs/13-devices.md): the cable is cut after the
// terminal has taken the money and before it has said so. The till asks the terminal what became of it, and never
// charges anybody twice.
//
//     18_card_terminal ADDRESS FOLDER [DRIVER]
//
#include <cipherlane/till/till.hpp>

#include <iostream>
#include <string>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

/// Shows what goes on, as a till's screen would.
class screen final : public acquiring::timeline {
  public:
    void on_entry(const acquiring::timeline_entry& entry) noexcept override { std::cout << "  " << entry << "\n"; }
    void on_alert(const acquiring::alert& what) noexcept override {
        std::cout << "  ! " << to_string(what.kind) << "\n";
    }
};

till_settings settings_for(const std::string& terminal, const std::string& folder, const std::string& driver) {
    till_settings settings;
    auto& shop = settings.terminals.emplace_back();
    shop.terminal_id = "TEST0001";
    shop.merchant_id = "TESTMERCH000001";
    shop.merchant_name = "TEST SHOP";
    shop.unit = currency{978, 2};
    settings.card_terminal.driver = driver;
    settings.card_terminal.path = terminal;
    settings.journal.file = folder + "/till.db";
    settings.journal.key_file = folder + "/till.key";
    return settings;
}

bool sell(till& shop, const std::string& order, std::int64_t cents) {
    const auto sold = shop.sale({order, amount(cents, currency{978, 2})}, call(120s));
    if (!sold) {
        std::cout << order << ": not begun: " << sold.error() << "\n";
        return false;
    }
    std::cout << order << ": " << *sold << "\n";
    return sold->ok();
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3 || argc > 4) {
        std::cerr << "usage: 18_card_terminal ADDRESS FOLDER [DRIVER]\n";
        return 2;
    }
    screen shown;
    till::parts with;
    with.observer = lend(shown);
    auto shop = till::open(settings_for(argv[1], argv[2], argc > 3 ? argv[3] : "zvt"), std::move(with), call(10s));
    if (!shop) {
        std::cerr << shop.error() << "\n";
        return 1;
    }
    // What the last run left open is decided before anything new is begun.
    if (const auto left = shop->recover(call(300s)); !left) return 1;
    const bool both = sell(*shop, "coffee", 420) && sell(*shop, "cake", 350);
    const auto day = shop->settle(call(60s));
    if (!day) {
        std::cerr << day.error() << "\n";
        return 1;
    }
    std::cout << shop->settlement_slip(*day);
    return both && day->host == acquiring::settlement_result::balanced ? 0 : 1;
}
