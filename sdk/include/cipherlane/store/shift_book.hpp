#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::store {

/// An operator's time at a terminal, from the first sign-on to its closing. Shifts of one operator at one terminal
/// are counted from 1.
struct shift {
    std::string terminal_id;
    std::string operator_id;
    std::uint32_t number = 0;
    std::chrono::system_clock::time_point opened{};
    std::optional<std::chrono::system_clock::time_point> closed;
};

/// Shifts and failed sign-ons of a till's operators, in an SQLite file (mode 0600, each commit durable) that
/// processes use one after the other or beside each other. Thread-safe. Errors as `sqlite_limit_totals`.
class shift_book {
  public:
    [[nodiscard]] static result<std::unique_ptr<shift_book>> open(const std::string& path, const call& bounds);
    ~shift_book();
    shift_book(const shift_book&) = delete;
    shift_book& operator=(const shift_book&) = delete;

    /// The operator's open shift at the terminal, or the next one.
    [[nodiscard]] result<shift> begin(std::string_view terminal_id, std::string_view operator_id,
        std::chrono::system_clock::time_point now, const call& bounds);
    /// Ends an open one; one that is closed stays as it is.
    [[nodiscard]] result<void> close(
        const shift& which, std::chrono::system_clock::time_point now, const call& bounds);
    /// Of a terminal, the newest first.
    [[nodiscard]] result<std::vector<shift>> list(
        std::string_view terminal_id, std::size_t limit, const call& bounds);

    /// Durable. Counts a try before the secret is looked at, so that nobody gains a guess by pulling the plug, or by
    /// many tries at once. @return the time of the last one where `most` have been counted since the last right
    /// secret and the lock-out since then is not over; nothing is counted then
    [[nodiscard]] result<std::optional<std::chrono::system_clock::time_point>> count_try(std::string_view operator_id,
        std::chrono::system_clock::time_point now, std::uint32_t most, std::chrono::minutes locked_for,
        const call& bounds);
    [[nodiscard]] result<void> forget_failures(std::string_view operator_id, const call& bounds);

  private:
    struct state;
    explicit shift_book(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::store
