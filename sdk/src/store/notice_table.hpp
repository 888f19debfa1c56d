#pragma once

#include <cipherlane/ports/store.hpp>

namespace cipherlane::store {

/// What gateways have said unasked. The same word about the same payment is there once, dealt with or not.

template <class Database>
[[nodiscard]] result<void> insert_notice(Database& on, const ports::qr_order_status& told);
/// Those not dealt with, oldest first.
template <class Database>
[[nodiscard]] result<std::vector<ports::order_notice>> read_notices(Database& on);
/// Those that wait for a person, of a terminal.
template <class Database>
[[nodiscard]] result<std::vector<ports::order_notice>> read_left_notices(Database& on, std::string_view terminal_id);
template <class Database>
[[nodiscard]] result<void> mark_notice_left(
    Database& on, std::uint64_t id, ports::notice_matter matter, std::string_view terminal_id);
template <class Database>
[[nodiscard]] result<void> mark_notice_closed(Database& on, std::uint64_t id);

} // namespace cipherlane::store
