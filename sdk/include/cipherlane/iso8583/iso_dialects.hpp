#pragma once

#include <cipherlane/iso8583/dialect.hpp>

#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

/// ISO 8583:1987 in characters: `iso87-ascii`. Message type and lengths as ASCII digits, bitmaps and binary fields
/// as hex, tracks with '=' or 'D', no envelope. Fields 2 to 128, MAC in 64 or 128.
[[nodiscard]] const dialect& iso87_ascii() noexcept;

/// ISO 8583:1987 packed: `iso87-bcd`. Message type, numbers and lengths packed, bitmaps binary; odd numbers have a
/// zero in front, odd tracks one behind (the standard leaves this to the parties: doubtful, copy the table where a
/// host differs). Two bytes of binary length in front.
[[nodiscard]] const dialect& iso87_bcd() noexcept;

/// ISO 8583:1993 in characters: `iso93-ascii`. Message types begin with 1; field 39 has three digits, 22 twelve
/// characters, 12 date and time.
[[nodiscard]] const dialect& iso93_ascii() noexcept;

/// Every built-in dialect.
[[nodiscard]] std::span<const dialect* const> built_in_dialects() noexcept;
/// By name, e.g. "cup-pos"; null if there is none.
[[nodiscard]] const dialect* find_dialect(std::string_view name) noexcept;

} // namespace cipherlane::iso8583
