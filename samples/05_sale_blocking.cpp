// A till: one card sale with PIN and MAC, written as a program that waits for each step.
//
//     05_sale_blocking TILL.toml
//
#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/pinpad/abecs_pinpad.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

int sell(const acquiring::terminal_settings& settings) {
    const call start(20s);
    forbid_core_dumps().value(); // keys and cards must not end up in one
    ports::system_clock clock;
    boost::asio::io_context io;

    // The key that seals card numbers in the journal: made once, kept apart from the journal's backups.
    const auto& key_file = settings.journal.key_file;
    if (!std::filesystem::exists(key_file)) store::file_key_provider::create(key_file).value();
    store::file_key_provider keys(key_file);
    auto journal = store::sqlite_journal::open({settings.journal.file}, keys, clock, start).value();

    hostlink::tcp_host_settings link;
    link.address = settings.host.address;
    link.response_time = settings.host.response_time;
    if (settings.host.keep_connection) link.life = hostlink::connection_life::kept;
    auto host = hostlink::tcp_host::create(link).value();

    drivers::serial_settings line;
    line.device = settings.pinpad.path;
    line.baud = 19'200;
    drivers::abecs_pinpad pinpad(drivers::open_serial(io.get_executor(), line, start).value());

    // A test key. In the field the PIN pad makes the MACs, or the master key comes from a key provider of yours.
    secret_bytes master(16);
    from_hex("0123456789ABCDEFFEDCBA9876543210", master.expose()).value();
    auto sealer = acquiring::software_sealer::create(settings.keys, std::move(master)).value();

    acquiring::lane_ports ports(*journal);
    ports.host = host.get();
    ports.sealer = sealer.get();
    ports.pinpad = &pinpad;
    auto lane = acquiring::lane::open(settings, ports, start).value();

    // The key names this payment: after a crash the same key gives the recorded outcome, never a second charge.
    const auto paid = acquiring::sale(lane).run({"order-4711", amount::parse("12.34").value()}, call(120s)).value();
    std::cout << acquiring::receipt_text(paid, settings, acquiring::receipt_copy::cardholder);
    return paid.ok() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) return sell(acquiring::load_terminal(argv[1]).value());
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
