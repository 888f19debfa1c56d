#pragma once

#include "../refusals.hpp"

#include <cipherlane/net/errc.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::drivers {

/// The name of the last result of a terminal that has stored no transaction yet.
inline constexpr std::string_view no_last_result = "none";

/// What is told where nothing is known.
[[nodiscard]] ports::terminal_report unknown_report(const ports::terminal_request& wish, error why);

/// Whether the host can have heard of a trade that its terminal has not stored.
enum class host_heard : std::uint8_t { no, perhaps };

/// What a terminal's last result says of a doubt. `report` has what the terminal says of that result, `last` names
/// it. The same as before: what was asked for was not carried out, unless the terminal had said that its host was
/// silent (`terminal_doubt::code`) or the host may have heard of it: only that nothing was stored is known then.
/// Another one, of the amount that was asked for: it is the one. Anything else proves nothing: `no_last_result`, too,
/// as a terminal that never tells its last result gives it before and after.
void judge_last(ports::terminal_report& report, const ports::terminal_doubt& doubt, std::string_view last,
    host_heard heard = host_heard::no);

/// When a trade must be over at its terminal: the longest one after its last sign of life, where that is known, else
/// after it was asked for. What is stored late is not taken for nothing.
/// @param sign when something was heard of the terminal's latest trade last
[[nodiscard]] deadline over_at(std::chrono::milliseconds longest, const ports::terminal_doubt& doubt,
    std::optional<monotonic_clock::time_point> sign);

/// Whether a request may leave: its call is not over and has at least this much time.
/// @return `cancelled`, `timed_out`
[[nodiscard]] result<void> may_begin(const call& bounds, std::chrono::milliseconds least, std::string_view operation);

} // namespace cipherlane::drivers
