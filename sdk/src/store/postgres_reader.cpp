#include "journal_source.hpp"
#include "postgres_address.hpp"
#include "postgres_database.hpp"
#include "postgres_schema.hpp"
#include "record_table.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <deque>

namespace cipherlane::store {
namespace {

constexpr std::int64_t page_size = 1000;

result<std::unique_ptr<postgres_database>> open_for_people(const std::string& address) {
    CIPHERLANE_CHECK(check_postgres_address(address));
    postgres_settings how;
    how.address = address;
    how.access = journal_access::read_only;
    how.answer_time = std::chrono::minutes(1);
    CIPHERLANE_TRY(const auto session, new_postgres_session());
    CIPHERLANE_TRY(auto on, postgres_database::open(how, session, call(how.patience)));
    const auto state = postgres_schema_state(*on, how.schema);
    const auto named = [&](error why) { return std::move(why).at_endpoint(printable_address(address)); };
    if (!state) return named(state.error());
    if (*state != schema_state::current)
        return named(
            error(store_errc::not_a_journal, layer::store).during("open").with_hint("no books there, or older ones"));
    return on;
}

class postgres_source final : public journal_source {
  public:
    explicit postgres_source(std::unique_ptr<postgres_database> on)
        : on_(std::move(on)) {}

    /// Numbers are left out where a till has stopped: none of them was lost.
    [[nodiscard]] result<std::optional<journal_entry>> next() override {
        if (page_.empty()) CIPHERLANE_CHECK(turn_the_page());
        if (page_.empty()) return std::optional<journal_entry>();
        auto first = std::move(page_.front());
        page_.pop_front();
        return std::optional<journal_entry>({std::move(first), true});
    }

  private:
    result<void> turn_the_page() {
        static const std::string sql = select_records("WHERE id > ? ORDER BY id LIMIT ?");
        auto asked = on_->prepare(sql.c_str());
        asked.bind(last_).bind(page_size);
        CIPHERLANE_TRY(auto found, read_records(asked));
        for (auto& one : found)
            page_.push_back(std::move(one));
        if (!page_.empty()) last_ = static_cast<std::int64_t>(page_.back().id);
        return {};
    }

    std::unique_ptr<postgres_database> on_;
    std::deque<ports::journal_record> page_;
    std::int64_t last_ = 0;
};

} // namespace

result<std::unique_ptr<journal_source>> read_postgres_books(const std::string& address) {
    CIPHERLANE_TRY(auto on, open_for_people(address));
    return std::unique_ptr<journal_source>(std::make_unique<postgres_source>(std::move(on)));
}

result<void> check_postgres_books(const std::string& address, journal_findings& found) {
    CIPHERLANE_TRY(auto on, open_for_people(address));
    auto name = on->prepare("SELECT value FROM meta WHERE name = 'id'");
    CIPHERLANE_TRY(const bool named, name.step());
    if (named) found.id = to_hex(name.blob(0));
    if (!named) found.faults.emplace_back("the books have no name: no till has opened them yet");
    auto commits = on->prepare("SELECT CAST(coalesce(sum(batch), 0) AS BIGINT) FROM sessions");
    CIPHERLANE_TRY([[maybe_unused]] const bool summed, commits.step());
    found.commits = static_cast<std::uint64_t>(commits.integer(0));
    for (const auto* wanted : {"data_checksums", "fsync", "full_page_writes"}) {
        auto asked = on->prepare("SELECT setting FROM pg_settings WHERE name = ?");
        asked.bind(std::string_view(wanted));
        CIPHERLANE_TRY(const bool known, asked.step());
        if (known && asked.text(0) != "on")
            found.faults.push_back("the server has " + std::string(wanted) + " off: it may lose or spoil records");
    }
    return {};
}

} // namespace cipherlane::store
