#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <string>
#include <string_view>

namespace cipherlane::c {

/// A message as JSON, in the form of `cipherlane iso8583 decode`.
[[nodiscard]] std::string to_json(const iso8583::message_view& what);

/// The other way; values are checked when the message is encoded.
/// @return `bad_message` with the key as path for what is no such object, `iso8583_errc::unknown_field`,
/// `core_errc::not_hex`, `iso8583_errc::bad_text`
[[nodiscard]] result<iso8583::message> from_json(const iso8583::dialect& format, std::string_view text);

} // namespace cipherlane::c
