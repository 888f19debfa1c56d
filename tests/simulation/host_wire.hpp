#pragma once

#include "simulation/world.hpp"

#include <cipherlane/ports/host.hpp>

#include <memory>

namespace cipherlane::simulation {

/// The SDK's link to the host over a connection to the bank that is called in place: what happens to a message on its
/// way there and back, in pieces too. With the faults of a link that `mutants.hpp` lists.
[[nodiscard]] result<std::unique_ptr<ports::host>> link_to_bank(world& in);

} // namespace cipherlane::simulation
