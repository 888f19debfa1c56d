#include "list_table.hpp"

#include "byte_list.hpp"

namespace cipherlane::store {

result<void> write_list(database& on, std::string_view terminal_id, const ports::downloaded_list& list) {
    auto insert = on.prepare("INSERT OR REPLACE INTO lists(terminal_id, name, date, complete, entries) "
                             "VALUES (?,?,?,?,?)");
    const auto packed = pack_list(list.entries);
    insert.bind(terminal_id).bind(list.name).bind(list.date).bind(list.complete ? 1 : 0);
    return insert.bind(byte_view(packed)).run();
}

result<std::optional<ports::downloaded_list>> read_list(
    database& on, std::string_view terminal_id, std::string_view name) {
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

} // namespace cipherlane::store
