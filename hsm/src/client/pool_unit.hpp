#pragma once

#include "client/pool_connection.hpp"

#include <cipherlane/hsm/pool_stats.hpp>
#include <cipherlane/net/tcp.hpp>

#include <memory>
#include <vector>

namespace cipherlane::hsm {

/// One unit of a pool, on its strand.
struct pool_unit {
    net::tcp_settings at;
    std::vector<std::shared_ptr<pool_connection>> connections;
    std::size_t connecting = 0;
    unit_state state = unit_state::ready;
    pool_call::clock::time_point rests_until{};
    std::chrono::milliseconds backoff{};
    bool proven = false; ///< a connection stood since the last failure
    error fault;         ///< what is wrong with its or our certificate, if that is why it rests
    unit_stats stats;

    [[nodiscard]] std::size_t in_flight() const noexcept {
        std::size_t sum = 0;
        for (const auto& each : connections) {
            sum += each->in_flight();
        }
        return sum;
    }
};

} // namespace cipherlane::hsm
