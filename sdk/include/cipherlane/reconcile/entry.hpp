#pragma once

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
    std::string key; ///< see `add_key`; with `way` it names one payment
    direction way = direction::payment;
    standing stands = standing::moved;
    std::int64_t minor = 0;          ///< the amount in minor units, never negative
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

/// A journal's record as an entry; nothing where it moves no money. A record that is not decided is `undecided`.
[[nodiscard]] std::optional<entry> own_entry(const ports::journal_record& record, std::span<const key_field> match);

} // namespace cipherlane::reconcile
