#include "journal_mark.hpp"
#include "journal_opening.hpp"
#include "journal_source.hpp"
#include "lost_words.hpp"
#include "record_table.hpp"
#include "schema.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/store/journal_check.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <algorithm>

namespace cipherlane::store {
namespace {

/// A damaged page shows as one or the other.
bool is_damage(const error& why) {
    return why.code() == make_error_code(store_errc::corrupt) || why.code() == make_error_code(store_errc::io_failed);
}

std::int64_t number_or(database& on, const char* sql, std::int64_t otherwise) {
    auto query = on.prepare(sql);
    const auto row = query.step();
    return row && *row ? query.integer(0) : otherwise;
}

/// The number up to which a record may be looked for.
std::uint64_t highest_number(database& on) {
    const auto taken = number_or(on, "SELECT seq FROM sqlite_sequence WHERE name = 'records'", 0);
    const auto found = number_or(on, "SELECT id FROM records ORDER BY id DESC LIMIT 1", 0);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(std::max(taken, found), 0));
}

result<void> within(const call& bounds) {
    namespace errc = boost::system::errc;
    if (bounds.stopped()) return error(errc::make_error_code(errc::operation_canceled), layer::store).during("check");
    if (bounds.until().passed()) return error(store_errc::too_late, layer::store).during("check");
    return {};
}

/// What SQLite says of the file's structure, line by line.
void check_structure(database& on, std::vector<std::string>& faults) {
    auto query = on.prepare("PRAGMA integrity_check(20)");
    for (;;) {
        const auto row = query.step();
        if (!row) return faults.push_back("structure: " + row.error().to_string());
        if (!*row) return;
        if (auto line = query.text(0); line != "ok") faults.push_back("structure: " + std::move(line));
    }
}

void check_mark(const std::string& path, const std::optional<journal_mark>& now, std::vector<std::string>& faults) {
    const mark_file file(path);
    journal_mark mark;
    const auto state = file.read(mark);
    if (state == mark_file::state::absent) return faults.push_back("mark: there is none at " + path);
    if (state == mark_file::state::unreadable) return faults.push_back("mark: cannot be read at " + path);
    if (!now) return;
    if (mark.journal != now->journal) faults.push_back("mark: it is of another journal, " + to_hex(mark.journal));
    if (mark.journal == now->journal && mark.commits > now->commits)
        faults.push_back("mark: this is an old copy, " + std::to_string(mark.commits - now->commits) +
                         " commits behind what the till has done");
}

} // namespace

namespace {

/// In a file, as far as it can be read.
struct file_source final : journal_source {
    file_source(journal_file used, database opened)
        : file(std::move(used))
        , on(std::move(opened))
        , highest(highest_number(on)) {}

    /// Records are never removed, and a number that was given back is given again: a number that is missing was lost.
    void pass_over(std::uint64_t first, std::uint64_t until) {
        if (first >= until) return;
        if (!lost.empty() && lost.back().last + 1 == first) {
            lost.back().last = until - 1;
        } else {
            lost.push_back({first, until - 1});
        }
    }
    [[nodiscard]] journal_entry take(const statement& row) {
        journal_entry found{read_fields(row), intact(row)};
        pass_over(last + 1, found.record.id);
        last = found.record.id;
        return found;
    }
    /// Goes on in the tree.
    [[nodiscard]] result<std::optional<journal_entry>> walk() {
        if (!walking) {
            walking.emplace(on.prepare(select_records("WHERE id > ? ORDER BY id").c_str()));
            walking->bind(static_cast<std::int64_t>(last));
        }
        const auto row = walking->step();
        // What is left of a page that was cut has rows, and their numbers are none.
        const bool forward = row && *row && walking->integer(0) > static_cast<std::int64_t>(last);
        if (forward) return std::optional<journal_entry>(take(*walking));
        const bool ended = row && !*row;
        walking.reset();
        if (!row) return row.error();
        if (!ended) return error(store_errc::corrupt, layer::store).during("walk");
        pass_over(last + 1, highest + 1);
        last = std::max(last, highest);
        return std::optional<journal_entry>();
    }
    /// Where the tree cannot be walked: number by number.
    [[nodiscard]] result<std::optional<journal_entry>> look_further() {
        constexpr std::uint64_t most = 1'000'000; // of what may be a damaged number
        for (auto id = last + 1; id <= std::min(highest, last + most); ++id) {
            auto query = on.prepare(select_records("WHERE id = ?").c_str());
            query.bind(static_cast<std::int64_t>(id));
            const auto row = query.step();
            if (!row && !is_damage(row.error())) return row.error();
            if (row && *row && query.integer(0) == static_cast<std::int64_t>(id))
                return std::optional<journal_entry>(take(query));
        }
        pass_over(last + 1, highest + 1);
        last = std::max(last, highest);
        return std::optional<journal_entry>();
    }

    [[nodiscard]] result<std::optional<journal_entry>> next() override {
        auto found = walk();
        if (found || !is_damage(found.error())) return found;
        return look_further();
    }

    journal_file file;
    database on;
    std::uint64_t highest;
    std::uint64_t last = 0;
    std::optional<statement> walking;
};

} // namespace

struct journal_reader::state {
    std::unique_ptr<journal_source> from;
};

journal_reader::journal_reader(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
journal_reader::journal_reader(journal_reader&&) noexcept = default;
journal_reader& journal_reader::operator=(journal_reader&&) noexcept = default;
journal_reader::~journal_reader() = default;

result<journal_reader> journal_reader::open(const std::string& path) {
    if (is_postgres_address(path)) {
        CIPHERLANE_TRY(auto books, read_postgres_books(path));
        return journal_reader(std::make_unique<state>(state{std::move(books)}));
    }
    CIPHERLANE_TRY(auto file, journal_file::take(path, file_use::reader));
    CIPHERLANE_TRY(auto on, open_for_reading(file.path()));
    CIPHERLANE_CHECK(on.execute("PRAGMA writable_schema=ON")); // a file that was cut is read as far as it goes
    if (const auto fits = check_schema(on); !fits) return error(fits.error()).at_endpoint(path);
    return journal_reader(
        std::make_unique<state>(state{std::make_unique<file_source>(std::move(file), std::move(on))}));
}

result<std::optional<journal_entry>> journal_reader::next() {
    return state_->from->next();
}

const std::vector<lost_records>& journal_reader::lost() const noexcept {
    return state_->from->lost;
}

result<journal_findings> check_journal(const std::string& path, const std::string& mark_path, const call& bounds) {
    CIPHERLANE_TRY(auto reader, journal_reader::open(path));
    journal_findings found;
    for (;;) {
        CIPHERLANE_CHECK(within(bounds));
        CIPHERLANE_TRY(auto entry, reader.next());
        if (!entry) break;
        ++found.records;
        if (!entry->intact) {
            found.damaged.push_back(std::move(entry->record));
        } else if (ledger::states::open.contains(entry->record.state)) {
            found.open.push_back(std::move(entry->record));
        }
    }
    found.lost = reader.lost();
    if (is_postgres_address(path)) {
        CIPHERLANE_CHECK(check_postgres_books(path, found));
        return found;
    }
    CIPHERLANE_TRY(auto on, open_for_reading(path));
    if (const auto known = read_meta(on, "given up"); known && *known && as_text(**known) == to_words(found.lost))
        found.given_up.swap(found.lost);
    std::optional<journal_mark> now;
    if (const auto progress = read_progress(on)) {
        now = *progress;
        found.id = to_hex(progress->journal);
        found.commits = progress->commits;
    } else {
        found.faults.push_back("the journal's name or its terminals cannot be read");
    }
    check_structure(on, found.faults);
    check_mark(mark_path_of(path, mark_path), now, found.faults);
    return found;
}

} // namespace cipherlane::store
