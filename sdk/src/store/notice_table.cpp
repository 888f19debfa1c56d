#include "notice_table.hpp"

namespace cipherlane::store {

result<void> insert_notice(database& on, const ports::qr_order_status& told) {
    auto insert = on.prepare("INSERT OR IGNORE INTO notices(order_number, merchant_id, terminal_id, state, paid, "
                             "currency, decimals, transaction_number) VALUES (?,?,?,?,?,?,?,?)");
    insert.bind(told.order_number).bind(told.merchant_id).bind(told.terminal_id);
    insert.bind(static_cast<std::int64_t>(told.state)).bind(told.paid.minor());
    insert.bind(told.paid.unit().number).bind(told.paid.unit().decimals);
    return insert.bind(told.transaction_number).run();
}

result<std::vector<ports::order_notice>> read_notices(database& on) {
    auto query = on.prepare("SELECT id, order_number, merchant_id, terminal_id, state, paid, currency, decimals, "
                            "transaction_number FROM notices WHERE closed = 0 ORDER BY id");
    std::vector<ports::order_notice> open;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return open;
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
        open.push_back(std::move(one));
    }
}

result<void> mark_notice_closed(database& on, std::uint64_t id) {
    auto update = on.prepare("UPDATE notices SET closed = 1 WHERE id = ?");
    return update.bind(static_cast<std::int64_t>(id)).run();
}

} // namespace cipherlane::store
