#include "support/bytes.hpp"

#include <cipherlane/core/hex.hpp>

#include <stdexcept>
#include <string>

namespace cipherlane::tests {

bytes hex(std::string_view digits) {
    std::string packed;
    for (const char c : digits) {
        if (c != ' ' && c != '\n') packed += c;
    }
    auto data = from_hex(packed);
    if (!data) throw std::invalid_argument("not hex: " + std::string(digits));
    return *std::move(data);
}

} // namespace cipherlane::tests
