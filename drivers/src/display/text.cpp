#include "text.hpp"

#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {
namespace {

error unsendable(std::string_view field, std::size_t offset) {
    return error(make_error_code(drivers_errc::unsendable_text), layer::drivers).in_field(field).at_offset(offset);
}

constexpr bool is_control(char32_t point) noexcept {
    return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

} // namespace

std::optional<char32_t> take_code_point(std::string_view& text) noexcept {
    if (text.empty()) return std::nullopt;
    auto lead = static_cast<unsigned char>(text[0]);
    std::size_t size = lead < 0x80 ? 1 : (lead >> 5) == 6 ? 2 : (lead >> 4) == 14 ? 3 : (lead >> 3) == 30 ? 4 : 0;
    if (size == 0 || text.size() < size) return std::nullopt;
    auto point = static_cast<char32_t>(size == 1 ? lead : lead & (0x7F >> size));
    for (std::size_t i = 1; i < size; ++i) {
        auto next = static_cast<unsigned char>(text[i]);
        if ((next >> 6) != 2) return std::nullopt;
        point = (point << 6) | (next & 0x3FU);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < smallest[size] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
    text.remove_prefix(size);
    return point;
}

result<void> check_plain_utf8(std::string_view text, std::string_view field) {
    for (auto rest = text; !rest.empty();) {
        auto offset = text.size() - rest.size();
        auto point = take_code_point(rest);
        if (!point || is_control(*point)) return unsendable(field, offset);
    }
    return {};
}

result<void> check_plain_ascii(std::string_view text, std::string_view field) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] < 0x20 || text[i] > 0x7E) return unsendable(field, i);
    }
    return {};
}

result<void> check_length(std::string_view text, std::size_t most, std::string_view field) {
    if (text.size() <= most) return {};
    return error(make_error_code(drivers_errc::too_long), layer::drivers).in_field(field).at_offset(most);
}

} // namespace cipherlane::drivers
