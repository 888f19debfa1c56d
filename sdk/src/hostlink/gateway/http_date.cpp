#include <cipherlane/core/digits.hpp>
#include <cipherlane/hostlink/gateway/http_date.hpp>

#include <ctime>

namespace cipherlane::hostlink {

std::optional<std::chrono::system_clock::time_point> read_http_date(std::string_view text) noexcept {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    constexpr std::size_t size = 29;
    if (text.size() != size || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        for (const char c : text.substr(at, digits))
            value = is_digit(c) && value >= 0 ? value * 10 + (c - '0') : -1;
        return value;
    };
    const auto month = months.find(text.substr(8, 3));
    constexpr int last_year = 2200; // what a clock of nanoseconds can still tell
    std::tm parts{};
    parts.tm_mday = number(5, 2);
    parts.tm_mon = month == std::string_view::npos || month % 3 != 0 ? -1 : static_cast<int>(month / 3);
    parts.tm_year = number(12, 4) - 1900;
    parts.tm_hour = number(17, 2);
    parts.tm_min = number(20, 2);
    parts.tm_sec = number(23, 2);
    const bool whole = parts.tm_mday >= 1 && parts.tm_mon >= 0 && parts.tm_year >= 70 &&
                       parts.tm_year <= last_year - 1900 && parts.tm_hour >= 0 && parts.tm_min >= 0 &&
                       parts.tm_sec >= 0;
    if (!whole) return std::nullopt;
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

} // namespace cipherlane::hostlink
