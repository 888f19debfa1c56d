#pragma once

#include <cipherlane/core/error.hpp>

#include <string_view>

namespace cipherlane::drivers {

/// The error for a status of an ABECS answer (RSP_STAT, section 3.1.1); the three digits are the peer's code. What
/// other pads say too has one code for all of them: 012 `cardholder_timeout`, 013 `cardholder_cancelled`, 042
/// `no_key`. The others are of a category of their own, "cipherlane.abecs", whose messages say in words what
/// happened; condition `rejected_by_peer`.
/// @param status 1 to 999
[[nodiscard]] error abecs_error(int status);

/// Status values that a driver acts on.
namespace abecs_status {
inline constexpr int ok = 0;
inline constexpr int invalid_call = 10;
inline constexpr int invalid_parameter = 11;
inline constexpr int timeout = 12;
inline constexpr int cancelled = 13;
inline constexpr int tables_differ = 20;
inline constexpr int magnetic_error = 41;
inline constexpr int key_missing = 42;
inline constexpr int no_card = 43;
} // namespace abecs_status

} // namespace cipherlane::drivers
