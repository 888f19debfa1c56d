#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/record_sum.hpp>
#include <cipherlane/ledger/terminal_life.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/memory_journal.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>

namespace cipherlane::store {
namespace {

using ports::journal_record;

error not_taken(store_errc what, std::string_view operation) {
    return error(what, layer::store).during(operation);
}

} // namespace

struct memory_journal::state {
    struct entry {
        journal_record record;
        std::optional<ports::stored_card> card;
        std::chrono::system_clock::time_point settled_at{};
    };

    struct terminal_entry {
        ports::terminal_state state;
        ports::settlement_progress settlement;
        std::map<std::string, ports::downloaded_list> lists;
    };

    explicit state(const ports::clock& time)
        : clock(time) {
        std::array<std::uint8_t, 16> drawn{};
        if (crypto::random_fill(drawn)) name = to_hex(drawn);
    }

    [[nodiscard]] entry* by_id(std::uint64_t id) {
        return id >= 1 && id <= entries.size() ? &entries[id - 1] : nullptr;
    }
    [[nodiscard]] entry* by_key(std::string_view terminal_id, std::string_view key) {
        const auto found = std::find_if(entries.begin(), entries.end(), [&](const entry& one) {
            return one.record.terminal_id == terminal_id && one.record.idempotency_key == key;
        });
        return found != entries.end() && !key.empty() ? &*found : nullptr;
    }
    template <class Fits>
    [[nodiscard]] std::vector<journal_record> all(std::string_view terminal_id, Fits fits) const {
        std::vector<journal_record> found;
        for (const auto& one : entries) {
            if (one.record.terminal_id == terminal_id && fits(one.record)) found.push_back(one.record);
        }
        return found;
    }
    [[nodiscard]] result<amount> sum_of_followers(
        std::uint64_t original, const ledger::record_sum& sum, std::string_view operation) {
        const auto* const found = by_id(original);
        if (found == nullptr) return not_taken(store_errc::no_record, operation);
        std::int64_t minor = 0;
        for (const auto& one : entries) {
            if (one.record.original == original) minor += sum.part_of(one.record);
        }
        return amount(minor, found->record.requested.unit());
    }
    [[nodiscard]] terminal_entry& of(std::string_view terminal_id) { return terminals[std::string(terminal_id)]; }
    std::uint32_t next_trace(std::string_view terminal_id) {
        auto& last = of(terminal_id).state.last_trace;
        last = ledger::successor(last);
        return last;
    }

    /// Runs `work` alone, unless the time for it is over.
    template <class Work>
    auto execute(const call& bounds, Work work) -> decltype(work()) {
        if (bounds.until().passed()) return not_taken(store_errc::too_late, "journal");
        const std::scoped_lock lock(mutex);
        return work();
    }

    std::string name;
    const ports::clock& clock;
    std::mutex mutex;
    std::vector<entry> entries; ///< record 1 first
    std::map<std::string, terminal_entry> terminals;
    struct notice_entry {
        ports::order_notice notice;
        bool closed = false;
    };
    std::vector<notice_entry> notices; ///< notice 1 first
};

memory_journal::memory_journal(const ports::clock& clock)
    : state_(std::make_unique<state>(clock)) {}
memory_journal::~memory_journal() = default;

std::string memory_journal::identity() const {
    return state_->name;
}

result<std::vector<journal_record>> memory_journal::list(
    std::string_view terminal_id, std::size_t limit, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<journal_record>> {
        std::vector<journal_record> found;
        for (const auto& one : state_->entries) {
            if (terminal_id.empty() || one.record.terminal_id == terminal_id) found.push_back(one.record);
        }
        if (found.size() > limit) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
        return found;
    });
}

result<std::vector<std::string>> memory_journal::terminals(const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<std::string>> {
        std::vector<std::string> names;
        for (const auto& [name, terminal] : state_->terminals)
            names.push_back(name);
        return names;
    });
}

result<journal_record> memory_journal::begin(
    const journal_record& fresh, const ports::stored_card* card, const call& bounds) {
    if (!ledger::may_begin(fresh)) return not_taken(store_errc::bad_record, "begin");
    return state_->execute(bounds, [&]() -> result<journal_record> {
        if (auto* const earlier = state_->by_key(fresh.terminal_id, fresh.idempotency_key); earlier != nullptr) {
            if (!ledger::states::frees_key.contains(earlier->record.state)) {
                return not_taken(store_errc::key_used, "begin");
            }
            earlier->record.idempotency_key.clear();
        }
        state::entry made{fresh, std::nullopt, {}};
        made.record.id = state_->entries.size() + 1;
        made.record.trace = state_->next_trace(fresh.terminal_id);
        made.record.batch = state_->of(fresh.terminal_id).state.batch;
        made.record.phase = ledger::first_phase(fresh.kind);
        made.record.created = state_->clock.now();
        made.record.card_sealed = card != nullptr;
        if (card != nullptr) made.card.emplace(card->account.clone(), card->expiry);
        state_->entries.push_back(std::move(made));
        return state_->entries.back().record;
    });
}

result<void> memory_journal::decide(std::uint64_t id, const ports::journal_verdict& verdict, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        auto* const found = state_->by_id(id);
        if (found == nullptr) return not_taken(store_errc::no_record, "decide");
        if (!ledger::may_decide(found->record, verdict)) return not_taken(store_errc::bad_transition, "decide");
        ledger::apply(found->record, verdict);
        found->record.decided = state_->clock.now();
        const auto follows = ledger::consequence_of(found->record, verdict);
        if (!follows) return {};
        auto* const original = state_->by_id(follows->record);
        if (original != nullptr && original->record.state == follows->from) original->record.state = follows->to;
        return {};
    });
}

result<void> memory_journal::count_reversal_send(std::uint64_t id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        if (auto* const found = state_->by_id(id); found != nullptr) ++found->record.reversal_sends;
        return {};
    });
}

result<void> memory_journal::card_has_spoken(std::uint64_t id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        if (auto* const found = state_->by_id(id); found != nullptr) found->record.at_card = false;
        return {};
    });
}

result<void> memory_journal::close_record(std::uint64_t id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        if (auto* const found = state_->by_id(id); found != nullptr) found->record.closed = true;
        return {};
    });
}

result<std::optional<journal_record>> memory_journal::find_key(
    std::string_view terminal_id, std::string_view idempotency_key, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::optional<journal_record>> {
        const auto* const found = state_->by_key(terminal_id, idempotency_key);
        return found != nullptr ? std::optional(found->record) : std::nullopt;
    });
}

result<std::optional<journal_record>> memory_journal::find(std::uint64_t id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::optional<journal_record>> {
        const auto* const found = state_->by_id(id);
        return found != nullptr ? std::optional(found->record) : std::nullopt;
    });
}

result<std::optional<journal_record>> memory_journal::find_order(std::string_view order_number, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::optional<journal_record>> {
        for (const auto& one : state_->entries) {
            if (!order_number.empty() && one.record.order_number == order_number) return std::optional(one.record);
        }
        return std::optional<journal_record>();
    });
}

result<std::vector<journal_record>> memory_journal::open_records(std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<journal_record>> {
        return state_->all(
            terminal_id, [](const journal_record& one) { return ledger::records::open.contains(one); });
    });
}

result<std::vector<journal_record>> memory_journal::untold_records(std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<journal_record>> {
        return state_->all(
            terminal_id, [](const journal_record& one) { return ledger::records::untold.contains(one); });
    });
}

result<std::vector<journal_record>> memory_journal::batch_records(
    std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<journal_record>> {
        return state_->all(terminal_id,
            [&](const journal_record& one) { return one.batch == batch && ledger::records::uploaded.contains(one); });
    });
}

result<std::vector<journal_record>> memory_journal::late_records(
    std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<journal_record>> {
        return state_->all(terminal_id,
            [&](const journal_record& one) { return one.batch != batch && ledger::records::counted.contains(one); });
    });
}

result<std::optional<journal_record>> memory_journal::find_other_unit(
    std::string_view terminal_id, std::uint32_t batch, const currency& unit, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::optional<journal_record>> {
        const auto found = state_->all(terminal_id, [&](const journal_record& one) {
            return one.batch == batch && one.requested.unit() != unit && ledger::records::fills_batch.contains(one);
        });
        return found.empty() ? std::nullopt : std::optional(found.front());
    });
}

result<std::vector<journal_record>> memory_journal::shift_records(
    std::string_view terminal_id, std::string_view operator_id, std::uint32_t shift, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<journal_record>> {
        return state_->all(terminal_id, [&](const journal_record& one) {
            return ledger::records::of_shift.contains(one) && one.shift == shift && one.operator_id == operator_id;
        });
    });
}

result<amount> memory_journal::refunded(std::uint64_t original, const call& bounds) {
    return state_->execute(
        bounds, [&] { return state_->sum_of_followers(original, ledger::sums::given_back, "refunded"); });
}

result<amount> memory_journal::added(std::uint64_t original, const call& bounds) {
    return state_->execute(bounds, [&] { return state_->sum_of_followers(original, ledger::sums::added, "added"); });
}

result<std::optional<bool>> memory_journal::is_card_of(std::uint64_t id, const pan& number, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::optional<bool>> {
        auto* const found = state_->by_id(id);
        if (found == nullptr) return not_taken(store_errc::no_record, "card");
        if (!found->card) return std::optional<bool>();
        return std::optional(found->card->account.expose() == number.expose());
    });
}

result<ports::stored_card> memory_journal::card(std::uint64_t id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<ports::stored_card> {
        const auto* const found = state_->by_id(id);
        if (found == nullptr) return not_taken(store_errc::no_record, "card");
        if (!found->card) return not_taken(store_errc::card_absent, "card");
        return ports::stored_card(found->card->account.clone(), found->card->expiry);
    });
}

result<ports::terminal_state> memory_journal::terminal(std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<ports::terminal_state> {
        const auto found = state_->terminals.find(std::string(terminal_id));
        return found != state_->terminals.end() ? found->second.state : ports::terminal_state();
    });
}

result<std::uint32_t> memory_journal::take_trace(std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::uint32_t> { return state_->next_trace(terminal_id); });
}

result<void> memory_journal::save_sign_in(
    std::string_view terminal_id, const ports::terminal_state& keys, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        auto& terminal = state_->of(terminal_id).state;
        terminal.pin_key = keys.pin_key;
        terminal.mac_key = keys.mac_key;
        terminal.signed_in_date = keys.signed_in_date;
        terminal.acquirer = keys.acquirer;
        terminal.sign_in_due = false;
        return {};
    });
}

result<void> memory_journal::mark_sign_in_due(std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        state_->of(terminal_id).state.sign_in_due = true;
        return {};
    });
}

result<void> memory_journal::save_wishes(std::string_view terminal_id, std::uint8_t wishes, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        state_->of(terminal_id).state.wishes = wishes;
        return {};
    });
}

result<void> memory_journal::add_master_key(
    std::string_view terminal_id, const ports::wrapped_key& key, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        if (!ports::is_master_slot(key.master_slot)) {
            return not_taken(store_errc::bad_record, "master key").in_field("master_slot");
        }
        auto& terminal = state_->of(terminal_id).state;
        ledger::take_master_key(terminal, key);
        return {};
    });
}

result<void> memory_journal::save_list(
    std::string_view terminal_id, const ports::downloaded_list& list, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        state_->of(terminal_id).lists[list.name] = list;
        return {};
    });
}

result<std::optional<ports::downloaded_list>> memory_journal::find_list(
    std::string_view terminal_id, std::string_view name, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::optional<ports::downloaded_list>> {
        const auto& lists = state_->of(terminal_id).lists;
        const auto found = lists.find(std::string(name));
        return found != lists.end() ? std::optional(found->second) : std::nullopt;
    });
}

result<ports::batch_totals> memory_journal::totals(
    std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<ports::batch_totals> {
        return ledger::totals_of(state_->all(terminal_id,
            [&](const journal_record& one) { return one.batch == batch && ledger::sums::of_batch.contains(one); }));
    });
}

result<ports::settlement_progress> memory_journal::settlement(std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<ports::settlement_progress> {
        const auto found = state_->terminals.find(std::string(terminal_id));
        return found != state_->terminals.end() ? found->second.settlement : ports::settlement_progress();
    });
}

result<void> memory_journal::save_settlement(
    std::string_view terminal_id, const ports::settlement_progress& progress, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        state_->of(terminal_id).settlement = progress;
        return {};
    });
}

result<void> memory_journal::close_batch(std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        auto& terminal = state_->of(terminal_id);
        if (terminal.state.batch != batch) return not_taken(store_errc::bad_transition, "close batch");
        const auto end = ledger::end_of(batch);
        terminal.state.batch = end.next_batch;
        terminal.settlement.step = end.step;
        for (auto& one : state_->entries) {
            if (one.record.terminal_id != terminal_id || !end.settles.contains(one.record)) continue;
            one.record.settled = true;
            one.record.closed = end.closes;
            one.settled_at = state_->clock.now();
        }
        return {};
    });
}

result<void> memory_journal::begin_batch(std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        auto& terminal = state_->of(terminal_id);
        const auto in_it = state_->all(terminal_id, [&](const journal_record& one) {
            return one.batch == terminal.state.batch && ledger::records::fills_batch.contains(one);
        });
        const bool settling = terminal.settlement.step != ports::settlement_step::none;
        if (settling || !in_it.empty()) return not_taken(store_errc::bad_transition, "begin batch");
        terminal.state.batch = batch;
        return {};
    });
}

result<std::uint64_t> memory_journal::erase_cards(std::chrono::system_clock::time_point before, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::uint64_t> {
        std::uint64_t erased = 0;
        for (auto& one : state_->entries) {
            if (!one.card || one.settled_at >= before || !ledger::records::card_due.contains(one.record)) continue;
            one.card.reset();
            one.record.card_sealed = false;
            ++erased;
        }
        return erased;
    });
}

result<void> memory_journal::keep_notice(const ports::qr_order_status& told, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        const bool known = std::any_of(state_->notices.begin(), state_->notices.end(),
            [&](const auto& one) { return ledger::is_same_word(one.notice.told, told); });
        if (known) return {};
        state_->notices.push_back({{state_->notices.size() + 1, told}, false});
        return {};
    });
}

result<std::vector<ports::order_notice>> memory_journal::open_notices(const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<ports::order_notice>> {
        std::vector<ports::order_notice> open;
        for (const auto& one : state_->notices) {
            if (!one.closed && one.notice.matter == ports::notice_matter::none) open.push_back(one.notice);
        }
        return open;
    });
}

result<void> memory_journal::leave_notice(
    std::uint64_t id, ports::notice_matter matter, std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        if (id < 1 || id > state_->notices.size()) return {};
        auto& one = state_->notices[id - 1].notice;
        one.matter = matter;
        one.told.terminal_id = terminal_id;
        return {};
    });
}

result<std::vector<ports::order_notice>> memory_journal::left_notices(
    std::string_view terminal_id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<std::vector<ports::order_notice>> {
        std::vector<ports::order_notice> left;
        for (const auto& one : state_->notices) {
            const bool is_left = !one.closed && one.notice.matter != ports::notice_matter::none;
            const bool is_meant = terminal_id.empty() || one.notice.told.terminal_id == terminal_id;
            if (is_left && is_meant) left.push_back(one.notice);
        }
        return left;
    });
}

result<void> memory_journal::close_notice(std::uint64_t id, const call& bounds) {
    return state_->execute(bounds, [&]() -> result<void> {
        if (id >= 1 && id <= state_->notices.size()) state_->notices[id - 1].closed = true;
        return {};
    });
}

} // namespace cipherlane::store
