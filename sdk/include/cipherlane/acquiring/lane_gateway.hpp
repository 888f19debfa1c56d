#pragma once

#include <cipherlane/qr/code_kind.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cipherlane::ports {
class qr_gateway;
}

namespace cipherlane::acquiring {

/// One of several gateways of a lane, which must outlive it.
struct lane_gateway {
    std::string name; ///< by which a trade may ask for it; unique in the lane
    ports::qr_gateway* port = nullptr;
    /// Whose payment codes (付款码) go there. Not set: all that no other one takes.
    std::optional<std::vector<qr::code_kind>> takes;
};

} // namespace cipherlane::acquiring
