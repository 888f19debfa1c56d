#pragma once

#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/ports/store.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::acquiring {

/// What a journal has under the key of a request, which may then not be used anew. Reports only.
/// @return `key_reused` if the key was for something else.
[[nodiscard]] result<std::optional<ports::journal_record>> key_in_use(
    ports::store& journal, std::string_view terminal_id, const trade_request& wish, const call& bounds);

} // namespace cipherlane::acquiring
