#pragma once

#include "client/pool_connection.hpp"
#include "client/unit_health.hpp"

#include <cipherlane/hsm/pool_stats.hpp>
#include <cipherlane/net/tcp.hpp>

#include <memory>
#include <string>
#include <vector>

namespace cipherlane::hsm {

/// One unit of a pool, on its strand.
struct pool_unit {
    pool_unit(const net::tcp_settings& where, const unit_health& start)
        : at(where)
        , health(start) {
        stats.endpoint = at.host + ":" + std::to_string(at.port);
    }

    net::tcp_settings at;
    std::vector<std::shared_ptr<pool_connection>> connections;
    std::size_t connecting = 0;
    unit_health health;
    unit_stats stats;

    std::size_t in_flight = 0;          ///< on all its connections
    std::vector<pool_connection*> idle; ///< those with room and nothing in flight

    /// The connection with the fewest calls; null where none has room.
    [[nodiscard]] pool_connection* with_room() const noexcept {
        if (!idle.empty()) return idle.back();
        pool_connection* best = nullptr;
        for (const auto& each : connections) {
            if (each->has_room() && (best == nullptr || each->in_flight() < best->in_flight())) best = each.get();
        }
        return best;
    }
    void note_idle(pool_connection& which) {
        if (which.idle_place_ != pool_connection::not_idle) return;
        which.idle_place_ = idle.size();
        idle.push_back(&which);
    }
    void forget_idle(pool_connection& which) {
        if (which.idle_place_ == pool_connection::not_idle) return;
        idle[which.idle_place_] = idle.back();
        idle[which.idle_place_]->idle_place_ = which.idle_place_;
        idle.pop_back();
        which.idle_place_ = pool_connection::not_idle;
    }
};

} // namespace cipherlane::hsm
