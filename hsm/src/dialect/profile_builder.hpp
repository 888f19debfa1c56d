#pragma once

#include <cipherlane/hsm/profile.hpp>

#include <toml++/toml.h>

#include <functional>

namespace cipherlane::hsm {

/// Whether something computes what a command's `operation` names, for units that are simulated.
using known_work = std::function<bool(const std::string& named)>;

/// `hsm_errc::profile_value` at an entry; its line where the entry stands in the caller's own text.
[[nodiscard]] error profile_fault(std::string_view path, const toml::node* node);
/// The same, in words: what is wrong with it, or what would be right.
[[nodiscard]] error profile_fault(std::string_view path, const toml::node* node, std::string_view words);

/// A profile from a table whose bases are merged in already; every value is checked, and
/// every key must be one that something reads.
[[nodiscard]] result<std::shared_ptr<const profile>> build_profile(
    const toml::table& root, const known_work& is_known);

} // namespace cipherlane::hsm
