#pragma once

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

/// Numbers and keys as the pad's commands and answers write them.
namespace cipherlane::sim::pad_text {

/// A number of an answer, with zeros in front.
inline std::string digits(std::size_t value, std::size_t width) {
    auto text = std::to_string(value);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

/// A number of a command; -1 if it is none. More than an int holds counts as the most that one holds.
inline int number(std::string_view text) {
    if (text.empty() || !all_digits(text)) return -1;
    std::int64_t value = 0;
    for (auto c : text)
        value = std::min<std::int64_t>(value * 10 + (c - '0'), std::numeric_limits<int>::max());
    return static_cast<int>(value);
}

/// Nothing for what is no hex.
inline std::optional<secret_bytes> hex_secret(std::string_view text) {
    secret_bytes out(text.size() / 2);
    if (!from_hex(text, out.expose())) return std::nullopt;
    return out;
}

} // namespace cipherlane::sim::pad_text
