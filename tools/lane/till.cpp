#include "lane/till.hpp"

#include "lane/simulators.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/display/rcall.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/net/tls.hpp>

#include <filesystem>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

using namespace std::chrono_literals;

template <class T>
T need(result<T> got, const char* what) {
    if (!got) throw std::runtime_error(std::string(what) + ": " + got.error().to_string());
    return *std::move(got);
}

call start_up() {
    return call(20s);
}

std::unique_ptr<net::transport> open_line(boost::asio::io_context& io, const std::string& device, unsigned baud) {
    drivers::serial_settings line;
    line.device = device;
    line.baud = baud;
    return need(drivers::open_serial(io.get_executor(), line, start_up()), "serial line");
}

secret_bytes from_secret_hex(const std::string& digits) {
    secret_bytes key(digits.size() / 2);
    if (!from_hex(digits, key.expose())) throw std::runtime_error("master key is no hex");
    return key;
}

std::unique_ptr<store::sqlite_journal> open_journal(
    const acquiring::journal_settings& files, const ports::clock& clock, const logger& log) {
    if (!std::filesystem::exists(files.key_file)) {
        const auto made = store::file_key_provider::create(files.key_file);
        if (!made) throw std::runtime_error("journal key: " + made.error().to_string());
    }
    store::file_key_provider keys(files.key_file);
    store::sqlite_journal_settings settings;
    settings.path = files.file;
    return need(store::sqlite_journal::open(settings, keys, clock, start_up(), log), "journal");
}

std::unique_ptr<hostlink::tcp_host> open_host(const acquiring::host_settings& settings, const logger& log) {
    hostlink::tcp_host_settings link;
    link.address = settings.address;
    link.connect_timeout = settings.connect_timeout;
    link.response_time = settings.response_time;
    if (settings.keep_connection) link.life = hostlink::connection_life::kept;
    return need(hostlink::tcp_host::create(link, log), "host link");
}

std::unique_ptr<hostlink::http_gateway> open_gateway(
    const till_settings& settings, hostlink::notification_listener* notices) {
    const auto& wanted = settings.terminal.gateway;
    hostlink::http_gateway_settings where;
    where.address = wanted.address;
    where.merchant_id = settings.terminal.merchant_id;
    where.response_time = wanted.response_time;
    if (wanted.tls) {
        net::tls_settings trust;
        trust.ca_file = wanted.ca_file;
        where.tls = need(net::tls_client::create(trust, settings.log), "gateway's TLS");
    }
    if (wanted.plain_anywhere) where.plain = hostlink::plain_http::anywhere;
    return need(hostlink::http_gateway::create(where, notices, settings.log), "gateway");
}

} // namespace

till::till(const till_settings& settings, acquiring::timeline* watch)
    : journal_(open_journal(settings.terminal.journal, clock_, settings.log))
    , link_(open_host(settings.terminal.host, settings.log))
    , host_(std::make_unique<counting_host>(*link_))
    , sealer_(need(acquiring::software_sealer::create(
                       settings.terminal.keys, from_secret_hex(settings.master_key), settings.log),
          "sealer")) {
    pinpad_ = std::make_unique<drivers::abecs_pinpad>(open_line(io_, settings.pinpad_device, 19'200));
    display_ = std::make_unique<drivers::display_keeper>(
        [this, device = settings.display_device](const call& bounds) -> result<std::unique_ptr<ports::display>> {
            drivers::serial_settings line;
            line.device = device;
            line.baud = 115'200;
            CIPHERLANE_TRY(auto link, drivers::open_serial(io_.get_executor(), line, bounds));
            return std::unique_ptr<ports::display>(std::make_unique<drivers::rcall_display>(std::move(link)));
        },
        timer_, drivers::keeper_settings{}, drivers::keeper_observer{}, settings.log);
    notices_ =
        need(hostlink::notification_listener::listen(settings.terminal.gateway.notify_address,
                 need(hostlink::notification_verifier::create(settings.gateway_public_key, clock_), "gateway key"),
                 settings.log),
            "notifications");
    gateway_ = open_gateway(settings, notices_.get());

    acquiring::lane_ports ports(*journal_);
    ports.host = host_.get();
    ports.sealer = sealer_.get();
    ports.pinpad = pinpad_.get();
    ports.display = display_.get();
    ports.gateway = gateway_.get();
    ports.clock = &clock_;
    ports.observer = watch;
    lane_ = std::make_unique<acquiring::lane>(
        need(acquiring::lane::open(settings.terminal, ports, start_up(), settings.log), "lane"));
}

acquiring::terminal_settings demo_settings(
    const std::string& folder, const std::string& key_file, const std::string& host, const std::string& gateway) {
    acquiring::terminal_settings terminal;
    terminal.terminal_id = demo_terminal;
    terminal.merchant_id = demo_merchant;
    terminal.merchant_name = "测试茶馆 TEST TEA HOUSE";
    terminal.serial_number = "CL0000000001";
    terminal.host.address = host;
    terminal.host.response_time = 3s;
    terminal.host.connect_timeout = 2s;
    terminal.timers.card = 20s;
    terminal.timers.pin = 20s;
    terminal.gateway.address = gateway;
    terminal.gateway.poll = 500ms;
    terminal.journal.file = folder + "/till.db";
    terminal.journal.key_file = key_file;
    return terminal;
}

} // namespace cipherlane::sim
