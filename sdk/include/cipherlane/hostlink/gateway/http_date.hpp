#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace cipherlane::hostlink {

/// The value of `Date`, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7); nothing for another form.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> read_http_date(std::string_view text) noexcept;

} // namespace cipherlane::hostlink
