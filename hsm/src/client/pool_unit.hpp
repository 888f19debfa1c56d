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
    bool proven = false;                        ///< a connection stood since the last failure
    bool check_due = false;                     ///< asked as soon as a connection has room
    std::size_t parity_refusals = 0;            ///< in a row
    pool_call::clock::time_point checked_at{};  ///< when a health command last left
    pool_call::clock::time_point answered_at{}; ///< when anything was last answered
    error fault; ///< what is wrong with its or our certificate, if that is why it rests
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
