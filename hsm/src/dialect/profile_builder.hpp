#pragma once

#include <cipherlane/core/toml_value.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <functional>

namespace cipherlane::hsm {

/// Whether something computes what a command's `operation` names, for units that are simulated.
using known_work = std::function<bool(const std::string& named)>;

/// A profile from a table whose bases are laid under it already and have no lines any more; every value is checked,
/// and every key must be one that something reads.
[[nodiscard]] result<std::shared_ptr<const profile>> build_profile(
    const toml_value& root, const known_work& is_known);

} // namespace cipherlane::hsm
