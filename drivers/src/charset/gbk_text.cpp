#include "gbk_text.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <string>

namespace cipherlane::drivers {

result<bytes> to_gbk(std::string_view utf8, std::string_view field) {
    // GBK has the yuan sign only in full width.
    constexpr std::string_view narrow = "\xC2\xA5";
    constexpr std::string_view wide = "\xEF\xBF\xA5";
    std::string text(utf8);
    for (auto at = text.find(narrow); at != std::string::npos; at = text.find(narrow, at)) {
        text.replace(at, narrow.size(), wide);
    }
    const auto made = utf8_to_gbk(text);
    if (made) return bytes(made->begin(), made->end());
    return error(make_error_code(drivers_errc::unsendable_text), layer::drivers)
        .in_field(field)
        .at_offset(made.error().offset().value_or(0));
}

} // namespace cipherlane::drivers
