#pragma once

#include <cipherlane/acquiring/settlement_report.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::ports {
class store;
} // namespace cipherlane::ports

namespace cipherlane::acquiring {

/// Who counts beside the till.
enum class settled_with : std::uint8_t {
    host,
    card_terminal ///< that stands in the host's place
};

/// What the terminal's last settlement came to, as the journal has it: for whoever was to hear of it when the till
/// ended right after the batch was closed. What is open is told as it is now; `late`, `refused`, `end_code` and
/// `cards_erased` are not on file. Nothing where no batch has been closed, or a settlement has begun since. Asks
/// nobody; for any thread. Errors: the journal's.
[[nodiscard]] result<std::optional<settlement_report>> last_settlement(
    ports::store& journal, std::string_view terminal_id, settled_with whom, const call& bounds);

} // namespace cipherlane::acquiring
