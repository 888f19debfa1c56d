#pragma once

#include <cstdint>

namespace cipherlane::crypto {

/// Which messages a MAC or data key of a DUKPT transaction is for; request is what the terminal sends.
enum class dukpt_message : std::uint8_t {
    request,  ///< terminal to host
    response, ///< host to terminal
    both,     ///< one key for both ways, as many terminals do
};

} // namespace cipherlane::crypto
