#include "small_postgres.hpp"

#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/store/number_counter.hpp>

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace cipherlane::store {
namespace {

/// "CPLN": marks the file as counters (PRAGMA application_id).
constexpr std::int64_t application_id = 0x43504C4E;
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
constexpr small_database::kind counters{"number counter", application_id, 1, schema};

error failed(store_errc why) {
    return error(why, layer::store).during("number counter");
}

struct counter_row {
    std::uint64_t next = 0;
    bytes key_check;
    bool exists = false;
};

template <class Database>
result<counter_row> find(Database& on, std::string_view name) {
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

template <class Database>
result<void> save(Database& on, std::string_view name, std::uint64_t next, byte_view key_check) {
    auto change = on.prepare("INSERT INTO counters(name, next, key_check) VALUES(?, ?, ?) "
                             "ON CONFLICT(name) DO UPDATE SET next=excluded.next");
    return change.bind(name).bind(static_cast<std::int64_t>(next)).bind(key_check).run();
}

constexpr auto highest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

} // namespace

struct number_counter::state {
    small_books file;
};

number_counter::number_counter(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
number_counter::number_counter(number_counter&&) noexcept = default;
number_counter& number_counter::operator=(number_counter&&) noexcept = default;
number_counter::~number_counter() = default;

result<number_counter> number_counter::open(const std::string& path, const call& bounds) {
    CIPHERLANE_TRY(auto opened, small_books::open(path, counters, bounds));
    return number_counter(std::make_unique<state>(state{std::move(opened)}));
}

result<counter_range> number_counter::reserve(
    std::string_view name, std::uint64_t count, std::uint64_t capacity, byte_view key_check, const call& bounds) {
    assert(count >= 1);
    return state_->file.within(bounds, [&](auto& on) -> result<counter_range> {
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
    return state_->file.within(bounds, [&](auto& on) -> result<std::uint64_t> {
        CIPHERLANE_TRY(const auto row, find(on, name));
        return row.next;
    });
}

result<void> number_counter::raise(
    std::string_view name, std::uint64_t next, byte_view key_check, const call& bounds) {
    return state_->file.within(bounds, [&](auto& on) -> result<void> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto row, find(on, name));
        CIPHERLANE_CHECK(check_key(row, key_check));
        CIPHERLANE_CHECK(save(on, name, std::min(std::max(row.next, next), highest), key_check));
        return whole.commit();
    });
}

} // namespace cipherlane::store
