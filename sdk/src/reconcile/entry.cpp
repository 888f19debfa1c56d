#include "own_words.hpp"

#include <cipherlane/core/business_calendar.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ports/civil_second.hpp>
#include <cipherlane/reconcile/entry.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace cipherlane::reconcile {
namespace {

std::optional<int> number(std::string_view digits) {
    int value = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::string shown(std::uint32_t value) {
    return value == 0 ? std::string() : std::to_string(value);
}

std::string_view value_of(const ports::journal_record& record, key_field which, std::string& room) {
    switch (which) {
    case key_field::order: return room = ledger::number_at_gateway(record);
    case key_field::reference: return record.reference;
    case key_field::terminal: return record.terminal_id;
    case key_field::merchant: return record.merchant_id;
    case key_field::trace: return room = shown(record.trace);
    case key_field::batch: return room = shown(record.batch);
    case key_field::date: return record.host_date.empty() ? record.created_date : record.host_date;
    case key_field::authorization: return record.authorization;
    }
    return {};
}

/// By the host's clock where it has told the time, else by ours.
std::int64_t moment_of(const ports::journal_record& record) {
    const auto day = parse_day(record.host_date);
    const auto& time = record.host_time;
    if (day && time.size() == 6) {
        const auto all = number(time);
        if (all) return *day * day_seconds + *all / 10'000 * 3600 + *all / 100 % 100 * 60 + *all % 100;
    }
    return ports::civil_second(record.created);
}

} // namespace

standing standing_of(ports::record_state state) noexcept {
    if (ledger::states::counts.contains(state)) return standing::moved;
    return ledger::states::open.contains(state) ? standing::undecided : standing::not_moved;
}

std::optional<direction> way_of(const ledger::trade_row& row) noexcept {
    if (row.side == ledger::money_side::none) return std::nullopt;
    return row.side == ledger::money_side::debit ? direction::payment : direction::give_back;
}

std::string day_text(std::int64_t day) {
    const std::chrono::year_month_day civil{std::chrono::sys_days(std::chrono::days(day))};
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(civil.year()),
        static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string moment_text(std::int64_t moment) {
    const auto day = day_of(moment);
    const auto second = static_cast<int>(moment - day * day_seconds);
    std::array<char, 16> text{};
    const int size =
        std::snprintf(text.data(), text.size(), " %02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
    return day_text(day).append(text.data(), static_cast<std::size_t>(size));
}

std::optional<std::int64_t> parse_day(std::string_view text) {
    std::string dashed;
    if (text.size() == 8) {
        dashed.append(text.substr(0, 4)).append("-").append(text.substr(4, 2)).append("-").append(text.substr(6));
        text = dashed;
    }
    const auto day = parse_calendar_day(text);
    if (!day) return std::nullopt;
    return day->time_since_epoch().count();
}

void add_key(std::string& key, key_field which, std::string_view value) {
    if (!key.empty()) key += '|';
    if (which == key_field::trace || which == key_field::batch) {
        value.remove_prefix(std::min(value.find_first_not_of('0'), value.size()));
    }
    if (which != key_field::date) {
        key += value;
        return;
    }
    for (const char c : value) {
        if (c >= '0' && c <= '9') key += c;
    }
}

std::optional<entry> own_entry(const ports::journal_record& record, std::span<const key_field> match) {
    const auto* row = ledger::find_row(record.kind);
    const auto way = row != nullptr ? way_of(*row) : std::nullopt;
    if (!way) return std::nullopt;
    entry made;
    std::string room;
    made.key = made_key(match, [&](key_field which) { return value_of(record, which, room); });
    made.way = *way;
    made.stands = standing_of(record.state);
    const auto& money = made.stands == standing::moved ? record.approved : record.requested;
    made.minor = money.minor();
    made.unit = money.unit();
    made.moment = moment_of(record);
    made.place = record.id;
    return made;
}

} // namespace cipherlane::reconcile
