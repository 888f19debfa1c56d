#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/toml_value.hpp>
#include <cipherlane/hsm/profile.hpp>

namespace cipherlane::hsm {

/// Whether a profile's entries go together: names that typed calls use, codes beside each other and in their fields,
/// what an operation needs of its command. Each fault names the entry, its line, and what would be right.
[[nodiscard]] result<void> check_profile(const toml_value& root, const profile& of);

} // namespace cipherlane::hsm
