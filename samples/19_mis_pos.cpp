// A till whose terminal speaks MIS-POS (收银一体化), as its acquirer's description says: a sale, one whose cable is
// cut after the terminal has taken the money, a void by the till's own handle, and the end of the day.
//
//     19_mis_pos ADDRESS FOLDER DESCRIPTION.toml
//
#include <cipherlane/till/till.hpp>

#include <iostream>
#include <string>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

const currency yuan{156, 2};

/// Shows what goes on, as a till's screen would.
class screen final : public acquiring::timeline {
  public:
    void on_entry(const acquiring::timeline_entry& entry) noexcept override { std::cout << "  " << entry << "\n"; }
    void on_alert(const acquiring::alert& what) noexcept override {
        std::cout << "  ! " << to_string(what.kind) << "\n";
    }
};

/// The same as a file: [card_terminal] driver = "mispos", path, description_file. A terminal that reaches its host
/// through the till has a [card_terminal.host] besides.
till_settings settings_for(const std::string& terminal, const std::string& folder, const std::string& description) {
    till_settings settings;
    auto& shop = settings.terminals.emplace_back();
    shop.terminal_id = "TEST0001";
    shop.merchant_id = "TESTMERCH000001";
    shop.merchant_name = "星光咖啡";
    shop.unit = yuan;
    settings.card_terminal.driver = "mispos";
    settings.card_terminal.path = terminal;
    settings.card_terminal.description_file = description;
    settings.journal.file = folder + "/till.db";
    settings.journal.key_file = folder + "/till.key";
    return settings;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: 19_mis_pos ADDRESS FOLDER DESCRIPTION.toml\n";
        return 2;
    }
    screen shown;
    till::parts with;
    with.observer = lend(shown);
    auto shop = till::open(settings_for(argv[1], argv[2], argv[3]), std::move(with), call(10s));
    if (!shop) {
        std::cerr << shop.error() << "\n";
        return 1;
    }
    // What the last run left open is decided before anything new is begun.
    if (const auto left = shop->recover(call(300s)); !left) return 1;
    const auto tea = shop->sale({"tea", amount(1800, yuan)}, call(120s));
    const auto cake = shop->sale({"cake", amount(2600, yuan)}, call(120s)); // its answer is lost
    if (!tea || !cake) return 1;
    std::cout << "tea: " << *tea << "\ncake: " << *cake << "\n";
    const auto back = shop->void_payment({"no cake", cake->handle}, call(120s));
    if (!back) {
        std::cerr << back.error() << "\n";
        return 1;
    }
    std::cout << "no cake: " << *back << "\n";
    const auto day = shop->settle(call(60s));
    if (!day) {
        std::cerr << day.error() << "\n";
        return 1;
    }
    std::cout << shop->settlement_slip(*day);
    return tea->ok() && back->ok() && day->host == acquiring::settlement_result::balanced ? 0 : 1;
}
