#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <memory>
#include <string>
#include <string_view>

struct pg_conn;

namespace cipherlane::store {

struct postgres_settings;

using postgres_connection = std::unique_ptr<pg_conn, void (*)(pg_conn*)>;

/// Asks all addresses in turn, each for as long as the address allows (`connect_timeout`), all of them no longer than
/// the call lasts. A name is looked up by the system, which takes its own time.
/// @return `cannot_open` where somebody has refused, `database_lost` where nobody has answered, cancelled.
[[nodiscard]] result<postgres_connection> connect_postgres(
    const postgres_settings& where, const std::string& session, const call& bounds);

/// A name that no other session has. A session that comes under a name ends what was there under it.
[[nodiscard]] result<std::string> new_postgres_session();

/// Names that need no quotes.
[[nodiscard]] bool is_schema_name(std::string_view name) noexcept;

} // namespace cipherlane::store
