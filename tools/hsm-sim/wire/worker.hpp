#pragma once

#include "hsm-sim/wire/answerer.hpp"
#include "hsm-sim/wire/tls.hpp"
#include "simkit/fault_player.hpp"

#include <cipherlane/core/counted_log.hpp>
#include <cipherlane/core/logger.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace cipherlane::hsm_sim {

/// Whether a dialect's answers carry a status, or only say yes or no.
enum class answer_statuses : std::uint8_t { none, coded };

/// The faults a rig has asked for, shared by all connections. Costs one relaxed load while there are none.
class shared_faults {
  public:
    /// `knows`: whether the unit has a command of this name; a fault on another could not hit.
    shared_faults(std::function<bool(const std::string&)> knows, answer_statuses has);
    [[nodiscard]] std::optional<sim::fault> hit(std::uint16_t command);
    nlohmann::json control(const nlohmann::json& request);
    [[nodiscard]] std::map<std::string, std::uint64_t> counters();

  private:
    std::function<bool(const std::string&)> knows_;
    std::mutex mutex_;
    sim::fault_plan plan_;
    std::atomic<bool> armed_{false};
};

/// How often each command was asked and refused on one thread. Written by that thread alone.
class request_counts {
  public:
    void add(std::uint16_t command, bool refused) noexcept {
        bump(asked_[command]);
        if (refused) bump(refused_[command]);
    }
    [[nodiscard]] std::uint64_t asked(std::uint16_t command) const noexcept {
        return asked_[command].load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t refused(std::uint16_t command) const noexcept {
        return refused_[command].load(std::memory_order_relaxed);
    }

  private:
    using counter = std::atomic<std::uint64_t>;
    static void bump(counter& c) noexcept {
        c.store(c.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    std::vector<counter> asked_ = std::vector<counter>(65'536);
    std::vector<counter> refused_ = std::vector<counter>(65'536);
};

class session;

/// What a unit does when a fault of these kinds hits: set by the server.
struct unit_events {
    std::function<void(std::chrono::milliseconds)> restart;
    std::function<void()> change_lmks;
};

/// A thread, its event loop, and the connections on it.
class worker {
  public:
    worker(unit& of, shared_faults& faults, const unit_events& events, const logger& log, bool log_requests,
        std::shared_ptr<tls_context> tls, std::chrono::milliseconds idle);
    ~worker();

    boost::asio::io_context io{1};
    unit& device;
    shared_faults& faults;
    const unit_events& events;
    const logger& log;
    const bool log_requests;
    const std::shared_ptr<tls_context> tls; ///< none: plain TCP
    const std::chrono::milliseconds idle;
    std::unique_ptr<answerer> wire;
    request_counts counts;
    counted_log handshakes; ///< anybody who connects can fail at one

    void serve(boost::asio::ip::tcp::socket socket);
    /// Into the unit's own statistics: a command that it has, and how long it was busy with it.
    void count(const answered& done, std::chrono::nanoseconds busy) noexcept;
    /// Ends all connections; from any thread.
    void drop_all();
    [[nodiscard]] std::size_t open() const noexcept { return open_.load(std::memory_order_relaxed); }

    void run();

  private:
    friend class session;
    std::list<std::weak_ptr<session>> sessions_;
    std::atomic<std::size_t> open_{0};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
};

} // namespace cipherlane::hsm_sim
