#include "charset.hpp"

#include <cipherlane/drivers/errc.hpp>

#include <iconv.h>
#include <string>

namespace cipherlane::drivers {

result<bytes> to_gbk(std::string_view utf8, std::string_view field) {
    if (utf8.empty()) return bytes(); // iconv wants a buffer to write to
    // GBK has the yuan sign only in full width.
    constexpr std::string_view narrow = "\xC2\xA5";
    constexpr std::string_view wide = "\xEF\xBF\xA5";
    std::string text(utf8);
    for (auto at = text.find(narrow); at != std::string::npos; at = text.find(narrow, at)) {
        text.replace(at, narrow.size(), wide);
    }
    auto* converter = ::iconv_open("GBK", "UTF-8");
    if (converter == reinterpret_cast<iconv_t>(-1)) { // NOLINT: iconv's own convention
        return error(make_error_code(drivers_errc::no_system), layer::drivers).during("iconv");
    }
    bytes out(text.size() * 2);
    auto* from = text.data();
    auto from_left = text.size();
    auto* to = reinterpret_cast<char*>(out.data());
    auto to_left = out.size();
    const auto done = ::iconv(converter, &from, &from_left, &to, &to_left);
    ::iconv_close(converter);
    if (done == static_cast<std::size_t>(-1) || done != 0) {
        return error(make_error_code(drivers_errc::unsendable_text), layer::drivers)
            .in_field(field)
            .at_offset(text.size() - from_left);
    }
    out.resize(out.size() - to_left);
    return out;
}

} // namespace cipherlane::drivers
