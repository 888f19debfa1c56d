#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <string>

namespace cipherlane::cli {

/// What to do about an error on the way to a cipher machine: the likely cause, and the next command. The one place
/// for it, whichever subcommand met the error. Empty where there is nothing to say. `dialect` explains refusals.
[[nodiscard]] std::string hint_for(const error& why, const hsm::profile* dialect = nullptr);

} // namespace cipherlane::cli
