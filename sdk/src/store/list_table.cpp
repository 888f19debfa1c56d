#include "list_table.hpp"

#include "byte_list.hpp"
#include "postgres_database.hpp"
#include "sqlite.hpp"

namespace cipherlane::store {

template <class Database>
result<void> write_list(Database& on, std::string_view terminal_id, const ports::downloaded_list& list) {
    auto insert = on.prepare("INSERT INTO lists(terminal_id, name, date, complete, entries) "
                             "VALUES (?,?,?,?,?) ON CONFLICT(terminal_id, name) DO UPDATE SET "
                             "date = excluded.date, complete = excluded.complete, entries = excluded.entries");
    const auto packed = pack_list(list.entries);
    insert.bind(terminal_id).bind(list.name).bind(list.date).bind(list.complete ? 1 : 0);
    return insert.bind(byte_view(packed)).run();
}

template <class Database>
result<std::optional<ports::downloaded_list>> read_list(
    Database& on, std::string_view terminal_id, std::string_view name) {
    auto query = on.prepare("SELECT date, complete, entries FROM lists WHERE terminal_id = ? AND name = ?");
    query.bind(terminal_id).bind(name);
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return std::optional<ports::downloaded_list>();
    ports::downloaded_list list;
    list.name = name;
    list.date = query.text(0);
    list.complete = query.integer(1) != 0;
    list.entries = unpack_list(query.blob(2));
    return std::optional(std::move(list));
}

#define CIPHERLANE_LIST_TABLE_ON(Database)                                                                           \
    template result<void> write_list(Database&, std::string_view, const ports::downloaded_list&);                    \
    template result<std::optional<ports::downloaded_list>> read_list(Database&, std::string_view, std::string_view)
CIPHERLANE_LIST_TABLE_ON(database);
CIPHERLANE_LIST_TABLE_ON(postgres_database);
#undef CIPHERLANE_LIST_TABLE_ON

} // namespace cipherlane::store
