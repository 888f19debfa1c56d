#pragma once

#include "dialect/profile_builder.hpp"

#include <cipherlane/core/strict_toml.hpp>

namespace cipherlane::hsm {

/// Reads `[command]` into a profile whose tables of codes are there already.
[[nodiscard]] result<void> read_commands(
    const toml_value& root, profile& into, const known_work& is_known, toml_report& report);

} // namespace cipherlane::hsm
