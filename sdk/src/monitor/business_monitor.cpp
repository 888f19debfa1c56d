#include <cipherlane/monitor/business_monitor.hpp>

#include <algorithm>
#include <map>

namespace cipherlane::monitor {
namespace {

constexpr std::int64_t day_seconds = 86'400;

std::int64_t day_of(std::int64_t moment) {
    return (moment >= 0 ? moment : moment - day_seconds + 1) / day_seconds;
}

} // namespace

struct business_monitor::state {
    state(const monitor_settings& how, const business_calendar& days)
        : settings(how)
        , calendar(&days) {}

    monitor_settings settings;
    const business_calendar* calendar;
    std::map<std::int64_t, hourly> history;        ///< by day, today's too
    std::map<std::int64_t, std::uint32_t> waiting; ///< payments of readings that are not judged, by their begin
    std::deque<reading> judged;                    ///< the last day's
    std::optional<std::int64_t> next;              ///< begin of the next reading
    std::int64_t expected_for = -1;
    std::array<double, hours_of_day> today{};
    reading gathered;   ///< readings of quiet hours put together
    unsigned below = 0; ///< in a row
    std::int64_t since = 0;
    double missing_expected = 0;
    double missing_seen = 0;
    bool alarmed = false;

    [[nodiscard]] std::int64_t length() const { return std::int64_t{settings.minutes} * 60; }
    [[nodiscard]] bool works(std::int64_t day) const {
        return calendar->is_business_day(std::chrono::sys_days(std::chrono::days(day)));
    }

    /// The expectation of a day, from the comparable ones before it.
    void expect(std::int64_t day) {
        if (expected_for == day) return;
        expected_for = day;
        std::vector<hourly> alike;
        for (auto at = history.lower_bound(day); at != history.begin() && alike.size() < settings.days;) {
            --at;
            if (works(at->first) == works(day)) alike.push_back(at->second);
        }
        today = alike.size() < settings.least_days ? std::array<double, hours_of_day>{} : expected_day(alike);
        // Others are needed no more: days of rest come twice a week, and in some weeks not at all.
        const auto oldest = day - std::int64_t{settings.days} * 8 - 30;
        history.erase(history.begin(), history.lower_bound(oldest));
    }

    void judge(const reading& one, std::vector<alarm>& told) {
        const double share = one.expected * (100 - settings.below_percent) / 100;
        const auto end = one.begin + length();
        if (one.seen < share) {
            if (below == 0) {
                since = gathered.begin;
                missing_expected = missing_seen = 0;
            }
            ++below;
            missing_expected += one.expected;
            missing_seen += one.seen;
            if (below >= settings.readings && !alarmed) {
                alarmed = true;
                told.push_back({true, since, end, missing_expected, missing_seen});
            }
            return;
        }
        if (alarmed) told.push_back({false, since, end, missing_expected, missing_seen});
        alarmed = false;
        below = 0;
    }

    void read(std::int64_t begin, std::vector<alarm>& told) {
        const auto day = day_of(begin);
        expect(day);
        const auto minute = static_cast<unsigned>((begin - day * day_seconds) / 60);
        reading one{begin, 0, expected_between(today, minute, minute + settings.minutes)};
        if (const auto found = waiting.find(begin); found != waiting.end()) {
            one.seen = found->second;
            waiting.erase(waiting.begin(), std::next(found));
        }
        judged.push_back(one);
        while (judged.front().begin + day_seconds <= begin)
            judged.pop_front();
        if (gathered.expected == 0 && gathered.seen == 0) gathered.begin = begin;
        gathered.seen += one.seen;
        gathered.expected += one.expected;
        if (gathered.expected < settings.least_expected) return;
        judge({begin, gathered.seen, gathered.expected}, told);
        gathered = {};
    }
};

business_monitor::business_monitor(const monitor_settings& settings, const business_calendar& calendar)
    : state_(std::make_unique<state>(settings, calendar)) {}
business_monitor::business_monitor(business_monitor&&) noexcept = default;
business_monitor& business_monitor::operator=(business_monitor&&) noexcept = default;
business_monitor::~business_monitor() = default;

void business_monitor::add(std::int64_t moment) {
    auto& my = *state_;
    const auto day = day_of(moment);
    ++my.history[day][static_cast<std::size_t>((moment - day * day_seconds) / 3600)];
    const auto begin = moment - (moment - day * day_seconds) % my.length();
    if (!my.next) my.next = begin;
    if (begin >= *my.next) ++my.waiting[begin];
}

std::vector<alarm> business_monitor::advance(std::int64_t now) {
    auto& my = *state_;
    std::vector<alarm> told;
    if (!my.next) return told;
    // A day in which nothing at all was taken is a day of nothing, and no hole in the days.
    for (auto day = day_of(*my.next); day <= day_of(now); ++day)
        my.history.try_emplace(day, hourly{});
    for (; *my.next + my.length() <= now; *my.next += my.length())
        my.read(*my.next, told);
    return told;
}

bool business_monitor::alarmed() const noexcept {
    return state_->alarmed;
}

std::vector<reading> business_monitor::curve() const {
    return {state_->judged.begin(), state_->judged.end()};
}

std::array<double, hours_of_day> business_monitor::day_expected() const {
    return state_->today;
}

} // namespace cipherlane::monitor
