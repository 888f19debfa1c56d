#pragma once

#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/store.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace cipherlane::acquiring {

/// "HH:MM" as minutes of the day; nothing for another text.
[[nodiscard]] std::optional<std::chrono::minutes> time_of_day(std::string_view text) noexcept;

/// When a batch is due whose first payment is from `begun`: the first such hour after it, of China's civil time.
[[nodiscard]] std::chrono::system_clock::time_point settlement_due(
    std::chrono::system_clock::time_point begun, std::chrono::minutes at) noexcept;

/// Whether that time has come. Of a batch that begins more than a day from now it has: the clock was set back since,
/// and nobody can say how long the batch is open.
[[nodiscard]] bool settlement_is_due(std::chrono::system_clock::time_point begun, std::chrono::minutes at,
    std::chrono::system_clock::time_point now) noexcept;

/// The time of the first payment of the open batch that moved money, or is stored for the host; nothing where there
/// is none.
[[nodiscard]] result<std::optional<std::chrono::system_clock::time_point>> batch_begun(
    ports::store& journal, std::string_view terminal_id, std::uint32_t batch, const call& bounds);

/// Whether `settlement.remind_at` has passed over payments of the open batch. False where nobody is to be reminded.
[[nodiscard]] result<bool> settlement_overdue(
    ports::store& journal, const terminal_settings& terminal, const ports::clock& clock, const call& bounds);

} // namespace cipherlane::acquiring
