#pragma once

#include <cipherlane/core/business_calendar.hpp>
#include <cipherlane/monitor/expectation.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::monitor {

struct monitor_settings {
    unsigned days = 10;          ///< so many of the last comparable days make the expectation
    unsigned least_days = 3;     ///< with fewer nothing is expected, and nothing raised
    unsigned minutes = 5;        ///< of a reading; a part of 60
    unsigned readings = 4;       ///< below in a row: the alarm
    unsigned below_percent = 60; ///< a reading is below where so much of the expectation is missing
    /// Readings of quiet hours are put together until this many payments are expected: a few that do not come prove
    /// nothing.
    double least_expected = 10;
};

/// An alarm that begins or ends.
struct alarm {
    bool raised = false;
    std::int64_t since = 0; ///< when what is missing began to be
    std::int64_t at = 0;    ///< the end of the reading that decided
    double expected = 0;    ///< since then
    double seen = 0;
};

/// A reading, for curves.
struct reading {
    std::int64_t begin = 0;
    std::uint32_t seen = 0;
    double expected = 0;
};

/// Sees that payments stay away before customers say so. Fed with the moments of payments that were taken, in seconds
/// of China's civil time, in order of time but for what is within the reading under way; one thread at a time.
class business_monitor {
  public:
    /// @param calendar tells working days from others; must outlive this.
    business_monitor(const monitor_settings& settings, const business_calendar& calendar);
    business_monitor(business_monitor&&) noexcept;
    business_monitor& operator=(business_monitor&&) noexcept;
    ~business_monitor();

    /// A payment. What is older than the readings that were judged counts for the expectation alone.
    void add(std::int64_t moment);
    /// Judges the readings that have ended by `now`. What has been silent since before the first payment is not
    /// judged.
    [[nodiscard]] std::vector<alarm> advance(std::int64_t now);

    [[nodiscard]] bool alarmed() const noexcept;
    /// The readings of the day so far, the last 24 hours at most.
    [[nodiscard]] std::vector<reading> curve() const;
    /// What is expected of the day's hours; zeros where too few days are known.
    [[nodiscard]] std::array<double, hours_of_day> day_expected() const;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The monitor's state as Prometheus reads it (text format 0.0.4).
[[nodiscard]] std::string prometheus_text(const business_monitor& what, std::string_view till);
/// Two curves, what was expected and what was seen, as a terminal shows them, a column a reading, `width` at most.
[[nodiscard]] std::string curve_text(const std::vector<reading>& curve, std::size_t width);

} // namespace cipherlane::monitor
