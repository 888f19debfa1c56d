#include "card_seal.hpp"
#include "commit_thread.hpp"
#include "journal_file.hpp"
#include "journal_opening.hpp"
#include "list_table.hpp"
#include "notice_table.hpp"
#include "record_table.hpp"
#include "schema.hpp"
#include "sql_list.hpp"
#include "terminal_table.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <algorithm>

namespace cipherlane::store {
namespace {

using ports::journal_record;
using ports::record_state;

error refused(store_errc what, std::string_view operation) {
    return error(what, layer::store).during(operation);
}

result<std::optional<journal_record>> one_record(statement& query) {
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return std::optional<journal_record>();
    CIPHERLANE_TRY(auto found, read_record(query));
    return std::optional<journal_record>(std::move(found));
}

result<journal_record> record_by_id(database& on, std::uint64_t id, std::string_view operation) {
    static const std::string sql = select_records("WHERE id = ?");
    auto query = on.prepare(sql.c_str());
    query.bind(static_cast<std::int64_t>(id));
    CIPHERLANE_TRY(auto found, one_record(query));
    if (!found) return refused(store_errc::no_record, operation);
    return std::move(*found);
}

result<void> free_key(database& on, const journal_record& fresh) {
    static const std::string sql = select_records("WHERE terminal_id = ? AND idempotency_key = ?");
    auto query = on.prepare(sql.c_str());
    query.bind(fresh.terminal_id).bind(fresh.idempotency_key);
    CIPHERLANE_TRY(const auto earlier, one_record(query));
    if (!earlier) return {};
    if (!ledger::states::frees_key.contains(earlier->state)) return refused(store_errc::key_used, "begin");
    auto update = on.prepare("UPDATE records SET idempotency_key = NULL WHERE id = ?");
    CIPHERLANE_CHECK(update.bind(static_cast<std::int64_t>(earlier->id)).run());
    return stamp_record(on, earlier->id);
}

} // namespace

struct sqlite_journal::state final : commit_witness {
    /// Of a writer.
    state(opened_journal opened, const ports::clock& time, const sqlite_journal_settings& settings, logger to)
        : file(std::move(opened.file))
        , seal(std::move(opened.seal))
        , mark(std::move(opened.mark))
        , progress(std::move(opened.now))
        , clock(time)
        , log(std::move(to))
        , reserve(settings.reserve)
        , thread(std::move(opened.on), settings.runs_on, settings.flush_after, settings.disk_patience, this) {}
    /// Of a reader.
    state(std::optional<journal_file> used, database opened, const ports::clock& time,
        const sqlite_journal_settings& settings, logger to)
        : file(std::move(used))
        , clock(time)
        , log(std::move(to))
        , thread(std::move(opened), settings.runs_on, settings.flush_after, settings.disk_patience) {}

    [[nodiscard]] std::int64_t now_ms() const { return to_ms(clock.now()); }

    [[nodiscard]] result<void> keep_room() { return file ? file->reserve(reserve) : result<void>(); }

    [[nodiscard]] result<void> before_commit(database& on) override {
        if (file) CIPHERLANE_CHECK(file->still_there());
        return write_commits(on, progress.commits + 1);
    }
    void after_commit(database& on) override {
        ++progress.commits;
        if (!mark) return;
        if (auto terminals = read_terminals(on)) progress.terminals = *std::move(terminals);
        mark->write(progress);
    }

    std::optional<journal_file> file; ///< none in a file system of the caller's own, as the mark
    std::optional<card_seal> seal;    ///< these are used on the journal's thread only
    std::optional<mark_file> mark;
    journal_mark progress;
    const ports::clock& clock;
    logger log;
    const std::size_t reserve = 0;
    commit_thread thread; ///< last: its thread uses what is above
};

sqlite_journal::sqlite_journal(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
sqlite_journal::~sqlite_journal() = default;

result<std::unique_ptr<sqlite_journal>> sqlite_journal::open(const sqlite_journal_settings& settings,
    ports::key_provider& keys, const ports::clock& clock, const call& bounds, logger log) {
    const auto named = [&](const error& why) {
        return why.endpoint().empty() ? error(why).at_endpoint(settings.path) : why;
    };
    const auto made = [](std::unique_ptr<state> one) {
        return std::unique_ptr<sqlite_journal>(new sqlite_journal(std::move(one)));
    };
    if (settings.access == journal_access::read_only) {
        std::optional<journal_file> file;
        if (settings.vfs.empty()) {
            CIPHERLANE_TRY(auto taken, journal_file::take(settings.path, file_use::reader));
            file.emplace(std::move(taken));
        }
        auto on = open_for_reading(settings.path, settings.vfs);
        if (!on) return named(on.error());
        if (const auto fits = check_schema(*on); !fits) return named(fits.error());
        return made(std::make_unique<state>(std::move(file), *std::move(on), clock, settings, std::move(log)));
    }
    CIPHERLANE_TRY(const auto key, keys.journal_key(bounds));
    auto opened = open_for_writing(settings, key.expose(), log);
    if (!opened) return named(opened.error());
    return made(std::make_unique<state>(*std::move(opened), clock, settings, std::move(log)));
}

std::string sqlite_journal::identity() const {
    return to_hex(state_->progress.journal); // which no commit changes
}

journal_statistics sqlite_journal::statistics() const noexcept {
    const auto& counted = state_->thread.statistics();
    return {counted.operations, counted.durable, counted.commits};
}

result<std::vector<journal_record>> sqlite_journal::list(
    std::string_view terminal_id, std::size_t limit, const call& bounds) {
    return state_->thread.execute(durability::read, bounds,
        [terminal = std::string(terminal_id), limit](database& on) -> result<std::vector<journal_record>> {
            auto query =
                on.prepare(select_records("WHERE ?1 = '' OR terminal_id = ?1 ORDER BY id DESC LIMIT ?2").c_str());
            query.bind(terminal).bind(static_cast<std::int64_t>(limit));
            auto found = read_records(query);
            if (found) std::reverse(found->begin(), found->end());
            return found;
        });
}

result<std::vector<std::string>> sqlite_journal::terminals(const call& bounds) {
    return state_->thread.execute(durability::read, bounds, [](database& on) -> result<std::vector<std::string>> {
        auto query = on.prepare("SELECT terminal_id FROM terminals ORDER BY terminal_id");
        std::vector<std::string> names;
        for (;;) {
            CIPHERLANE_TRY(const bool row, query.step());
            if (!row) return names;
            names.push_back(query.text(0));
        }
    });
}

result<journal_record> sqlite_journal::begin(
    const journal_record& fresh, const ports::stored_card* card, const call& bounds) {
    if (!ledger::may_begin(fresh)) return refused(store_errc::bad_record, "begin");
    std::shared_ptr<ports::stored_card> kept;
    if (card != nullptr) kept = std::make_shared<ports::stored_card>(card->account.clone(), card->expiry);
    return state_->thread.execute(durability::durable, bounds,
        [own = state_.get(), record = fresh, kept](database& on) mutable -> result<journal_record> {
            CIPHERLANE_CHECK(own->keep_room());
            CIPHERLANE_CHECK(free_key(on, record));
            CIPHERLANE_TRY(record.trace, next_trace(on, record.terminal_id));
            CIPHERLANE_TRY(const auto terminal, read_terminal(on, record.terminal_id));
            record.batch = terminal.batch;
            record.phase = ledger::first_phase(record.kind);
            record.created = own->clock.now();
            CIPHERLANE_CHECK(insert_record(on, record));
            if (kept) {
                if (!own->seal) return refused(store_errc::cannot_open, "begin");
                CIPHERLANE_TRY(const auto sealed, own->seal->seal(record.id, record.terminal_id, *kept));
                auto update = on.prepare("UPDATE records SET card = ? WHERE id = ?");
                CIPHERLANE_CHECK(update.bind(byte_view(sealed)).bind(static_cast<std::int64_t>(record.id)).run());
                record.card_sealed = true;
            }
            return record;
        });
}

result<void> sqlite_journal::decide(std::uint64_t id, const ports::journal_verdict& verdict, const call& bounds) {
    return state_->thread.execute(
        durability::durable, bounds, [own = state_.get(), id, verdict](database& on) -> result<void> {
            CIPHERLANE_TRY(const auto record, record_by_id(on, id, "decide"));
            if (!ledger::may_decide(record, verdict)) return refused(store_errc::bad_transition, "decide");
            CIPHERLANE_CHECK(update_record(on, id, verdict, own->now_ms()));
            const auto follows = ledger::consequence_of(record, verdict);
            if (!follows) return {};
            CIPHERLANE_TRY(const auto original, record_by_id(on, follows->record, "decide"));
            if (original.state != follows->from) return {};
            auto change = on.prepare("UPDATE records SET state = ? WHERE id = ?");
            change.bind(static_cast<std::int64_t>(follows->to)).bind(static_cast<std::int64_t>(original.id));
            CIPHERLANE_CHECK(change.run());
            return stamp_record(on, original.id);
        });
}

result<void> sqlite_journal::count_reversal_send(std::uint64_t id, const call& bounds) {
    return state_->thread.execute(durability::lazy, bounds, [id](database& on) -> result<void> {
        auto update = on.prepare("UPDATE records SET reversal_sends = reversal_sends + 1 WHERE id = ?");
        return update.bind(static_cast<std::int64_t>(id)).run();
    });
}

result<void> sqlite_journal::close_record(std::uint64_t id, const call& bounds) {
    return state_->thread.execute(durability::lazy, bounds, [id](database& on) -> result<void> {
        auto update = on.prepare("UPDATE records SET closed = 1 WHERE id = ?");
        return update.bind(static_cast<std::int64_t>(id)).run();
    });
}

result<std::optional<journal_record>> sqlite_journal::find_key(
    std::string_view terminal_id, std::string_view idempotency_key, const call& bounds) {
    return state_->thread.execute(durability::read, bounds,
        [terminal = std::string(terminal_id), key = std::string(idempotency_key)](database& on) {
            auto query = on.prepare(select_records("WHERE terminal_id = ? AND idempotency_key = ?").c_str());
            query.bind(terminal).bind(key);
            return one_record(query);
        });
}

result<std::optional<journal_record>> sqlite_journal::find(std::uint64_t id, const call& bounds) {
    return state_->thread.execute(durability::read, bounds, [id](database& on) {
        auto query = on.prepare(select_records("WHERE id = ?").c_str());
        query.bind(static_cast<std::int64_t>(id));
        return one_record(query);
    });
}

result<std::optional<journal_record>> sqlite_journal::find_order(std::string_view order_number, const call& bounds) {
    return state_->thread.execute(durability::read, bounds, [number = std::string(order_number)](database& on) {
        auto query = on.prepare(select_records("WHERE order_number = ? AND order_number != ''").c_str());
        query.bind(number);
        return one_record(query);
    });
}

result<std::vector<journal_record>> sqlite_journal::open_records(std::string_view terminal_id, const call& bounds) {
    return state_->thread.execute(durability::read, bounds, [terminal = std::string(terminal_id)](database& on) {
        static const std::string sql =
            select_records("WHERE terminal_id = ? AND " + sql_condition(ledger::records::open) + " ORDER BY id");
        auto query = on.prepare(sql.c_str());
        query.bind(terminal);
        return read_records(query);
    });
}

result<std::vector<journal_record>> sqlite_journal::untold_records(std::string_view terminal_id, const call& bounds) {
    return state_->thread.execute(durability::read, bounds, [terminal = std::string(terminal_id)](database& on) {
        static const std::string sql =
            select_records("WHERE terminal_id = ? AND " + sql_condition(ledger::records::untold) + " ORDER BY id");
        auto query = on.prepare(sql.c_str());
        query.bind(terminal);
        return read_records(query);
    });
}

result<std::vector<journal_record>> sqlite_journal::batch_records(
    std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->thread.execute(
        durability::read, bounds, [terminal = std::string(terminal_id), batch](database& on) {
            return read_batch(on, terminal, batch, ledger::records::uploaded);
        });
}

result<amount> sqlite_journal::refunded(std::uint64_t original, const call& bounds) {
    return state_->thread.execute(durability::read, bounds, [original](database& on) -> result<amount> {
        CIPHERLANE_TRY(const auto record, record_by_id(on, original, "refunded"));
        static const std::string sql = "SELECT coalesce(sum(requested), 0) FROM records WHERE original = ? AND " +
                                       sql_condition(ledger::records::takes_room);
        auto query = on.prepare(sql.c_str());
        query.bind(static_cast<std::int64_t>(original));
        CIPHERLANE_TRY([[maybe_unused]] const bool row, query.step());
        return amount(query.integer(0), record.requested.unit());
    });
}

result<ports::stored_card> sqlite_journal::card(std::uint64_t id, const call& bounds) {
    return state_->thread.execute(
        durability::read, bounds, [own = state_.get(), id](database& on) -> result<ports::stored_card> {
            auto query = on.prepare("SELECT terminal_id, card FROM records WHERE id = ?");
            query.bind(static_cast<std::int64_t>(id));
            CIPHERLANE_TRY(const bool row, query.step());
            if (!row) return refused(store_errc::no_record, "card");
            if (query.null(1) || !own->seal) return refused(store_errc::card_absent, "card");
            return own->seal->open(id, query.text(0), query.blob(1));
        });
}

result<ports::terminal_state> sqlite_journal::terminal(std::string_view terminal_id, const call& bounds) {
    return state_->thread.execute(durability::read, bounds,
        [terminal = std::string(terminal_id)](database& on) { return read_terminal(on, terminal); });
}

result<std::uint32_t> sqlite_journal::take_trace(std::string_view terminal_id, const call& bounds) {
    return state_->thread.execute(durability::durable, bounds,
        [terminal = std::string(terminal_id)](database& on) { return next_trace(on, terminal); });
}

result<void> sqlite_journal::save_sign_in(
    std::string_view terminal_id, const ports::terminal_state& keys, const call& bounds) {
    return state_->thread.execute(durability::durable, bounds,
        [terminal = std::string(terminal_id), keys](database& on) { return write_sign_in(on, terminal, keys); });
}

result<void> sqlite_journal::mark_sign_in_due(std::string_view terminal_id, const call& bounds) {
    return state_->thread.execute(durability::lazy, bounds,
        [terminal = std::string(terminal_id)](database& on) { return set_sign_in_due(on, terminal); });
}

result<void> sqlite_journal::save_wishes(std::string_view terminal_id, std::uint8_t wishes, const call& bounds) {
    return state_->thread.execute(durability::lazy, bounds,
        [terminal = std::string(terminal_id), wishes](database& on) { return write_wishes(on, terminal, wishes); });
}

result<void> sqlite_journal::add_master_key(
    std::string_view terminal_id, const ports::wrapped_key& key, const call& bounds) {
    return state_->thread.execute(durability::durable, bounds,
        [terminal = std::string(terminal_id), key](database& on) { return append_master_key(on, terminal, key); });
}

result<void> sqlite_journal::save_list(
    std::string_view terminal_id, const ports::downloaded_list& list, const call& bounds) {
    return state_->thread.execute(durability::durable, bounds,
        [terminal = std::string(terminal_id), list](database& on) { return write_list(on, terminal, list); });
}

result<std::optional<ports::downloaded_list>> sqlite_journal::find_list(
    std::string_view terminal_id, std::string_view name, const call& bounds) {
    return state_->thread.execute(
        durability::read, bounds, [terminal = std::string(terminal_id), wanted = std::string(name)](database& on) {
            return read_list(on, terminal, wanted);
        });
}

result<ports::batch_totals> sqlite_journal::totals(
    std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->thread.execute(durability::read, bounds,
        [terminal = std::string(terminal_id), batch](database& on) { return sum_batch(on, terminal, batch); });
}

result<ports::settlement_progress> sqlite_journal::settlement(std::string_view terminal_id, const call& bounds) {
    return state_->thread.execute(durability::read, bounds,
        [terminal = std::string(terminal_id)](database& on) { return read_settlement(on, terminal); });
}

result<void> sqlite_journal::save_settlement(
    std::string_view terminal_id, const ports::settlement_progress& progress, const call& bounds) {
    return state_->thread.execute(
        durability::durable, bounds, [terminal = std::string(terminal_id), progress](database& on) {
            return write_settlement(on, terminal, progress);
        });
}

result<void> sqlite_journal::close_batch(std::string_view terminal_id, std::uint32_t batch, const call& bounds) {
    return state_->thread.execute(
        durability::durable, bounds, [own = state_.get(), terminal = std::string(terminal_id), batch](database& on) {
            return end_batch(on, terminal, batch, own->now_ms());
        });
}

/// What was erased stands in the log still: that is emptied, too.
result<std::uint64_t> sqlite_journal::erase_cards(std::chrono::system_clock::time_point before, const call& bounds) {
    auto erased =
        state_->thread.execute(durability::durable, bounds, [before](database& on) -> result<std::uint64_t> {
            static const std::string sql =
                "UPDATE records SET card = NULL WHERE card IS NOT NULL AND settled_at < ? AND " +
                sql_condition(ledger::records::card_due);
            auto update = on.prepare(sql.c_str());
            CIPHERLANE_CHECK(update.bind(to_ms(before)).run());
            return on.changes();
        });
    if (!erased || *erased == 0) return erased;
    const auto emptied = state_->thread.execute(durability::alone, bounds, [](database& on) -> result<bool> {
        auto empty = on.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
        CIPHERLANE_TRY([[maybe_unused]] const bool row, empty.step());
        return empty.integer(0) == 0;
    });
    if (!emptied || !*emptied)
        state_->log.warning("journal", "erased card data stays in the log for now: somebody else reads the journal");
    return erased;
}

result<void> sqlite_journal::keep_notice(const ports::qr_order_status& told, const call& bounds) {
    return state_->thread.execute(
        durability::durable, bounds, [told](database& on) { return insert_notice(on, told); });
}

result<std::vector<ports::order_notice>> sqlite_journal::open_notices(const call& bounds) {
    return state_->thread.execute(durability::read, bounds, [](database& on) { return read_notices(on); });
}

result<void> sqlite_journal::close_notice(std::uint64_t id, const call& bounds) {
    return state_->thread.execute(
        durability::lazy, bounds, [id](database& on) { return mark_notice_closed(on, id); });
}

} // namespace cipherlane::store
