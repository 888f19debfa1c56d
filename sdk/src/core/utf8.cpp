#include <cipherlane/core/utf8.hpp>

namespace cipherlane {

std::optional<char32_t> take_code_point(std::string_view& text) noexcept {
    if (text.empty()) return std::nullopt;
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t size = lead < 0x80         ? 1
                             : (lead >> 5) == 6  ? 2
                             : (lead >> 4) == 14 ? 3
                             : (lead >> 3) == 30 ? 4
                                                 : 0;
    if (size == 0 || text.size() < size) return std::nullopt;
    auto point = static_cast<char32_t>(size == 1 ? lead : lead & (0x7F >> size));
    for (std::size_t i = 1; i < size; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next >> 6) != 2) return std::nullopt;
        point = (point << 6) | (next & 0x3FU);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < smallest[size] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
    text.remove_prefix(size);
    return point;
}

std::optional<std::size_t> utf8_length(std::string_view text) noexcept {
    std::size_t count = 0;
    for (; !text.empty(); ++count) {
        if (!take_code_point(text)) return std::nullopt;
    }
    return count;
}

} // namespace cipherlane
