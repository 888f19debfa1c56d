#pragma once

#include <string_view>

namespace cipherlane::qr {

/// What a scanner or a clipboard adds around a code is no part of it.
inline std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view white = " \t\r\n";
    const auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

} // namespace cipherlane::qr
