#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::cli {

/// A message as JSON: `tpdu`, `header` and `lri` where there are any, `trailer` where the dialect does not lay it
/// down, `bitmaps` where there are more than the fields need, `mti`, `fields` by number. A header of pieces is an
/// object by their names. Digits, tracks and text as strings (UTF-8), binary fields and raw pieces as hex. Text that
/// is no GBK is `{"hex": "…"}`, so that nothing is lost. Values are whole: this is a conversion, not a print.
[[nodiscard]] nlohmann::ordered_json to_json(const iso8583::message_view& what);

/// The other way; `format` says which fields are hex and which are GBK.
/// @return `bad_message` with the key as path for what is no such object, `iso8583_errc::unknown_field`,
/// `core_errc::not_hex`, `iso8583_errc::bad_text`. Values are checked by `encode`.
[[nodiscard]] result<iso8583::message> from_json(const iso8583::dialect& format, const nlohmann::json& what);

} // namespace cipherlane::cli
