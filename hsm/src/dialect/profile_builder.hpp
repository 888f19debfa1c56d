#pragma once

#include <cipherlane/hsm/profile.hpp>

#include <toml++/toml.h>

namespace cipherlane::hsm {

/// A profile from a table whose bases are merged in already; every value is checked.
[[nodiscard]] result<std::shared_ptr<const profile>> build_profile(const toml::table& root);

} // namespace cipherlane::hsm
