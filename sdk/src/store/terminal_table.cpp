#include "terminal_table.hpp"

#include "byte_list.hpp"
#include "postgres_database.hpp"
#include "sql_list.hpp"
#include "sqlite.hpp"

#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/terminal_life.hpp>
#include <cipherlane/ledger/totals.hpp>

namespace cipherlane::store {
namespace {

result<void> make_row(database& on, std::string_view terminal_id) {
    auto insert = on.prepare("INSERT OR IGNORE INTO terminals(terminal_id) VALUES (?)");
    return insert.bind(terminal_id).run();
}
/// Its row was made when it was claimed.
result<void> make_row(postgres_database& on, std::string_view terminal_id) {
    CIPHERLANE_TRY([[maybe_unused]] const bool just_claimed, on.claim(terminal_id));
    return {};
}

/// Which index is the right one: SQLite does not see it by itself.
std::string by_index(const database& /*on*/, std::string_view name) {
    return " INDEXED BY " + std::string(name);
}
std::string by_index(const postgres_database& /*on*/, std::string_view /*name*/) {
    return {};
}

/// Three parts a key: slot, cryptogram, check value.
std::vector<ports::wrapped_key> unpack_keys(byte_view packed) {
    auto parts = unpack_list(packed);
    std::vector<ports::wrapped_key> keys;
    for (std::size_t i = 0; i + 2 < parts.size(); i += 3) {
        const int slot = parts[i].empty() ? 0 : parts[i].front();
        keys.push_back({slot, std::move(parts[i + 1]), std::move(parts[i + 2])});
    }
    return keys;
}

bytes pack_keys(const std::vector<ports::wrapped_key>& keys) {
    std::vector<bytes> parts;
    for (const auto& key : keys) {
        parts.push_back({static_cast<std::uint8_t>(key.master_slot)});
        parts.push_back(key.cryptogram);
        parts.push_back(key.check_value);
    }
    return pack_list(parts);
}

template <class Statement>
void bind_key(Statement& update, const ports::wrapped_key& key) {
    update.bind(key.master_slot).bind(byte_view(key.cryptogram)).bind(byte_view(key.check_value));
}

} // namespace

result<bool> claim_terminal(database& /*on*/, std::string_view /*terminal_id*/) {
    return false;
}
result<bool> claim_terminal(postgres_database& on, std::string_view terminal_id) {
    return on.claim(terminal_id);
}

template <class Database>
typename Database::statement_type terminal_query(Database& on, std::string_view terminal_id) {
    auto query = on.prepare("SELECT batch, last_trace, pin_slot, pin_key, pin_check, mac_slot, mac_key, mac_check, "
                            "signed_in_date, sign_in_due, acquirer, wishes, master_keys FROM terminals "
                            "WHERE terminal_id = ?");
    query.bind(terminal_id);
    return query;
}

template <class Database>
result<ports::terminal_state> read_terminal(Database& on, std::string_view terminal_id) {
    auto query = terminal_query(on, terminal_id);
    ports::terminal_state state;
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return state;
    state.batch = static_cast<std::uint32_t>(query.integer(0));
    state.last_trace = static_cast<std::uint32_t>(query.integer(1));
    state.pin_key = {static_cast<int>(query.integer(2)), query.blob(3), query.blob(4)};
    state.mac_key = {static_cast<int>(query.integer(5)), query.blob(6), query.blob(7)};
    state.signed_in_date = query.text(8);
    state.sign_in_due = query.integer(9) != 0;
    state.acquirer = query.text(10);
    state.wishes = static_cast<std::uint8_t>(query.integer(11));
    state.master_keys = unpack_keys(query.blob(12));
    return state;
}

template <class Database>
result<taken_numbers> next_trace(Database& on, std::string_view terminal_id) {
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    CIPHERLANE_TRY(const auto state, read_terminal(on, terminal_id));
    const auto trace = ledger::successor(state.last_trace);
    auto update =
        on.prepare("UPDATE terminals SET last_trace = ? WHERE terminal_id = ? AND last_trace = ? AND batch = ?");
    CIPHERLANE_CHECK(update.bind(trace).bind(terminal_id).bind(state.last_trace).bind(state.batch).run_one());
    return taken_numbers{trace, state.batch};
}

template <class Database>
result<void> write_sign_in(Database& on, std::string_view terminal_id, const ports::terminal_state& keys) {
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    auto update = on.prepare("UPDATE terminals SET pin_slot = ?, pin_key = ?, pin_check = ?, mac_slot = ?, "
                             "mac_key = ?, mac_check = ?, signed_in_date = ?, sign_in_due = 0, acquirer = ? "
                             "WHERE terminal_id = ?");
    bind_key(update, keys.pin_key);
    bind_key(update, keys.mac_key);
    return update.bind(keys.signed_in_date).bind(keys.acquirer).bind(terminal_id).run();
}

template <class Database>
result<void> set_sign_in_due(Database& on, std::string_view terminal_id) {
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    auto update = on.prepare("UPDATE terminals SET sign_in_due = 1 WHERE terminal_id = ?");
    return update.bind(terminal_id).run();
}

template <class Database>
result<void> write_wishes(Database& on, std::string_view terminal_id, std::uint8_t wishes) {
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    auto update = on.prepare("UPDATE terminals SET wishes = ? WHERE terminal_id = ?");
    return update.bind(static_cast<std::int64_t>(wishes)).bind(terminal_id).run();
}

template <class Database>
result<void> append_master_key(Database& on, std::string_view terminal_id, const ports::wrapped_key& key) {
    if (!ports::is_master_slot(key.master_slot)) {
        return error(store_errc::bad_record, layer::store).during("master key").in_field("master_slot");
    }
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    CIPHERLANE_TRY(auto state, read_terminal(on, terminal_id));
    ledger::take_master_key(state, key);
    const auto packed = pack_keys(state.master_keys);
    auto update = on.prepare("UPDATE terminals SET master_keys = ?, pin_slot = ?, pin_key = ?, pin_check = ?, "
                             "mac_slot = ?, mac_key = ?, mac_check = ?, sign_in_due = ? WHERE terminal_id = ?");
    update.bind(byte_view(packed));
    bind_key(update, state.pin_key);
    bind_key(update, state.mac_key);
    return update.bind(state.sign_in_due ? 1 : 0).bind(terminal_id).run();
}

template <class Database>
result<ports::batch_totals> sum_batch(Database& on, std::string_view terminal_id, std::uint32_t batch) {
    constexpr auto sum = ledger::sums::of_batch;
    static const std::string sql = "SELECT kind, state, " + sql_sum(sum) + ", count(*) FROM records " +
                                   "WHERE terminal_id = ? AND batch = ? AND " + sql_condition(sum.which) +
                                   " GROUP BY kind, state";
    auto query = on.prepare(sql.c_str());
    query.bind(terminal_id).bind(batch);
    ports::batch_totals sums;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return sums;
        ledger::add(sums, static_cast<ports::trade>(query.integer(0)),
            static_cast<ports::record_state>(query.integer(1)),
            {query.integer(2), static_cast<std::uint32_t>(query.integer(3))});
    }
}

template <class Database>
result<ports::settlement_progress> read_settlement(Database& on, std::string_view terminal_id) {
    auto query = on.prepare("SELECT settle_batch, settle_step, settle_result, settle_uploaded, debit, debit_count, "
                            "credit, credit_count, qr_debit, qr_debit_count, qr_credit, qr_credit_count, "
                            "host_debit, host_debit_count, host_credit, host_credit_count, settle_left_out "
                            "FROM terminals WHERE terminal_id = ?");
    query.bind(terminal_id);
    ports::settlement_progress progress;
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return progress;
    progress.batch = static_cast<std::uint32_t>(query.integer(0));
    progress.step = static_cast<ports::settlement_step>(query.integer(1));
    progress.host_result = static_cast<std::uint8_t>(query.integer(2));
    progress.uploaded = static_cast<std::uint32_t>(query.integer(3));
    int column = 4;
    auto& own = progress.totals;
    for (auto* side :
        {&own.debit, &own.credit, &own.qr_debit, &own.qr_credit, &progress.host_debit, &progress.host_credit}) {
        side->minor = query.integer(column++);
        side->count = static_cast<std::uint32_t>(query.integer(column++));
    }
    progress.left_out = unpack_ids(query.blob(column));
    return progress;
}

template <class Database>
result<void> write_settlement(
    Database& on, std::string_view terminal_id, const ports::settlement_progress& progress) {
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    auto update = on.prepare("UPDATE terminals SET settle_batch = ?, settle_step = ?, settle_result = ?, "
                             "settle_uploaded = ?, debit = ?, debit_count = ?, credit = ?, credit_count = ?, "
                             "qr_debit = ?, qr_debit_count = ?, qr_credit = ?, qr_credit_count = ?, "
                             "host_debit = ?, host_debit_count = ?, host_credit = ?, host_credit_count = ?, "
                             "settle_left_out = ? WHERE terminal_id = ?");
    update.bind(progress.batch).bind(static_cast<std::int64_t>(progress.step));
    update.bind(progress.host_result).bind(progress.uploaded);
    const auto& own = progress.totals;
    for (const auto* side :
        {&own.debit, &own.credit, &own.qr_debit, &own.qr_credit, &progress.host_debit, &progress.host_credit}) {
        update.bind(side->minor).bind(side->count);
    }
    const auto left_out = pack_ids(progress.left_out);
    return update.bind(byte_view(left_out)).bind(terminal_id).run();
}

template <class Database>
result<void> open_batch(Database& on, std::string_view terminal_id, std::uint32_t batch) {
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    static const std::string sql = "UPDATE terminals SET batch = ? WHERE terminal_id = ? AND settle_step = 0 AND NOT "
                                   "EXISTS (SELECT 1 FROM records WHERE terminal_id = ? AND batch = terminals.batch "
                                   "AND " +
                                   sql_condition(ledger::records::fills_batch) + ")";
    auto open = on.prepare(sql.c_str());
    CIPHERLANE_CHECK(open.bind(batch).bind(terminal_id).bind(terminal_id).run());
    if (on.changes() == 0) return error(store_errc::bad_transition, layer::store).during("begin batch");
    return {};
}

template <class Database>
result<void> end_batch(Database& on, std::string_view terminal_id, std::uint32_t batch, std::int64_t now_ms) {
    CIPHERLANE_CHECK(make_row(on, terminal_id));
    const auto end = ledger::end_of(batch);
    auto open = on.prepare("UPDATE terminals SET batch = ?, settle_step = ? WHERE terminal_id = ? AND batch = ?");
    open.bind(end.next_batch).bind(static_cast<std::int64_t>(end.step)).bind(terminal_id).bind(batch);
    CIPHERLANE_CHECK(open.run());
    if (on.changes() == 0) return error(store_errc::bad_transition, layer::store).during("close batch");
    static const std::string sql = "UPDATE records" + by_index(on, "records_unsettled") +
                                   " SET settled_at = ?, closed = ? WHERE terminal_id = ? AND " +
                                   sql_condition(end.settles);
    auto settle = on.prepare(sql.c_str());
    return settle.bind(now_ms).bind(end.closes ? 1 : 0).bind(terminal_id).run();
}

#define CIPHERLANE_TERMINAL_TABLE_ON(Database)                                                                       \
    template Database::statement_type terminal_query(Database&, std::string_view);                                   \
    template result<ports::terminal_state> read_terminal(Database&, std::string_view);                               \
    template result<taken_numbers> next_trace(Database&, std::string_view);                                          \
    template result<void> write_sign_in(Database&, std::string_view, const ports::terminal_state&);                  \
    template result<void> set_sign_in_due(Database&, std::string_view);                                              \
    template result<void> write_wishes(Database&, std::string_view, std::uint8_t);                                   \
    template result<void> append_master_key(Database&, std::string_view, const ports::wrapped_key&);                 \
    template result<ports::batch_totals> sum_batch(Database&, std::string_view, std::uint32_t);                      \
    template result<ports::settlement_progress> read_settlement(Database&, std::string_view);                        \
    template result<void> write_settlement(Database&, std::string_view, const ports::settlement_progress&);          \
    template result<void> open_batch(Database&, std::string_view, std::uint32_t);                                    \
    template result<void> end_batch(Database&, std::string_view, std::uint32_t, std::int64_t)
CIPHERLANE_TERMINAL_TABLE_ON(database);
CIPHERLANE_TERMINAL_TABLE_ON(postgres_database);
#undef CIPHERLANE_TERMINAL_TABLE_ON

} // namespace cipherlane::store
