#include "batch_sums.hpp"
#include "commit_thread.hpp"
#include "journal_file.hpp"
#include "journal_opening.hpp"
#include "schema.hpp"
#include "sql_journal.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

namespace cipherlane::store {
namespace {

/// What the file of a journal needs besides SQL.
struct sqlite_keeper final : commit_witness {
    using database_type = database;

    /// Of a writer.
    sqlite_keeper(opened_journal opened, const ports::clock& time, const sqlite_journal_settings& settings, logger to)
        : file(std::move(opened.file))
        , seal(std::move(opened.seal))
        , mark(std::move(opened.mark))
        , progress(std::move(opened.now))
        , clock(time)
        , log(std::move(to))
        , reserve(settings.reserve)
        , thread(std::move(opened.on), settings.runs_on, settings.flush_after, settings.disk_patience, this) {}
    /// Of a reader.
    sqlite_keeper(std::optional<journal_file> used, database opened, const ports::clock& time,
        const sqlite_journal_settings& settings, logger to)
        : file(std::move(used))
        , clock(time)
        , log(std::move(to))
        , thread(std::move(opened), settings.runs_on, settings.flush_after, settings.disk_patience) {}

    [[nodiscard]] std::string identity() const { return to_hex(progress.journal); } // which no commit changes

    [[nodiscard]] result<void> keep_room() { return file ? file->reserve(reserve) : result<void>(); }

    /// What was erased stands in the log still: that is emptied, too.
    void erased(const call& bounds) {
        const auto emptied = thread.execute(durability::alone, bounds, [](database& on) -> result<bool> {
            auto empty = on.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
            CIPHERLANE_TRY([[maybe_unused]] const bool row, empty.step());
            return empty.integer(0) == 0;
        });
        if (!emptied || !*emptied)
            log.warning("journal", "erased card data stays in the log for now: somebody else reads the journal");
    }

    /// Of a reader nothing: somebody else writes.
    [[nodiscard]] std::optional<std::uint64_t> changes() const {
        return seal ? std::optional(thread.changes()) : std::nullopt;
    }

    [[nodiscard]] result<ports::batch_totals> totals(
        database& on, std::string_view terminal_id, std::uint32_t batch) {
        if (!seal) return sum_batch(on, terminal_id, batch); // a reader: somebody else writes
        if (const auto known = sums.find(terminal_id, batch)) return *known;
        CIPHERLANE_TRY(const auto found, sum_batch(on, terminal_id, batch));
        sums.keep(terminal_id, batch, found);
        return found;
    }
    void follow(const ports::journal_record& before, const ports::journal_record& after) {
        sums.follow(before, after);
    }
    void forget_totals() { sums.forget(); }

    void after_undoing() noexcept override { sums.forget(); }
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
    batch_sums sums;
    journal_mark progress;
    const ports::clock& clock;
    logger log;
    const std::size_t reserve = 0;
    commit_thread thread; ///< last: its thread uses what is above
};

using made_journal = sql_journal<sqlite_journal, sqlite_keeper>;

} // namespace

result<std::unique_ptr<sqlite_journal>> sqlite_journal::open(const sqlite_journal_settings& settings,
    ports::key_provider& keys, const ports::clock& clock, const call& bounds, logger log) {
    const auto named = [&](const error& why) {
        return why.endpoint().empty() ? error(why).at_endpoint(settings.path) : why;
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
        return std::make_unique<made_journal>(std::move(file), *std::move(on), clock, settings, std::move(log));
    }
    CIPHERLANE_TRY(const auto key, keys.journal_key(bounds));
    auto opened = open_for_writing(settings, key.expose(), log);
    if (!opened) return named(opened.error());
    return std::make_unique<made_journal>(*std::move(opened), clock, settings, std::move(log));
}

} // namespace cipherlane::store
