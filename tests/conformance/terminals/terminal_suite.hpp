#pragma once

#include "terminal_day.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

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

/// In the end the till has of the payment of this key what the terminal's host has, or what is a person's.
/// @param asked how many trades had been asked for before it
inline void expect_true_end(day& today, const terminal_case& of, const std::string& key, std::size_t asked) {
    using acquiring::verdict;
    const auto& entries = today.world.model().books().entries();
    const auto standing = std::count_if(entries.begin() + static_cast<std::ptrdiff_t>(asked), entries.end(), stands);
    const auto kept = today.record(key);
    const auto outcome = kept ? acquiring::to_payment(*kept).outcome : verdict::not_sent;
    EXPECT_LE(standing, 1) << "a second charge";
    if (is_a_persons(of, outcome, standing)) return;
    EXPECT_NE(outcome, verdict::unknown) << "not recovered";
    EXPECT_EQ(outcome == verdict::approved, standing == 1) << to_string(outcome);
}

} // namespace cipherlane::tests
