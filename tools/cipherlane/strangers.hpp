#pragma once

#include <cipherlane/core/bytes.hpp>

#include <string>
#include <string_view>

/// What is no message of ISO 8583 and yet lies in front of who looks for one, with the subcommand that reads it.
namespace cipherlane::cli {

/// What these bytes are by their beginning, in words; empty: nothing that is known.
[[nodiscard]] std::string other_protocol(byte_view data);

/// The same of a text, as it is or in any form in which people have bytes.
[[nodiscard]] std::string other_protocol_in(std::string_view given);

} // namespace cipherlane::cli
