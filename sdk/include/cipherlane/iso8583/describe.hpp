#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <optional>
#include <string>

namespace cipherlane::iso8583 {

/// How much a print shows. `masked` follows each field's `mask`: never a whole PAN, no track, PIN block or key.
enum class reveal : std::uint8_t { masked, whole };

/// A message field by field for people: byte offset, number, name, value, with the sub-fields that the dialect knows.
/// Text of the peer comes as UTF-8 with control characters replaced; text that is no GBK comes as hex.
[[nodiscard]] std::string describe(const message_view& what, reveal how = reveal::masked);

/// What could be read of a message, and where reading stopped.
struct partial_message {
    message_view view;            ///< the fields before the fault
    std::optional<error> failure; ///< nothing if the message is whole and right
};

/// Like `decode`, but keeps what was read before a fault: for `explain`, never for processing.
[[nodiscard]] partial_message decode_partly(const dialect& format, byte_view input);

} // namespace cipherlane::iso8583
