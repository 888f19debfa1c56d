// Sixty-four lanes in one process, as a kiosk server or a vending back end has them: each terminal with a reader, a
// link and a sealer of its own, all over one journal, whose commits they share.
//
//     16_sixty_four_lanes TILL.toml
//
// The settings name the first terminal; the others count on from it and have the same master key.
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/use_future.hpp>

#include <future>
#include <iostream>
#include <string>
#include <vector>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

constexpr int lanes = 64;
constexpr int rounds = 3;

/// A reader of your own is a class like this one. This one always has the same test card, without a PIN.
class reader final : public ports::pinpad {
  public:
    result<void> open(const call& /*bounds*/) override { return {}; }
    result<ports::card_data> read_card(const ports::card_request& /*request*/, const call& /*bounds*/) override {
        CIPHERLANE_TRY(auto number, pan::parse("6222000100000008"));
        ports::card_data card(std::move(number), ports::entry_mode::magnetic);
        card.expiry = "3012";
        card.track2 = secret_bytes(as_bytes("6222000100000008D30122011234"));
        card.pin_required = false;
        return card;
    }
    result<secret_bytes> enter_pin(const ports::pin_request& /*request*/, const call& /*bounds*/) override {
        return secret_bytes();
    }
    result<void> finish(std::string_view /*line1*/, std::string_view /*line2*/, const call& /*bounds*/) override {
        return {};
    }
    result<void> show(std::string_view /*line1*/, std::string_view /*line2*/, const call& /*bounds*/) override {
        return {};
    }
    result<void> close(const call& /*bounds*/) override { return {}; }
};

/// "TEST0001", "TEST0002" …
std::string number_of(const std::string& first, int lane) {
    const auto digits = std::to_string(std::stoi(first.substr(4)) + lane);
    return first.substr(0, 4) + std::string(4 - digits.size(), '0') + digits;
}

/// One till of all terminals; nobody is at its display.
till put_together(const std::string& file) {
    auto settings = without_devices(load_till(file).value());
    settings.gateway = {};
    settings.host.keep_connection = true;
    const auto first = settings.terminals.front();
    till::parts with;
    with.log = logger::none();
    settings.terminals.clear();
    for (int lane = 0; lane < lanes; ++lane) {
        auto& one = settings.terminals.emplace_back(first);
        one.terminal_id = number_of(first.terminal_id, lane);
        with.pinpads.emplace(one.terminal_id, std::make_unique<reader>());
    }
    return till::open(std::move(settings), std::move(with), 20s).value();
}

/// Every lane sells at once; how many payments were approved.
int sell(std::vector<till>& all, int round) {
    std::vector<std::future<result<payment>>> under_way;
    for (auto& one : all) {
        const acquiring::sale_request request("round-" + std::to_string(round), amount(100));
        under_way.push_back(one.async_sale(request, 60s, boost::asio::use_future));
    }
    int approved = 0;
    for (auto& one : under_way)
        approved += one.get().value().ok() ? 1 : 0;
    return approved;
}

int work(const char* file) {
    auto shop = put_together(file);
    std::vector<till> all;
    for (const auto& name : shop.terminals()) {
        all.push_back(shop.at(name).value());
        all.back().sign_in(60s).value();
    }
    const auto begin = std::chrono::steady_clock::now();
    int approved = 0;
    for (int round = 0; round < rounds; ++round)
        approved += sell(all, round);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::cout << approved << " payments of " << lanes << " lanes in " << seconds.count() << " s\n";
    return approved == lanes * rounds ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) {
            forbid_core_dumps().value(); // keys and cards must not end up in one
            return work(argv[1]);
        }
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
