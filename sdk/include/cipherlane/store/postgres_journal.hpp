#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/store/journal.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::store {

struct postgres_settings {
    /// As libpq takes it: `postgresql://till@db1,db2/books?sslmode=verify-full&sslrootcert=/etc/ca.pem`. All of
    /// libpq's words may stand in it. Where they are not said: `target_session_attrs=read-write` (a standby is passed
    /// over), `connect_timeout=2`, and to another machine `sslmode=verify-full`.
    std::string address;
    /// The schema that holds the books.
    std::string schema = "cipherlane";
    journal_access access = journal_access::read_write;
    /// Makes the tables where there are none, and brings older ones up, if the role may. Else they are made by
    /// `init_postgres`.
    bool create = true;
    /// How long the server may take for one commit; then the connection is given up and what became of the commit is
    /// read back.
    std::chrono::milliseconds answer_time{5'000};
    /// How long what was begun may take beyond its call's deadline, with a lost connection and the way back.
    std::chrono::milliseconds patience{10'000};
    /// How long after the database's last word a terminal counts as held: a lane sends nothing later than that, and
    /// who takes a terminal from a machine that has not signed off waits as long before it ends what that one has
    /// begun. The same on every machine of one set of books.
    std::chrono::milliseconds hold_time{5'000};
};

/// Whether a journal's name is the address of a database: it begins with `postgresql://` or `postgres://`.
[[nodiscard]] bool is_postgres_address(std::string_view name) noexcept;
/// An address without what is secret in it: user, machines and name of the database. For logs and people.
[[nodiscard]] std::string printable_address(const std::string& address);
/// Whether libpq can read the address, and no word in it is unknown.
/// @return `store_errc::cannot_open`, with a hint that names no value.
[[nodiscard]] result<void> check_postgres_address(const std::string& address);

/// Makes the schema and its tables or brings older ones up, and gives `role`, if it is not empty and there, what a
/// till needs and nothing more: it may read, add and change rows, and neither remove them nor change tables.
/// @return `local_fault`: `store_errc::cannot_open`, `newer_schema`, `database_lost`.
[[nodiscard]] result<void> init_postgres(
    const postgres_settings& settings, std::string_view role, const call& bounds);

/// Whether the books there have been begun: some till has written its key's mark.
/// @return as `postgres_journal::open`.
[[nodiscard]] result<bool> postgres_books_begun(const postgres_settings& settings, const call& bounds);

/// The journal in a PostgreSQL database, for many lanes and many machines: one set of books.
///
/// One connection and one thread; what callers queue is gathered into one transaction and answered after its commit,
/// so that all lanes of a till wait for the disk once. Questions and changes of a transaction go out together
/// (pipelining). `synchronous_commit` is `on`: local disk, and the standby's where the server has one that it waits
/// for.
///
/// A terminal belongs to the journal that first works with it, by an advisory lock of its session: to another one,
/// of whatever machine, it is `in_use`. The lock goes with the session, and with the server; `confirm_hold` asks
/// whether it is there still. A terminal that was another's meanwhile is not taken up again by itself.
///
/// A lost connection is made again, through all addresses, for as long as calls wait: till their deadlines. Of a
/// commit whose answer was lost is read back whether it was carried out, after the old session was ended and a commit
/// of the new one has been waited for; where that cannot be found out within `patience`, the call fails with
/// `database_lost`, which leaves it open. A call that was told `no_answer` is not carried out later. Thread-safe.
class postgres_journal : public journal {
  public:
    /// @param keys used during the call alone; not needed and not asked with `read_only`. All machines of one set of
    /// books have the same key.
    /// @param clock must outlive the journal.
    /// @return `local_fault` with `store_errc`: `cannot_open` (refused: role, certificate, rights), `database_lost`
    /// (nobody answers), `not_a_journal` (tables that are not there, or older and the role may not bring them up),
    /// `newer_schema`, `wrong_key`; what the key provider says.
    [[nodiscard]] static result<std::unique_ptr<postgres_journal>> open(const postgres_settings& settings,
        ports::key_provider& keys, const ports::clock& clock, const call& bounds, logger log = {});
};

} // namespace cipherlane::store
