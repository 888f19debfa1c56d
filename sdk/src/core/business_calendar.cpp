#include <cipherlane/core/business_calendar.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/strict_toml.hpp>

#include <algorithm>
#include <array>

namespace cipherlane {
namespace {

constexpr std::array<std::string_view, 7> weekday_names{
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

toml_faults calendar_faults() {
    return {layer::core, "load calendar", core_errc::no_file, core_errc::file_content, core_errc::file_content};
}

} // namespace

std::optional<std::chrono::sys_days> parse_calendar_day(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    std::array<unsigned, 3> parts{};
    std::size_t part = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 4 || i == 7) {
            ++part;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        parts[part] = parts[part] * 10 + static_cast<unsigned>(text[i] - '0');
    }
    const std::chrono::year_month_day civil{
        std::chrono::year(static_cast<int>(parts[0])), std::chrono::month(parts[1]), std::chrono::day(parts[2])};
    if (!civil.ok()) return std::nullopt;
    return std::chrono::sys_days(civil);
}

class calendar_reader {
  public:
    calendar_reader(const toml_value& root, toml_report& report)
        : top_(root, "", report) {}

    business_calendar read() {
        top_.need("name");
        if (auto text = top_.text("name", 60)) made_.name_ = *std::move(text);
        static_cast<void>(top_.text("source", 200));
        made_.first_ = one("first");
        made_.last_ = one("last");
        std::vector<std::string> rest{"saturday", "sunday"};
        top_.texts("rest", rest);
        for (const auto& name : rest) {
            const auto at = std::find(weekday_names.begin(), weekday_names.end(), name);
            if (at == weekday_names.end()) {
                top_.fail("rest", "allowed: sunday, monday, tuesday, wednesday, thursday, friday, saturday");
            } else {
                made_.rest_ = static_cast<std::uint8_t>(made_.rest_ | (1U << (at - weekday_names.begin())));
            }
        }
        if (made_.rest_ == 0x7F) top_.fail("rest", "one weekday at least is worked");
        days("holidays", made_.holidays_);
        days("worked", made_.worked_);
        top_.finish();
        return std::move(made_);
    }

  private:
    std::chrono::sys_days one(std::string_view key) {
        top_.need(key);
        std::string text;
        top_.text(key, text);
        const auto found = parse_calendar_day(text);
        if (!found && top_.has(key)) top_.fail(key, "expected a day such as 2026-01-31");
        return found.value_or(std::chrono::sys_days());
    }

    void days(std::string_view key, std::vector<std::chrono::sys_days>& to) {
        std::vector<std::string> texts;
        top_.texts(key, texts);
        for (const auto& text : texts) {
            const auto found = parse_calendar_day(text);
            if (!found || !made_.covers(*found)) {
                top_.fail(key, "found \"" + printable_text(text, 40) + "\", expected a day from first to last");
                return;
            }
            to.push_back(*found);
        }
        std::sort(to.begin(), to.end());
    }

    toml_reader top_;
    business_calendar made_;
};

result<business_calendar> business_calendar::parse(std::string_view text, std::string_view file) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, calendar_faults(), file));
    toml_report report(calendar_faults(), file);
    auto made = calendar_reader(root, report).read();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

result<business_calendar> business_calendar::load(const std::filesystem::path& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, calendar_faults()));
    toml_report report(calendar_faults(), file.string());
    auto made = calendar_reader(root, report).read();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

bool business_calendar::is_business_day(day when) const noexcept {
    if (std::binary_search(worked_.begin(), worked_.end(), when)) return true;
    if (std::binary_search(holidays_.begin(), holidays_.end(), when)) return false;
    return (rest_ >> std::chrono::weekday(when).c_encoding() & 1U) == 0;
}

result<business_calendar::day> business_calendar::after(day when, unsigned count) const {
    if (count != 0) when += std::chrono::days(1);
    for (; covers(when); when += std::chrono::days(1)) {
        if (!is_business_day(when)) continue;
        if (count <= 1) return when;
        --count;
    }
    return error(core_errc::out_of_range, layer::core)
        .during("find a working day")
        .with_hint("the calendar \"" + name_ + "\" ends before it: add the next year's holidays");
}

} // namespace cipherlane
