#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/store/errc.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pg_conn;
struct pg_result;

namespace cipherlane::store {

class postgres_database;
struct postgres_settings;

struct free_answer {
    void operator()(pg_result* of) const noexcept;
};
using postgres_answer = std::shared_ptr<pg_result>;

/// A statement with its values. Reads and writes as `statement` does; what is only written is sent with the next
/// question or commit, and its failure is that one's.
class postgres_statement {
  public:
    static constexpr bool has_checksums = false; ///< its pages have

    postgres_statement(postgres_database& on, const char* sql)
        : on_(&on)
        , sql_(sql) {}

    /// Parameters in order, each a `?` of the statement.
    postgres_statement& bind(std::int64_t value);
    /// What a database of UTF-8 cannot hold is replaced (U+FFFD).
    postgres_statement& bind(std::string_view text);
    postgres_statement& bind(byte_view data);
    postgres_statement& bind_null();

    /// True if there is a row to read.
    [[nodiscard]] result<bool> step();
    /// Sends a statement whose rows nobody wants, sooner or later.
    [[nodiscard]] result<void> run();
    /// A change of one row, without a `RETURNING`: where there is none as the statement wants it, or more than one,
    /// the transaction fails in the server, with `store_errc::in_use`. Nobody waits for the count.
    [[nodiscard]] result<void> run_one();
    /// Asks what somebody will ask before long.
    void foresee();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] bytes blob(int column) const;
    [[nodiscard]] bool null(int column) const;

  private:
    [[nodiscard]] std::string_view cell(int column) const;

    postgres_database* on_;
    std::string sql_;
    std::vector<std::optional<std::string>> values_;
    postgres_answer answer_;
    int row_ = -1;
};

/// A connection. Statements go out together: nothing is waited for but answers that somebody asks for. One thread at
/// a time.
class postgres_database {
  public:
    using statement_type = postgres_statement;
    static constexpr bool looks_ahead = true;
    static constexpr bool is_shared = true; ///< with other machines
    /// Each session has taken its numbers ahead: they do not show what came first.
    static constexpr const char* newest_first = "ORDER BY created DESC, id DESC";

    /// @param session names the session to the server; whatever else has this name there is ended first, so that what
    /// it left undone stays undone.
    /// @return `store_errc::database_lost` where nobody answers, or what was there cannot be ended, `cannot_open`
    /// where somebody refuses, or the server is older than PostgreSQL 14.
    [[nodiscard]] static result<std::unique_ptr<postgres_database>> open(
        const postgres_settings& where, const std::string& session, const call& bounds);
    postgres_database(const postgres_database&) = delete;
    postgres_database& operator=(const postgres_database&) = delete;
    ~postgres_database();

    [[nodiscard]] postgres_statement prepare(const char* sql) { return {*this, sql}; }
    [[nodiscard]] result<void> run(const char* sql) { return prepare(sql).run(); }
    /// Any number of statements without values, with a `;` between them, carried out before it returns; in a
    /// transaction of their own, unless they say otherwise.
    [[nodiscard]] result<void> execute(const std::string& sql);

    /// Sends what is queued and waits for all answers.
    [[nodiscard]] result<void> settle();
    /// How many rows the last statement has changed.
    [[nodiscard]] std::uint64_t changes();

    /// Of transactions, whose statements are queued like others.
    [[nodiscard]] result<void> begin();
    [[nodiscard]] result<void> commit();
    /// Forgets what was queued, too.
    void rollback();

    /// Why nothing more of this transaction can be carried out; nothing where it can.
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }
    /// The connection is gone, and with it what was not committed.
    [[nodiscard]] bool lost() const noexcept { return lost_; }
    /// Whether a commit of the transaction that was begun last has been asked for.
    [[nodiscard]] bool may_have_committed() const noexcept { return commits_; }
    /// How often the server has answered everything, ever.
    [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
    /// Statements that were sent to change something, ever.
    [[nodiscard]] std::uint64_t writes() const noexcept { return writes_; }

    void forget_foreseen();

    /// The terminal is of the session from here on, and has a row.
    /// @return whether it has just got it: what was read before may be another's work; `store_errc::in_use`.
    [[nodiscard]] result<bool> claim(std::string_view terminal_id);
    /// Asks the server, which answers in a session that has it.
    /// @return `store_errc::in_use` where it is not the session's any more.
    [[nodiscard]] result<void> still_claimed(std::string_view terminal_id);
    /// Of the terminals that the session had on its last connection, those that nobody else has had since.
    [[nodiscard]] result<void> reclaim();
    /// The session signs off: whoever has these next need not wait for what may be on its way.
    void release(const std::set<std::string, std::less<>>& terminals);
    [[nodiscard]] const std::set<std::string, std::less<>>& claimed() const noexcept { return claimed_; }
    /// Those among them that another session had before and has not released, once each.
    [[nodiscard]] std::vector<std::string> take_taken_over() { return std::exchange(taken_over_, {}); }
    [[nodiscard]] result<std::uint64_t> next_record_number();

  private:
    friend class postgres_statement;
    using values = std::vector<std::optional<std::string>>;
    using connection = std::unique_ptr<pg_conn, void (*)(pg_conn*)>;
    enum class kind : std::uint8_t { prepare, quiet, asked };
    struct sent {
        kind what;
        std::uint64_t ticket = 0; ///< of what is asked
        std::string sql;          ///< of what is prepared
    };

    postgres_database(connection opened, const postgres_settings& where, std::string session);
    [[nodiscard]] result<void> set_up(const postgres_settings& where);
    [[nodiscard]] result<void> settle_durably();
    [[nodiscard]] std::string lock_name(std::string_view terminal_id) const;
    [[nodiscard]] result<std::set<std::string, std::less<>>> own_terminals();
    void send(const std::string& sql, const values& with, kind what, std::uint64_t ticket);
    [[nodiscard]] result<postgres_answer> ask(const std::string& sql, const values& with);
    void foresee(const std::string& sql, const values& with);
    /// The next answer, or null where a statement's answers end. Sets `failure_` where none comes.
    [[nodiscard]] pg_result* next_answer(const deadline& until);
    void take(const sent& one, postgres_answer answer);
    [[nodiscard]] bool wait_for_line(bool also_writable, const deadline& until);
    void fail(error why);
    void lose(store_errc why);

    connection connection_;
    const std::string session_;
    std::string schema_;
    std::chrono::milliseconds answer_time_;
    bool reads_only_;
    std::map<std::string, std::string, std::less<>> prepared_; ///< names by statements
    std::vector<sent> queue_;
    std::map<std::uint64_t, postgres_answer> answers_;
    std::map<std::string, std::uint64_t, std::less<>> foreseen_;
    std::uint64_t tickets_ = 0;
    std::uint64_t names_ = 0;
    std::uint64_t writes_ = 0;
    std::uint64_t answered_ = 0;
    std::uint64_t changes_ = 0;
    std::optional<error> failure_;
    bool lost_ = false;
    bool warned_ = false; ///< by the server, since it was last set to false
    bool in_transaction_ = false;
    bool commits_ = false;
    std::set<std::string, std::less<>> claimed_;
    std::vector<std::string> claimed_in_transaction_;
    std::vector<std::string> taken_over_;
    std::vector<std::uint64_t> record_numbers_; ///< the lowest last
};

/// A statement that was refused, in the store's words; the error names no value.
[[nodiscard]] error postgres_error(const pg_result* refusal, std::string_view operation);

} // namespace cipherlane::store
