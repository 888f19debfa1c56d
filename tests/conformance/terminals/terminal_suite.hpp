#pragma once

#include "terminal_day.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace cipherlane::tests {

/// What every payment terminal must do, whatever it speaks: its tests are in several files, by subject.
class terminal : public ::testing::TestWithParam<terminal_case> {};

/// Whether the terminal's host has it.
[[nodiscard]] inline bool stands(const sim::sim_entry& entry) {
    return entry.now == sim::sim_entry::state::stored || entry.now == sim::sim_entry::state::authorised;
}

/// What may have gone to the host through the till is no refusal where the terminal has not stored it, and a terminal
/// that nobody knows how to ask proves nothing.
[[nodiscard]] inline bool is_a_persons(const terminal_case& of, acquiring::verdict outcome, std::int64_t standing) {
    using acquiring::verdict;
    if (of.leaves == terminal_case::untold::anything) return outcome == verdict::unknown;
    return of.leaves == terminal_case::untold::passed && outcome == verdict::unknown && standing == 0;
}

} // namespace cipherlane::tests
