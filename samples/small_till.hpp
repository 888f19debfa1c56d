// The devices and services of a small till, put together from its settings: what 05 writes out, with display and
// gateway besides. For 06 and 07.
#pragma once

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/display/rcall.hpp>
#include <cipherlane/drivers/pinpad/abecs_pinpad.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace samples {

using namespace cipherlane;
using namespace std::chrono_literals;

class small_till {
  public:
    explicit small_till(const char* file)
        : settings_(acquiring::load_terminal(file).value()) {
        const call start(20s);
        forbid_core_dumps().value(); // keys and cards must not end up in one
        const auto& key_file = settings_.journal.key_file;
        if (!std::filesystem::exists(key_file)) store::file_key_provider::create(key_file).value();
        store::file_key_provider keys(key_file);
        journal_ = store::sqlite_journal::open({settings_.journal.file}, keys, clock_, start).value();
        host_ = hostlink::tcp_host::create(link()).value();
        pinpad_ = std::make_unique<drivers::abecs_pinpad>(line(settings_.pinpad.path, 19'200));
        display_ = std::make_unique<drivers::rcall_display>(line(settings_.display.path, 115'200));
        secret_bytes master(16); // a test key
        from_hex("0123456789ABCDEFFEDCBA9876543210", master.expose()).value();
        sealer_ = acquiring::software_sealer::create(settings_.keys, std::move(master)).value();
        std::ifstream pem(settings_.gateway.public_key_file);
        const std::string public_key(std::istreambuf_iterator<char>(pem), {});
        notices_ = hostlink::notification_listener::listen(
            settings_.gateway.notify_address, hostlink::notification_verifier::create(public_key, clock_).value())
                       .value();
        hostlink::http_gateway_settings where{settings_.gateway.address, settings_.merchant_id};
        where.response_time = settings_.gateway.response_time;
        gateway_ = hostlink::http_gateway::create(where, notices_.get()).value();
        acquiring::lane_ports ports(*journal_);
        ports.host = host_.get();
        ports.sealer = sealer_.get();
        ports.pinpad = pinpad_.get();
        ports.display = display_.get();
        ports.gateway = gateway_.get();
        lane_ = std::make_unique<acquiring::lane>(acquiring::lane::open(settings_, ports, start).value());
    }
    [[nodiscard]] acquiring::lane& lane() { return *lane_; }

  private:
    hostlink::tcp_host_settings link() const {
        const auto& host = settings_.host;
        const auto life =
            host.keep_connection ? hostlink::connection_life::kept : hostlink::connection_life::per_exchange;
        return {host.address, host.connect_timeout, host.response_time, life};
    }
    std::unique_ptr<net::transport> line(const std::string& device, unsigned baud) {
        drivers::serial_settings how;
        how.device = device;
        how.baud = baud;
        return drivers::open_serial(io_.get_executor(), how, call(5s)).value();
    }

    acquiring::terminal_settings settings_;
    ports::system_clock clock_;
    boost::asio::io_context io_;
    std::unique_ptr<store::sqlite_journal> journal_;
    std::unique_ptr<hostlink::tcp_host> host_;
    std::unique_ptr<drivers::abecs_pinpad> pinpad_;
    std::unique_ptr<drivers::rcall_display> display_;
    std::unique_ptr<acquiring::software_sealer> sealer_;
    std::unique_ptr<hostlink::notification_listener> notices_;
    std::unique_ptr<hostlink::http_gateway> gateway_;
    std::unique_ptr<acquiring::lane> lane_;
};

} // namespace samples
