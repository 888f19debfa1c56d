#include "plain_text.hpp"

#include <cipherlane/core/utf8.hpp>
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
