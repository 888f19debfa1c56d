#pragma once

#include <cipherlane/core/result.hpp>

namespace cipherlane::store {

class postgres_database;

/// Before a session writes. After a failover to a standby that was not waited for, what the old server gave out last
/// may be unknown to the new one: numbers of records and traces, which some machine has in hand and the host has
/// seen. They would be given again, to others. So the first session that comes to a new line of the server's history
/// (its timeline) makes all numbers go on further on.
[[nodiscard]] result<void> follow_timeline(postgres_database& on);

} // namespace cipherlane::store
