#pragma once

#include "hsm-sim/unit/unit.hpp"
#include "hsm-sim/wire/tls.hpp"
#include "simkit/idle_watch.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace cipherlane::hsm_sim {

struct server_settings {
    std::uint16_t port = 0;  ///< 0: any free one
    std::size_t threads = 0; ///< 0: one a processor
    bool log_requests = false;
    std::shared_ptr<tls_context> tls = nullptr;            ///< none: plain TCP
    std::chrono::milliseconds idle = sim::usual_idle_time; ///< a silent connection is ended
};

/// A simulated unit on a TCP port of 127.0.0.1, with threads of its own.
///
/// Thread-safe; the destructor ends all connections and waits for the threads.
class server {
  public:
    /// `of` must outlive the server. A system error if the port cannot be had.
    [[nodiscard]] static result<std::unique_ptr<server>> start(unit& of, server_settings settings, logger log);
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    ~server();

    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Ends all connections and refuses new ones for so long, as a unit that starts anew. The authorised state is
    /// lost, keys and user storage stay.
    void restart(std::chrono::milliseconds downtime);
    /// Loads keys that are not the test keys: every key of the clients fails its parity check from now on.
    void change_lmks();

    /// Serves the control channel: `faults`, `counters`, `restart`, `lmk` ({"to":"test"|"other"}), `authorised`
    /// ({"on":true}), `store` and `stored` (user storage by index). Throws `std::invalid_argument` for what it does
    /// not know.
    [[nodiscard]] nlohmann::json control(const nlohmann::json& request);

  private:
    struct impl;
    explicit server(std::unique_ptr<impl> body);
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::hsm_sim
