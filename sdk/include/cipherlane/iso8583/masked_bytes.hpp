#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/iso8583/message_view.hpp>

namespace cipherlane::iso8583 {

/// The bytes of a message with zeros in the place of what each field's `mask` hides: of a card number the digits
/// between the first six and the last four (all of one of fewer than 13), of tracks, PIN blocks, keys, chip data and
/// whatever else may hold card data all. Nothing moves: lengths, bitmap and offsets are those of the message.
/// @param input what `what` was decoded from.
[[nodiscard]] bytes masked_bytes(const message_view& what, byte_view input);

} // namespace cipherlane::iso8583
