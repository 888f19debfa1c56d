#include "postgres_timeline.hpp"

#include "postgres_database.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/ledger/numbers.hpp>

#include <string>

namespace cipherlane::store {
namespace {

/// More than any machines give out in the moments that a standby may lack.
constexpr std::int64_t skipped_records = 100'000;
constexpr std::int64_t skipped_traces = 100;

/// The first eight digits of the file that is being written. The control file would say it later.
result<std::string> timeline_of(postgres_database& on) {
    auto asked = on.prepare("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)");
    CIPHERLANE_TRY([[maybe_unused]] const bool row, asked.step());
    return asked.text(0);
}

/// Empty where none has been written yet.
result<std::string> known_timeline(postgres_database& on) {
    auto asked = on.prepare("SELECT value FROM meta WHERE name = 'timeline'");
    CIPHERLANE_TRY(const bool row, asked.step());
    return row ? asked.text(0) : std::string();
}

/// No terminal is anybody's yet on this line of history: whoever comes waits for this.
result<void> skip_numbers(postgres_database& on) {
    auto records = on.prepare("SELECT count(nextval('record_numbers')) FROM generate_series(1::bigint, ?)");
    CIPHERLANE_CHECK(records.bind(skipped_records).run());
    auto traces = on.prepare("UPDATE terminals SET last_trace = (last_trace + ?) % ?");
    return traces.bind(skipped_traces).bind(std::int64_t{ledger::last_number}).run();
}

result<void> begin_timeline(postgres_database& on, const std::string& now) {
    CIPHERLANE_CHECK(on.begin());
    CIPHERLANE_CHECK(on.run("SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 3))"));
    CIPHERLANE_TRY(const auto known, known_timeline(on)); // another one may have come first
    if (known != now && !known.empty()) CIPHERLANE_CHECK(skip_numbers(on));
    auto mark = on.prepare("INSERT INTO meta(name, value) VALUES ('timeline', ?) "
                           "ON CONFLICT(name) DO UPDATE SET value = excluded.value");
    CIPHERLANE_CHECK(mark.bind(as_bytes(std::string_view(now))).run());
    return on.commit();
}

} // namespace

result<void> follow_timeline(postgres_database& on) {
    CIPHERLANE_TRY(const auto now, timeline_of(on));
    CIPHERLANE_TRY(const auto known, known_timeline(on));
    if (known == now) return {};
    const auto begun = begin_timeline(on, now);
    if (!begun) on.rollback();
    return begun;
}

} // namespace cipherlane::store
