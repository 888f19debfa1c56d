// Payments that stay away: a shop's week, made up, and on the next Monday the line is cut at noon. The monitor knows
// what such a day brings by its hours, and raises the alarm before customers do; over a till's journal it is
// `cipherlane monitor`. Usage: 31_payments_stay_away
#include <cipherlane/monitor/business_monitor.hpp>

#include <cstdio>
#include <iostream>

using namespace cipherlane;

namespace {

constexpr std::int64_t hour = 3600;
constexpr std::int64_t day = 24 * hour;

std::string clock_of(std::int64_t moment) {
    char text[16];
    (void)std::snprintf(
        text, sizeof text, "%02d:%02d", static_cast<int>(moment % day / hour), static_cast<int>(moment % hour / 60));
    return text;
}

} // namespace

int main() {
    const auto calendar =
        business_calendar::parse("name = \"2026\"\nfirst = \"2026-01-01\"\nlast = \"2026-12-31\"\n", "days.toml")
            .value();
    monitor::business_monitor watch({}, calendar);
    const auto monday = parse_calendar_day("2026-11-23").value().time_since_epoch().count() * day;
    const auto cut = monday + 7 * day + 12 * hour;
    bool raised = false;
    for (auto now = monday + 9 * hour; now < cut + hour; now += 60) { // a payment a minute, from nine to nine
        const auto of_day = now % day;
        for (const auto& told : watch.advance(now)) {
            std::cout << clock_of(told.at) << (told.raised ? "  ALARM: since " + clock_of(told.since) : "  over")
                      << ", " << static_cast<int>(told.seen) << " payments, expected "
                      << static_cast<int>(told.expected) << "\n";
            raised = raised || (told.raised && told.since >= cut);
        }
        if (of_day >= 9 * hour && of_day < 21 * hour && now < cut) watch.add(now);
    }
    std::cout << monitor::curve_text(watch.curve(), 48);
    return raised && watch.alarmed() ? 0 : 1;
}
