#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/store/journal.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::store {

/// Where the journal does its work.
enum class journal_thread : std::uint8_t {
    own,    ///< on a thread of its own, which gathers what waits into one commit
    callers ///< within each call: one commit for each durable one, one thread at a time. For programs of one thread,
            ///< and for simulations
};

/// What to do where there is no journal, or not the one that the till had.
enum class journal_start : std::uint8_t {
    existing,          ///< a journal that is not there is `journal_lost`
    existing_or_first, ///< one is begun where there is neither journal nor mark
    /// A person has decided: what is there is taken, or a new one begun in the place of a lost one. Trace and batch
    /// numbers go on well behind those that the mark knows.
    adopt,
};

struct sqlite_journal_settings {
    std::string path = "till.db";
    journal_access access = journal_access::read_write;
    journal_thread runs_on = journal_thread::own;
    /// The registered SQLite file system (VFS) in which `path` is; empty: the system's. In another one nobody but its
    /// owner keeps a second writer out.
    std::string vfs;
    /// The mark: a small file that remembers which journal this is and how far it has come. Best on another medium
    /// than the journal, so that both are not lost together. Empty: ".mark" behind the path; with `vfs`: none. It is
    /// in the same file system.
    std::string mark_path;
    journal_start start = journal_start::existing_or_first;
    /// Kept free for verdicts while records are begun.
    std::size_t reserve = std::size_t{4} * 1024 * 1024;
    /// Changes that are not durable by themselves go to the disk after this time at the latest.
    std::chrono::milliseconds flush_after{500};
    /// How long a call that the disk has begun may take beyond its deadline.
    std::chrono::milliseconds disk_patience{10'000};
};

/// Where the mark of a journal is: `mark_path`, or where that is empty `path` and ".mark".
[[nodiscard]] std::string mark_path_of(const std::string& path, const std::string& mark_path);
/// Makes a mark that speaks of no journal yet, where there is neither: for who makes a key before the journal, and
/// may be interrupted between them. Nothing else is changed.
/// @return what `secret_file::create` says.
[[nodiscard]] result<void> announce_first_start(const std::string& path, const std::string& mark_path);
[[nodiscard]] bool first_start_was_announced(const std::string& path, const std::string& mark_path);

/// The journal in an SQLite file: write-ahead log, `synchronous=FULL`, one thread that gathers what waits into one
/// commit and answers after the sync.
///
/// Card number and expiry are sealed with AES-256-GCM under the key of `keys`, bound to their record, so that no
/// sealed value can change places; nothing else about a card is written but its masked number. The schema carries its
/// version; older files are brought up, newer ones refused. A lock on the file itself keeps a second writer out,
/// whatever name it comes by. Each record carries a checksum, which is looked at when it is read; opening a journal
/// reads none of them. Thread-safe. Destroying it waits for what is queued and flushes.
///
/// A journal has a random name in it, to which its seals are bound, and counts its commits; a mark in a second file
/// says the same. So a journal that was lost, exchanged, or taken back from a copy is noticed when it is opened. One
/// that is removed or replaced under a running till is noticed before the next commit. Room on the disk for verdicts
/// is kept before a record is begun: `begin` fails with `disk_full`, not the verdict.
class sqlite_journal : public journal {
  public:
    /// @param keys used during the call alone; not needed and not asked with `read_only`.
    /// @param clock must outlive the journal.
    /// @return `local_fault` with `store_errc`: `cannot_open`, `in_use`, `not_a_journal`, `newer_schema`, `corrupt`,
    /// `wrong_key`, `journal_lost`, `other_journal`, `journal_behind`, `mark_lost`; of the file what
    /// `judge_private_file` says; what the key provider says. What is refused is left as it is.
    [[nodiscard]] static result<std::unique_ptr<sqlite_journal>> open(const sqlite_journal_settings& settings,
        ports::key_provider& keys, const ports::clock& clock, const call& bounds, logger log = {});
};

} // namespace cipherlane::store
