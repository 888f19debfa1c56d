#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/till/till_settings.hpp>

namespace cipherlane {

/// Begins the journal of a till, with its key, where the key is not there, and its mark. For tills whose settings say
/// `journal.create = false`, so that a folder that is not mounted is not taken for a first start, and for a key that
/// was made elsewhere. Where there is a journal already nothing is changed.
/// @return `local_fault`: `store_errc::journal_lost` (there is a mark of an earlier one) and what else `till::open`
/// says of a journal.
[[nodiscard]] result<void> begin_journal(const till_settings& settings, const call& bounds);

/// Takes what lies there as the till's journal from now on, or begins a new one in the place of a lost one: after a
/// journal was taken back from a copy, exchanged, or lost with its mark left. Somebody must have compared it with the
/// host first: what the till did since is not in it. Trace and batch numbers go on behind those that the mark knows.
/// @return `local_fault`: as `begin_journal`, save what it is about; `misuse` for shared books, of which there is
/// one.
[[nodiscard]] result<void> adopt_journal(const till_settings& settings, const call& bounds);

} // namespace cipherlane
