#pragma once

#include <cipherlane/routing/router.hpp>

#include <cstddef>
#include <string>

namespace cipherlane {

/// A route as it is now.
struct route_report {
    std::string host;     ///< as records name it; of a gateway its name
    std::string terminal; ///< which is sent there
    routing::route_state state;
    bool pinned = false;       ///< by hand: all payments go there
    std::size_t undecided = 0; ///< records there: while a host has any no other payment is sent there
};

} // namespace cipherlane
