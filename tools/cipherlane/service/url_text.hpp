#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::service {

/// "order%2F1" as "order/1"; nothing where an escape is cut short or no hex, or stands for a NUL.
[[nodiscard]] std::optional<std::string> decoded(std::string_view text, char blank = ' ');

/// "a=1&b=x%20y" as names and values. What cannot be decoded stays as it is: no name is like it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> query_of(std::string_view text);

/// "/v1/terminals/TEST0001" as its segments, decoded; nothing where one cannot be.
[[nodiscard]] std::optional<std::vector<std::string>> segments_of(std::string_view path);

} // namespace cipherlane::service
