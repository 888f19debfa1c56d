#pragma once

#include "support/lane/fault_script.hpp"

#include <cipherlane/ports/store.hpp>

#include <functional>
#include <optional>

namespace cipherlane::tests {

/// A store before which, or after which, things go wrong; `around` is told of every call.
class faulty_store : public ports::store {
  public:
    faulty_store(ports::store& real, fault_script& faults)
        : real_(real)
        , faults_(faults) {}
    enum class moment { before, after };
    std::function<void(moment, std::string_view)> around;
    std::optional<ports::batch_totals> told_totals; ///< instead of what the real store counts
    bool broken_cards = false;                      ///< the seals of all cards are damaged
    std::uint64_t broken_card = 0;                  ///< that of one record

    [[nodiscard]] result<ports::journal_record> begin(
        const ports::journal_record& fresh, const ports::stored_card* card, const call& bounds) override {
        return guard("store begin", [&] { return real_.begin(fresh, card, bounds); });
    }
    [[nodiscard]] result<void> decide(
        std::uint64_t id, const ports::journal_verdict& verdict, const call& bounds) override {
        return guard("store decide", [&] { return real_.decide(id, verdict, bounds); });
    }
    [[nodiscard]] std::string identity() const override { return real_.identity(); }
    [[nodiscard]] result<void> count_reversal_send(std::uint64_t id, const call& bounds) override {
        return guard("store count_reversal_send", [&] { return real_.count_reversal_send(id, bounds); });
    }
    [[nodiscard]] result<void> close_record(std::uint64_t id, const call& bounds) override {
        return guard("store close_record", [&] { return real_.close_record(id, bounds); });
    }
    [[nodiscard]] result<void> card_has_spoken(std::uint64_t id, const call& bounds) override {
        return guard("store card_has_spoken", [&] { return real_.card_has_spoken(id, bounds); });
    }
    [[nodiscard]] result<std::optional<ports::journal_record>> find_key(
        std::string_view terminal_id, std::string_view key, const call& bounds) override {
        return guard("store find_key", [&] { return real_.find_key(terminal_id, key, bounds); });
    }
    [[nodiscard]] result<std::optional<ports::journal_record>> find(std::uint64_t id, const call& bounds) override {
        return guard("store find", [&] { return real_.find(id, bounds); });
    }
    [[nodiscard]] result<std::optional<ports::journal_record>> find_order(
        std::string_view number, const call& bounds) override {
        return guard("store find_order", [&] { return real_.find_order(number, bounds); });
    }
    [[nodiscard]] result<std::vector<ports::journal_record>> open_records(
        std::string_view terminal_id, const call& bounds) override {
        return guard("store open_records", [&] { return real_.open_records(terminal_id, bounds); });
    }
    [[nodiscard]] result<std::vector<ports::journal_record>> untold_records(
        std::string_view terminal_id, const call& bounds) override {
        return guard("store untold_records", [&] { return real_.untold_records(terminal_id, bounds); });
    }
    [[nodiscard]] result<std::vector<ports::journal_record>> shift_records(std::string_view terminal_id,
        std::string_view operator_id, std::uint32_t shift, const call& bounds) override {
        return guard(
            "store shift_records", [&] { return real_.shift_records(terminal_id, operator_id, shift, bounds); });
    }
    [[nodiscard]] result<std::vector<ports::journal_record>> late_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return guard("store late_records", [&] { return real_.late_records(terminal_id, batch, bounds); });
    }
    [[nodiscard]] result<std::vector<ports::journal_record>> batch_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return guard("store batch_records", [&] { return real_.batch_records(terminal_id, batch, bounds); });
    }
    [[nodiscard]] result<std::optional<ports::journal_record>> find_other_unit(
        std::string_view terminal_id, std::uint32_t batch, const currency& unit, const call& bounds) override {
        return guard(
            "store find_other_unit", [&] { return real_.find_other_unit(terminal_id, batch, unit, bounds); });
    }
    [[nodiscard]] result<amount> refunded(std::uint64_t original, const call& bounds) override {
        return guard("store refunded", [&] { return real_.refunded(original, bounds); });
    }
    [[nodiscard]] result<amount> added(std::uint64_t original, const call& bounds) override {
        return guard("store added", [&] { return real_.added(original, bounds); });
    }
    [[nodiscard]] result<ports::stored_card> card(std::uint64_t id, const call& bounds) override {
        return guard("store card", [&]() -> result<ports::stored_card> {
            if (broken_cards || id == broken_card) return make_fault(fault_kind::local_fault);
            return real_.card(id, bounds);
        });
    }
    [[nodiscard]] result<std::optional<bool>> is_card_of(
        std::uint64_t id, const pan& number, const call& bounds) override {
        return guard("store is_card_of", [&] { return real_.is_card_of(id, number, bounds); });
    }
    [[nodiscard]] result<ports::terminal_state> terminal(std::string_view terminal_id, const call& bounds) override {
        return guard("store terminal", [&] { return real_.terminal(terminal_id, bounds); });
    }
    [[nodiscard]] result<std::uint32_t> take_trace(std::string_view terminal_id, const call& bounds) override {
        return guard("store take_trace", [&] { return real_.take_trace(terminal_id, bounds); });
    }
    [[nodiscard]] result<void> save_sign_in(
        std::string_view terminal_id, const ports::terminal_state& keys, const call& bounds) override {
        return guard("store save_sign_in", [&] { return real_.save_sign_in(terminal_id, keys, bounds); });
    }
    [[nodiscard]] result<void> mark_sign_in_due(std::string_view terminal_id, const call& bounds) override {
        return guard("store mark_sign_in_due", [&] { return real_.mark_sign_in_due(terminal_id, bounds); });
    }
    [[nodiscard]] result<void> save_wishes(
        std::string_view terminal_id, std::uint8_t wishes, const call& bounds) override {
        return guard("store save_wishes", [&] { return real_.save_wishes(terminal_id, wishes, bounds); });
    }
    [[nodiscard]] result<void> add_master_key(
        std::string_view terminal_id, const ports::wrapped_key& key, const call& bounds) override {
        return guard("store add_master_key", [&] { return real_.add_master_key(terminal_id, key, bounds); });
    }
    [[nodiscard]] result<void> save_list(
        std::string_view terminal_id, const ports::downloaded_list& list, const call& bounds) override {
        return guard("store save_list", [&] { return real_.save_list(terminal_id, list, bounds); });
    }
    [[nodiscard]] result<std::optional<ports::downloaded_list>> find_list(
        std::string_view terminal_id, std::string_view name, const call& bounds) override {
        return guard("store find_list", [&] { return real_.find_list(terminal_id, name, bounds); });
    }
    [[nodiscard]] result<ports::batch_totals> totals(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return guard("store totals", [&]() -> result<ports::batch_totals> {
            if (told_totals) return *told_totals;
            return real_.totals(terminal_id, batch, bounds);
        });
    }
    [[nodiscard]] result<ports::settlement_progress> settlement(
        std::string_view terminal_id, const call& bounds) override {
        return guard("store settlement", [&] { return real_.settlement(terminal_id, bounds); });
    }
    [[nodiscard]] result<void> save_settlement(
        std::string_view terminal_id, const ports::settlement_progress& progress, const call& bounds) override {
        return guard("store save_settlement", [&] { return real_.save_settlement(terminal_id, progress, bounds); });
    }
    [[nodiscard]] result<void> close_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return guard("store close_batch", [&] { return real_.close_batch(terminal_id, batch, bounds); });
    }
    [[nodiscard]] result<void> begin_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return guard("store begin_batch", [&] { return real_.begin_batch(terminal_id, batch, bounds); });
    }
    [[nodiscard]] result<std::uint64_t> erase_cards(
        std::chrono::system_clock::time_point before, const call& bounds) override {
        return guard("store erase_cards", [&] { return real_.erase_cards(before, bounds); });
    }
    [[nodiscard]] result<std::vector<std::string>> terminals(const call& bounds) override {
        return guard("store terminals", [&] { return real_.terminals(bounds); });
    }
    [[nodiscard]] result<void> keep_notice(const ports::qr_order_status& told, const call& bounds) override {
        return guard("store keep_notice", [&] { return real_.keep_notice(told, bounds); });
    }
    [[nodiscard]] result<std::vector<ports::order_notice>> open_notices(const call& bounds) override {
        return guard("store open_notices", [&] { return real_.open_notices(bounds); });
    }
    [[nodiscard]] result<void> leave_notice(
        std::uint64_t id, ports::notice_matter matter, std::string_view terminal_id, const call& bounds) override {
        return guard("store leave_notice", [&] { return real_.leave_notice(id, matter, terminal_id, bounds); });
    }
    [[nodiscard]] result<std::vector<ports::order_notice>> left_notices(
        std::string_view terminal_id, const call& bounds) override {
        return guard("store left_notices", [&] { return real_.left_notices(terminal_id, bounds); });
    }
    [[nodiscard]] result<void> close_notice(std::uint64_t id, const call& bounds) override {
        return guard("store close_notice", [&] { return real_.close_notice(id, bounds); });
    }
    // Of shared stores: no step of a flow over a store that is not.
    [[nodiscard]] result<void> confirm_hold(std::string_view terminal_id, const call& bounds) override {
        return real_.confirm_hold(terminal_id, bounds);
    }
    [[nodiscard]] result<bool> has_begun(std::uint64_t id, const call& bounds) override {
        return real_.has_begun(id, bounds);
    }
    [[nodiscard]] std::chrono::milliseconds unsettled_for(
        std::string_view terminal_id, std::chrono::milliseconds answer) override {
        return real_.unsettled_for(terminal_id, answer);
    }

  private:
    template <class Work>
    auto guard(std::string_view name, Work work) -> decltype(work()) {
        const auto fault = faults_.next(name);
        if (around) around(moment::before, name);
        if (fault && *fault != fault_kind::late_fault) return make_fault(fault_kind::local_fault);
        auto done = work();
        if (around) around(moment::after, name);
        if (fault && done) return make_fault(fault_kind::late_fault);
        return done;
    }
    ports::store& real_;
    fault_script& faults_;
};

} // namespace cipherlane::tests
