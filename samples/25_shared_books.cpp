// Many lanes of two machines over one set of books in PostgreSQL: trace numbers, batches and records are the
// database's, each machine gathers what its lanes commit, and a terminal belongs to one of them. Both machines are in
// this process, so that the sample can show what a second one may not do.
//
//     25_shared_books postgresql://USER@HOST/DATABASE TILL.toml
//
// The settings name the first terminal; the others count on from it and have the same master key.
#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/use_future.hpp>

#include <future>
#include <iostream>
#include <list>
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

/// One terminal and what is its alone.
struct station {
    reader card_reader;
    std::unique_ptr<hostlink::tcp_host> host;
    std::unique_ptr<acquiring::software_sealer> sealer;
    std::unique_ptr<acquiring::lane> lane; ///< last: it ends first
};

/// "TEST0001", "TEST0002" …
std::string number_of(const std::string& first, int lane) {
    const auto digits = std::to_string(std::stoi(first.substr(4)) + lane);
    return first.substr(0, 4) + std::string(4 - digits.size(), '0') + digits;
}

void put_together(station& made, const till_settings& settings, ports::store& journal, int number) {
    acquiring::terminal_settings terminal = settings.terminals.front();
    terminal.terminal_id = number_of(terminal.terminal_id, number);
    hostlink::tcp_host_settings link;
    link.address = settings.host.address;
    link.life = hostlink::connection_life::kept;
    made.host = hostlink::tcp_host::create(link, logger::none()).value();
    auto key = secret_file::open(settings.sealer.key_file).value().read_hex_key(16).value();
    made.sealer = acquiring::software_sealer::create(terminal.keys, std::move(key), logger::none()).value();
    acquiring::lane_ports with(journal);
    with.host = made.host.get();
    with.sealer = made.sealer.get();
    with.pinpad = &made.card_reader;
    made.lane =
        std::make_unique<acquiring::lane>(acquiring::lane::open(terminal, with, call(20s), logger::none()).value());
}

/// Every lane sells at once; how many payments were approved.
int sell(std::list<station>& all, int round) {
    std::vector<std::future<result<acquiring::payment>>> under_way;
    for (auto& one : all) {
        const acquiring::sale_request request("round-" + std::to_string(round), amount(100));
        under_way.push_back(acquiring::sale(*one.lane).async_run(request, call(60s), boost::asio::use_future));
    }
    int approved = 0;
    for (auto& one : under_way)
        approved += one.get().value().ok() ? 1 : 0;
    return approved;
}

int work(const char* address, const char* file) {
    const auto settings = load_till(file).value();
    store::file_key_provider::create(settings.journal.key_file).value();
    store::file_key_provider key(settings.journal.key_file); // the same on every machine
    const ports::system_clock clock;
    store::postgres_settings books;
    books.address = address;
    const auto open = [&] {
        return store::postgres_journal::open(books, key, clock, call(20s), logger::none()).value();
    };
    auto here = open();
    const auto there = open();

    std::list<station> all;
    for (int number = 0; number < 2 * lanes_each; ++number)
        put_together(all.emplace_back(), settings, number < lanes_each ? *here : *there, number);
    for (auto& one : all)
        acquiring::sign_in(*one.lane).run({}, call(60s)).value();

    const auto commits_before = here->statistics().commits + there->statistics().commits;
    const auto begin = std::chrono::steady_clock::now();
    int approved = 0;
    for (int round = 0; round < rounds; ++round)
        approved += sell(all, round);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    const auto commits = here->statistics().commits + there->statistics().commits - commits_before;
    std::cout << approved << " payments of " << 2 * lanes_each << " lanes on two machines in " << seconds.count()
              << " s, " << static_cast<double>(commits) / approved << " commits each\n";

    const auto of_another = there->take_trace(settings.terminals.front().terminal_id, call(20s));
    std::cout << "the second machine, of the first one's terminal: "
              << (of_another ? "a trace number" : of_another.error().to_string()) << "\n";
    const auto seen = there->list({}, 10'000, call(20s)).value().size();
    std::cout << seen << " records in the books of both\n";
    const bool whole =
        approved == 2 * lanes_each * rounds && !of_another && seen >= static_cast<std::size_t>(approved);

    // And a till whose settings say `[journal] store`: its terminal is free since the first machine has gone.
    all.clear();
    here.reset();
    auto of_a_till = settings;
    of_a_till.journal.store = address;
    auto till = till::open(of_a_till, {}, call(20s)).value();
    const auto paid = till.sale({"order-4711", amount(1234)}, call(60s)).value();
    std::cout << paid << "\n";
    return whole && paid.ok() ? 0 : 1;
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
