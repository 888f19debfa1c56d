#pragma once

#include "cipherlane/people_input.hpp"

#include <cipherlane/core/hex.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Messages that several tests of the message tools look at, and the forms in which they are given.
namespace cipherlane::cli::sample_messages {

/// The published magnetic-stripe sale of the known-answer file (cup-03), MAC and all.
inline const std::string sale =
    "007E60000300006031003107300200702404C020C09811196222000000000000004000000000000000123400000230120210001231622200"
    "0000000000004D3012201123405445535430303031544553544D455243483030303030313135361616116C76559985260000000000000000"
    "14220000010005003233463841364537";

/// Fixed text that an ASCII host sends: iso87-ascii, 0800.
inline const std::string echo = "0800822000000000000004000000000000000721122000000001301";

[[nodiscard]] inline bytes unhex(std::string_view digits) {
    return from_hex(digits).value();
}

[[nodiscard]] inline std::string hex_of(std::string_view text) {
    return to_hex(as_bytes(text));
}

[[nodiscard]] inline std::vector<input_reading> read(std::string_view text, input_form form = input_form::automatic) {
    return readings_of(text, form).value();
}

} // namespace cipherlane::cli::sample_messages
