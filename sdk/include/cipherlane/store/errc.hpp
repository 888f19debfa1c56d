#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `store`: why the journal or the counters did not take or give something.
enum class store_errc {
    cannot_open = 1, ///< the file or its folder cannot be opened or created
    in_use,          ///< another process has this file open for writing, or works with this terminal
    not_a_journal,   ///< a file or database of another kind
    newer_schema,    ///< written by a newer version
    corrupt,
    disk_full,
    io_failed,   ///< any other failure of the database
    wrong_key,   ///< the key is not the one this journal or counter was begun with
    seal_broken, ///< sealed card data was changed
    no_answer,   ///< the disk took longer than the call's deadline; whether it was written is not known
    too_late,    ///< the deadline passed before it was the call's turn; nothing was written
    key_used,    ///< the idempotency key has been used by this terminal
    bad_record,  ///< a record that lacks what every record needs
    no_record,
    bad_transition, ///< a verdict that this record's state does not allow
    journal_gone,   ///< the file or its log was removed or replaced while it was in use: nothing can be written
    journal_lost,   ///< there is a mark of a journal, or its key, and no journal
    other_journal,  ///< the mark is of another journal
    journal_behind, ///< the mark knows of later commits: a copy was restored, or a disk lost them
    mark_lost,      ///< the journal had a mark, and there is none that can be read
    record_damaged, ///< a record that is not as it was written
    card_absent,    ///< no card data was stored, or it has been erased
    database_lost,  ///< nobody answers at the address, or the connection was lost and did not come back in time
    file_gone,      ///< numbers, limits, shifts or slips: their file was removed or replaced while it was in use
};

[[nodiscard]] boost::system::error_code make_error_code(store_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::store_errc> : std::true_type {};
