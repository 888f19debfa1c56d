#pragma once

#include <cstdint>

namespace cipherlane::ledger {

/// What a host means by 94 or 79 in answer to the repeat of a stored trade of which it has not answered a send.
/// General knowledge, doubtful: no public text says.
enum class seen_before : std::uint8_t {
    is_taken,       ///< that it has booked it
    proves_nothing, ///< that it came before, and may have been refused then
};

} // namespace cipherlane::ledger
