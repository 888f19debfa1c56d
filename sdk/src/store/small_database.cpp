#include "small_database.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>

namespace cipherlane::store {
namespace {

result<std::int64_t> pragma(database& on, const char* sql) {
    auto query = on.prepare(sql);
    CIPHERLANE_TRY(const bool row, query.step());
    return row ? query.integer(0) : 0;
}

/// The file before SQLite makes it: nobody else may read what is in it. It is not opened for that: the closing of any
/// descriptor of a file takes the locks away that SQLite has on it elsewhere in this process.
result<std::string> made_private(const std::string& path) {
    const bool there = ::mknod(path.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0) == 0 || errno == EEXIST;
    const std::unique_ptr<char, decltype(&std::free)> real(
        there ? ::realpath(path.c_str(), nullptr) : nullptr, std::free);
    if (!real) return error(store_errc::cannot_open, layer::store).during("open").at_endpoint(path);
    return std::string(real.get());
}

result<void> make_schema(database& on, const small_database::kind& what) {
    const auto failed = [&](store_errc why) { return error(why, layer::store).during(what.operation); };
    transaction whole(on);
    CIPHERLANE_CHECK(whole.begin());
    CIPHERLANE_TRY(const auto id, pragma(on, "PRAGMA application_id"));
    CIPHERLANE_TRY(const auto version, pragma(on, "PRAGMA user_version"));
    CIPHERLANE_TRY(const auto tables, pragma(on, "SELECT count(*) FROM sqlite_master"));
    if (id != what.application_id && (id != 0 || tables != 0)) return failed(store_errc::not_a_journal);
    if (version > what.version) return failed(store_errc::newer_schema);
    if (version == what.version) return {};
    CIPHERLANE_CHECK(on.execute(what.schema));
    return whole.commit();
}

} // namespace

template <>
transaction<database>::~transaction() {
    if (on_->in_transaction()) (void)on_->execute("ROLLBACK").has_value();
}

template <>
result<void> transaction<database>::begin() {
    return on_->execute("BEGIN IMMEDIATE");
}

template <>
result<void> transaction<database>::commit() {
    return on_->execute("COMMIT");
}

result<small_database> small_database::open(const std::string& path, const kind& what, const call& bounds) {
    CIPHERLANE_TRY(auto real, made_private(path));
    const auto which = identity_of(real);
    CIPHERLANE_TRY(auto opened, database::open(real, SQLITE_OPEN_READWRITE));
    small_database made(std::move(opened), what.operation, std::move(real), which.value_or(file_identity()));
    const auto prepare = [&](database& on) -> result<void> {
        // The rollback journal's end is what commits: EXTRA makes its removal durable too, which FULL does not.
        CIPHERLANE_CHECK(on.execute("PRAGMA journal_mode=DELETE"));
        CIPHERLANE_CHECK(on.execute("PRAGMA synchronous=EXTRA"));
        CIPHERLANE_CHECK(on.execute("PRAGMA secure_delete=ON")); // what is taken out is not left in the file
        return make_schema(on, what);
    };
    CIPHERLANE_CHECK(made.within(bounds, prepare));
    return made;
}

bool small_database::is_still_there() const {
    return identity_of(path_) == which_;
}

error small_database::failed(store_errc why) const {
    return error(why, layer::store).during(operation_);
}

error small_database::cancelled() const {
    namespace errc = boost::system::errc;
    return error(errc::make_error_code(errc::operation_canceled), layer::store).during(operation_);
}

} // namespace cipherlane::store
