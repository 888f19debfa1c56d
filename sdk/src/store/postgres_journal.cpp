#include "postgres_address.hpp"
#include "postgres_schema.hpp"
#include "postgres_thread.hpp"
#include "postgres_timeline.hpp"
#include "sql_journal.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <array>

namespace cipherlane::store {
namespace {

/// What a journal over a connection needs besides SQL.
struct postgres_keeper {
    using database_type = postgres_database;

    postgres_keeper(std::unique_ptr<postgres_database> on, std::optional<card_seal> sealed_with, std::string named,
        const ports::clock& time, const postgres_settings& settings, std::string session, logger to)
        : name(std::move(named))
        , seal(std::move(sealed_with))
        , clock(time)
        , thread(std::move(on), settings, std::move(session), time, std::move(to)) {}

    [[nodiscard]] std::string identity() const { return name; }
    /// Room for verdicts is the server's to keep.
    [[nodiscard]] result<void> keep_room() { return {}; }
    /// What was erased is overwritten when the server cleans up.
    void erased(const call& /*bounds*/) {}
    /// Others write, too: each time as it is there.
    [[nodiscard]] static result<ports::batch_totals> totals(
        postgres_database& on, std::string_view terminal_id, std::uint32_t batch) {
        return sum_batch(on, terminal_id, batch);
    }
    /// Others write, too.
    [[nodiscard]] static std::optional<std::uint64_t> changes() { return std::nullopt; }
    void follow(const ports::journal_record& /*before*/, const ports::journal_record& /*after*/) {}
    void forget_totals() {}

    const std::string name;
    std::optional<card_seal> seal; ///< used on the journal's thread only
    const ports::clock& clock;
    postgres_thread thread; ///< last: it uses what is above
};

using made_journal = sql_journal<postgres_journal, postgres_keeper>;

result<std::optional<bytes>> read_meta(postgres_database& on, std::string_view name) {
    auto query = on.prepare("SELECT value FROM meta WHERE name = ?");
    query.bind(name);
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return std::optional<bytes>();
    return std::optional<bytes>(query.blob(0));
}

/// The first who writes it has begun the books; everybody reads what stands there then.
result<bytes> settle_meta(postgres_database& on, std::string_view name, byte_view fresh) {
    auto insert = on.prepare("INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT DO NOTHING");
    CIPHERLANE_CHECK(insert.bind(name).bind(fresh).run());
    CIPHERLANE_TRY(auto stands, read_meta(on, name));
    if (!stands) return error(store_errc::io_failed, layer::store).during("open");
    return std::move(*stands);
}

/// The books' name and key.
result<card_seal> settle_seal(postgres_database& on, byte_view key) {
    CIPHERLANE_TRY(auto seal, card_seal::create(key));
    CIPHERLANE_TRY(const auto known, read_meta(on, "key mark"));
    if (known) {
        CIPHERLANE_CHECK(seal.check_mark(*known));
    } else {
        CIPHERLANE_TRY(const auto mark, seal.seal_mark());
        CIPHERLANE_TRY(const auto stands, settle_meta(on, "key mark", mark));
        CIPHERLANE_CHECK(seal.check_mark(stands));
    }
    journal_id id{};
    CIPHERLANE_CHECK(crypto::random_fill(id));
    CIPHERLANE_TRY(const auto named, settle_meta(on, "id", id));
    if (named.size() != id.size()) return error(store_errc::corrupt, layer::store).during("open");
    std::copy(named.begin(), named.end(), id.begin());
    seal.belongs_to(id);
    return seal;
}

error at(const postgres_settings& settings, const error& why) {
    return why.endpoint().empty() ? error(why).at_endpoint(printable_address(settings.address)) : why;
}

} // namespace

result<std::unique_ptr<postgres_journal>> postgres_journal::open(const postgres_settings& settings,
    ports::key_provider& keys, const ports::clock& clock, const call& bounds, logger log) {
    CIPHERLANE_CHECK(check_postgres_address(settings.address));
    CIPHERLANE_TRY(auto session, new_postgres_session());
    CIPHERLANE_TRY(auto on, postgres_database::open(settings, session, bounds));
    std::optional<card_seal> seal;
    std::string name;
    const auto read_name = [&]() -> result<void> {
        CIPHERLANE_TRY(const auto id, read_meta(*on, "id"));
        if (id) name = to_hex(*id);
        return {};
    };
    const auto ready = [&]() -> result<void> {
        CIPHERLANE_CHECK(settle_schema(*on, settings));
        if (settings.access == journal_access::read_only) return read_name();
        CIPHERLANE_TRY(const auto key, keys.journal_key(bounds));
        CIPHERLANE_TRY(auto made, settle_seal(*on, key.expose()));
        seal.emplace(std::move(made));
        CIPHERLANE_CHECK(on->settle());
        CIPHERLANE_CHECK(follow_timeline(*on));
        return read_name();
    }();
    if (!ready) return at(settings, ready.error());
    return std::make_unique<made_journal>(
        std::move(on), std::move(seal), std::move(name), clock, settings, std::move(session), std::move(log));
}

result<void> init_postgres(const postgres_settings& settings, std::string_view role, const call& bounds) {
    CIPHERLANE_CHECK(check_postgres_address(settings.address));
    CIPHERLANE_TRY(const auto session, new_postgres_session());
    CIPHERLANE_TRY(auto on, postgres_database::open(settings, session, bounds));
    auto made = make_postgres_schema(*on, settings.schema);
    if (made && !role.empty()) made = grant_to_till(*on, settings.schema, role);
    if (!made) return at(settings, made.error());
    return {};
}

result<bool> postgres_books_begun(const postgres_settings& settings, const call& bounds) {
    CIPHERLANE_CHECK(check_postgres_address(settings.address));
    CIPHERLANE_TRY(const auto session, new_postgres_session());
    CIPHERLANE_TRY(auto on, postgres_database::open(settings, session, bounds));
    const auto found = [&]() -> result<bool> {
        CIPHERLANE_TRY(const auto state, postgres_schema_state(*on, settings.schema));
        if (state == schema_state::absent) return false;
        CIPHERLANE_TRY(const auto mark, read_meta(*on, "key mark"));
        return mark.has_value();
    }();
    if (!found) return at(settings, found.error());
    return found;
}

} // namespace cipherlane::store
