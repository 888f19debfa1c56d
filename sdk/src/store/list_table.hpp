#pragma once

#include "sqlite.hpp"

#include <cipherlane/ports/store.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::store {

/// Lists that a host has given to a terminal, in SQL.

[[nodiscard]] result<void> write_list(database& on, std::string_view terminal_id, const ports::downloaded_list& list);
[[nodiscard]] result<std::optional<ports::downloaded_list>> read_list(
    database& on, std::string_view terminal_id, std::string_view name);

} // namespace cipherlane::store
