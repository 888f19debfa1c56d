#pragma once

#include <cipherlane/core/currency.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::reconcile {

/// What the two sides know a payment by. A form says which of these, together, name one payment.
enum class key_field : std::uint8_t { order, reference, terminal, merchant, trace, batch, date, authorization };
inline constexpr std::array<std::string_view, 8> key_field_names{
    "order", "reference", "terminal", "merchant", "trace", "batch", "date", "authorization"};
inline constexpr std::size_t key_fields = key_field_names.size();

/// Which way the money went, as the merchant sees it.
enum class direction : std::uint8_t { payment, give_back };

/// What a side says of the money.
enum class standing : std::uint8_t { moved, undecided, not_moved };

/// A payment or a giving back as one side has it.
struct entry {
    std::string key; ///< see `made_key`; with `way` it names one payment; empty: nothing names it, it matches none
    direction way = direction::payment;
    standing stands = standing::moved;
    std::int64_t minor = 0;          ///< the amount in minor units, never negative
    currency unit = cny;             ///< of the amount and the fee
    std::optional<std::int64_t> fee; ///< in minor units, positive where the merchant pays it; only statements have it
    std::int64_t moment = 0;         ///< seconds of China's civil time since 1970-01-01 00:00 of that time
    std::uint64_t place = 0;         ///< the line of a statement, the number of a record
};

/// Seconds of a civil day.
inline constexpr std::int64_t day_seconds = 86'400;
[[nodiscard]] constexpr std::int64_t day_of(std::int64_t moment) noexcept {
    return (moment >= 0 ? moment : moment - day_seconds + 1) / day_seconds;
}
/// "2026-11-29" of a number of days since 1970-01-01, "2026-11-29 21:30:00" of a moment.
[[nodiscard]] std::string day_text(std::int64_t day);
[[nodiscard]] std::string moment_text(std::int64_t moment);
/// The day of "YYYYMMDD" or "YYYY-MM-DD"; nothing if there is no such day.
[[nodiscard]] std::optional<std::int64_t> parse_day(std::string_view text);

/// Puts one more value behind a key. Leading zeros of trace and batch, and the signs within a date, do not count.
void add_key(std::string& key, key_field which, std::string_view value);
/// Whether a value of this field is one payment's own. Terminal, merchant, batch and date are of many.
[[nodiscard]] constexpr bool is_own(key_field which) noexcept {
    return which == key_field::order || which == key_field::reference || which == key_field::trace ||
           which == key_field::authorization;
}
/// A key of the parts that `match` names; empty where none of them that is one payment's own has a value: two records
/// that have nothing but the terminal and the day in common are not the same.
/// @param value_of gives the text of a field.
template <class ValueOf>
[[nodiscard]] std::string made_key(std::span<const key_field> match, ValueOf&& value_of) {
    std::string key;
    bool named = false;
    for (const auto which : match) {
        const std::string_view value = value_of(which);
        add_key(key, which, value);
        const auto blank = which == key_field::trace ? std::string_view("0") : std::string_view();
        named = named || (is_own(which) && value.find_first_not_of(blank) != std::string_view::npos);
    }
    return named ? key : std::string();
}

/// A journal's record as an entry; nothing where it moves no money. A record that is not decided is `undecided`.
[[nodiscard]] std::optional<entry> own_entry(const ports::journal_record& record, std::span<const key_field> match);

} // namespace cipherlane::reconcile
