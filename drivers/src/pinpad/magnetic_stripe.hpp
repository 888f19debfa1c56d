#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/pinpad.hpp>

namespace cipherlane::drivers {

/// The card of a track 2 as a reader gives it: with '=' or 'D' between its fields; what follows the track is left
/// out.
/// @return `bad_content` where there is no account number in it.
[[nodiscard]] result<ports::card_data> card_of_stripe(byte_view track2);

} // namespace cipherlane::drivers
