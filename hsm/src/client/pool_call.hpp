#pragma once

#include "command/prepared.hpp"

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

/// One call on its way through a pool; lives on a shelf and is used again, with its reply, its buffers and the room
/// of its end.
struct pool_call final : call_home {
    using clock = std::chrono::steady_clock;
    using stop_action = std::stop_callback<std::function<void()>>;

    explicit pool_call(pool_core& owner)
        : core(owner) {}
    ~pool_call() { drop_end(); }

    pool_core& core;
    reply_ptr subject;
    bytes body; ///< the request, encoded, so that it can be sent again
    const prepared_command* prepared = nullptr;
    clock::time_point until{};
    clock::time_point attempt_until{};
    clock::time_point sent_at{};
    std::stop_token stop;
    std::optional<stop_action> on_stop;
    call_end* end = nullptr;
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

    void set_end(const call_end_source& from) {
        void* place_for_it =
            from.size <= sizeof room_ ? static_cast<void*>(room_) : (large_ = ::operator new(from.size));
        end = from.make(place_for_it, from.handler);
    }
    void drop_end() noexcept {
        if (end != nullptr) end->~call_end();
        end = nullptr;
        ::operator delete(std::exchange(large_, nullptr));
    }

    /// For the next use. The end must be gone.
    void clear() noexcept {
        ++serial;
        if (on_stop) on_stop.reset();
        if (stop.stop_possible()) stop = {};
        if (subject != nullptr) subject->clear();
        wipe(body);
        body.clear();
        prepared = nullptr;
        attempts = 0;
        avoid = no_unit;
        on = nullptr;
        waiting = is_health = wants_raw = second = cancellable = safe = false;
    }

    [[nodiscard]] reply_ptr take_answer() override { return std::move(subject); }
    void leave() noexcept override;

  private:
    alignas(std::max_align_t) std::byte room_[128];
    void* large_ = nullptr; ///< room for ends that do not fit
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
