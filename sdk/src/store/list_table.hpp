#pragma once

#include <cipherlane/ports/store.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::store {

/// Lists that a host has given to a terminal, in SQL.

template <class Database>
[[nodiscard]] result<void> write_list(Database& on, std::string_view terminal_id, const ports::downloaded_list& list);
template <class Database>
[[nodiscard]] result<std::optional<ports::downloaded_list>> read_list(
    Database& on, std::string_view terminal_id, std::string_view name);

} // namespace cipherlane::store
