#pragma once

#include <cipherlane/hsm/reply.hpp>

#include <string>

namespace cipherlane::hsm {

/// What the request itself shows to be wrong with its keys: "wrapped_key U 32"; empty if nothing. Which refusals are
/// about which key the profile says (`status_groups`).
[[nodiscard]] std::string local_finding(const reply& of);

} // namespace cipherlane::hsm
