#pragma once

#include "simulation/fingerprint.hpp"

#include <cipherlane/core/time_source.hpp>
#include <cipherlane/ports/clock.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace cipherlane::simulation {

/// Time that passes only when somebody waits, and the things that happen while it does. What falls on the same moment
/// happens in the order in which it was planned.
class virtual_time final : public time_source {
  public:
    using moment = monotonic_clock::time_point;
    using span = std::chrono::milliseconds;

    [[nodiscard]] moment now() noexcept override { return off_ ? ghost_ : now_; }
    void pause(const call& bounds) override;

    /// Lets time pass, and what was planned happen.
    void pass(span how_long);
    /// As far as the next thing that happens, if that comes before `until`; false if nothing does: then it is
    /// `until`.
    bool pass_to_next(moment until);
    /// @param tag what it is, for `add_to`.
    void plan(span from_now, std::function<void()> what, std::uint64_t tag = 0);
    /// The plans of a process that has lost its power go on, in a time of its own that moves nothing else.
    void till_is_off(bool off) noexcept;

    /// The time, and what is planned.
    void add_to(fingerprint& state) const;

    /// Since the day began.
    [[nodiscard]] span elapsed() const noexcept {
        return std::chrono::duration_cast<span>(now_ - moment(std::chrono::hours(1)));
    }
    /// A day that goes on where another one was: what was planned there is not planned here.
    void set(span since_begin) noexcept { now_ = moment(std::chrono::hours(1)) + since_begin; }

    /// The wall's clock beside it.
    class wall_clock final : public ports::clock {
      public:
        explicit wall_clock(const virtual_time& of) noexcept
            : of_(of) {}
        [[nodiscard]] std::chrono::system_clock::time_point now() const override;
        void set_by(span how_much) noexcept { set_ += how_much; }
        [[nodiscard]] span set() const noexcept { return set_; }

      private:
        const virtual_time& of_;
        span set_{0};
    };

  private:
    moment now_{std::chrono::hours(1)};
    moment ghost_{};
    bool off_ = false;
    std::uint64_t planned_ = 0;
    struct planned {
        std::function<void()> what;
        std::uint64_t tag = 0;
    };
    std::map<std::pair<moment, std::uint64_t>, planned> plans_;
};

} // namespace cipherlane::simulation
