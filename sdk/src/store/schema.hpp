#pragma once

#include "sqlite.hpp"

namespace cipherlane::store {

/// Brings an empty or older file to this version, in one transaction.
/// @return `newer_schema`, `not_a_journal`, and what SQLite says.
[[nodiscard]] result<void> make_schema(database& on);

/// Checks that a file is a journal, of whatever version, or has nothing in it yet, without writing.
/// @return `not_a_journal`, `newer_schema`, and what SQLite says.
[[nodiscard]] result<void> check_not_foreign(database& on);

/// Checks that a file is a journal of this version, without writing.
[[nodiscard]] result<void> check_schema(database& on);

} // namespace cipherlane::store
