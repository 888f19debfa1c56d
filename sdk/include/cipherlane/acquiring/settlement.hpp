#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/settlement_report.hpp>

#include <cstdint>

namespace cipherlane::acquiring {

/// What becomes of a batch of which the host refuses a record or the end message, or totals that it may have taken
/// before.
enum class after_refusal : std::uint8_t {
    keep_open,   ///< the settlement stays under way and ends `settlement_refused`: run again, it sends the same again
    close_batch, ///< a person has agreed with the acquirer that it be closed all the same, or is closed there; the
                 ///< report says what was refused
};

/// Who wants a batch settled.
enum class settling : std::uint8_t {
    by_somebody,
    by_its_time, ///< the till itself, as its settings ask for: once `recover` was asked and what was taken is
                 ///< acknowledged (`not_told`), and where the host answers an echo
};

struct settlement_request {
    after_refusal refused = after_refusal::keep_open;
    settling by = settling::by_somebody;
    std::uint32_t only_batch = 0; ///< where another one is open, nothing is done; 0: whichever is open
};

/// Settles the open batch (批结算): pending reversals, then totals (0500, field 48), then, where the host does not
/// balance, every record of the batch (0320) and the end message; then the next batch opens.
///
/// Its progress is durable: after a crash, a lost link or a deadline the next run goes on where it stopped, with the
/// same totals; until then no trade is taken. A record or an end that the host refuses keeps the batch open, too:
/// `settlement_refused` with the host's code, "0500", "0320" or "0320 end" as the operation, and the trace number.
/// The host's word that a batch balances counts only where its totals are those that it was told, and nothing stands
/// among the foreign cards, of which the till has told none.
/// A 0500 that did not leave, or that is refused at once, leaves nothing under way: trades may go on. Once an answer
/// to it was lost, or came with a code that proves nothing (68, 77, 94, 96, 98), the host may have closed the batch,
/// and may refuse to do it again: then the settlement stays under way until the host counts it, or a person closes
/// the batch (`close_batch`), which sends nothing more and has nothing to compare. So it is with totals in whose
/// answer nothing can be read (`bad_message` in field 48), and with an end message that is refused once an answer to
/// it was lost, or refused by 77: nothing goes up again into a batch that may be closed. A record whose card data
/// cannot be opened (`local_fault`, with its trace number) stops the upload; `close_batch` leaves it out, and names
/// it. What was asked once in vain and cannot be asked again, as no line, no sign-in or no answer is to be had, is
/// ended by `close_batch`, too; of an upload the report names what the host has not had. Each such error says in its
/// hint what is needed. Trades of the QR gateway are reported apart: the host does not know them.
///
/// Field 48 counts to 999 and sums to 12 digits: from 990 sales on, or 990 voids and refunds, or where the sum would
/// be too large, trades are refused as `batch_full` until the batch is settled. Totals that do not fit all the same
/// are `out_of_range` in field 48, and leave nothing under way.
/// A request for one batch (`only_batch`) that is settled by the time its turn comes does nothing: `bad_request`.
/// @return `timed_out`, `link_lost` (run it again), `rejected_by_peer` (`settlement_refused`), `local_fault`.
using settlement = flow<settlement_request, settlement_report>;

extern template class flow<settlement_request, settlement_report>;

} // namespace cipherlane::acquiring
