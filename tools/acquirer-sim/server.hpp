#pragma once

#include "simkit/control_address.hpp"
#include "simkit/idle_watch.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// How the simulated acquirer is set up.
struct acquirer_settings {
    std::uint16_t port = 0;  ///< of the terminals; 0: any free one
    control_address control; ///< of the rig
    std::string ledger = ":memory:";
    std::string hsm; ///< HOST:PORT of the cipher machine
    std::string hsm_profile = "payshield";
    std::string zone_key;       ///< ZPK under the LMK, as the profile writes keys
    std::string zone_key_clear; ///< the same in clear hex, for the simulated issuer: a test key
    std::uint64_t seed = 1;
    bool table = true;                                ///< the table of amounts and cards counts
    std::chrono::milliseconds idle = usual_idle_time; ///< of a terminal's connection
};

/// `cipherlane-acquirer-sim`: a `cup-pos` host over TCP with a ledger, a cipher machine and a simulated issuer.
///
/// Terminals are served at the same time, on threads of their own, so that the sockets never wait for the cipher
/// machine or the disk, nor one message for what the machine says of another.
class acquirer_server {
  public:
    [[nodiscard]] static result<std::unique_ptr<acquirer_server>> start(
        boost::asio::io_context& on, const acquirer_settings& settings, logger log);
    acquirer_server(const acquirer_server&) = delete;
    acquirer_server& operator=(const acquirer_server&) = delete;
    ~acquirer_server();

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// "127.0.0.1:PORT" or "unix:PATH".
    [[nodiscard]] std::string control_place() const;
    /// Serves the control channel; see `host_core::control`. From any thread.
    [[nodiscard]] nlohmann::json control(const nlohmann::json& request);

  private:
    struct impl;
    explicit acquirer_server(std::shared_ptr<impl> body);
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::sim
