#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hsm/call_end.hpp>
#include <cipherlane/hsm/reply.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace cipherlane::hsm {

class pool_connection;
class pool_core;

/// One call on its way through a pool; lives on a shelf and is used again, with its reply and its buffers.
struct pool_call {
    using clock = std::chrono::steady_clock;
    using stop_action = std::stop_callback<std::function<void()>>;

    reply_ptr subject;
    bytes body; ///< the request, encoded, so that it can be sent again
    clock::time_point until{};
    clock::time_point attempt_until{};
    clock::time_point sent_at{};
    std::stop_token stop;
    std::optional<stop_action> on_stop;
    std::optional<call_end> end;
    std::uint64_t serial = 0; ///< tells this use of the object from the next
    std::size_t attempts = 0;
    std::size_t avoid = no_unit; ///< the unit that failed it
    std::size_t place = 0;       ///< in the core's list of active calls
    std::uint32_t number = 0;    ///< in the header
    pool_connection* on = nullptr;
    bool waiting = false;
    bool is_health = false;
    bool wants_raw = false;   ///< the answer's bytes too
    bool second = false;      ///< the first of two answers has come
    bool cancellable = false; ///< its handler has a cancellation slot
    bool from_strand = false; ///< which shelf it came from
    bool safe = false;        ///< may be sent again

    static constexpr std::size_t no_unit = static_cast<std::size_t>(-1);

    /// For the next use. The end must be gone.
    void clear() noexcept {
        ++serial;
        if (on_stop) on_stop.reset();
        if (stop.stop_possible()) stop = {};
        if (subject != nullptr) subject->clear();
        wipe(body);
        body.clear();
        attempts = 0;
        avoid = no_unit;
        on = nullptr;
        waiting = is_health = wants_raw = second = cancellable = safe = false;
    }
};

/// Keeps used calls. Thread-safe.
class pool_call_shelf {
  public:
    pool_call_shelf() = default;
    pool_call_shelf(const pool_call_shelf&) = delete;
    pool_call_shelf& operator=(const pool_call_shelf&) = delete;
    ~pool_call_shelf() {
        for (auto* each : free_) {
            delete each;
        }
    }

    /// Null when there is none.
    [[nodiscard]] pool_call* take() {
        const std::lock_guard lock(guard_);
        if (free_.empty()) return nullptr;
        auto* one = free_.back();
        free_.pop_back();
        return one;
    }

    void give_back(pool_call* used) {
        const std::lock_guard lock(guard_);
        free_.push_back(used);
    }

  private:
    std::mutex guard_;
    std::vector<pool_call*> free_;
};

} // namespace cipherlane::hsm
