#pragma once

#include "hsm-sim/command.hpp"

#include <span>

namespace cipherlane::hsm_sim {

[[nodiscard]] std::span<const command_row> sm2_commands() noexcept;

} // namespace cipherlane::hsm_sim
