#pragma once

#include <cipherlane/core/bytes.hpp>

#include <string>

namespace cipherlane::cli {

/// A status word (SW1 SW2) of ISO 7816-4 in words; empty where the bytes are not two, or none that is known.
[[nodiscard]] std::string status_word(byte_view data);

/// A command of ISO 7816-4 or EMV in words: its name and the sizes, never its data, which may be a PIN. Empty where
/// the bytes are none whose length adds up.
[[nodiscard]] std::string card_command(byte_view data);

} // namespace cipherlane::cli
