#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <string>
#include <vector>

namespace cipherlane::cli {

/// A message that may be shown to others.
struct redacted_message {
    bytes frame;                      ///< as long as the one that was given, and as well formed
    std::vector<std::string> changed; ///< paths of what was replaced
};

/// Replaces what may not leave the house: the middle digits of a PAN (with a check digit that is right again),
/// tracks, PIN blocks, keys, names, the MAC, and whatever field the dialect's table hides. Lengths, tags and field
/// kinds stay.
/// @return errors of `iso8583::encode`; `iso8583_errc::bad_dialect` where the card number is still in the bytes.
[[nodiscard]] result<redacted_message> redact(const iso8583::message_view& what);

} // namespace cipherlane::cli
