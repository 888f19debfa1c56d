#include "row_values.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

namespace cipherlane::reconcile {

std::string_view without_spaces(std::string_view text) noexcept {
    const auto space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && space(text.back()))
        text.remove_suffix(1);
    return text;
}

bool row_values::cut(std::string_view line) {
    line_ = line;
    cells_.clear();
    if (form_->shape == statement_form::layout::fixed) return true;
    if (!form_->lead.empty() && line.starts_with(form_->lead)) {
        // Only the separator and the mark together end a value: a name may have a comma.
        const std::string mark = form_->separator + form_->lead;
        line.remove_prefix(form_->lead.size());
        for (auto end = line.find(mark); end != std::string_view::npos; end = line.find(mark)) {
            cells_.push_back(line.substr(0, end));
            line.remove_prefix(end + mark.size());
        }
        cells_.push_back(line);
        return true;
    }
    if (form_->quote != 0 && line.find(form_->quote) != std::string_view::npos) return cut_quoted(line);
    for (auto end = line.find(form_->separator); end != std::string_view::npos; end = line.find(form_->separator)) {
        cells_.push_back(line.substr(0, end));
        line.remove_prefix(end + 1);
    }
    cells_.push_back(line);
    return true;
}

/// RFC 4180, but a value never goes over the end of a line.
bool row_values::cut_quoted(std::string_view line) {
    unquoted_.clear();
    unquoted_.reserve(line.size()); // what views it must not move
    for (std::size_t at = 0;; ++at) {
        const auto begin = unquoted_.size();
        if (at < line.size() && line[at] == form_->quote) {
            for (++at;; ++at) {
                if (at >= line.size()) return false;
                if (line[at] != form_->quote) {
                    unquoted_ += line[at];
                } else if (at + 1 < line.size() && line[at + 1] == form_->quote) {
                    unquoted_ += line[at++];
                } else {
                    break;
                }
            }
            if (++at < line.size() && line[at] != form_->separator) return false;
        } else {
            for (; at < line.size() && line[at] != form_->separator; ++at)
                unquoted_ += line[at];
        }
        cells_.push_back(std::string_view(unquoted_).substr(begin));
        if (at >= line.size()) return true;
    }
}

std::string_view row_values::at(const value_place& place) {
    if (form_->shape == statement_form::layout::csv) return without_spaces(cells_[place.at]);
    auto text = without_spaces(line_.substr(place.at, place.size));
    return to_utf8(text, form_->encoding, room_) ? text : std::string_view();
}

namespace {

/// Parts of a time, by the letter of a form.
struct time_parts {
    std::array<int, 6> values{-1, -1, -1, 0, 0, 0};
    [[nodiscard]] static int index(char letter) noexcept {
        constexpr std::string_view letters = "YMDhms";
        const auto at = letters.find(letter);
        return at == std::string_view::npos ? -1 : static_cast<int>(at);
    }
};

std::optional<std::int64_t> day_in(int year, const time_parts& parts) {
    const std::chrono::year_month_day civil{std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(parts.values[1])),
        std::chrono::day(static_cast<unsigned>(parts.values[2]))};
    if (!civil.ok()) return std::nullopt;
    return std::chrono::sys_days(civil).time_since_epoch().count();
}

std::optional<std::int64_t> nearest_day(std::int64_t to, const time_parts& parts) {
    const std::chrono::year_month_day about{std::chrono::sys_days(std::chrono::days(to))};
    std::optional<std::int64_t> best;
    for (int year = static_cast<int>(about.year()) - 1; year <= static_cast<int>(about.year()) + 1; ++year) {
        const auto day = day_in(year, parts);
        if (day && (!best || std::abs(*day - to) < std::abs(*best - to))) best = day;
    }
    return best;
}

} // namespace

std::optional<std::int64_t> parse_time(
    std::string_view text, std::string_view form, std::optional<std::int64_t> day) {
    if (text.size() != form.size()) return std::nullopt;
    time_parts parts;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const int which = time_parts::index(form[i]);
        if (which < 0) {
            if (text[i] != form[i]) return std::nullopt;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        auto& value = parts.values[static_cast<std::size_t>(which)];
        value = std::max(value, 0) * 10 + (text[i] - '0');
        if (value > 9999) return std::nullopt;
    }
    const auto& [year, month, date, hour, minute, second] = parts.values;
    if (month < 1 || date < 1 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    std::optional<std::int64_t> found;
    if (year >= 0) {
        found = day_in(year, parts);
    } else if (day) {
        found = nearest_day(*day, parts);
    }
    if (!found) return std::nullopt;
    return *found * day_seconds + hour * 3600 + minute * 60 + second;
}

} // namespace cipherlane::reconcile
