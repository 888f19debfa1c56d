#pragma once

#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/store.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::store {

/// A journal in memory, for tests and simulations: it answers as the one on a disk does and nothing of it survives.
/// Never for a till that takes money. Card data is not sealed, as it leaves the process in no form.
///
/// Errors as `ports::store`; `store_errc::too_late` where the deadline has passed. Thread-safe; never waits.
class memory_journal final : public ports::store {
  public:
    /// @param clock must outlive the journal.
    explicit memory_journal(const ports::clock& clock);
    ~memory_journal() override;

    /// Its random name, as 32 hex digits; empty where there was no randomness to be had.
    [[nodiscard]] std::string identity() const override;
    /// All records of a terminal (of all if the name is empty), oldest first, at most `limit` of the newest.
    [[nodiscard]] result<std::vector<ports::journal_record>> list(
        std::string_view terminal_id, std::size_t limit, const call& bounds);
    /// The names of all terminals that have used this journal.
    [[nodiscard]] result<std::vector<std::string>> terminals(const call& bounds) override;

    [[nodiscard]] result<ports::journal_record> begin(
        const ports::journal_record& fresh, const ports::stored_card* card, const call& bounds) override;
    [[nodiscard]] result<void> decide(
        std::uint64_t id, const ports::journal_verdict& verdict, const call& bounds) override;
    [[nodiscard]] result<void> count_reversal_send(std::uint64_t id, const call& bounds) override;
    [[nodiscard]] result<void> close_record(std::uint64_t id, const call& bounds) override;
    [[nodiscard]] result<void> card_has_spoken(std::uint64_t id, const call& bounds) override;
    [[nodiscard]] result<std::optional<ports::journal_record>> find_key(
        std::string_view terminal_id, std::string_view idempotency_key, const call& bounds) override;
    [[nodiscard]] result<std::optional<ports::journal_record>> find(std::uint64_t id, const call& bounds) override;
    [[nodiscard]] result<std::optional<ports::journal_record>> find_order(
        std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::journal_record>> open_records(
        std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::journal_record>> untold_records(
        std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::journal_record>> batch_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::journal_record>> late_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override;
    [[nodiscard]] result<std::optional<ports::journal_record>> find_other_unit(
        std::string_view terminal_id, std::uint32_t batch, const currency& unit, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::journal_record>> shift_records(
        std::string_view terminal_id, std::string_view operator_id, std::uint32_t shift, const call& bounds) override;
    [[nodiscard]] result<amount> refunded(std::uint64_t original, const call& bounds) override;
    [[nodiscard]] result<amount> added(std::uint64_t original, const call& bounds) override;
    [[nodiscard]] result<ports::stored_card> card(std::uint64_t id, const call& bounds) override;
    /// While the card is there: of one that was erased nothing is kept.
    [[nodiscard]] result<std::optional<bool>> is_card_of(
        std::uint64_t id, const pan& number, const call& bounds) override;
    [[nodiscard]] result<ports::terminal_state> terminal(std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<std::uint32_t> take_trace(std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<void> save_sign_in(
        std::string_view terminal_id, const ports::terminal_state& keys, const call& bounds) override;
    [[nodiscard]] result<void> mark_sign_in_due(std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<void> save_wishes(
        std::string_view terminal_id, std::uint8_t wishes, const call& bounds) override;
    [[nodiscard]] result<void> add_master_key(
        std::string_view terminal_id, const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] result<void> save_list(
        std::string_view terminal_id, const ports::downloaded_list& list, const call& bounds) override;
    [[nodiscard]] result<std::optional<ports::downloaded_list>> find_list(
        std::string_view terminal_id, std::string_view name, const call& bounds) override;
    [[nodiscard]] result<ports::batch_totals> totals(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override;
    [[nodiscard]] result<ports::settlement_progress> settlement(
        std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<void> save_settlement(
        std::string_view terminal_id, const ports::settlement_progress& progress, const call& bounds) override;
    [[nodiscard]] result<void> close_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override;
    [[nodiscard]] result<void> begin_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override;
    [[nodiscard]] result<std::uint64_t> erase_cards(
        std::chrono::system_clock::time_point before, const call& bounds) override;
    [[nodiscard]] result<void> keep_notice(const ports::qr_order_status& told, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::order_notice>> open_notices(const call& bounds) override;
    [[nodiscard]] result<void> leave_notice(
        std::uint64_t id, ports::notice_matter matter, std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::order_notice>> left_notices(
        std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<void> close_notice(std::uint64_t id, const call& bounds) override;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::store
