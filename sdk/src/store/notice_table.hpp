#pragma once

#include "sqlite.hpp"

#include <cipherlane/ports/store.hpp>

namespace cipherlane::store {

/// What gateways have said unasked. The same word about the same payment is there once, dealt with or not.

[[nodiscard]] result<void> insert_notice(database& on, const ports::qr_order_status& told);
/// Those not dealt with, oldest first.
[[nodiscard]] result<std::vector<ports::order_notice>> read_notices(database& on);
[[nodiscard]] result<void> mark_notice_closed(database& on, std::uint64_t id);

} // namespace cipherlane::store
