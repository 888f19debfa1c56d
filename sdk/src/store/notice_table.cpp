#include "notice_table.hpp"

#include "postgres_database.hpp"
#include "sqlite.hpp"

namespace cipherlane::store {

template <class Database>
result<void> insert_notice(Database& on, const ports::qr_order_status& told) {
    auto insert =
        on.prepare("INSERT INTO notices(order_number, merchant_id, terminal_id, state, paid, "
                   "currency, decimals, transaction_number) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING");
    insert.bind(told.order_number).bind(told.merchant_id).bind(told.terminal_id);
    insert.bind(static_cast<std::int64_t>(told.state)).bind(told.paid.minor());
    insert.bind(told.paid.unit().number).bind(told.paid.unit().decimals);
    return insert.bind(told.transaction_number).run();
}

namespace {

constexpr auto open_ones = "SELECT id, order_number, merchant_id, terminal_id, state, paid, currency, decimals, "
                           "transaction_number, matter FROM notices WHERE closed = 0 AND matter = 0 ORDER BY id";
constexpr auto left_ones = "SELECT id, order_number, merchant_id, terminal_id, state, paid, currency, decimals, "
                           "transaction_number, matter FROM notices WHERE closed = 0 AND matter <> 0 AND "
                           "terminal_id = ? ORDER BY id";
constexpr auto all_left_ones = "SELECT id, order_number, merchant_id, terminal_id, state, paid, currency, decimals, "
                               "transaction_number, matter FROM notices WHERE closed = 0 AND matter <> 0 ORDER BY id";

template <class Query>
result<std::vector<ports::order_notice>> read_all(Query query) {
    std::vector<ports::order_notice> found;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return found;
        ports::order_notice one;
        one.id = static_cast<std::uint64_t>(query.integer(0));
        one.told.order_number = query.text(1);
        one.told.merchant_id = query.text(2);
        one.told.terminal_id = query.text(3);
        one.told.state = static_cast<ports::qr_order_state>(query.integer(4));
        const currency unit{
            static_cast<std::uint16_t>(query.integer(6)), static_cast<std::uint8_t>(query.integer(7))};
        one.told.paid = amount(query.integer(5), unit);
        one.told.transaction_number = query.text(8);
        one.matter = static_cast<ports::notice_matter>(query.integer(9));
        found.push_back(std::move(one));
    }
}

} // namespace

template <class Database>
result<std::vector<ports::order_notice>> read_notices(Database& on) {
    return read_all(on.prepare(open_ones));
}

template <class Database>
result<std::vector<ports::order_notice>> read_left_notices(Database& on, std::string_view terminal_id) {
    if (terminal_id.empty()) return read_all(on.prepare(all_left_ones));
    auto query = on.prepare(left_ones);
    query.bind(terminal_id);
    return read_all(std::move(query));
}

template <class Database>
result<void> mark_notice_left(
    Database& on, std::uint64_t id, ports::notice_matter matter, std::string_view terminal_id) {
    auto update = on.prepare("UPDATE notices SET matter = ?, terminal_id = ? WHERE id = ?");
    return update.bind(static_cast<std::int64_t>(matter)).bind(terminal_id).bind(static_cast<std::int64_t>(id)).run();
}

template <class Database>
result<void> mark_notice_closed(Database& on, std::uint64_t id) {
    auto update = on.prepare("UPDATE notices SET closed = 1 WHERE id = ?");
    return update.bind(static_cast<std::int64_t>(id)).run();
}

#define CIPHERLANE_NOTICE_TABLE_ON(Database)                                                                         \
    template result<void> insert_notice(Database&, const ports::qr_order_status&);                                   \
    template result<std::vector<ports::order_notice>> read_notices(Database&);                                       \
    template result<std::vector<ports::order_notice>> read_left_notices(Database&, std::string_view);                \
    template result<void> mark_notice_left(Database&, std::uint64_t, ports::notice_matter, std::string_view);        \
    template result<void> mark_notice_closed(Database&, std::uint64_t)
CIPHERLANE_NOTICE_TABLE_ON(database);
CIPHERLANE_NOTICE_TABLE_ON(postgres_database);
#undef CIPHERLANE_NOTICE_TABLE_ON

} // namespace cipherlane::store
