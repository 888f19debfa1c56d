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

/// The characters that carry data.
result<std::string_view> without_padding(std::string_view text, base64_padding padding) {
    const std::size_t whole = text.size();
    for (int i = 0; i < 2 && text.ends_with('='); ++i)
        text.remove_suffix(1);
    const bool padded = whole % 4 == 0;
    const bool bare = padding == base64_padding::optional && whole == text.size() && whole % 4 != 1;
    if (!padded && !bare) return no_base64(core_errc::wrong_length, whole);
    // Only "x===" is a whole group with one character before its padding.
    if (text.size() % 4 == 1) return no_base64(core_errc::bad_text, text.size());
    return text;
}

/// @param out as many bytes as the characters of `data` carry: three for four.
result<void> decode(std::string_view data, byte_span out) {
    std::uint32_t bits = 0;
    std::size_t written = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto value = base64_values[static_cast<unsigned char>(data[i])];
        if (value < 0) return no_base64(core_errc::bad_text, i);
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        // A byte is whole after the second, third and fourth character of each group.
        if (i % 4 != 0) out[written++] = static_cast<std::uint8_t>(bits >> (6 - 2 * (i % 4)));
    }
    const std::uint32_t left_over = data.size() % 4 == 2 ? bits & 0x0FU : data.size() % 4 == 3 ? bits & 0x03U : 0;
    if (left_over != 0) return no_base64(core_errc::bad_text, data.size() - 1);
    return {};
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
    CIPHERLANE_TRY(const auto data, without_padding(text, base64_padding::required));
    bytes out(data.size() * 3 / 4);
    CIPHERLANE_CHECK(decode(data, out));
    return out;
}

result<secret_bytes> secret_from_base64(std::string_view text, base64_padding padding) {
    CIPHERLANE_TRY(const auto data, without_padding(text, padding));
    secret_bytes out(data.size() * 3 / 4);
    CIPHERLANE_CHECK(decode(data, out.expose()));
    return out;
}

} // namespace cipherlane
