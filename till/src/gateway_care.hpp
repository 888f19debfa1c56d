#pragma once

#include "background_thread.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/ports/store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace cipherlane::assembly {

/// Asks the gateways of a till what has become of orders and charges in doubt, while nobody waits for it: the next
/// order may go to another gateway for weeks, as somebody has closed the one that was silent, or it costs more.
///
/// Each is asked for as `recovery` by its handle does, after `first`, and ever more seldom up to once an hour: an
/// order is closed, and a charge by the payer's code is undone, which gives back what was taken. Refunds are left to
/// whoever names them, and what another run of the till left in the middle to `recovery`. A lane that is at work is
/// asked in its turn, and whoever comes meanwhile cuts the asking short.
class gateway_care {
  public:
    struct seat {
        std::string terminal_id;
        acquiring::lane* lane = nullptr;
        std::set<std::string> gateways; ///< as they call themselves: nobody can be asked of another's order
    };

    /// All outlive it, the lanes too. @param daily called once a day, too, on its thread; may be empty
    gateway_care(
        ports::store& journal, std::chrono::milliseconds first, std::function<void()> daily, const logger& log);
    gateway_care(const gateway_care&) = delete;
    gateway_care& operator=(const gateway_care&) = delete;

    void add(seat one) { places_.push_back({std::move(one)}); }
    /// After the last `add`.
    void start();
    [[nodiscard]] background_thread& thread() noexcept { return thread_; }

  private:
    using moment = monotonic_clock::time_point;
    struct doubt {
        moment next;
        std::chrono::milliseconds pause;
    };
    struct place {
        seat of;
        std::map<std::uint64_t, doubt> doubts{}; ///< by handle
    };
    /// What came of asking.
    enum class answer : std::uint8_t {
        told,    ///< be it that the gateway does not know yet
        silent,  ///< the gateway was
        put_off, ///< somebody has come, or the till ends
    };
    [[nodiscard]] moment look(const std::stop_token& stop);
    void look_at(place& at, const std::stop_token& stop);
    [[nodiscard]] answer ask(const seat& at, const ports::journal_record& about, const std::stop_token& stop);
    [[nodiscard]] moment next_look() const;

    ports::store& journal_;
    const std::chrono::milliseconds first_;
    const std::function<void()> daily_;
    const logger log_;
    std::vector<place> places_;
    moment told_days_ = monotonic_clock::now();
    background_thread thread_; ///< ends first
};

} // namespace cipherlane::assembly
