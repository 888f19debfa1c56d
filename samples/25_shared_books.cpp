// Many lanes of two machines over one set of books in PostgreSQL: trace numbers, batches and records are the
// database's, each machine gathers what its lanes commit, and a terminal belongs to one of them. Both machines are in
// this process, so that the sample can show what a second one may not do.
//
//     25_shared_books postgresql://USER@HOST/DATABASE TILL.toml
//
// The settings name the first terminal; the others count on from it and have the same master key.
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/use_future.hpp>

#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

constexpr int lanes_each = 32;
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

/// A machine's till: terminals from the number `from` on, over the books that all share. Links, keys and all else are
/// as the settings say.
till machine(till_settings settings, const std::string& books, int from) {
    settings.journal.store = books;
    const auto first = settings.terminals.front();
    till::parts with;
    with.log = logger::none();
    settings.terminals.clear();
    for (int lane = from; lane < from + lanes_each; ++lane) {
        auto& one = settings.terminals.emplace_back(first);
        one.terminal_id = number_of(first.terminal_id, lane);
        with.pinpads.emplace(one.terminal_id, std::make_unique<reader>());
    }
    return till::open(std::move(settings), std::move(with), 20s).value();
}

void sign_in_all(till& of, std::vector<till>& all) {
    for (const auto& name : of.terminals()) {
        all.push_back(of.at(name).value());
        all.back().sign_in(60s).value();
    }
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

int work(const std::string& books, const char* file) {
    auto settings = without_devices(load_till(file).value()); // nobody is at its display
    settings.gateway = {};
    settings.host.keep_connection = true;
    auto here = machine(settings, books, 0);
    auto there = machine(settings, books, lanes_each);
    std::vector<till> all;
    sign_in_all(here, all);
    sign_in_all(there, all);

    const auto begin = std::chrono::steady_clock::now();
    int approved = 0;
    for (int round = 0; round < rounds; ++round)
        approved += sell(all, round);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::cout << approved << " payments of " << 2 * lanes_each << " lanes on two machines in " << seconds.count()
              << " s\n";

    // A terminal belongs to the machine that opened it first.
    const auto of_another = there.journal().take_trace(here.terminal().terminal_id, 20s);
    std::cout << "the second machine, of the first one's terminal: "
              << (of_another ? "a trace number" : of_another.error().to_string()) << "\n";
    // And yet its books are everybody's.
    std::uint64_t seen = 0;
    for (auto& one : all) {
        const auto& name = one.terminal().terminal_id;
        const auto batch = one.journal().terminal(name, 20s).value().batch;
        seen += there.journal().totals(name, batch, 20s).value().debit.count;
    }
    std::cout << seen << " payments in the books of both\n";
    const auto all_of_them = static_cast<std::uint64_t>(2 * lanes_each * rounds);
    return static_cast<std::uint64_t>(approved) == all_of_them && seen == all_of_them && !of_another ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 3) {
            forbid_core_dumps().value(); // keys and cards must not end up in one
            return work(argv[1], argv[2]);
        }
        std::cerr << "usage: " << argv[0] << " ADDRESS TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
