#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace cipherlane::ports {

/// Wall time, for stamps and the business date only: deadlines use the monotonic clock of `deadline`.
/// May be called from any thread.
class clock {
  public:
    clock() = default;
    clock(const clock&) = delete;
    clock& operator=(const clock&) = delete;
    virtual ~clock() = default;
    [[nodiscard]] virtual std::chrono::system_clock::time_point now() const = 0;
};

/// The system's clock.
class system_clock final : public clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point now() const override {
        return std::chrono::system_clock::now();
    }
};

/// A moment in China's civil time (fixed +08:00, no daylight saving).
struct civil_time {
    int year = 1970;
    int month = 1;
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;

    [[nodiscard]] std::string yyyymmdd() const;
    [[nodiscard]] std::string mmdd() const { return yyyymmdd().substr(4); }
    [[nodiscard]] std::string hhmmss() const;
    /// "2026-11-21 09:31:20"
    [[nodiscard]] std::string to_string() const;
};

[[nodiscard]] civil_time to_civil(std::chrono::system_clock::time_point when) noexcept;

/// The year that belongs to a host's MMDD (field 13): the one that puts it nearest to `now`, so that an answer of
/// 31 December read on 1 January stays in the old year. "YYYYMMDD"; empty if `mmdd` is no date.
[[nodiscard]] std::string infer_year(std::string_view mmdd, std::chrono::system_clock::time_point now);

} // namespace cipherlane::ports
