#include "sqlite.hpp"

#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/store/number_counter.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cassert>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace cipherlane::store {
namespace {

/// "CPLN": marks the file as counters (PRAGMA application_id).
constexpr std::int64_t application_id = 0x43504C4E;
constexpr std::int64_t this_version = 1;

constexpr const char* schema = R"sql(
CREATE TABLE counters(
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL,
    key_check BLOB NOT NULL
) WITHOUT ROWID;
PRAGMA application_id=1129335886;
PRAGMA user_version=1;
)sql";
static_assert(application_id == 1129335886);

error failed(store_errc why) {
    return error(why, layer::store).during("number counter");
}

error cancelled() {
    namespace errc = boost::system::errc;
    return error(errc::make_error_code(errc::operation_canceled), layer::store).during("number counter");
}

result<std::int64_t> pragma(database& on, const char* sql) {
    auto query = on.prepare(sql);
    CIPHERLANE_TRY(const bool row, query.step());
    return row ? query.integer(0) : 0;
}

/// The file before SQLite makes it: nobody else may read how many numbers there are.
result<void> make_private(const std::string& path) {
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0) return error(store_errc::cannot_open, layer::store).during("open").at_endpoint(path);
    ::close(made);
    return {};
}

/// A transaction that is undone unless it was committed.
class transaction {
  public:
    explicit transaction(database& on) noexcept
        : on_(&on) {}
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction() {
        if (on_->in_transaction()) (void)on_->execute("ROLLBACK").has_value();
    }
    /// Takes the write lock at once, so that what is read inside stays true.
    [[nodiscard]] result<void> begin() { return on_->execute("BEGIN IMMEDIATE"); }
    [[nodiscard]] result<void> commit() { return on_->execute("COMMIT"); }

  private:
    database* on_;
};

struct counter_row {
    std::uint64_t next = 0;
    bytes key_check;
    bool exists = false;
};

result<counter_row> find(database& on, std::string_view name) {
    auto query = on.prepare("SELECT next, key_check FROM counters WHERE name=?");
    query.bind(name);
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return counter_row{};
    return counter_row{static_cast<std::uint64_t>(query.integer(0)), query.blob(1), true};
}

result<void> check_key(const counter_row& row, byte_view key_check) {
    if (row.exists && !std::ranges::equal(row.key_check, key_check)) return failed(store_errc::wrong_key);
    return {};
}

result<void> save(database& on, std::string_view name, std::uint64_t next, byte_view key_check) {
    auto change = on.prepare("INSERT INTO counters(name, next, key_check) VALUES(?, ?, ?) "
                             "ON CONFLICT(name) DO UPDATE SET next=excluded.next");
    return change.bind(name).bind(static_cast<std::int64_t>(next)).bind(key_check).run();
}

constexpr auto highest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

} // namespace

struct number_counter::state {
    explicit state(database opened) noexcept
        : file(std::move(opened)) {}

    database file;

    /// Runs one operation on the file with the caller's patience for locks that others hold.
    template <class Operation>
    auto within(const call& bounds, Operation&& run) -> decltype(run(file)) {
        if (bounds.stopped()) return cancelled();
        if (bounds.until().passed()) return failed(store_errc::too_late);
        const database::patience waits(file, bounds);
        auto done = run(file);
        const bool locked_out = !done && done.error().code() == make_error_code(store_errc::in_use);
        if (locked_out && bounds.stopped()) return cancelled();
        if (locked_out) return failed(store_errc::too_late);
        return done;
    }
};

namespace {

result<void> make_schema(database& on) {
    transaction whole(on);
    CIPHERLANE_CHECK(whole.begin());
    CIPHERLANE_TRY(const auto id, pragma(on, "PRAGMA application_id"));
    CIPHERLANE_TRY(const auto version, pragma(on, "PRAGMA user_version"));
    CIPHERLANE_TRY(const auto tables, pragma(on, "SELECT count(*) FROM sqlite_master"));
    if (id != application_id && (id != 0 || tables != 0)) return failed(store_errc::not_a_journal);
    if (version > this_version) return failed(store_errc::newer_schema);
    if (version == this_version) return {};
    CIPHERLANE_CHECK(on.execute(schema));
    return whole.commit();
}

result<void> prepare(database& on) {
    // The rollback journal's end is what commits: EXTRA makes its removal durable too, which FULL does not.
    CIPHERLANE_CHECK(on.execute("PRAGMA journal_mode=DELETE"));
    CIPHERLANE_CHECK(on.execute("PRAGMA synchronous=EXTRA"));
    return make_schema(on);
}

} // namespace

number_counter::number_counter(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
number_counter::number_counter(number_counter&&) noexcept = default;
number_counter& number_counter::operator=(number_counter&&) noexcept = default;
number_counter::~number_counter() = default;

result<number_counter> number_counter::open(const std::string& path, const call& bounds) {
    CIPHERLANE_CHECK(make_private(path));
    CIPHERLANE_TRY(auto opened, database::open(path, SQLITE_OPEN_READWRITE));
    auto made = std::make_unique<state>(std::move(opened));
    CIPHERLANE_CHECK(made->within(bounds, prepare));
    return number_counter(std::move(made));
}

result<counter_range> number_counter::reserve(
    std::string_view name, std::uint64_t count, std::uint64_t capacity, byte_view key_check, const call& bounds) {
    assert(count >= 1);
    return state_->within(bounds, [&](database& on) -> result<counter_range> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto row, find(on, name));
        CIPHERLANE_CHECK(check_key(row, key_check));
        const auto end = std::min(capacity, highest);
        if (row.next > end || count > end - row.next) {
            return error(crypto_errc::numbers_used_up, layer::store).during("number counter");
        }
        CIPHERLANE_CHECK(save(on, name, row.next + count, key_check));
        CIPHERLANE_CHECK(whole.commit());
        return counter_range{row.next, count};
    });
}

result<std::uint64_t> number_counter::next(std::string_view name, const call& bounds) {
    return state_->within(bounds, [&](database& on) -> result<std::uint64_t> {
        CIPHERLANE_TRY(const auto row, find(on, name));
        return row.next;
    });
}

result<void> number_counter::raise(
    std::string_view name, std::uint64_t next, byte_view key_check, const call& bounds) {
    return state_->within(bounds, [&](database& on) -> result<void> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto row, find(on, name));
        CIPHERLANE_CHECK(check_key(row, key_check));
        CIPHERLANE_CHECK(save(on, name, std::min(std::max(row.next, next), highest), key_check));
        return whole.commit();
    });
}

} // namespace cipherlane::store
