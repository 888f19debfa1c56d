#include "hsm-sim/racal/request_reader.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::hsm_sim {

namespace {

/// The value of each character as a hex digit; 0x80 for those that are none, so that two may be checked in one go.
constexpr std::array<std::uint8_t, 256> digit_values = [] {
    std::array<std::uint8_t, 256> values{};
    for (std::size_t c = 0; c < values.size(); ++c) {
        const int value = hex_value(static_cast<char>(c));
        values[c] = value < 0 ? std::uint8_t{0x80} : static_cast<std::uint8_t>(value);
    }
    return values;
}();

} // namespace

void request_reader::hex(byte_span out, status otherwise) noexcept {
    const auto digits = text(2 * out.size(), otherwise);
    if (failed()) {
        std::fill(out.begin(), out.end(), std::uint8_t{0});
        return;
    }
    unsigned wrong = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const unsigned high = digit_values[static_cast<std::uint8_t>(digits[2 * i])];
        const unsigned low = digit_values[static_cast<std::uint8_t>(digits[2 * i + 1])];
        wrong |= high | low;
        out[i] = static_cast<std::uint8_t>((high << 4U) | low);
    }
    if ((wrong & 0x80U) != 0) fail(otherwise);
}

} // namespace cipherlane::hsm_sim
