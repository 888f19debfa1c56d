#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <cassert>

namespace cipherlane {

void to_hex(byte_view data, std::span<char> out) noexcept {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    assert(out.size() >= 2 * data.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 0x0F];
    }
}

std::string to_hex(byte_view data) {
    std::string text(2 * data.size(), '\0');
    to_hex(data, text);
    return text;
}

result<void> from_hex(std::string_view digits, byte_span out) {
    if (digits.size() % 2 != 0) return error(core_errc::odd_length, layer::core).during("from_hex");
    if (out.size() != digits.size() / 2) return error(core_errc::buffer_too_small, layer::core).during("from_hex");
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = hex_value(digits[i]);
        const int low = hex_value(digits[i + 1]);
        if (high < 0 || low < 0) {
            return error(core_errc::not_hex, layer::core).during("from_hex").at_offset(high < 0 ? i : i + 1);
        }
        out[i / 2] = static_cast<std::uint8_t>((high << 4) | low);
    }
    return {};
}

result<bytes> from_hex(std::string_view digits) {
    bytes data(digits.size() / 2);
    CIPHERLANE_CHECK(from_hex(digits, data));
    return data;
}

} // namespace cipherlane
