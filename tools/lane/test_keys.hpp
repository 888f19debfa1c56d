#pragma once

#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

namespace cipherlane::sim {

/// Keys of the demonstration and of tests: published or made up, never of a real terminal.
namespace test_keys {
inline constexpr std::string_view terminal_master = "0123456789ABCDEFFEDCBA9876543210";     ///< TMK
inline constexpr std::string_view sm4_terminal_master = "FEDCBA98765432100123456789ABCDEF"; ///< TMK of SM4
inline constexpr std::string_view zone_pin = "C7152C20BC2C830EA7EC9E8334ABE3FE";            ///< ZPK
} // namespace test_keys

/// A double-length key under the published test LMK, written as `profile` writes keys: what a key ceremony would have
/// left in the host's database. `type` is "tmk" or "zpk".
[[nodiscard]] result<std::string> under_test_lmk(
    std::string_view profile, std::string_view type, std::string_view clear_hex);

/// A terminal's master key of SM4 likewise. @return `invalid_argument` for a profile that knows no such keys.
[[nodiscard]] result<std::string> sm4_master_under_test_lmk(std::string_view profile, std::string_view clear_hex);

} // namespace cipherlane::sim
