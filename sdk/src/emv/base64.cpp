#include "base64.hpp"

#include <cipherlane/emv/errc.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::emv::detail {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::int8_t none = -1;

constexpr auto values = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(none);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return table;
}();

error refuse(std::size_t offset) {
    return error(emv_errc::not_base64, layer::emv).during("read base64").at_offset(offset);
}

} // namespace

result<secret_bytes> from_base64(std::string_view text, base64_padding padding) {
    const std::size_t whole = text.size();
    for (int i = 0; i < 2 && text.ends_with('='); ++i)
        text.remove_suffix(1);
    const bool padded = whole % 4 == 0;
    const bool unpadded = whole == text.size() && padding == base64_padding::optional;
    if ((!padded && !unpadded) || text.size() % 4 == 1) return refuse(whole);
    secret_bytes data(text.size() * 3 / 4);
    const auto out = data.expose();
    std::uint32_t bits = 0;
    std::size_t written = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto value = values[static_cast<unsigned char>(text[i])];
        if (value == none) return refuse(i);
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        // A byte is whole after the second, third and fourth character of each group.
        if (i % 4 != 0) out[written++] = static_cast<std::uint8_t>(bits >> (6 - 2 * (i % 4)));
    }
    // Bits left over must be zero, or two texts would mean the same data.
    const std::uint32_t left_over = text.size() % 4 == 2 ? bits & 0x0FU : text.size() % 4 == 3 ? bits & 0x03U : 0;
    if (left_over != 0) return refuse(text.size() - 1);
    return data;
}

std::string to_base64(byte_view data) {
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const std::size_t here = std::min<std::size_t>(3, data.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = (bits << 8U) | (k < here ? data[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= here ? alphabet[(bits >> (18 - 6 * k)) & 0x3FU] : '=';
    }
    return text;
}

} // namespace cipherlane::emv::detail
