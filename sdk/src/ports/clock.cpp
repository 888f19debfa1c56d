#include <cipherlane/ports/civil_second.hpp>
#include <cipherlane/ports/clock.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace cipherlane::ports {
namespace {

constexpr std::chrono::hours china_offset{8};

std::chrono::sys_days day_of(std::chrono::system_clock::time_point when) noexcept {
    return std::chrono::floor<std::chrono::days>(when + china_offset);
}

std::string format_date(std::chrono::year_month_day date) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%04d%02u%02u", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

} // namespace

std::string civil_time::yyyymmdd() const {
    std::array<char, 48> text{};
    (void)std::snprintf(text.data(), text.size(), "%04d%02d%02d", year, month, day);
    return text.data();
}

std::string civil_time::hhmmss() const {
    std::array<char, 48> text{};
    (void)std::snprintf(text.data(), text.size(), "%02d%02d%02d", hour, minute, second);
    return text.data();
}

std::string civil_time::to_string() const {
    std::array<char, 96> text{};
    (void)std::snprintf(
        text.data(), text.size(), "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour, minute, second);
    return text.data();
}

civil_time to_civil(std::chrono::system_clock::time_point when) noexcept {
    const auto day = day_of(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(when + china_offset - day));
    civil_time civil;
    civil.year = static_cast<int>(date.year());
    civil.month = static_cast<int>(static_cast<unsigned>(date.month()));
    civil.day = static_cast<int>(static_cast<unsigned>(date.day()));
    civil.hour = static_cast<int>(time.hours().count());
    civil.minute = static_cast<int>(time.minutes().count());
    civil.second = static_cast<int>(time.seconds().count());
    return civil;
}

std::int64_t civil_second(std::chrono::system_clock::time_point when) noexcept {
    return std::chrono::floor<std::chrono::seconds>((when + china_offset).time_since_epoch()).count();
}

std::string infer_year(std::string_view mmdd, std::chrono::system_clock::time_point now) {
    if (mmdd.size() != 4 || mmdd.find_first_not_of("0123456789") != std::string_view::npos) return {};
    const auto month = static_cast<unsigned>((mmdd[0] - '0') * 10 + (mmdd[1] - '0'));
    const auto day = static_cast<unsigned>((mmdd[2] - '0') * 10 + (mmdd[3] - '0'));
    const auto today = day_of(now);
    const auto this_year = std::chrono::year_month_day(today).year();
    std::string nearest;
    auto least = std::chrono::days::max();
    for (const auto year : {this_year - std::chrono::years{1}, this_year, this_year + std::chrono::years{1}}) {
        const std::chrono::year_month_day date(year, std::chrono::month{month}, std::chrono::day{day});
        if (!date.ok()) continue;
        const auto distance = std::chrono::abs(std::chrono::sys_days(date) - today);
        if (distance < least) {
            least = distance;
            nearest = format_date(date);
        }
    }
    return nearest;
}

} // namespace cipherlane::ports
