#include "journal_file.hpp"
#include "journal_mark.hpp"
#include "journal_opening.hpp"
#include "lost_words.hpp"
#include "schema.hpp"

#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/store/journal_check.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <unistd.h>

namespace cipherlane::store {
namespace {

/// A path as SQLite takes it in an address.
std::string address_of(const std::string& path) {
    std::string made = "file:";
    for (const char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("/._-").find(c) != std::string_view::npos;
        static constexpr std::string_view digits = "0123456789ABCDEF";
        const auto value = static_cast<unsigned char>(c);
        if (plain) {
            made += c;
        } else {
            made.append({'%', digits[value >> 4U], digits[value & 15U]});
        }
    }
    return made + "?mode=ro";
}

/// The new file, with the old one beside it as "old".
result<database> open_pair(const std::string& into, const std::string& old) {
    CIPHERLANE_TRY(auto on, database::open(into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI));
    CIPHERLANE_CHECK(on.execute("PRAGMA journal_mode=WAL"));
    CIPHERLANE_CHECK(on.execute("PRAGMA synchronous=FULL"));
    CIPHERLANE_CHECK(make_schema(on));
    CIPHERLANE_CHECK(on.execute("PRAGMA writable_schema=ON")); // a file that was cut is read as far as it goes
    auto attach = on.prepare("ATTACH ? AS old");
    CIPHERLANE_CHECK(attach.bind(address_of(old)).run());
    return on;
}

result<void> copy_record(database& on, std::uint64_t id) {
    auto copy = on.prepare("INSERT INTO main.records SELECT * FROM old.records WHERE id = ?");
    return copy.bind(static_cast<std::int64_t>(id)).run();
}

result<std::vector<std::string>> other_tables(database& on) {
    auto query = on.prepare("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                            "AND name != 'records'");
    std::vector<std::string> names;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return names;
        names.push_back(query.text(0));
    }
}

/// Terminals are all or none: half of one would be worse.
void copy_tables(database& on, const std::vector<std::string>& names, salvage_report& report) {
    for (const auto& name : names) {
        const auto copied =
            on.execute(("INSERT OR REPLACE INTO main." + name + " SELECT * FROM old." + name).c_str());
        if (!copied) report.remarks.push_back("the table " + name + " cannot be read: " + copied.error().to_string());
    }
}

/// What the mark knows stands in for what could not be read, and nothing falls behind it.
result<void> complete(database& on, const mark_file& file, salvage_report& report) {
    journal_mark mark;
    const bool marked = file.read(mark) == mark_file::state::read;
    auto now = read_progress(on);
    if (!now && marked) {
        report.remarks.push_back("the journal's name is taken from the mark");
        auto insert = on.prepare("INSERT OR REPLACE INTO meta(name, value) VALUES ('id', ?), ('marked', x'31')");
        CIPHERLANE_CHECK(insert.bind(byte_view(mark.journal)).run());
        now = read_progress(on);
    }
    if (!now) {
        report.remarks.push_back("the journal's name is lost: it gets a new one, and sealed cards cannot be read");
        return {};
    }
    const bool same = marked && mark.journal == now->journal;
    if (same && now->terminals.empty()) {
        report.remarks.push_back("trace and batch numbers are taken from the mark: sign in before the first trade");
        for (const auto& one : mark.terminals) {
            auto insert = on.prepare("INSERT INTO terminals(terminal_id, last_trace, batch) VALUES (?, ?, ?)");
            CIPHERLANE_CHECK(insert.bind(one.id).bind(one.trace).bind(one.batch).run());
        }
    }
    return write_commits(on, std::max(now->commits, same ? mark.commits : 0) + 1);
}

/// A record's number is its handle, which somebody may still have: it is not given to another.
result<void> keep_numbers(database& on, const salvage_report& report) {
    std::uint64_t highest = report.lost.empty() ? 0 : report.lost.back().last;
    for (const auto& one : report.damaged)
        highest = std::max(highest, one.id);
    auto raise = on.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'records'");
    return raise.bind(static_cast<std::int64_t>(highest)).run();
}

/// What is missing in the new file is known from now on, and no fault of it.
result<void> give_up_the_rest(database& on, const std::string& into) {
    CIPHERLANE_TRY(auto again, journal_reader::open(into));
    for (;;) {
        CIPHERLANE_TRY(const auto entry, again.next());
        if (!entry) break;
    }
    return write_meta(on, "given up", as_bytes(to_words(again.lost())));
}

result<salvage_report> fill(database& on, journal_reader& reader, const mark_file& mark, const call& bounds) {
    salvage_report report;
    CIPHERLANE_TRY(const auto names, other_tables(on));
    copy_tables(on, names, report);
    CIPHERLANE_CHECK(on.execute("BEGIN IMMEDIATE"));
    for (;;) {
        if (bounds.stopped() || bounds.until().passed())
            return error(store_errc::too_late, layer::store).during("salvage");
        CIPHERLANE_TRY(auto entry, reader.next());
        if (!entry) break;
        if (!entry->intact) {
            report.damaged.push_back(std::move(entry->record));
        } else {
            CIPHERLANE_CHECK(copy_record(on, entry->record.id));
            ++report.records;
        }
    }
    report.lost = reader.lost();
    CIPHERLANE_CHECK(complete(on, mark, report));
    CIPHERLANE_CHECK(keep_numbers(on, report));
    CIPHERLANE_CHECK(on.execute("COMMIT"));
    return report;
}

} // namespace

result<salvage_report> salvage_journal(
    const std::string& path, const std::string& mark_path, const std::string& into, const call& bounds) {
    CIPHERLANE_TRY(const auto alone, journal_file::take(path, file_use::writer));
    CIPHERLANE_TRY(auto reader, journal_reader::open(alone.path()));
    if (!secret_file::create(into, {}))
        return error(store_errc::cannot_open, layer::store)
            .during("salvage")
            .at_endpoint(into)
            .with_hint("expected the name of a file that is not there yet");
    auto report = [&]() -> result<salvage_report> {
        CIPHERLANE_TRY(auto on, open_pair(into, alone.path()));
        auto filled = fill(on, reader, mark_file(mark_path_of(path, mark_path)), bounds);
        if (filled) CIPHERLANE_CHECK(give_up_the_rest(on, into));
        return filled;
    }();
    if (!report) {
        for (const char* behind : {"", "-wal", "-shm"})
            ::unlink((into + behind).c_str());
    }
    return report;
}

} // namespace cipherlane::store
