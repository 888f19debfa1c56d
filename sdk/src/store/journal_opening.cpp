#include "journal_opening.hpp"

#include "schema.hpp"
#include "vfs_file.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/ledger/numbers.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane::store {
namespace {

error not_opened(store_errc what, std::string_view path, std::string_view hint) {
    return error(what, layer::store).during("open").at_endpoint(path).with_hint(hint);
}

/// The key of a new journal is marked, that of an older one is recognised by its mark.
result<void> check_key(database& on, card_seal& seal) {
    CIPHERLANE_TRY(const auto known, read_meta(on, "key mark"));
    if (known) return seal.check_mark(*known);
    CIPHERLANE_TRY(const auto mark, seal.seal_mark());
    return write_meta(on, "key mark", mark);
}

/// Cards that were sealed before journals had names, sealed again with the name.
result<void> bind_cards(database& on, card_seal& seal) {
    auto query = on.prepare("SELECT id, terminal_id, card FROM records WHERE card IS NOT NULL");
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return {};
        const auto id = static_cast<std::uint64_t>(query.integer(0));
        const auto terminal = query.text(1);
        CIPHERLANE_TRY(const auto card, seal.open_nameless(id, terminal, query.blob(2)));
        CIPHERLANE_TRY(const auto sealed, seal.seal(id, terminal, card));
        auto update = on.prepare("UPDATE records SET card = ? WHERE id = ?");
        CIPHERLANE_CHECK(update.bind(byte_view(sealed)).bind(static_cast<std::int64_t>(id)).run());
    }
}

/// A journal gets its name once, with its first commit or, if it is older than names, when it is first opened.
result<void> name_journal(database& on, card_seal& seal) {
    journal_id id{};
    CIPHERLANE_TRY(const auto known, read_meta(on, "id"));
    if (known && known->size() == id.size()) {
        std::copy(known->begin(), known->end(), id.begin());
        seal.belongs_to(id);
        return {};
    }
    CIPHERLANE_CHECK(crypto::random_fill(id));
    seal.belongs_to(id);
    CIPHERLANE_CHECK(on.execute("BEGIN IMMEDIATE"));
    CIPHERLANE_CHECK(bind_cards(on, seal));
    CIPHERLANE_CHECK(write_meta(on, "id", id));
    CIPHERLANE_CHECK(write_commits(on, 1));
    return on.execute("COMMIT");
}

result<void> set_up(database& on, card_seal& seal) {
    CIPHERLANE_CHECK(on.run("PRAGMA journal_mode=WAL"));
    CIPHERLANE_CHECK(on.run("PRAGMA synchronous=FULL"));
    CIPHERLANE_CHECK(on.run("PRAGMA secure_delete=ON"));
    CIPHERLANE_CHECK(make_schema(on));
    CIPHERLANE_CHECK(check_key(on, seal));
    return name_journal(on, seal);
}

bool is_there(const std::string& path) {
    struct stat state {};
    return ::lstat(path.c_str(), &state) == 0;
}

/// Whole under another name first: what has the journal's name is a journal, whenever the power fails.
result<void> make_journal_at(const std::string& path, card_seal& seal) {
    std::array<std::uint8_t, 8> chance{};
    CIPHERLANE_CHECK(crypto::random_fill(chance));
    const auto making = path + ".new-" + to_hex(chance);
    if (!secret_file::create(making, {}))
        return not_opened(store_errc::cannot_open, path, "expected a folder that is there and may be written to");
    const auto made = [&]() -> result<void> {
        CIPHERLANE_TRY(auto on, database::open(making, SQLITE_OPEN_READWRITE));
        return set_up(on, seal);
    }();
    const auto named = made ? name_new_file(making, path) : made;
    if (!named) ::unlink(making.c_str());
    return named;
}

/// What a file's head says of itself, before SQLite opens it, which may change it.
result<void> judge_head(const std::string& path) {
    CIPHERLANE_TRY(auto on, open_for_reading(path));
    return check_not_foreign(on);
}

std::uint32_t behind_by_margin(std::uint32_t number) {
    constexpr int margin = 100; // numbers that may have been used after the last mark reached the disk
    for (int i = 0; i < margin; ++i)
        number = ledger::successor(number);
    return number;
}

/// Numbers that the till has used must not come again.
result<void> go_on_from(database& on, const journal_mark& mark) {
    CIPHERLANE_CHECK(on.execute("BEGIN IMMEDIATE"));
    for (const auto& one : mark.terminals) {
        auto insert = on.prepare("INSERT OR IGNORE INTO terminals(terminal_id) VALUES (?)");
        CIPHERLANE_CHECK(insert.bind(one.id).run());
        auto query = on.prepare("SELECT last_trace, batch FROM terminals WHERE terminal_id = ?");
        query.bind(one.id);
        CIPHERLANE_TRY([[maybe_unused]] const bool row, query.step());
        const auto trace = static_cast<std::uint32_t>(query.integer(0));
        const auto batch = static_cast<std::uint32_t>(query.integer(1));
        const auto skipped = behind_by_margin(ledger::later(trace, one.trace));
        auto update = on.prepare("UPDATE terminals SET last_trace = ?, batch = ? WHERE terminal_id = ?");
        CIPHERLANE_CHECK(update.bind(skipped).bind(ledger::later(batch, one.batch)).bind(one.id).run());
    }
    return on.execute("COMMIT");
}

struct known_mark {
    mark_file::state state = mark_file::state::absent;
    journal_mark mark;
};

/// Whether the journal is the one that the mark speaks of, and not an older copy.
result<void> judge_progress(
    const journal_mark& now, const known_mark& known, bool had_mark, const std::string& path) {
    if (known.state == mark_file::state::absent && !had_mark) return {};
    if (known.state != mark_file::state::read)
        return not_opened(store_errc::mark_lost, path, "compare with the host, then: cipherlane journal adopt");
    if (known.mark.journal != now.journal)
        return not_opened(
            store_errc::other_journal, path, "expected the journal of the mark, or: cipherlane journal adopt");
    if (known.mark.commits > now.commits)
        return not_opened(store_errc::journal_behind, path, "expected the latest one, or: cipherlane journal adopt");
    return {};
}

/// Compares, and where all is well or was accepted by a person, begins the mark that will be kept.
result<journal_mark> settle_mark(database& on, const mark_file& mark, const known_mark& known,
    const sqlite_journal_settings& settings, const logger& log) {
    CIPHERLANE_TRY(auto now, read_progress(on));
    CIPHERLANE_TRY(const auto marked, read_meta(on, "marked"));
    const auto judged = judge_progress(now, known, marked.has_value(), settings.path);
    if (judged && marked) return now;
    if (!judged) {
        if (settings.start != journal_start::adopt) return judged.error();
        log.warning("journal", "adopted although: " + judged.error().to_string());
        CIPHERLANE_CHECK(go_on_from(on, known.mark));
        now.commits = std::max(now.commits, known.mark.commits) + 1;
        CIPHERLANE_CHECK(write_commits(on, now.commits));
        CIPHERLANE_TRY(now.terminals, read_terminals(on));
    }
    CIPHERLANE_CHECK(mark.begin(now));
    CIPHERLANE_CHECK(write_meta(on, "marked", as_bytes(std::string_view("1"))));
    return now;
}

/// Where there is no journal: whether one may be begun.
result<void> may_begin(const sqlite_journal_settings& settings, const known_mark& known) {
    if (known.state != mark_file::state::absent && settings.start != journal_start::adopt)
        return not_opened(
            store_errc::journal_lost, settings.path, "bring it back, or begin a new one: cipherlane journal adopt");
    if (settings.start == journal_start::existing)
        return not_opened(store_errc::journal_lost, settings.path, "expected a journal, or: cipherlane till init");
    return {};
}

result<void> begin_if_missing(const sqlite_journal_settings& settings, const known_mark& known, card_seal& seal) {
    if (is_there(settings.path)) return {};
    CIPHERLANE_CHECK(may_begin(settings, known));
    return make_journal_at(settings.path, seal);
}

known_mark read_known(const mark_file& mark) {
    known_mark known;
    known.state = mark.read(known.mark);
    if (known.state == mark_file::state::read && known.mark.journal == journal_id())
        known.state = mark_file::state::absent; // only announced
    return known;
}

/// In a file system of the caller's own, who alone knows what it holds: nothing is locked, and marked where a place
/// for the mark is named.
result<opened_journal> open_in_own_files(const sqlite_journal_settings& settings, card_seal seal, const logger& log) {
    std::optional<mark_file> mark;
    known_mark known;
    if (!settings.mark_path.empty()) {
        mark.emplace(settings.mark_path, log, settings.vfs);
        known = read_known(*mark);
        if (!vfs_file::is_there(settings.vfs, settings.path)) CIPHERLANE_CHECK(may_begin(settings, known));
    }
    CIPHERLANE_TRY(auto on, database::open(settings.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, settings.vfs));
    CIPHERLANE_CHECK(set_up(on, seal));
    CIPHERLANE_TRY(auto now, mark ? settle_mark(on, *mark, known, settings, log) : read_progress(on));
    return opened_journal{std::nullopt, std::move(on), std::move(seal), std::move(mark), std::move(now)};
}

/// Names that mean something to SQLite and are no files.
result<void> judge_name(const std::string& path) {
    const bool special = path.empty() || path.starts_with(":") || path.starts_with("file:");
    if (special) return not_opened(store_errc::cannot_open, path, "expected the name of a file");
    return {};
}

} // namespace

result<std::optional<bytes>> read_meta(database& on, std::string_view name) {
    auto query = on.prepare("SELECT value FROM meta WHERE name = ?");
    query.bind(name);
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return std::optional<bytes>();
    return std::optional<bytes>(query.blob(0));
}

result<void> write_meta(database& on, std::string_view name, byte_view value) {
    auto insert = on.prepare("INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)");
    return insert.bind(name).bind(value).run();
}

std::string mark_path_of(const std::string& path, const std::string& mark_path) {
    return mark_path.empty() ? path + ".mark" : mark_path;
}

result<void> announce_first_start(const std::string& path, const std::string& mark_path) {
    const mark_file mark(mark_path_of(path, mark_path));
    if (is_there(path) || is_there(mark.path())) return {};
    return mark.begin(journal_mark());
}

bool first_start_was_announced(const std::string& path, const std::string& mark_path) {
    journal_mark found;
    const bool read = mark_file(mark_path_of(path, mark_path)).read(found) == mark_file::state::read;
    return read && found.journal == journal_id();
}

result<database> open_for_reading(const std::string& path, const std::string& vfs) {
    return database::open(path, SQLITE_OPEN_READONLY, vfs);
}

result<journal_mark> read_progress(database& on) {
    journal_mark now;
    CIPHERLANE_TRY(const auto id, read_meta(on, "id"));
    if (!id || id->size() != now.journal.size()) return error(store_errc::corrupt, layer::store).during("open");
    std::copy(id->begin(), id->end(), now.journal.begin());
    auto query = on.prepare("SELECT value FROM meta WHERE name = 'commits'");
    CIPHERLANE_TRY(const bool row, query.step());
    if (row) now.commits = static_cast<std::uint64_t>(query.integer(0));
    CIPHERLANE_TRY(now.terminals, read_terminals(on));
    return now;
}

result<void> write_commits(database& on, std::uint64_t commits) {
    auto update = on.prepare("INSERT OR REPLACE INTO meta(name, value) VALUES ('commits', ?)");
    return update.bind(static_cast<std::int64_t>(commits)).run();
}

result<std::vector<journal_mark::terminal>> read_terminals(database& on) {
    auto query = on.prepare("SELECT terminal_id, last_trace, batch FROM terminals ORDER BY terminal_id");
    std::vector<journal_mark::terminal> found;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return found;
        found.push_back({query.text(0), static_cast<std::uint32_t>(query.integer(1)),
            static_cast<std::uint32_t>(query.integer(2))});
    }
}

result<opened_journal> open_for_writing(const sqlite_journal_settings& settings, byte_view key, const logger& log) {
    CIPHERLANE_CHECK(judge_name(settings.path));
    CIPHERLANE_TRY(auto seal, card_seal::create(key));
    if (!settings.vfs.empty()) return open_in_own_files(settings, std::move(seal), log);
    mark_file mark(mark_path_of(settings.path, settings.mark_path), log);
    const auto known = read_known(mark);
    CIPHERLANE_CHECK(begin_if_missing(settings, known, seal));
    CIPHERLANE_TRY(auto file, journal_file::take(settings.path, file_use::writer));
    CIPHERLANE_CHECK(judge_head(file.path()));
    CIPHERLANE_TRY(auto on, database::open(file.path(), SQLITE_OPEN_READWRITE));
    CIPHERLANE_CHECK(set_up(on, seal));
    CIPHERLANE_TRY(auto now, settle_mark(on, mark, known, settings, log));
    CIPHERLANE_CHECK(file.watch_log());
    return opened_journal{std::move(file), std::move(on), std::move(seal), std::move(mark), std::move(now)};
}

} // namespace cipherlane::store
