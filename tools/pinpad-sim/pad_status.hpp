#pragma once

namespace cipherlane::sim::pad_status {

// What a pad answers (RSP_STAT, section 3.1.1), written down here and not taken from the driver, whose table they
// test.
inline constexpr int ok = 0;
inline constexpr int invalid_call = 10;
inline constexpr int invalid_parameter = 11;
inline constexpr int nobody_there = 12;
inline constexpr int cancelled = 13;
inline constexpr int parameter_missing = 19;
inline constexpr int tables_differ = 20;
inline constexpr int internal_error = 40;
inline constexpr int key_missing = 42;
inline constexpr int media_not_found = 100;
inline constexpr int media_wrong_format = 101;
inline constexpr int media_wrong_content = 102;

} // namespace cipherlane::sim::pad_status
