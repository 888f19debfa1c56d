#pragma once

#include <cipherlane/ports/store.hpp>

namespace cipherlane::store {

/// What gateways have said unasked. The same word about the same payment is there once, dealt with or not.

template <class Database>
[[nodiscard]] result<void> insert_notice(Database& on, const ports::qr_order_status& told);
/// Those not dealt with, oldest first.
template <class Database>
[[nodiscard]] result<std::vector<ports::order_notice>> read_notices(Database& on);
template <class Database>
[[nodiscard]] result<void> mark_notice_closed(Database& on, std::uint64_t id);

} // namespace cipherlane::store
