#pragma once

#include <cipherlane/core/monotonic_clock.hpp>

#include <chrono>
#include <stop_token>
#include <utility>

namespace cipherlane {

/// A moment on the monotonic clock that bounds a whole operation, passed down through every layer: never a
/// duration that each layer starts anew.
class deadline {
  public:
    using clock = monotonic_clock;

    explicit deadline(clock::time_point at) noexcept
        : at_(at) {}
    /// `span` from now; a span beyond what the clock can count, as `milliseconds::max()`, never ends.
    template <class Rep, class Period>
    [[nodiscard]] static deadline in(std::chrono::duration<Rep, Period> span) {
        const auto now = clock::now();
        using seconds = std::chrono::duration<double>;
        if (seconds(span) >= seconds(clock::time_point::max() - now)) return deadline(clock::time_point::max());
        return deadline(now + std::chrono::ceil<clock::duration>(span));
    }

    [[nodiscard]] clock::time_point at() const noexcept { return at_; }
    [[nodiscard]] bool passed() const { return clock::now() >= at_; }
    /// What is left, never negative, rounded up to a whole millisecond.
    [[nodiscard]] std::chrono::milliseconds left() const {
        auto span = std::chrono::ceil<std::chrono::milliseconds>(at_ - clock::now());
        return span.count() < 0 ? std::chrono::milliseconds{0} : span;
    }
    /// The earlier of this and a moment `span` from now: a protocol timer inside the caller's deadline.
    [[nodiscard]] deadline no_later_than(std::chrono::milliseconds span) const {
        const auto other = in(span);
        return other.at_ < at_ ? other : *this;
    }

  private:
    clock::time_point at_;
};

/// What bounds one call: until when, and by whose order it ends early. A moment, not a span: kept and used again, it
/// ends when it ended before. Where a call is taken a duration may be given, "20s" for twenty seconds from now. Cheap
/// to copy.
class call {
  public:
    explicit call(deadline until, std::stop_token stop = {}) noexcept
        : until_(until)
        , stop_(std::move(stop)) {}
    /// A call that may take `span` from now.
    template <class Rep, class Period>
    call(std::chrono::duration<Rep, Period> span, std::stop_token stop = {})
        : call(deadline::in(span), std::move(stop)) {}

    [[nodiscard]] const deadline& until() const noexcept { return until_; }
    [[nodiscard]] const std::stop_token& stop() const noexcept { return stop_; }
    [[nodiscard]] bool stopped() const noexcept { return stop_.stop_requested(); }
    /// The same call with an earlier end.
    [[nodiscard]] call no_later_than(std::chrono::milliseconds span) const {
        return call(until_.no_later_than(span), stop_);
    }

  private:
    deadline until_;
    std::stop_token stop_;
};

} // namespace cipherlane
