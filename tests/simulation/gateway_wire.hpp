#pragma once

#include "simulation/world.hpp"

#include <cipherlane/ports/qr_gateway.hpp>

#include <memory>

namespace cipherlane::simulation {

/// The SDK's HTTP client of a gateway over connections that are called in place: what happens to a request and its
/// answer on their way, in pieces too. Notices come as `gateway_line` brings them.
[[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> link_to_gateway(world& in);

} // namespace cipherlane::simulation
