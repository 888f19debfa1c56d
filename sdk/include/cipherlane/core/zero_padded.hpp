#pragma once

#include <concepts>
#include <cstddef>
#include <string>

namespace cipherlane {

/// Digits with zeros in front up to `size`; more of them stay as they are.
[[nodiscard]] inline std::string zero_padded(std::string digits, std::size_t size) {
    if (digits.size() < size) digits.insert(0, size - digits.size(), '0');
    return digits;
}
template <std::integral Number>
[[nodiscard]] std::string zero_padded(Number value, std::size_t size) {
    return zero_padded(std::to_string(value), size);
}

} // namespace cipherlane
