// Sixty-four lanes in one process, as a kiosk server or a vending back end has them: each terminal with a reader, a
// link and a sealer of its own, all over one journal, whose commits they share. Put together from the parts that
// `till` uses.
//
//     16_sixty_four_lanes TILL.toml
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
#include <cipherlane/store/sqlite_journal.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <boost/asio/use_future.hpp>

#include <future>
#include <iostream>
#include <list>
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

int work(const char* file) {
    const auto settings = load_till(file).value();
    store::file_key_provider::create(settings.journal.key_file).value();
    store::file_key_provider key(settings.journal.key_file);
    const ports::system_clock clock;
    store::sqlite_journal_settings how;
    how.path = settings.journal.file;
    const auto journal = store::sqlite_journal::open(how, key, clock, call(20s), logger::none()).value();

    std::list<station> all;
    for (int number = 0; number < lanes; ++number)
        put_together(all.emplace_back(), settings, *journal, number);
    for (auto& one : all)
        acquiring::sign_in(*one.lane).run({}, call(60s)).value();

    const auto commits_before = journal->statistics().commits;
    const auto begin = std::chrono::steady_clock::now();
    int approved = 0;
    for (int round = 0; round < rounds; ++round)
        approved += sell(all, round);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    const auto commits = journal->statistics().commits - commits_before;
    std::cout << approved << " payments of " << lanes << " lanes in " << seconds.count() << " s, "
              << static_cast<double>(commits) / approved << " commits each\n";
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
