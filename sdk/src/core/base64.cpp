#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/errc.hpp>

#include <array>

namespace cipherlane {
namespace {

constexpr std::string_view base64_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto base64_values = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < base64_characters.size(); ++i)
        table[static_cast<unsigned char>(base64_characters[i])] = static_cast<std::int8_t>(i);
    return table;
}();

error no_base64(core_errc why, std::size_t at) {
    return error(why, layer::core).during("read base64").at_offset(at);
}

} // namespace

std::string to_base64(byte_view data) {
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const std::size_t here = data.size() - i < 3 ? data.size() - i : 3;
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = (bits << 8U) | (k < here ? data[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= here ? base64_characters[(bits >> (18 - 6 * k)) & 0x3FU] : '=';
    }
    return text;
}

result<bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return no_base64(core_errc::wrong_length, text.size());
    std::size_t pad = 0;
    while (pad < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++pad;
    }
    bytes data;
    data.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto value = base64_values[static_cast<unsigned char>(text[i])];
        if (value < 0) return no_base64(core_errc::bad_text, i);
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        // A byte is whole after the second, third and fourth character of each group.
        if (i % 4 != 0) data.push_back(static_cast<std::uint8_t>(bits >> (6 - 2 * (i % 4))));
    }
    const std::uint32_t left_over = pad == 2 ? bits & 0x0FU : pad == 1 ? bits & 0x03U : 0;
    if (left_over != 0) return no_base64(core_errc::bad_text, text.size() - 1);
    return data;
}

} // namespace cipherlane
