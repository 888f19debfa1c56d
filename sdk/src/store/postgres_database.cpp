#include "postgres_database.hpp"

#include "postgres_address.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/utf8.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <algorithm>
#include <cerrno>
#include <libpq-fe.h>
#include <poll.h>

namespace cipherlane::store {
namespace {

struct refusal_row {
    std::string_view begins; ///< of an SQLSTATE
    store_errc means;
};
constexpr refusal_row refusals[] = {
    {"08", store_errc::database_lost},
    {"25006", store_errc::database_lost}, // a standby, or a primary that is none any more
    {"57P", store_errc::database_lost},   // it is being shut down, or has not started yet
    {"57014", store_errc::no_answer},     // statement_timeout
    {"22012", store_errc::in_use},        // `run_one`: the row is not as it was read
    {"55P03", store_errc::in_use},        // lock_timeout
    {"53100", store_errc::disk_full},
    {"42501", store_errc::cannot_open}, // a right that the role has not
    {"3F000", store_errc::not_a_journal},
    {"42P01", store_errc::not_a_journal},
    {"XX001", store_errc::corrupt},
    {"XX002", store_errc::corrupt},
};

std::string eight_bytes(std::int64_t value) {
    std::string made(8, '\0');
    auto left = static_cast<std::uint64_t>(value);
    for (auto at = made.rbegin(); at != made.rend(); ++at, left >>= 8U)
        *at = static_cast<char>(left & 0xFFU);
    return made;
}

std::string holdable(std::string_view text) {
    std::string made;
    made.reserve(text.size());
    while (!text.empty()) {
        const auto before = text;
        const auto point = take_code_point(text);
        if (point && *point != 0) {
            made += before.substr(0, before.size() - text.size());
            continue;
        }
        text = before.substr(1);
        const auto bad = static_cast<std::uint8_t>(before.front());
        made += "\\x" + to_hex(byte_view(&bad, 1)); // each its own: two texts do not become one
    }
    return made;
}

/// Tells what is within quotation marks, of whatever kind; those that are doubled close and open again.
class outside_quotes {
  public:
    /// Of one character after the other.
    bool operator()(char c) noexcept {
        if (mark_ != 0) {
            if (c == mark_) mark_ = 0;
            return false;
        }
        if (c == '\'' || c == '"') mark_ = c;
        return mark_ == 0;
    }

  private:
    char mark_ = 0;
};

/// SQLite's places for values are PostgreSQL's by number.
std::string numbered(const std::string& sql) {
    std::string made;
    int number = 0;
    outside_quotes outside;
    for (const char c : sql) {
        if (outside(c) && c == '?')
            made += "$" + std::to_string(++number);
        else
            made += c;
    }
    return made;
}

std::string key_of(const std::string& sql, const std::vector<std::optional<std::string>>& values) {
    std::string key = sql;
    for (const auto& value : values) {
        key += '\0';
        key += value ? std::to_string(value->size()) + ":" + *value : "-";
    }
    return key;
}

constexpr int oldest_server = 140'000; ///< pg_terminate_backend waits, from then on

/// Whatever the role or the server say of them.
constexpr const char* fixed_settings[] = {
    "SET idle_in_transaction_session_timeout TO 30000", "SET synchronous_commit TO on",
    "SET default_transaction_isolation TO 'read committed'", // behind a lock stands what was committed before it
    "SET client_min_messages TO warning",                    // a commit that was not waited for says so
    "SET tcp_keepalives_idle TO 5", "SET tcp_keepalives_interval TO 2", "SET tcp_keepalives_count TO 3",
    "SET tcp_user_timeout TO 10000", // what was sent to a machine that has vanished does not hold its session
};

} // namespace

error postgres_error(const pg_result* refusal, std::string_view operation) {
    const char* told = refusal == nullptr ? nullptr : PQresultErrorField(refusal, PG_DIAG_SQLSTATE);
    const std::string_view code = told == nullptr ? "" : told;
    const auto* const row = std::find_if(std::begin(refusals), std::end(refusals),
        [&](const refusal_row& one) { return code.starts_with(one.begins); });
    const auto means = row == std::end(refusals) ? store_errc::io_failed : row->means;
    return error(means, layer::store).during(operation).with_peer_code(code);
}

// --- a statement

postgres_statement& postgres_statement::bind(std::int64_t value) {
    values_.emplace_back(eight_bytes(value));
    return *this;
}
postgres_statement& postgres_statement::bind(std::string_view text) {
    values_.emplace_back(holdable(text));
    return *this;
}
postgres_statement& postgres_statement::bind(byte_view data) {
    values_.emplace_back(std::string(as_text(data)));
    return *this;
}
postgres_statement& postgres_statement::bind_null() {
    values_.emplace_back(std::nullopt);
    return *this;
}

result<bool> postgres_statement::step() {
    if (!answer_) {
        CIPHERLANE_TRY(answer_, on_->ask(sql_, values_));
        row_ = -1;
    }
    return ++row_ < PQntuples(answer_.get());
}

result<void> postgres_statement::run() {
    ++on_->writes_;
    on_->send(sql_, values_, postgres_database::kind::quiet, 0);
    if (on_->failure_) return *on_->failure_;
    return {};
}

result<void> postgres_statement::run_one() {
    sql_ =
        "WITH changed AS (" + sql_ + " RETURNING 1) SELECT 1 / (CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM changed";
    return run();
}

void postgres_statement::foresee() {
    on_->foresee(sql_, values_);
}

std::string_view postgres_statement::cell(int column) const {
    if (!answer_ || row_ < 0 || row_ >= PQntuples(answer_.get()) || column >= PQnfields(answer_.get())) return {};
    return {
        PQgetvalue(answer_.get(), row_, column), static_cast<std::size_t>(PQgetlength(answer_.get(), row_, column))};
}

std::int64_t postgres_statement::integer(int column) const {
    const auto data = cell(column);
    if (data.empty() || data.size() > 8) return 0;
    const bool negative = data.size() > 1 && (static_cast<std::uint8_t>(data.front()) & 0x80U) != 0;
    std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
    for (const char one : data)
        value = value << 8U | static_cast<std::uint8_t>(one);
    return static_cast<std::int64_t>(value);
}

std::string postgres_statement::text(int column) const {
    return std::string(cell(column));
}
bytes postgres_statement::blob(int column) const {
    const auto data = as_bytes(cell(column));
    return {data.begin(), data.end()};
}
bool postgres_statement::null(int column) const {
    return !answer_ || PQgetisnull(answer_.get(), std::max(row_, 0), column) != 0;
}

// --- the connection

postgres_database::postgres_database(connection opened, const postgres_settings& where, std::string session)
    : connection_(std::move(opened))
    , session_(std::move(session))
    , schema_(where.schema)
    , answer_time_(where.answer_time)
    , reads_only_(where.access == journal_access::read_only) {
    const auto note = [](void* of, const pg_result* said) {
        const char* how = PQresultErrorField(said, PG_DIAG_SEVERITY_NONLOCALIZED);
        if (how != nullptr && std::string_view(how) == "WARNING") static_cast<postgres_database*>(of)->warned_ = true;
    };
    PQsetNoticeReceiver(connection_.get(), note, this);
}

postgres_database::~postgres_database() {
    // What it has claimed is free at once, not only when the server notices that it has gone.
    if (lost_ || claimed_.empty()) return;
    answer_time_ = std::min(answer_time_, std::chrono::milliseconds(1000));
    rollback();
    if (auto freed = run("SELECT pg_advisory_unlock_all()"); freed) freed = settle();
}

result<std::unique_ptr<postgres_database>> postgres_database::open(
    const postgres_settings& where, const std::string& session, const call& bounds) {
    if (bounds.until().passed()) return error(store_errc::too_late, layer::store).during("connect");
    CIPHERLANE_TRY(auto made, connect_postgres(where, session, bounds));
    if (PQserverVersion(made.get()) < oldest_server)
        return error(store_errc::cannot_open, layer::store)
            .during("connect")
            .at_endpoint(printable_address(where.address))
            .with_hint(
                "expected PostgreSQL 14 or later, found " + std::to_string(PQserverVersion(made.get()) / 10'000));
    if (PQsetnonblocking(made.get(), 1) != 0 || PQenterPipelineMode(made.get()) == 0)
        return error(store_errc::database_lost, layer::store).during("connect");
    std::unique_ptr<postgres_database> opened(
        new postgres_database(std::move(made), where, session)); // NOLINT: private
    CIPHERLANE_CHECK(opened->set_up(where));
    return opened;
}

/// What an earlier connection of the same session has left on the server is ended before anything of it is read: what
/// it had not committed by then never will be.
result<void> postgres_database::set_up(const postgres_settings& where) {
    if (!is_schema_name(where.schema))
        return error(store_errc::cannot_open, layer::store)
            .during("connect")
            .with_hint("expected a schema of small letters, digits and _");
    const auto limit = std::to_string(std::max<std::int64_t>(where.answer_time.count() * 4 / 5, 100));
    CIPHERLANE_CHECK(run(("SET search_path TO " + where.schema).c_str()));
    CIPHERLANE_CHECK(run(("SET statement_timeout TO " + limit).c_str()));
    CIPHERLANE_CHECK(run(("SET lock_timeout TO " + limit).c_str()));
    for (const char* const one : fixed_settings)
        CIPHERLANE_CHECK(run(one));
    if (reads_only_) CIPHERLANE_CHECK(run("SET default_transaction_read_only TO on"));
    auto ended = prepare("SELECT coalesce(bool_and(pg_terminate_backend(pid, 3000)), true) FROM pg_stat_activity "
                         "WHERE application_name = ? AND usename = current_user AND pid <> pg_backend_pid()");
    ended.bind(session_);
    CIPHERLANE_TRY([[maybe_unused]] const bool row, ended.step());
    if (ended.integer(0) != 0) return {};
    return error(store_errc::database_lost, layer::store)
        .during("connect")
        .with_hint("this till's earlier connection does not end on the server");
}

result<void> postgres_database::execute(const std::string& sql) {
    std::string one;
    outside_quotes outside;
    const auto send_off = [&] {
        if (one.find_first_not_of(" \n") == std::string::npos) return;
        ++writes_;
        send(one, {}, kind::quiet, 0);
    };
    for (const char c : sql) {
        if (!outside(c) || c != ';') {
            one += c;
            continue;
        }
        send_off();
        one.clear();
    }
    send_off();
    return settle();
}

void postgres_database::fail(error why) {
    if (!failure_) failure_ = std::move(why);
}
void postgres_database::lose(store_errc why) {
    lost_ = true;
    failure_ = error(why, layer::store).during("database");
}

void postgres_database::send(const std::string& sql, const values& with, kind what, std::uint64_t ticket) {
    if (failure_) return;
    auto known = prepared_.find(sql);
    if (known == prepared_.end()) {
        const auto name = "s" + std::to_string(++names_);
        if (PQsendPrepare(connection_.get(), name.c_str(), numbered(sql).c_str(), 0, nullptr) == 0)
            return lose(store_errc::database_lost);
        queue_.push_back({kind::prepare, 0, sql});
        known = prepared_.emplace(sql, name).first;
    }
    std::vector<const char*> data;
    std::vector<int> sizes;
    for (const auto& value : with) {
        data.push_back(value ? value->data() : nullptr);
        sizes.push_back(value ? static_cast<int>(value->size()) : 0);
    }
    const std::vector<int> formats(with.size(), 1);
    const bool gone = PQsendQueryPrepared(connection_.get(), known->second.c_str(), static_cast<int>(with.size()),
                          data.data(), sizes.data(), formats.data(), 1) != 0;
    if (!gone) return lose(store_errc::database_lost);
    queue_.push_back({what, ticket, {}});
}

bool postgres_database::wait_for_line(bool also_writable, const deadline& until) {
    pollfd line{PQsocket(connection_.get()), static_cast<short>(POLLIN | (also_writable ? POLLOUT : 0)), 0};
    const auto left = std::min<std::int64_t>(until.left().count(), 60'000);
    const int ready = ::poll(&line, 1, static_cast<int>(left));
    return ready > 0 || (ready < 0 && errno == EINTR);
}

pg_result* postgres_database::next_answer(const deadline& until) {
    while (PQisBusy(connection_.get()) != 0) {
        const int left = PQflush(connection_.get());
        if (left < 0 || !wait_for_line(left > 0, until) || PQconsumeInput(connection_.get()) == 0) {
            lose(store_errc::database_lost);
            return nullptr;
        }
    }
    return PQgetResult(connection_.get());
}

void postgres_database::take(const sent& one, postgres_answer answer) {
    const auto status = answer ? PQresultStatus(answer.get()) : PGRES_FATAL_ERROR;
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        if (one.what == kind::quiet) {
            const char* count = PQcmdTuples(answer.get());
            changes_ = count == nullptr || *count == '\0' ? 0 : std::stoull(count);
        }
        if (one.what == kind::asked) answers_[one.ticket] = std::move(answer);
        return;
    }
    if (one.what == kind::prepare) prepared_.erase(one.sql);
    if (PQstatus(connection_.get()) == CONNECTION_BAD) return lose(store_errc::database_lost);
    if (status == PGRES_PIPELINE_ABORTED && failure_) return;
    const auto why = postgres_error(answer.get(), "database");
    if (why.code() == make_error_code(store_errc::database_lost)) return lose(store_errc::database_lost);
    fail(why);
}

result<void> postgres_database::settle() {
    const auto outcome = [this]() -> result<void> {
        if (failure_) return *failure_;
        return {};
    };
    if (lost_ || queue_.empty()) return outcome();
    const auto until = deadline::in(answer_time_);
    if (PQpipelineSync(connection_.get()) == 0) lose(store_errc::database_lost);
    const auto all = std::exchange(queue_, {});
    for (const auto& one : all) {
        if (lost_) break;
        auto* first = next_answer(until);
        if (first == nullptr && !lost_) first = next_answer(until); // the end of what came before
        take(one, postgres_answer(first, free_answer()));
        while (!lost_) {
            const postgres_answer more(next_answer(until), free_answer());
            if (!more) break;
        }
    }
    if (!lost_) {
        auto* last = next_answer(until);
        if (last == nullptr && !lost_) last = next_answer(until);
        const postgres_answer end(last, free_answer());
        if (!lost_ && PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) lose(store_errc::database_lost);
    }
    if (!lost_) ++answered_;
    return outcome();
}

std::uint64_t postgres_database::changes() {
    return settle() ? changes_ : 0;
}

result<postgres_answer> postgres_database::ask(const std::string& sql, const values& with) {
    std::uint64_t ticket = 0;
    if (const auto early = foreseen_.find(key_of(sql, with)); early != foreseen_.end()) {
        ticket = early->second;
        foreseen_.erase(early);
    } else {
        ticket = ++tickets_;
        send(sql, with, kind::asked, ticket);
    }
    if (!answers_.contains(ticket)) CIPHERLANE_CHECK(settle());
    const auto found = answers_.find(ticket);
    if (found == answers_.end()) return error(store_errc::io_failed, layer::store).during("database");
    auto answer = std::move(found->second);
    answers_.erase(found);
    return answer;
}

void postgres_database::foresee(const std::string& sql, const values& with) {
    const auto ticket = ++tickets_;
    send(sql, with, kind::asked, ticket);
    foreseen_[key_of(sql, with)] = ticket;
}

void postgres_database::forget_foreseen() {
    (void)settle(); // what fails is said by what comes next
    foreseen_.clear();
    answers_.clear();
}

result<void> postgres_database::begin() {
    if (reads_only_) {
        fail(error(store_errc::cannot_open, layer::store)
                 .during("write")
                 .with_hint("this journal was opened to be read"));
        return *failure_;
    }
    in_transaction_ = true;
    commits_ = false;
    return run("BEGIN");
}

/// A commit may have its answer though the standby has not: an operator has ended the wait (pg_cancel_backend). The
/// server warns of it; then nothing is known of it as long as no later commit was waited for.
result<void> postgres_database::settle_durably() {
    warned_ = false;
    CIPHERLANE_CHECK(settle());
    if (!warned_) return {};
    lose(store_errc::database_lost);
    return *failure_;
}

result<void> postgres_database::commit() {
    commits_ = true;
    CIPHERLANE_CHECK(run("COMMIT"));
    CIPHERLANE_CHECK(settle_durably());
    in_transaction_ = false;
    claimed_in_transaction_.clear();
    return {};
}

void postgres_database::rollback() {
    if (lost_) return;
    (void)settle();
    if (!lost_) failure_.reset();
    if (!lost_ && in_transaction_) {
        if (const auto sent_off = run("ROLLBACK"); !sent_off || !settle()) lose(store_errc::database_lost);
    }
    in_transaction_ = false;
    foreseen_.clear();
    answers_.clear();
    for (const auto& one : claimed_in_transaction_) // their rows are gone again
        claimed_.erase(one);
    claimed_in_transaction_.clear();
}

std::string postgres_database::lock_name(std::string_view terminal_id) const {
    return schema_ + "/" + std::string(terminal_id);
}

result<bool> postgres_database::claim(std::string_view terminal_id) {
    if (reads_only_ || claimed_.contains(terminal_id)) return false;
    forget_foreseen(); // asked before it was ours
    auto lock = prepare("SELECT pg_try_advisory_lock(hashtextextended(?, 0))");
    lock.bind(lock_name(terminal_id));
    CIPHERLANE_TRY([[maybe_unused]] const bool row, lock.step());
    if (lock.integer(0) == 0)
        return error(store_errc::in_use, layer::store)
            .during("terminal")
            .with_hint("another machine or process works with this terminal");
    auto before = prepare("SELECT holder FROM terminals WHERE terminal_id = ?");
    before.bind(terminal_id);
    CIPHERLANE_TRY(const bool known, before.step());
    const auto holder = known ? before.text(0) : std::string();
    // Always a change: its commit comes behind all that the one before it has committed, on the standby, too.
    auto insert = prepare("INSERT INTO terminals(terminal_id, holder) VALUES (?, ?) "
                          "ON CONFLICT(terminal_id) DO UPDATE SET holder = excluded.holder");
    CIPHERLANE_CHECK(insert.bind(terminal_id).bind(session_).run());
    if (!in_transaction_) CIPHERLANE_CHECK(settle_durably());
    if (!holder.empty() && holder != session_) taken_over_.emplace_back(terminal_id);
    claimed_.emplace(terminal_id);
    if (in_transaction_) claimed_in_transaction_.emplace_back(terminal_id);
    record_numbers_.clear(); // another machine may have begun records of it with higher ones
    return true;
}

result<void> postgres_database::still_claimed(std::string_view terminal_id) {
    if (!claimed_.contains(terminal_id))
        return error(store_errc::in_use, layer::store)
            .during("terminal")
            .with_hint("the connection was lost, and another machine may have worked with this terminal since");
    auto asked = prepare("SELECT 1");
    CIPHERLANE_TRY([[maybe_unused]] const bool row, asked.step());
    return {};
}

result<std::set<std::string, std::less<>>> postgres_database::own_terminals() {
    auto asked = prepare("SELECT terminal_id FROM terminals WHERE holder = ?");
    asked.bind(session_);
    std::set<std::string, std::less<>> names;
    for (;;) {
        CIPHERLANE_TRY(const bool row, asked.step());
        if (!row) return names;
        names.insert(asked.text(0));
    }
}

result<void> postgres_database::reclaim() {
    auto locks = prepare("SELECT terminal_id, pg_try_advisory_lock(hashtextextended(? || terminal_id, 0)) "
                         "FROM terminals WHERE holder = ?");
    locks.bind(lock_name({})).bind(session_);
    std::set<std::string, std::less<>> locked;
    for (;;) {
        CIPHERLANE_TRY(const bool row, locks.step());
        if (!row) break;
        if (locks.integer(1) != 0) locked.insert(locks.text(0));
    }
    // Read again behind the locks: another one may have come and gone in between.
    CIPHERLANE_TRY(const auto own, own_terminals());
    for (const auto& one : locked) {
        if (own.contains(one)) {
            claimed_.insert(one);
            continue;
        }
        auto unlock = prepare("SELECT pg_advisory_unlock(hashtextextended(?, 0))");
        CIPHERLANE_CHECK(unlock.bind(lock_name(one)).run());
    }
    return settle();
}

void postgres_database::release(const std::set<std::string, std::less<>>& terminals) {
    if (lost_) return;
    answer_time_ = std::min(answer_time_, std::chrono::milliseconds(1000));
    rollback();
    for (const auto& one : terminals) {
        auto free = prepare("UPDATE terminals SET holder = '' WHERE terminal_id = ? AND holder = ?");
        if (!free.bind(one).bind(session_).run()) return;
    }
    (void)settle(); // before the locks go: whoever comes next shall read it
}

result<std::uint64_t> postgres_database::next_record_number() {
    if (record_numbers_.empty()) {
        auto some = prepare("SELECT nextval('record_numbers') FROM generate_series(1, 64)");
        for (;;) {
            CIPHERLANE_TRY(const bool row, some.step());
            if (!row) break;
            record_numbers_.push_back(static_cast<std::uint64_t>(some.integer(0)));
        }
        std::reverse(record_numbers_.begin(), record_numbers_.end());
    }
    if (record_numbers_.empty()) return error(store_errc::io_failed, layer::store).during("record number");
    const auto next = record_numbers_.back();
    record_numbers_.pop_back();
    return next;
}

void free_answer::operator()(pg_result* of) const noexcept {
    PQclear(of);
}

} // namespace cipherlane::store
