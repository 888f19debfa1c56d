#pragma once

#include <cipherlane/core/error.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cipherlane::hsm {

/// What a pool thinks of a unit.
enum class unit_state : std::uint8_t {
    ready,
    resting,        ///< failed; tried again after a while
    drained,        ///< by the caller
    out_of_service, ///< not authorised, other local master key, hardware fault; until `restore`
};
[[nodiscard]] std::string_view to_string(unit_state value) noexcept;

/// Counters of one unit since the pool began.
struct unit_stats {
    /// Upper bounds are powers of two microseconds: bucket i counts answers below 2^(i+4) us, the last one all
    /// others.
    static constexpr std::size_t latency_buckets = 20;

    std::string endpoint;
    unit_state state = unit_state::ready;
    error last_error; ///< why it rested or was taken out last; no error if it never was
    std::size_t open_connections = 0;
    std::size_t in_flight = 0;
    std::uint64_t answers = 0;
    std::uint64_t refusals = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t lost = 0;         ///< calls whose connection broke
    std::uint64_t unreadable = 0;   ///< answers that are none of their command
    std::uint64_t late_answers = 0; ///< answers for which nobody waited any more
    std::uint64_t connects = 0;
    std::uint64_t failed_connects = 0;
    /// Refusals, by the unit's code as it came; those of a unit that invents ever new ones under "other".
    std::map<std::string, std::uint64_t> by_code;
    std::array<std::uint64_t, latency_buckets> latency{};
    std::uint64_t latency_sum_us = 0;
};

struct pool_stats {
    std::vector<unit_stats> units;
    std::size_t waiting = 0;
    std::uint64_t retries = 0;
};

/// In the text format that Prometheus scrapes.
[[nodiscard]] std::string to_prometheus(const pool_stats& from);

} // namespace cipherlane::hsm
