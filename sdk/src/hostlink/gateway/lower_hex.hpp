#pragma once

#include <cipherlane/core/hex.hpp>

#include <string>

namespace cipherlane::hostlink {

/// Hex as UnionPay, Alipay and netpay sign it.
[[nodiscard]] inline std::string to_lower_hex(byte_view data) {
    auto text = to_hex(data);
    for (auto& c : text)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

} // namespace cipherlane::hostlink
