#include "record_table.hpp"
#include "small_database.hpp"

#include <cipherlane/store/shift_book.hpp>

namespace cipherlane::store {
namespace {

using moment = std::chrono::system_clock::time_point;

/// "CPLS": marks the file as shifts (PRAGMA application_id).
constexpr std::int64_t shifts_id = 0x43504C53;
constexpr const char* shifts_schema = R"sql(
CREATE TABLE shifts(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    terminal_id TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER,
    UNIQUE(terminal_id, operator_id, number)
);
CREATE TABLE failures(operator_id TEXT PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA application_id=1129335891;
PRAGMA user_version=1;
)sql";
static_assert(shifts_id == 1129335891);
constexpr small_database::kind shifts_kind{"shifts", shifts_id, 1, shifts_schema};

moment of_ms(std::int64_t value) {
    return moment(std::chrono::milliseconds(value));
}

constexpr const char* shift_columns = "terminal_id, operator_id, number, opened, closed";

shift read_shift(const statement& row) {
    shift one;
    one.terminal_id = row.text(0);
    one.operator_id = row.text(1);
    one.number = static_cast<std::uint32_t>(row.integer(2));
    one.opened = of_ms(row.integer(3));
    if (!row.null(4)) one.closed = of_ms(row.integer(4));
    return one;
}

result<std::optional<shift>> last_of(database& on, std::string_view terminal_id, std::string_view operator_id) {
    auto asked = on.prepare((std::string("SELECT ") + shift_columns +
                             " FROM shifts WHERE terminal_id = ? AND operator_id = ? ORDER BY number DESC LIMIT 1")
                                .c_str());
    asked.bind(terminal_id).bind(operator_id);
    CIPHERLANE_TRY(const bool row, asked.step());
    return row ? std::optional(read_shift(asked)) : std::nullopt;
}

/// Tries since the last right secret.
struct failed_tries {
    std::int64_t count = 0;
    moment last{};
};

result<failed_tries> failures_of(database& on, std::string_view operator_id) {
    auto asked = on.prepare("SELECT count, last FROM failures WHERE operator_id = ?");
    asked.bind(operator_id);
    CIPHERLANE_TRY(const bool row, asked.step());
    return row ? failed_tries{asked.integer(0), of_ms(asked.integer(1))} : failed_tries();
}

} // namespace

struct shift_book::state {
    small_database file;
};

shift_book::shift_book(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
shift_book::~shift_book() = default;

result<std::unique_ptr<shift_book>> shift_book::open(const std::string& path, const call& bounds) {
    CIPHERLANE_TRY(auto opened, small_database::open(path, shifts_kind, bounds));
    return std::unique_ptr<shift_book>(
        new shift_book(std::unique_ptr<state>(new state{std::move(opened)}))); // NOLINT
}

result<shift> shift_book::begin(
    std::string_view terminal_id, std::string_view operator_id, moment now, const call& bounds) {
    return state_->file.within(bounds, [&](database& on) -> result<shift> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto last, last_of(on, terminal_id, operator_id));
        if (last && !last->closed) return *last;
        shift next{std::string(terminal_id), std::string(operator_id), last ? last->number + 1 : 1, of_ms(to_ms(now)),
            std::nullopt};
        auto insert = on.prepare("INSERT INTO shifts(terminal_id, operator_id, number, opened) VALUES(?, ?, ?, ?)");
        insert.bind(terminal_id).bind(operator_id).bind(next.number).bind(to_ms(now));
        CIPHERLANE_CHECK(insert.run());
        CIPHERLANE_CHECK(whole.commit());
        return next;
    });
}

result<void> shift_book::close(const shift& which, moment now, const call& bounds) {
    return state_->file.within(bounds, [&](database& on) -> result<void> {
        auto update = on.prepare("UPDATE shifts SET closed = ? WHERE terminal_id = ? AND operator_id = ? AND "
                                 "number = ? AND closed IS NULL");
        return update.bind(to_ms(now)).bind(which.terminal_id).bind(which.operator_id).bind(which.number).run();
    });
}

result<std::vector<shift>> shift_book::list(std::string_view terminal_id, std::size_t limit, const call& bounds) {
    return state_->file.within(bounds, [&](database& on) -> result<std::vector<shift>> {
        auto asked = on.prepare(
            (std::string("SELECT ") + shift_columns + " FROM shifts WHERE terminal_id = ? ORDER BY id DESC LIMIT ?")
                .c_str());
        asked.bind(terminal_id).bind(static_cast<std::int64_t>(limit));
        std::vector<shift> all;
        for (;;) {
            CIPHERLANE_TRY(const bool row, asked.step());
            if (!row) return all;
            all.push_back(read_shift(asked));
        }
    });
}

result<std::optional<moment>> shift_book::count_try(std::string_view operator_id, moment now, std::uint32_t most,
    std::chrono::minutes locked_for, const call& bounds) {
    return state_->file.within(bounds, [&](database& on) -> result<std::optional<moment>> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto failed, failures_of(on, operator_id));
        // A clock that was set back must not lock anybody out for longer than that.
        const bool lately = now < failed.last + locked_for && now >= failed.last - locked_for;
        if (failed.count >= most && lately) return std::optional(failed.last);
        auto change = on.prepare("INSERT INTO failures(operator_id, count, last) VALUES(?, 1, ?) "
                                 "ON CONFLICT(operator_id) DO UPDATE SET count=count+1, last=excluded.last");
        CIPHERLANE_CHECK(change.bind(operator_id).bind(to_ms(now)).run());
        CIPHERLANE_CHECK(whole.commit());
        return std::optional<moment>();
    });
}

result<void> shift_book::forget_failures(std::string_view operator_id, const call& bounds) {
    return state_->file.within(bounds, [&](database& on) -> result<void> {
        auto change = on.prepare("DELETE FROM failures WHERE operator_id = ?");
        return change.bind(operator_id).run();
    });
}

} // namespace cipherlane::store
