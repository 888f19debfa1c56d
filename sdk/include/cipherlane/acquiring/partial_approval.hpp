#pragma once

#include <cstdint>

namespace cipherlane::acquiring {

/// What the till does with an approval of less than it asked for (answer code 10).
enum class partial_approval : std::uint8_t {
    refuse, ///< it is reversed
    accept, ///< `payment::approved` says how much
};

} // namespace cipherlane::acquiring
