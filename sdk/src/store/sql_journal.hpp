#pragma once

#include "card_seal.hpp"
#include "list_table.hpp"
#include "notice_table.hpp"
#include "record_table.hpp"
#include "sql_list.hpp"
#include "task_queue.hpp"
#include "terminal_table.hpp"

#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/store/journal.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cipherlane::store {

/// A journal in a database that speaks SQL: what is asked and written, in which order and in which commit. Rules come
/// from the ledger.
///
/// @tparam Keeper what a kind of database does by itself: `database_type`, `thread` (a `task_queue`), `seal`,
/// `clock`, `keep_room()` before a record is begun, `erased(bounds)` after card data was, `totals(on, terminal,
/// batch)` with what keeps them right: `follow(before, after)` and `forget_totals()`; `changes()`, a number that goes
/// up with each change, or nothing where others change it, too.
template <class Base, class Keeper>
class sql_journal final : public Base {
    using journal_record = ports::journal_record;
    using database = typename Keeper::database_type;
    using query = typename database::statement_type;

  public:
    template <class... Parts>
    explicit sql_journal(Parts&&... parts)
        : keeper_(std::forward<Parts>(parts)...) {}

    [[nodiscard]] std::string identity() const override { return keeper_.identity(); }

    [[nodiscard]] journal_statistics statistics() const noexcept override {
        const auto& counted = keeper_.thread.statistics();
        return {counted.operations, counted.durable, counted.commits};
    }

    [[nodiscard]] result<std::vector<journal_record>> list(
        std::string_view terminal_id, std::size_t limit, const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds,
            [terminal = std::string(terminal_id), limit](database& on) -> result<std::vector<journal_record>> {
                static const std::string all = select_records(database::newest_first + std::string(" LIMIT ?"));
                static const std::string of_one = select_records("WHERE terminal_id = ? ORDER BY id DESC LIMIT ?");
                auto asked = on.prepare((terminal.empty() ? all : of_one).c_str());
                if (!terminal.empty()) asked.bind(terminal);
                asked.bind(static_cast<std::int64_t>(limit));
                auto found = read_records(asked);
                if (found) std::reverse(found->begin(), found->end());
                return found;
            });
    }

    [[nodiscard]] result<std::vector<std::string>> terminals(const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds, [](database& on) -> result<std::vector<std::string>> {
            auto asked = on.prepare("SELECT terminal_id FROM terminals ORDER BY terminal_id");
            std::vector<std::string> names;
            for (;;) {
                CIPHERLANE_TRY(const bool row, asked.step());
                if (!row) return names;
                names.push_back(asked.text(0));
            }
        });
    }

    [[nodiscard]] result<journal_record> begin(
        const journal_record& fresh, const ports::stored_card* card, const call& bounds) override {
        if (!ledger::may_begin(fresh)) return refused(store_errc::bad_record, "begin");
        std::shared_ptr<ports::stored_card> kept;
        if (card != nullptr) kept = std::make_shared<ports::stored_card>(card->account.clone(), card->expiry);
        auto ahead =
            foresee(fresh.terminal_id, [terminal = fresh.terminal_id, key = fresh.idempotency_key](auto& on) {
                key_query(on, terminal, key).foresee();
                terminal_query(on, terminal).foresee();
            });
        return keeper_.thread.execute(durability::durable, bounds, std::move(ahead),
            [own = &keeper_, fresh, kept](database& on) -> result<journal_record> {
                auto record = fresh;
                CIPHERLANE_CHECK(own->keep_room());
                CIPHERLANE_TRY([[maybe_unused]] const bool just_claimed, claim_terminal(on, record.terminal_id));
                CIPHERLANE_CHECK(free_key(on, record));
                CIPHERLANE_TRY(const auto taken, next_trace(on, record.terminal_id));
                record.trace = taken.trace;
                record.batch = taken.batch;
                record.phase = ledger::first_phase(record.kind);
                record.created = own->clock.now();
                CIPHERLANE_TRY(record.id, number_ahead(on));
                std::optional<bytes> sealed;
                record.card_digest.clear();
                if (kept) {
                    if (!own->seal) return refused(store_errc::cannot_open, "begin");
                    CIPHERLANE_TRY(sealed, own->seal->seal(record.id, record.terminal_id, *kept));
                    record.card_sealed = true;
                    CIPHERLANE_TRY(
                        record.card_digest, own->seal->digest(record.id, record.terminal_id, kept->account));
                }
                CIPHERLANE_CHECK(insert_record(on, record, sealed));
                return record;
            });
    }

    [[nodiscard]] result<void> decide(
        std::uint64_t id, const ports::journal_verdict& verdict, const call& bounds) override {
        return keeper_.thread.execute(durability::durable, bounds, foresee_record(id),
            [own = &keeper_, id, verdict](database& on) -> result<void> {
                auto row = record_query(on, id);
                CIPHERLANE_TRY(auto record, found_record(row, "decide"));
                CIPHERLANE_TRY(const bool just_claimed, claim_terminal(on, record.terminal_id));
                if (just_claimed) {
                    CIPHERLANE_TRY(record, record_by_id(on, id, "decide")); // as whoever had it has left it
                }
                if (!ledger::may_decide(record, verdict)) return refused(store_errc::bad_transition, "decide");
                CIPHERLANE_CHECK(update_record(on, row, record, verdict, to_ms(own->clock.now())));
                auto decided = record;
                ledger::apply(decided, verdict);
                if (decided.closed != record.closed) CIPHERLANE_CHECK(set_closed(on, id, decided.closed ? 1 : 0));
                own->follow(record, decided);
                const auto follows = ledger::consequence_of(record, verdict);
                if (!follows) return {};
                forget_foreseen(on); // somebody may have asked for the original
                CIPHERLANE_TRY(const auto original, record_by_id(on, follows->record, "decide"));
                if (original.state != follows->from) return {};
                auto change = on.prepare("UPDATE records SET state = ? WHERE id = ? AND state = ?");
                change.bind(static_cast<std::int64_t>(follows->to)).bind(static_cast<std::int64_t>(original.id));
                CIPHERLANE_CHECK(change.bind(static_cast<std::int64_t>(original.state)).run_one());
                auto undone = original;
                undone.state = follows->to;
                own->follow(original, undone);
                return stamp_record(on, original.id);
            });
    }

    [[nodiscard]] result<void> count_reversal_send(std::uint64_t id, const call& bounds) override {
        return keeper_.thread.execute(durability::lazy, bounds, concerns_record(id), [id](database& on) {
            auto update = on.prepare("UPDATE records SET reversal_sends = reversal_sends + 1 WHERE id = ?");
            return update.bind(static_cast<std::int64_t>(id)).run();
        });
    }

    [[nodiscard]] result<void> close_record(std::uint64_t id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::lazy, bounds, concerns_record(id), [id](database& on) { return set_closed(on, id, 1); });
    }

    [[nodiscard]] result<void> card_has_spoken(std::uint64_t id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::lazy, bounds, foresee_record(id), [id](database& on) -> result<void> {
                CIPHERLANE_TRY(const auto record, record_by_id(on, id, "card has spoken"));
                CIPHERLANE_TRY([[maybe_unused]] const bool just_claimed, claim_terminal(on, record.terminal_id));
                auto update = on.prepare("UPDATE records SET at_card = 0 WHERE id = ?");
                return update.bind(static_cast<std::int64_t>(id)).run();
            });
    }

    [[nodiscard]] result<std::optional<journal_record>> find_key(
        std::string_view terminal_id, std::string_view idempotency_key, const call& bounds) override {
        std::string terminal(terminal_id);
        std::string key(idempotency_key);
        auto ahead = foresee(terminal, [terminal, key](auto& on) { key_query(on, terminal, key).foresee(); });
        return keeper_.thread.execute(durability::read, bounds, std::move(ahead), [terminal, key](database& on) {
            auto asked = key_query(on, terminal, key);
            return one_record(asked);
        });
    }

    [[nodiscard]] result<std::optional<journal_record>> find(std::uint64_t id, const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds, foresee_record(id), [id](database& on) {
            auto asked = record_query(on, id);
            return one_record(asked);
        });
    }

    [[nodiscard]] result<std::optional<journal_record>> find_order(
        std::string_view order_number, const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds, [number = std::string(order_number)](database& on) {
            auto asked = on.prepare(select_records("WHERE order_number = ? AND order_number != ''").c_str());
            asked.bind(number);
            return one_record(asked);
        });
    }

    [[nodiscard]] result<std::vector<journal_record>> open_records(
        std::string_view terminal_id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [this, terminal = std::string(terminal_id)](database& on) {
                return asked_once(open_, terminal, [&] { return read_open(on, terminal); });
            });
    }

    [[nodiscard]] result<std::vector<journal_record>> untold_records(
        std::string_view terminal_id, const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds, [terminal = std::string(terminal_id)](database& on) {
            static const std::string sql = select_records(
                "WHERE terminal_id = ? AND " + sql_condition(ledger::records::untold) + " ORDER BY id");
            auto asked = on.prepare(sql.c_str());
            asked.bind(terminal);
            return read_records(asked);
        });
    }

    [[nodiscard]] result<std::vector<journal_record>> batch_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [terminal = std::string(terminal_id), batch](database& on) {
                return read_batch(on, terminal, batch, ledger::records::uploaded);
            });
    }

    [[nodiscard]] result<std::vector<journal_record>> late_records(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [terminal = std::string(terminal_id), batch](database& on) {
                static const std::string sql =
                    select_records("WHERE terminal_id = ? AND batch <> ? AND " +
                                   sql_condition(ledger::records::counted) + " ORDER BY id");
                auto asked = on.prepare(sql.c_str());
                asked.bind(terminal).bind(batch);
                return read_records(asked);
            });
    }

    [[nodiscard]] result<std::optional<journal_record>> find_other_unit(
        std::string_view terminal_id, std::uint32_t batch, const currency& unit, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [terminal = std::string(terminal_id), batch, unit](database& on) {
                static const std::string sql =
                    select_records("WHERE terminal_id = ? AND batch = ? AND (currency <> ? OR decimals <> ?) AND " +
                                   sql_condition(ledger::records::fills_batch) + " ORDER BY id LIMIT 1");
                auto asked = on.prepare(sql.c_str());
                asked.bind(terminal).bind(batch).bind(unit.number).bind(unit.decimals);
                return one_record(asked);
            });
    }

    [[nodiscard]] result<std::vector<journal_record>> shift_records(std::string_view terminal_id,
        std::string_view operator_id, std::uint32_t shift, const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds,
            [terminal = std::string(terminal_id), who = std::string(operator_id), shift](database& on) {
                static const std::string sql =
                    select_records("WHERE terminal_id = ? AND operator_id = ? AND shift = ? AND " +
                                   sql_condition(ledger::records::of_shift) + " ORDER BY id");
                auto asked = on.prepare(sql.c_str());
                asked.bind(terminal).bind(who).bind(shift);
                return read_records(asked);
            });
    }

    [[nodiscard]] result<amount> refunded(std::uint64_t original, const call& bounds) override {
        static const std::string sql = sql_sum_of_followers(ledger::sums::given_back);
        return read_sum(sql.c_str(), original, "refunded", bounds);
    }

    [[nodiscard]] result<amount> added(std::uint64_t original, const call& bounds) override {
        static const std::string sql = sql_sum_of_followers(ledger::sums::added);
        return read_sum(sql.c_str(), original, "added", bounds);
    }

    [[nodiscard]] result<ports::stored_card> card(std::uint64_t id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [own = &keeper_, id](database& on) -> result<ports::stored_card> {
                auto asked = on.prepare("SELECT terminal_id, card FROM records WHERE id = ?");
                asked.bind(static_cast<std::int64_t>(id));
                CIPHERLANE_TRY(const bool row, asked.step());
                if (!row) return refused(store_errc::no_record, "card");
                if (asked.null(1) || !own->seal) return refused(store_errc::card_absent, "card");
                return own->seal->open(id, asked.text(0), asked.blob(1));
            });
    }

    [[nodiscard]] result<std::optional<bool>> is_card_of(
        std::uint64_t id, const pan& number, const call& bounds) override {
        auto shown = std::make_shared<pan>(number.clone());
        return keeper_.thread.execute(
            durability::read, bounds, [own = &keeper_, id, shown](database& on) -> result<std::optional<bool>> {
                CIPHERLANE_TRY(const auto record, record_by_id(on, id, "card"));
                if (record.card_digest.empty() || !own->seal) return std::optional<bool>();
                CIPHERLANE_TRY(const auto same, own->seal->digest(id, record.terminal_id, *shown));
                return std::optional(equal_in_constant_time(same, record.card_digest));
            });
    }

    [[nodiscard]] result<ports::terminal_state> terminal(std::string_view terminal_id, const call& bounds) override {
        std::string name(terminal_id);
        auto ahead = foresee(name, [name](auto& on) { terminal_query(on, name).foresee(); });
        return keeper_.thread.execute(
            durability::read, bounds, std::move(ahead), [this, name](database& on) -> result<ports::terminal_state> {
                return asked_once(state_, name, [&]() -> result<ports::terminal_state> {
                    // Who asks means to work with it.
                    CIPHERLANE_TRY([[maybe_unused]] const bool just_claimed, claim_terminal(on, name));
                    return read_terminal(on, name);
                });
            });
    }

    [[nodiscard]] result<std::uint32_t> take_trace(std::string_view terminal_id, const call& bounds) override {
        std::string name(terminal_id);
        auto ahead = foresee(name, [name](auto& on) { terminal_query(on, name).foresee(); });
        return keeper_.thread.execute(
            durability::durable, bounds, std::move(ahead), [name](database& on) -> result<std::uint32_t> {
                CIPHERLANE_TRY(const auto taken, next_trace(on, name));
                return taken.trace;
            });
    }

    [[nodiscard]] result<void> save_sign_in(
        std::string_view terminal_id, const ports::terminal_state& keys, const call& bounds) override {
        return keeper_.thread.execute(durability::durable, bounds,
            [name = std::string(terminal_id), keys](database& on) { return write_sign_in(on, name, keys); });
    }

    [[nodiscard]] result<void> mark_sign_in_due(std::string_view terminal_id, const call& bounds) override {
        return keeper_.thread.execute(durability::lazy, bounds,
            [name = std::string(terminal_id)](database& on) { return set_sign_in_due(on, name); });
    }

    [[nodiscard]] result<void> save_wishes(
        std::string_view terminal_id, std::uint8_t wishes, const call& bounds) override {
        return keeper_.thread.execute(durability::lazy, bounds,
            [name = std::string(terminal_id), wishes](database& on) { return write_wishes(on, name, wishes); });
    }

    [[nodiscard]] result<void> add_master_key(
        std::string_view terminal_id, const ports::wrapped_key& key, const call& bounds) override {
        return keeper_.thread.execute(durability::durable, bounds,
            [name = std::string(terminal_id), key](database& on) { return append_master_key(on, name, key); });
    }

    [[nodiscard]] result<void> save_list(
        std::string_view terminal_id, const ports::downloaded_list& list, const call& bounds) override {
        return keeper_.thread.execute(durability::durable, bounds,
            [name = std::string(terminal_id), list](database& on) { return write_list(on, name, list); });
    }

    [[nodiscard]] result<std::optional<ports::downloaded_list>> find_list(
        std::string_view terminal_id, std::string_view name, const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds,
            [terminal = std::string(terminal_id), wanted = std::string(name)](
                database& on) { return read_list(on, terminal, wanted); });
    }

    [[nodiscard]] result<ports::batch_totals> totals(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [own = &keeper_, name = std::string(terminal_id), batch](database& on) {
                return own->totals(on, name, batch);
            });
    }

    [[nodiscard]] result<ports::settlement_progress> settlement(
        std::string_view terminal_id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [this, name = std::string(terminal_id)](database& on) {
                return asked_once(progress_, name, [&] { return read_settlement(on, name); });
            });
    }

    [[nodiscard]] result<void> save_settlement(
        std::string_view terminal_id, const ports::settlement_progress& progress, const call& bounds) override {
        return keeper_.thread.execute(
            durability::durable, bounds, [name = std::string(terminal_id), progress](database& on) {
                return write_settlement(on, name, progress);
            });
    }

    [[nodiscard]] result<void> close_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return keeper_.thread.execute(
            durability::durable, bounds, [own = &keeper_, name = std::string(terminal_id), batch](database& on) {
                own->forget_totals();
                return end_batch(on, name, batch, to_ms(own->clock.now()));
            });
    }

    [[nodiscard]] result<void> begin_batch(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override {
        return keeper_.thread.execute(
            durability::durable, bounds, [own = &keeper_, name = std::string(terminal_id), batch](database& on) {
                own->forget_totals();
                return open_batch(on, name, batch);
            });
    }

    [[nodiscard]] result<std::uint64_t> erase_cards(
        std::chrono::system_clock::time_point before, const call& bounds) override {
        auto erased =
            keeper_.thread.execute(durability::durable, bounds, [before](database& on) -> result<std::uint64_t> {
                static const std::string sql =
                    "UPDATE records SET card = NULL WHERE card IS NOT NULL AND settled_at < ? AND " +
                    sql_condition(ledger::records::card_due);
                auto update = on.prepare(sql.c_str());
                CIPHERLANE_CHECK(update.bind(to_ms(before)).run());
                return on.changes();
            });
        if (erased && *erased != 0) keeper_.erased(bounds);
        return erased;
    }

    [[nodiscard]] result<void> keep_notice(const ports::qr_order_status& told, const call& bounds) override {
        return keeper_.thread.execute(
            durability::durable, bounds, [told](database& on) { return insert_notice(on, told); });
    }

    [[nodiscard]] result<std::vector<ports::order_notice>> open_notices(const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds, [](database& on) { return read_notices(on); });
    }

    [[nodiscard]] result<void> leave_notice(
        std::uint64_t id, ports::notice_matter matter, std::string_view terminal_id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::lazy, bounds, [id, matter, terminal = std::string(terminal_id)](database& on) {
                return mark_notice_left(on, id, matter, terminal);
            });
    }

    [[nodiscard]] result<std::vector<ports::order_notice>> left_notices(
        std::string_view terminal_id, const call& bounds) override {
        return keeper_.thread.execute(durability::read, bounds,
            [terminal = std::string(terminal_id)](database& on) { return read_left_notices(on, terminal); });
    }

    [[nodiscard]] result<void> close_notice(std::uint64_t id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::lazy, bounds, [id](database& on) { return mark_notice_closed(on, id); });
    }

    [[nodiscard]] result<void> confirm_hold(std::string_view terminal_id, const call& bounds) override {
        if constexpr (database::is_shared) {
            const auto& holds = keeper_.thread.holds();
            if (holds.holds(terminal_id)) return {};
            CIPHERLANE_CHECK(keeper_.thread.execute(durability::read, bounds,
                [name = std::string(terminal_id)](database& on) { return on.still_claimed(name); }));
            if (!holds.holds(terminal_id)) return refused(store_errc::no_answer, "terminal"); // it took too long
        }
        return {};
    }

    [[nodiscard]] result<bool> has_begun(std::uint64_t id, const call& bounds) override {
        return keeper_.thread.execute(
            durability::read, bounds, [id](database& on) { return was_begun_here(on, id); });
    }

    [[nodiscard]] std::chrono::milliseconds unsettled_for(
        std::string_view terminal_id, std::chrono::milliseconds answer) override {
        if constexpr (database::is_shared) {
            return keeper_.thread.holds().unsettled_for(terminal_id, answer);
        } else {
            return std::chrono::milliseconds(0);
        }
    }

  private:
    /// What was found of a terminal when it was asked for last. A trade asks the same several times before it changes
    /// anything, and each record that is open is a row of more than fifty cells to be read and summed up.
    template <class Value>
    struct remembered {
        std::uint64_t at = 0;
        std::string terminal;
        std::optional<Value> value;
    };
    /// On the journal's thread.
    template <class Value, class Read>
    result<Value> asked_once(remembered<Value>& last, const std::string& terminal, Read read) {
        const std::optional<std::uint64_t> now = keeper_.changes();
        if (now && last.value && last.at == *now && last.terminal == terminal) return *last.value;
        result<Value> found = read();
        last.value.reset();
        if (now && found) last = {*now, terminal, *found};
        return found;
    }

    static result<std::vector<journal_record>> read_open(database& on, const std::string& terminal) {
        // With a range of states SQLite goes through the index of what is open as it is. Without it builds a table of
        // the states and one of the order first, for what is nearly always nothing. The chain is the index's own.
        static const std::string sql = select_records(
            "WHERE terminal_id = ? AND state >= 0 AND " + sql_chain("state", ledger::records::open.states));
        auto asked = on.prepare(sql.c_str());
        asked.bind(terminal);
        auto found = read_records(asked);
        if (found) {
            std::sort(found->begin(), found->end(),
                [](const journal_record& a, const journal_record& b) { return a.id < b.id; });
        }
        return found;
    }

    static error refused(store_errc what, std::string_view operation) {
        return error(what, layer::store).during(operation);
    }

    static result<void> set_closed(database& on, std::uint64_t id, std::int64_t closed) {
        auto update = on.prepare("UPDATE records SET closed = ? WHERE id = ?");
        return update.bind(closed).bind(static_cast<std::int64_t>(id)).run();
    }

    result<amount> read_sum(const char* sql, std::uint64_t original, std::string_view operation, const call& bounds) {
        return keeper_.thread.execute(
            durability::read, bounds, [sql, original, operation](database& on) -> result<amount> {
                CIPHERLANE_TRY(const auto record, record_by_id(on, original, operation));
                auto asked = on.prepare(sql);
                asked.bind(static_cast<std::int64_t>(original));
                CIPHERLANE_TRY([[maybe_unused]] const bool row, asked.step());
                return amount(asked.integer(0), record.requested.unit());
            });
    }

    static query record_query(database& on, std::uint64_t id) {
        static const std::string sql = select_records("WHERE id = ?");
        auto asked = on.prepare(sql.c_str());
        asked.bind(static_cast<std::int64_t>(id));
        return asked;
    }
    static query key_query(database& on, std::string_view terminal, std::string_view key) {
        static const std::string sql = select_records("WHERE terminal_id = ? AND idempotency_key = ?");
        auto asked = on.prepare(sql.c_str());
        asked.bind(terminal).bind(key);
        return asked;
    }

    static result<void> read_one(query& asked, std::optional<journal_record>& found) {
        CIPHERLANE_TRY(const bool row, asked.step());
        return row ? read_record(asked, found.emplace()) : result<void>();
    }
    static result<std::optional<journal_record>> one_record(query& asked) {
        result<std::optional<journal_record>> found{std::optional<journal_record>()};
        if (const auto read = read_one(asked, *found); !read) found = read.error();
        return found; // the only one, and so made where it goes to
    }
    static result<journal_record> record_by_id(database& on, std::uint64_t id, std::string_view operation) {
        auto asked = record_query(on, id);
        return found_record(asked, operation);
    }
    static result<journal_record> found_record(query& asked, std::string_view operation) {
        auto found = one_record(asked);
        if (!found) return found.error();
        if (!*found) return refused(store_errc::no_record, operation);
        return **std::move(found);
    }
    static result<void> free_key(database& on, const journal_record& fresh) {
        auto asked = key_query(on, fresh.terminal_id, fresh.idempotency_key);
        CIPHERLANE_TRY(const auto earlier, one_record(asked));
        if (!earlier) return {};
        if (!ledger::states::frees_key.contains(earlier->state)) return refused(store_errc::key_used, "begin");
        auto update = on.prepare("UPDATE records SET idempotency_key = NULL WHERE id = ?");
        CIPHERLANE_CHECK(update.bind(static_cast<std::int64_t>(earlier->id)).run());
        return stamp_record(on, earlier->id);
    }

    /// What a task will ask, where asking early saves a way.
    template <class Ask>
    static foresight<database> foresee(std::string concerns, Ask ask) {
        if constexpr (database::looks_ahead) {
            return {std::move(concerns), [ask = std::move(ask)](database& on) { ask(on); }};
        } else {
            return {};
        }
    }
    static foresight<database> foresee_record(std::uint64_t id) {
        return foresee("#" + std::to_string(id), [id](auto& on) { record_query(on, id).foresee(); });
    }
    static foresight<database> concerns_record(std::uint64_t id) {
        if constexpr (database::looks_ahead) {
            return {"#" + std::to_string(id), {}};
        } else {
            return {};
        }
    }
    static void forget_foreseen(database& on) {
        if constexpr (database::looks_ahead) on.forget_foreseen();
    }

    remembered<std::vector<journal_record>> open_;
    remembered<ports::terminal_state> state_;
    remembered<ports::settlement_progress> progress_;
    Keeper keeper_; ///< last: its thread uses what is above
};

} // namespace cipherlane::store
