#pragma once

#include <cipherlane/iso8583/message_view.hpp>

#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// The kind of a `cup-pos` message: "sale", "answer"; empty where no row of the transactions fits.
[[nodiscard]] std::string_view message_in_words(const message_view& what);

/// What the host asks for in the header; empty: nothing.
[[nodiscard]] std::string_view header_in_words(std::string_view digits);

/// What a coded value of `cup-pos` says: fields 22, 25, 39 and 53; empty for any other field.
[[nodiscard]] std::string value_in_words(const message_view& what, int number, std::string_view value);

} // namespace cipherlane::iso8583
