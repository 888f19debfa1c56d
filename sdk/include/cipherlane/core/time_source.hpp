#pragma once

#include <cipherlane/core/call.hpp>

namespace cipherlane {

/// The one door through which time comes in: what `monotonic_clock::now` tells and `pause` waits for. The system's
/// steady clock serves where nobody has put another source in its place, as a simulation does, whose day passes in
/// milliseconds. Wall time for stamps is `ports::clock`.
///
/// A source counts for the thread on which it was put, and only there: what waits on another thread (the journal's,
/// a lane's, a socket's) knows nothing of it, so such a lane and journal run in place (`lane_thread`,
/// `journal_thread`).
class time_source {
  public:
    time_source() = default;
    time_source(const time_source&) = delete;
    time_source& operator=(const time_source&) = delete;
    virtual ~time_source() = default;

    [[nodiscard]] virtual monotonic_clock::time_point now() noexcept = 0;
    /// Returns at the call's end or when it is stopped, whichever comes first.
    virtual void pause(const call& bounds) = 0;

    /// Puts a source in place of the system's, or of the one that stood there, on this thread while it lives. The
    /// source must outlive it; the last one put is the first to go.
    class on_this_thread {
      public:
        explicit on_this_thread(time_source& source) noexcept;
        on_this_thread(const on_this_thread&) = delete;
        on_this_thread& operator=(const on_this_thread&) = delete;
        ~on_this_thread();

      private:
        time_source* before_;
    };
};

} // namespace cipherlane
