#pragma once

#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

struct pg_conn;

namespace cipherlane::store {

struct postgres_settings;

/// Asks all addresses in turn, each for as long as the address allows; what came of it is the connection's to say.
[[nodiscard]] pg_conn* connect_postgres(const postgres_settings& where, const std::string& session);

/// A name that no other session has. A session that comes under a name ends what was there under it.
[[nodiscard]] result<std::string> new_postgres_session();

/// Why there is no connection, in the store's words: `cannot_open` where somebody has refused, `database_lost` where
/// nobody has answered.
[[nodiscard]] error connect_error(const pg_conn* failed, const postgres_settings& where);

/// Names that need no quotes.
[[nodiscard]] bool is_schema_name(std::string_view name) noexcept;

} // namespace cipherlane::store
