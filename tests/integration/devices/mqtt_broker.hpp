#pragma once

#include "simkit/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/core/call.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>

namespace cipherlane::tests {

/// Where a program of the system lies; empty where it is not installed.
[[nodiscard]] inline std::string installed(const std::string& name) {
    for (const std::string folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/"}) {
        if (std::filesystem::exists(folder + name)) return folder + name;
    }
    return {};
}

/// A real MQTT broker, Debian's mosquitto, on a free port: listening once it is made. It keeps its sessions over
/// `stop` and `start`.
class mqtt_broker {
  public:
    [[nodiscard]] static bool can_be_had() {
        return !installed("mosquitto").empty() && !installed("mosquitto_sub").empty();
    }

    mqtt_broker()
        : port_(free_port()) {
        std::ofstream(folder_.file("broker.conf"))
            << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\n"
            << "persistence true\npersistence_location " << folder_.path() << "/\n"
            << (::getuid() == 0 ? "user root\n" : ""); // else it would become a user who may not write here
        start();
    }
    void start() {
        running_.emplace(sim::child_process::start(
            {installed("mosquitto"), "-c", folder_.file("broker.conf")}, folder_.file("broker.log"))
                             .value());
        for (const auto end = deadline::in(std::chrono::seconds(10)); !listens() && !end.passed();)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    void stop() { running_.reset(); }
    [[nodiscard]] unsigned short port() const noexcept { return port_; }
    /// As `open_display` takes it.
    [[nodiscard]] std::string address() const { return "tcp:127.0.0.1:" + std::to_string(port_); }
    /// For what belongs to it.
    [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }

  private:
    /// A port that nothing listens at now.
    static unsigned short free_port() {
        boost::asio::io_context io;
        boost::asio::ip::tcp::acceptor probe(io, {boost::asio::ip::address_v4::loopback(), 0});
        return probe.local_endpoint().port();
    }
    [[nodiscard]] bool listens() const {
        boost::asio::io_context io;
        boost::asio::ip::tcp::socket probe(io);
        boost::system::error_code fault;
        probe.connect({boost::asio::ip::address_v4::loopback(), port_}, fault);
        return !fault;
    }

    temporary_folder folder_;
    unsigned short port_;
    std::optional<sim::child_process> running_;
};

} // namespace cipherlane::tests
