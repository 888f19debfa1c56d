#pragma once

#include "card_seal.hpp"
#include "journal_file.hpp"
#include "journal_mark.hpp"
#include "sqlite.hpp"

#include <cipherlane/store/sqlite_journal.hpp>

namespace cipherlane::store {

/// A journal open for writing, found to be the one that the till had.
struct opened_journal {
    std::optional<journal_file> file; ///< none in a file system of the caller's own
    database on;
    card_seal seal;
    std::optional<mark_file> mark; ///< likewise, unless a place was named for it
    journal_mark now;              ///< what the mark says from here on
};

/// Judges what lies at the path before anything of it is changed, begins a journal where there is none and none is
/// missed, and compares it with its mark.
/// @return as `sqlite_journal::open`.
[[nodiscard]] result<opened_journal> open_for_writing(
    const sqlite_journal_settings& settings, byte_view key, const logger& log);

/// Beside a writer.
[[nodiscard]] result<database> open_for_reading(const std::string& path, const std::string& vfs = {});

/// How far a journal has come, by itself.
[[nodiscard]] result<journal_mark> read_progress(database& on);
/// One more commit; in the transaction that it ends.
[[nodiscard]] result<void> write_commits(database& on, std::uint64_t commits);
[[nodiscard]] result<std::vector<journal_mark::terminal>> read_terminals(database& on);
/// A value that the journal keeps of itself; nothing where it keeps none.
[[nodiscard]] result<std::optional<bytes>> read_meta(database& on, std::string_view name);
[[nodiscard]] result<void> write_meta(database& on, std::string_view name, byte_view value);

} // namespace cipherlane::store
