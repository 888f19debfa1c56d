#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/store.hpp>

namespace cipherlane::acquiring {

/// From a record's beginning until its request leaves, where a failed write leaves open what the journal has: what
/// was not sent must never be sent, undone or asked for by a later run.

/// Begins a record. A begin that fails may have been carried out, or come to light after a restart: it is read back
/// and ended as not sent. Where that fails too, nothing else is done by this lane before it succeeds.
[[nodiscard]] result<ports::journal_record> begin_record(
    lane_core& on, const ports::journal_record& fresh, const ports::stored_card* card, const call& bounds);

/// The durable mark that the request of what nothing can undo is about to leave; nothing to do for other kinds.
[[nodiscard]] result<void> mark_sent(lane_core& on, ports::journal_record& record);

/// Nothing left the till: the record ends so, and the caller gets the reason as an error. Where the journal does not
/// take that and a later run would send the request, the caller is told that it is not known.
[[nodiscard]] result<payment> write_not_sent(lane_core& on, const ports::journal_record& record, const error& why);

/// The card of a record has said what it makes of the answer: whoever reads the journal may take what is there for
/// the end. Where that cannot be written now, the next flow or the next start does it.
void card_has_spoken(lane_core& on, std::uint64_t record);

/// Ends as not sent what failed writes of this lane have left, and writes of which cards have spoken. Until it
/// succeeds the journal cannot be relied on.
[[nodiscard]] result<void> settle_unsent(lane_core& on);

/// A record that another run of the till left in the middle: what may have left is brought to the state in which it
/// will be dealt with, what certainly did not ends as not sent. Where the other run may be alive on another machine,
/// nothing is done before what it may have sent has had its answer: `acquiring_errc::busy`.
[[nodiscard]] result<void> take_over(lane_core& on, ports::journal_record& record);

} // namespace cipherlane::acquiring
