#pragma once

#include "../refusals.hpp"
#include "last_verdict.hpp"

#include <cipherlane/net/errc.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// The name of the last result of a terminal that has stored no transaction yet.
inline constexpr std::string_view no_last_result = "none";

/// What is told where nothing is known.
[[nodiscard]] ports::terminal_report unknown_report(const ports::terminal_request& wish, error why);

/// Whether a total that a terminal tells is the one that was asked for; zero: it tells none.
[[nodiscard]] likeness likeness_of(const amount& told, const amount& wanted) noexcept;

/// A terminal's answer to the question for its last result.
struct last_told {
    std::string name;                       ///< as `terminal::last_done` gives it; empty: not told
    likeness kind = likeness::untold;       ///< beside what was asked for
    likeness total = likeness::untold;      ///< likewise
    ports::terminal_report report{};        ///< as if it were what was asked for
    std::string terminal{};                 ///< which one says so; empty: not known
    request_time time = request_time::over; ///< `running`: it says that it is still at something
};

/// How a terminal is asked what became of a request.
struct last_question {
    std::function<result<last_told>(const call&)> ask; ///< once
    deadline over;                                     ///< when the request must be over at the terminal
    std::chrono::milliseconds rest{1'000};             ///< between two questions, at first
    host_part host = host_part::none;
    /// The terminal that was told to take money: what another one tells proves nothing, and addresses may change
    /// with a shop's power. Empty: not known.
    std::string of{};
};

/// Asks until `verdict_of` knows, or the call is over: more rarely by and by, and once when the request must be over.
[[nodiscard]] ports::terminal_report ask_last(
    const ports::terminal_doubt& doubt, const last_question& question, const call& bounds);

/// Whether these are two terminals, as far as both are known.
[[nodiscard]] bool is_another(std::string_view terminal, std::string_view now) noexcept;
/// Nothing is asked of a terminal that has come in the place of another. @return `wrong_answer`
[[nodiscard]] error another_terminal(std::string_view terminal, std::string_view now);

/// When a trade must be over at its terminal: the longest one after its last sign of life, where that is known, else
/// after it was asked for. What is stored late is not taken for nothing.
/// @param sign when something was heard of the terminal's latest trade last
[[nodiscard]] deadline over_at(std::chrono::milliseconds longest, const ports::terminal_doubt& doubt,
    std::optional<monotonic_clock::time_point> sign);

/// Whether a request may leave: its call is not over and has at least this much time.
/// @return `cancelled`, `timed_out`
[[nodiscard]] result<void> may_begin(const call& bounds, std::chrono::milliseconds least, std::string_view operation);

/// The part of a payment's call in which the terminal goes its own way. The rest, at most a quarter, is for it to say
/// what became of what it is then told to stop.
[[nodiscard]] call before_it_is_stopped(const call& bounds, std::chrono::milliseconds stopping);

} // namespace cipherlane::drivers
