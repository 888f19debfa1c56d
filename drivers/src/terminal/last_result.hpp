#pragma once

#include "../refusals.hpp"

#include <cipherlane/net/errc.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <chrono>
#include <string_view>

namespace cipherlane::drivers {

/// The name of the last result of a terminal that has stored no transaction yet.
inline constexpr std::string_view no_last_result = "none";

/// What is told where nothing is known.
[[nodiscard]] ports::terminal_report unknown_report(const ports::terminal_request& wish, error why);

/// What a terminal's last result says of a doubt. `report` has what the terminal says of that result, `last` names
/// it. The same as before: what was asked for was not carried out. Another one, of the amount that was asked for: it
/// is the one. Anything else proves nothing: `no_last_result`, too, as a terminal that never tells its last result
/// gives it before and after.
void judge_last(ports::terminal_report& report, const ports::terminal_doubt& doubt, std::string_view last);

/// Whether a request may leave: its call is not over and has at least this much time.
/// @return `cancelled`, `timed_out`
[[nodiscard]] result<void> may_begin(const call& bounds, std::chrono::milliseconds least, std::string_view operation);

} // namespace cipherlane::drivers
