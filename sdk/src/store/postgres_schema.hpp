#pragma once

#include "postgres_database.hpp"

namespace cipherlane::store {

enum class schema_state : std::uint8_t { absent, older, current };

/// @return `store_errc::newer_schema` where a later version has made it.
[[nodiscard]] result<schema_state> postgres_schema_state(postgres_database& on, std::string_view schema);
/// Makes it or brings it up, in one transaction, one process at a time.
[[nodiscard]] result<void> make_postgres_schema(postgres_database& on, const std::string& schema);
/// Made or brought up where the settings and the role's rights let it.
/// @return `store_errc::not_a_journal` where it is not there, or older, and stays so.
[[nodiscard]] result<void> settle_schema(postgres_database& on, const postgres_settings& settings);
/// What a till needs, and nothing more.
[[nodiscard]] result<void> grant_to_till(postgres_database& on, const std::string& schema, std::string_view role);

} // namespace cipherlane::store
