#pragma once

#include <cipherlane/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// Which days are working days: weekdays of rest, holidays, and days of rest that are worked (调休), as a TOML file
/// says. It speaks of the years that it was made for and of no others: next year's holidays are announced, not
/// computed. A plain value; any thread.
class business_calendar {
  public:
    using day = std::chrono::sys_days;

    /// @return `core_errc::file_content` with file, line and key for what it does not know, `core_errc::no_file`
    [[nodiscard]] static result<business_calendar> parse(std::string_view text, std::string_view file);
    [[nodiscard]] static result<business_calendar> load(const std::filesystem::path& file);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] bool covers(day when) const noexcept { return when >= first_ && when <= last_; }
    /// Of a day that is not covered, what its weekday says.
    [[nodiscard]] bool is_business_day(day when) const noexcept;
    /// The working day `count` working days after a day (T+1, T+2); 0: that day or the next working one.
    /// @return `core_errc::out_of_range` where the calendar ends before that
    [[nodiscard]] result<day> after(day when, unsigned count) const;

  private:
    friend class calendar_reader;
    std::string name_;
    day first_{};
    day last_{};
    std::uint8_t rest_ = 0; ///< a bit for each weekday, Sunday first
    std::vector<day> holidays_;
    std::vector<day> worked_;
};

/// The day of "2026-11-29"; the calendar's files have days so.
[[nodiscard]] std::optional<std::chrono::sys_days> parse_calendar_day(std::string_view text) noexcept;

} // namespace cipherlane
