#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::hsm_sim {

/// What a unit counts of its own use since its start, as monitoring asks for it (NI, J2, J4, J8). Thread-safe; a
/// command is counted without a lock.
class unit_statistics {
  public:
    using clock = std::chrono::steady_clock;
    using wall = std::chrono::system_clock;
    /// A host connection, as NI tells of it.
    struct connection {
        std::uint16_t local_port = 0;
        std::uint32_t address = 0; ///< IPv4
        std::uint16_t remote_port = 0;
        clock::time_point since;
    };
    static constexpr std::size_t load_steps = 10; ///< tenths of a second's time

    /// A command of two letters or digits was carried out and kept the unit busy for so long.
    void count_command(std::string_view code, std::chrono::nanoseconds busy) noexcept;
    /// What one reading or writing of a connection moved.
    void count_received(std::size_t bytes) noexcept;
    void count_sent(std::size_t bytes) noexcept;
    /// @return the number to take it away by.
    [[nodiscard]] std::uint64_t add(const connection& opened);
    void remove(std::uint64_t number);

    /// The unit was started anew; what was counted stays, as in a real one's memory.
    void count_restart() noexcept { restarts_.fetch_add(1, std::memory_order_relaxed); }

    [[nodiscard]] wall::time_point started() const noexcept { return started_at_; }
    [[nodiscard]] std::uint64_t seconds() const noexcept;
    [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_.load(std::memory_order_relaxed); }
    /// Commands that were carried out, by code, and how often.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> volumes() const;
    /// How many seconds had a load of 0 to 10 %, of 10 to 20 %, and so on; seconds without a command count as idle.
    [[nodiscard]] std::array<std::uint64_t, load_steps> load() const noexcept;
    [[nodiscard]] std::vector<connection> connections() const;
    /// Bytes and messages from hosts, and to them.
    struct traffic {
        std::uint64_t bytes = 0;
        std::uint64_t messages = 0;
    };
    [[nodiscard]] traffic received() const noexcept { return {bytes_in_, messages_in_}; }
    [[nodiscard]] traffic sent() const noexcept { return {bytes_out_, messages_out_}; }

  private:
    static constexpr std::size_t letters = 36;

    void close_second(std::int64_t next) noexcept;

    wall::time_point started_at_ = wall::now();
    clock::time_point started_ = clock::now();
    std::atomic<std::uint64_t> restarts_{0};
    std::array<std::atomic<std::uint64_t>, letters * letters> volumes_{};
    std::array<std::atomic<std::uint64_t>, load_steps> seconds_{};
    std::atomic<std::int64_t> second_{0}; ///< since the start, that `busy_` belongs to
    std::atomic<std::int64_t> busy_{0};   ///< nanoseconds
    std::atomic<std::uint64_t> bytes_in_{0};
    std::atomic<std::uint64_t> bytes_out_{0};
    std::atomic<std::uint64_t> messages_in_{0};
    std::atomic<std::uint64_t> messages_out_{0};
    mutable std::mutex mutex_;
    std::map<std::uint64_t, connection> connections_;
    std::uint64_t number_ = 0;
};

} // namespace cipherlane::hsm_sim
