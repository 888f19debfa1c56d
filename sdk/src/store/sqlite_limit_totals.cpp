#include "small_postgres.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/store/sqlite_limit_totals.hpp>

#include <algorithm>
#include <vector>

namespace cipherlane::store {
namespace {

/// "CPLT": marks the file as running totals (PRAGMA application_id).
constexpr std::int64_t totals_id = 0x43504C54;
constexpr const char* totals_schema = R"sql(
CREATE TABLE totals(
    subject TEXT NOT NULL,
    period TEXT NOT NULL,
    minor INTEGER NOT NULL,
    PRIMARY KEY(subject, period)
) WITHOUT ROWID;
CREATE TABLE takings(
    payment TEXT NOT NULL,
    subject TEXT NOT NULL,
    period TEXT NOT NULL,
    minor INTEGER NOT NULL,
    PRIMARY KEY(payment, period)
) WITHOUT ROWID;
PRAGMA application_id=1129335892;
PRAGMA user_version=1;
)sql";
static_assert(totals_id == 1129335892);
constexpr small_database::kind totals_kind{"limit totals", totals_id, 1, totals_schema};

template <class Database>
result<std::int64_t> total_of(Database& on, std::string_view subject, std::string_view period) {
    auto query = on.prepare("SELECT minor FROM totals WHERE subject=? AND period=?");
    query.bind(subject).bind(period);
    CIPHERLANE_TRY(const bool row, query.step());
    return row ? query.integer(0) : 0;
}

template <class Database>
result<void> add_to(Database& on, std::string_view subject, std::string_view period, std::int64_t minor) {
    auto change = on.prepare("INSERT INTO totals(subject, period, minor) VALUES(?, ?, ?) "
                             "ON CONFLICT(subject, period) DO UPDATE SET minor=totals.minor+excluded.minor");
    return change.bind(subject).bind(period).bind(minor).run();
}

/// The same month two years before that of a day or a month; empty for a period that is neither.
std::string two_years_before(std::string_view period) {
    constexpr std::size_t month_digits = 6;
    const auto month = period.substr(0, month_digits);
    if (month.size() != month_digits || !all_digits(month)) return {};
    return std::to_string(std::stoi(std::string(month)) - 200);
}

/// What is older decides nothing any more: no limit looks so far back, and nothing so old is given back.
template <class Database>
result<void> forget_before(Database& on, std::string_view period) {
    for (const char* const sql : {"DELETE FROM totals WHERE period<?", "DELETE FROM takings WHERE period<?"}) {
        auto change = on.prepare(sql);
        CIPHERLANE_CHECK(change.bind(period).run());
    }
    return {};
}

/// Less than nothing would make room under a limit.
result<void> check_positive(std::int64_t minor) {
    if (minor > 0) return {};
    return error(core_errc::out_of_range, layer::store)
        .during(totals_kind.operation)
        .in_field("minor")
        .with_hint("found " + std::to_string(minor) + ", expected 1 or more");
}

struct taking {
    std::string subject;
    std::string period;
    std::int64_t minor;
};

template <class Database>
result<std::vector<taking>> takings_of(Database& on, std::string_view payment) {
    auto query = on.prepare("SELECT subject, period, minor FROM takings WHERE payment=?");
    query.bind(payment);
    std::vector<taking> all;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return all;
        all.push_back({query.text(0), query.text(1), query.integer(2)});
    }
}

/// Whether a payment has kept just what it would take now.
bool has_taken(const std::vector<taking>& kept, std::string_view subject, std::int64_t minor,
    std::span<const ports::period_limit> limits) {
    const auto is_kept = [&](const ports::period_limit& limit) {
        return std::any_of(kept.begin(), kept.end(), [&](const taking& one) {
            return one.period == limit.period && one.subject == subject && one.minor == minor;
        });
    };
    const auto of_it = std::count_if(kept.begin(), kept.end(), [](const taking& one) { return one.minor > 0; });
    return of_it > 0 && of_it == std::ssize(limits) && std::all_of(limits.begin(), limits.end(), is_kept);
}

/// What a payment has left that came to nothing: its key is of another one now.
template <class Database>
result<void> drop_takings(Database& on, std::string_view payment, const std::vector<taking>& all) {
    for (const auto& one : all)
        CIPHERLANE_CHECK(add_to(on, one.subject, one.period, -one.minor));
    auto change = on.prepare("DELETE FROM takings WHERE payment=?");
    return change.bind(payment).run();
}

} // namespace

struct sqlite_limit_totals::state {
    small_books file;
    std::string forgotten{}; ///< what was before this is gone; of whoever has the file
};

sqlite_limit_totals::sqlite_limit_totals(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
sqlite_limit_totals::~sqlite_limit_totals() = default;

result<std::unique_ptr<sqlite_limit_totals>> sqlite_limit_totals::open(const std::string& path, const call& bounds) {
    CIPHERLANE_TRY(auto opened, small_books::open(path, totals_kind, bounds));
    return std::unique_ptr<sqlite_limit_totals>(
        new sqlite_limit_totals(std::unique_ptr<state>(new state{std::move(opened)}))); // NOLINT: private
}

result<ports::total_taking> sqlite_limit_totals::take(std::string_view payment, std::string_view subject,
    std::int64_t minor, std::span<const ports::period_limit> limits, const call& bounds) {
    using outcome = ports::total_taking;
    CIPHERLANE_CHECK(check_positive(minor));
    return state_->file.within(bounds, [&](auto& on) -> result<outcome> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto before, takings_of(on, payment));
        if (has_taken(before, subject, minor, limits)) return outcome();
        if (!before.empty()) CIPHERLANE_CHECK(drop_takings(on, payment, before));
        for (const auto& limit : limits) {
            CIPHERLANE_TRY(const auto total, total_of(on, subject, limit.period));
            if (minor > limit.most_minor - total) return outcome{false, ports::limit_reached{limit, total}};
        }
        for (const auto& limit : limits) {
            CIPHERLANE_CHECK(add_to(on, subject, limit.period, minor));
            auto note = on.prepare("INSERT INTO takings(payment, subject, period, minor) VALUES(?, ?, ?, ?) "
                                   "ON CONFLICT(payment, period) DO UPDATE SET subject=excluded.subject, "
                                   "minor=excluded.minor");
            CIPHERLANE_CHECK(note.bind(payment).bind(subject).bind(limit.period).bind(minor).run());
        }
        const auto old = limits.empty() ? std::string() : two_years_before(limits.front().period);
        if (old > state_->forgotten) CIPHERLANE_CHECK(forget_before(on, old));
        CIPHERLANE_CHECK(whole.commit());
        state_->forgotten = std::max(state_->forgotten, old);
        return outcome{true, std::nullopt};
    });
}

result<void> sqlite_limit_totals::give_back(std::string_view payment, std::int64_t minor, const call& bounds) {
    CIPHERLANE_CHECK(check_positive(minor));
    return state_->file.within(bounds, [&](auto& on) -> result<void> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto all, takings_of(on, payment));
        for (const auto& one : all) {
            const auto back = std::min(minor, one.minor);
            CIPHERLANE_CHECK(add_to(on, one.subject, one.period, -back));
            auto note = on.prepare("UPDATE takings SET minor=minor-? WHERE payment=? AND period=?");
            CIPHERLANE_CHECK(note.bind(back).bind(payment).bind(one.period).run());
        }
        return whole.commit();
    });
}

result<bool> sqlite_limit_totals::take_again(std::string_view payment, std::int64_t minor, const call& bounds) {
    CIPHERLANE_CHECK(check_positive(minor));
    return state_->file.within(bounds, [&](auto& on) -> result<bool> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto all, takings_of(on, payment));
        const bool keeps = std::any_of(all.begin(), all.end(), [](const taking& one) { return one.minor > 0; });
        if (all.empty() || keeps) return false;
        for (const auto& one : all) {
            CIPHERLANE_CHECK(add_to(on, one.subject, one.period, minor));
            auto note = on.prepare("UPDATE takings SET minor=? WHERE payment=? AND period=?");
            CIPHERLANE_CHECK(note.bind(minor).bind(payment).bind(one.period).run());
        }
        CIPHERLANE_CHECK(whole.commit());
        return true;
    });
}

result<std::int64_t> sqlite_limit_totals::taken(
    std::string_view subject, std::string_view period, const call& bounds) {
    return state_->file.within(bounds, [&](auto& on) { return total_of(on, subject, period); });
}

} // namespace cipherlane::store
