#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/batch_totals.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/ports/order_notice.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::ports {

/// What a terminal keeps between transactions besides its records. Working keys are kept as the host delivered them,
/// encrypted under the terminal's master key.
struct terminal_state {
    std::uint32_t batch = 1;      ///< the open batch
    std::uint32_t last_trace = 0; ///< the trace number taken last
    wrapped_key pin_key;          ///< TPK; empty cryptogram before the first sign-in
    wrapped_key mac_key;          ///< TAK; likewise
    std::string signed_in_date;   ///< YYYYMMDD, empty before the first sign-in
    bool sign_in_due = false;     ///< the host asked for it (header digit 3, answer A0)
    std::string acquirer;         ///< field 32 of the sign-in's answer
    /// What else the host has asked for in its header and has not had yet: bit n for the processing request n.
    std::uint8_t wishes = 0;
    /// Master keys (TMK) that the host has given by download, each encrypted under the one before it, the first under
    /// the one that was loaded by hand. The last is in force.
    std::vector<wrapped_key> master_keys;
};

/// A list that the host has given to the terminal (参数下载): CA keys, AIDs, card numbers.
struct downloaded_list {
    std::string name;
    std::string date;           ///< YYYYMMDD, of the last page
    std::vector<bytes> entries; ///< field 62 of each page, without what counts the pages
    bool complete = false;      ///< the host has said that nothing follows
    friend bool operator==(const downloaded_list&, const downloaded_list&) = default;
};

/// How far a settlement has come; kept so that a restart goes on where it stopped. The numbers are stored.
enum class settlement_step : std::uint8_t {
    none = 0,
    totals_sent = 1, ///< 0500 has been or is being sent; `totals` are frozen
    uploading = 2,   ///< `uploaded` records of the batch have been acknowledged
    ending = 3,      ///< the end message is being sent
    done = 4,
};

struct settlement_progress {
    std::uint32_t batch = 0;
    settlement_step step = settlement_step::none;
    batch_totals totals;
    std::uint8_t host_result = 0; ///< 1 balanced, 2 not balanced, 3 error; 0 not known
    std::uint32_t uploaded = 0;
    std::vector<std::uint64_t> left_out{}; ///< of these the records that could not be sent up, by their ids
    batch_side host_debit{};               ///< as the host's answer has them
    batch_side host_credit{};              ///< likewise
    friend bool operator==(const settlement_progress&, const settlement_progress&) = default;
};

/// The journal: what is written here survives the end of the process and of the power.
///
/// Every record belongs to a terminal; several terminals share one store. A call marked *durable* returns only after
/// the data is on the disk; an unmarked change is seen at once by every later call and becomes durable with the next
/// durable one. Errors: `local_fault` with the operation (disk full, corrupt, locked by another process), `misuse`
/// for a record or key that does not fit. A `local_fault` of a durable call leaves open whether it was carried out.
/// Thread-safe; a call waits for the disk, at most until its deadline.
class store {
  public:
    store() = default;
    store(const store&) = delete;
    store& operator=(const store&) = delete;
    virtual ~store() = default;

    /// Names this journal for good, so that a number in it can be told from the same number in another: what a device
    /// or a queue knows a payment or a slip by begins with it. Empty: not told.
    [[nodiscard]] virtual std::string identity() const { return {}; }

    /// Durable. Takes the next trace number and the open batch, seals `card` and writes the record, all in one
    /// commit. A key already used by this terminal is `misuse`, unless its record is `not_sent`: that record loses
    /// the key.
    /// @return the record as written.
    [[nodiscard]] virtual result<journal_record> begin(
        const journal_record& fresh, const stored_card* card, const call& bounds) = 0;
    /// Durable. The verdict of a record; with `approved` of a void, its original becomes `voided` in the same commit.
    [[nodiscard]] virtual result<void> decide(
        std::uint64_t id, const journal_verdict& verdict, const call& bounds) = 0;
    /// One more send of the record's reversal is about to leave. Not durable by itself: a count that is one too low
    /// costs one more repeat of an idempotent message.
    [[nodiscard]] virtual result<void> count_reversal_send(std::uint64_t id, const call& bounds) = 0;
    /// The closing mark: whom it concerns has been told.
    [[nodiscard]] virtual result<void> close_record(std::uint64_t id, const call& bounds) = 0;
    /// The card of a record has said what it makes of the answer, or there is none any more to ask
    /// (`journal_record::at_card`). @return `local_fault` where another machine has the terminal.
    [[nodiscard]] virtual result<void> card_has_spoken(std::uint64_t id, const call& bounds) = 0;

    [[nodiscard]] virtual result<std::optional<journal_record>> find_key(
        std::string_view terminal_id, std::string_view idempotency_key, const call& bounds) = 0;
    [[nodiscard]] virtual result<std::optional<journal_record>> find(std::uint64_t id, const call& bounds) = 0;
    /// The record of a QR order or refund with that number.
    [[nodiscard]] virtual result<std::optional<journal_record>> find_order(
        std::string_view order_number, const call& bounds) = 0;
    /// Records that somebody must still act on (`ledger::states::open`); oldest first.
    [[nodiscard]] virtual result<std::vector<journal_record>> open_records(
        std::string_view terminal_id, const call& bounds) = 0;
    /// Records with a verdict whose closing mark is missing: the till may have died before it told anybody.
    [[nodiscard]] virtual result<std::vector<journal_record>> untold_records(
        std::string_view terminal_id, const call& bounds) = 0;
    /// The records of a batch that moved money (`approved`, `voided`), in order of trace. Of a batch that is settled,
    /// none: its number comes again some day.
    [[nodiscard]] virtual result<std::vector<journal_record>> batch_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) = 0;
    /// What moved money and was decided after its own batch was closed, in no totals yet: of other batches than
    /// `batch`, and not settled; oldest first.
    [[nodiscard]] virtual result<std::vector<journal_record>> late_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) = 0;
    /// The oldest record of an open batch that is in another currency than that, of those that are in the batch
    /// (`ledger::records::fills_batch`).
    [[nodiscard]] virtual result<std::optional<journal_record>> find_other_unit(
        std::string_view terminal_id, std::uint32_t batch, const currency& unit, const call& bounds) = 0;
    /// All records of one shift of an operator at a terminal, whatever became of them; oldest first.
    [[nodiscard]] virtual result<std::vector<journal_record>> shift_records(
        std::string_view terminal_id, std::string_view operator_id, std::uint32_t shift, const call& bounds) = 0;
    /// What refunds that are approved or not decided have given back of a record already, and a void that is not
    /// decided.
    [[nodiscard]] virtual result<amount> refunded(std::uint64_t original, const call& bounds) = 0;
    /// What tips and adjustments that are approved or not decided have added to a record.
    [[nodiscard]] virtual result<amount> added(std::uint64_t original, const call& bounds) = 0;
    /// Unseals the card of a record. `misuse` if there is none or it has been erased, `local_fault` if the seal is
    /// broken.
    [[nodiscard]] virtual result<stored_card> card(std::uint64_t id, const call& bounds) = 0;
    /// Whether that is the number of the card that a record was begun with, also once it has been erased. Nothing
    /// where that cannot be told: of a record of before, or one without a card.
    [[nodiscard]] virtual result<std::optional<bool>> is_card_of(
        std::uint64_t id, const pan& number, const call& bounds) = 0;

    /// The state of a terminal; a new one begins with batch 1 and trace 0.
    [[nodiscard]] virtual result<terminal_state> terminal(std::string_view terminal_id, const call& bounds) = 0;
    /// Durable. Takes a trace number for a message that is not a payment.
    [[nodiscard]] virtual result<std::uint32_t> take_trace(std::string_view terminal_id, const call& bounds) = 0;
    /// Durable. New working keys; clears `sign_in_due`.
    [[nodiscard]] virtual result<void> save_sign_in(
        std::string_view terminal_id, const terminal_state& keys, const call& bounds) = 0;
    /// Remembers that the host wants a sign-in before the next trade.
    [[nodiscard]] virtual result<void> mark_sign_in_due(std::string_view terminal_id, const call& bounds) = 0;
    /// Remembers what the host asks for in its header (`terminal_state::wishes`), or that it has had it.
    [[nodiscard]] virtual result<void> save_wishes(
        std::string_view terminal_id, std::uint8_t wishes, const call& bounds) = 0;
    /// Durable. One more master key by download, behind those that are there: the working keys are void, and a
    /// sign-in is due. `misuse` for a slot that no pad has (`is_master_slot`).
    [[nodiscard]] virtual result<void> add_master_key(
        std::string_view terminal_id, const wrapped_key& key, const call& bounds) = 0;

    /// Durable. What has come of a list so far, in place of what was there under its name.
    [[nodiscard]] virtual result<void> save_list(
        std::string_view terminal_id, const downloaded_list& list, const call& bounds) = 0;
    /// Nothing where it was never downloaded.
    [[nodiscard]] virtual result<std::optional<downloaded_list>> find_list(
        std::string_view terminal_id, std::string_view name, const call& bounds) = 0;

    [[nodiscard]] virtual result<batch_totals> totals(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) = 0;
    /// The settlement that is under way; `step` is `none` if there is none.
    [[nodiscard]] virtual result<settlement_progress> settlement(
        std::string_view terminal_id, const call& bounds) = 0;
    /// Durable.
    [[nodiscard]] virtual result<void> save_settlement(
        std::string_view terminal_id, const settlement_progress& progress, const call& bounds) = 0;
    /// Durable. Ends the settlement: what is decided of the terminal's records is settled and counts as told, and the
    /// next batch opens, in one commit. What is not decided stays in its batch, unsettled, until the batch after its
    /// decision is closed.
    [[nodiscard]] virtual result<void> close_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) = 0;
    /// Durable. Opens that batch in the place of the open one, which must be empty (`ledger::records::fills_batch`),
    /// and of which no settlement may be under way. @return `misuse` where it is not so.
    [[nodiscard]] virtual result<void> begin_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) = 0;
    /// Durable. Erases sealed card data of records settled before `before`; how many.
    [[nodiscard]] virtual result<std::uint64_t> erase_cards(
        std::chrono::system_clock::time_point before, const call& bounds) = 0;

    /// The terminals that have anything on file, in order.
    [[nodiscard]] virtual result<std::vector<std::string>> terminals(const call& bounds) = 0;

    /// Durable. What a gateway has said unasked, before it hears that we have it. The same word about the same
    /// payment of an order is kept once.
    [[nodiscard]] virtual result<void> keep_notice(const qr_order_status& told, const call& bounds) = 0;
    /// What was kept and no flow has dealt with, of all terminals, oldest first.
    [[nodiscard]] virtual result<std::vector<order_notice>> open_notices(const call& bounds) = 0;
    /// A flow of that terminal has done with a notice what it can, and a person must know of it. Not durable by
    /// itself, as below.
    [[nodiscard]] virtual result<void> leave_notice(
        std::uint64_t id, notice_matter matter, std::string_view terminal_id, const call& bounds) = 0;
    /// What was left for a person and not closed since, of a terminal, oldest first; of all where none is named.
    [[nodiscard]] virtual result<std::vector<order_notice>> left_notices(
        std::string_view terminal_id, const call& bounds) = 0;
    /// A notice has been dealt with. Not durable by itself: one that comes back is dealt with in the same way.
    [[nodiscard]] virtual result<void> close_notice(std::uint64_t id, const call& bounds) = 0;

    // Of a store that several machines share; one that is a single process's has nothing to say here.

    /// Whether the terminal is this store's, known so lately that nobody else acts for it yet. Asked right before
    /// what may move money leaves; asks anew where the last word is too old.
    /// @return `local_fault` where another one has the terminal, or where nobody can say.
    [[nodiscard]] virtual result<void> confirm_hold(std::string_view /*terminal_id*/, const call& /*bounds*/) {
        return {};
    }
    /// Whether the record was begun through this object, and not by another machine or an earlier run.
    [[nodiscard]] virtual result<bool> has_begun(std::uint64_t /*id*/, const call& /*bounds*/) { return true; }
    /// How long yet the requests of another machine, which had the terminal before and did not sign off, may be on
    /// their way to a peer that answers within `answer`.
    [[nodiscard]] virtual std::chrono::milliseconds unsettled_for(
        std::string_view /*terminal_id*/, std::chrono::milliseconds /*answer*/) {
        return std::chrono::milliseconds(0);
    }
};

} // namespace cipherlane::ports
