#pragma once

#include <cipherlane/acquiring/settlement_report.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <optional>

namespace cipherlane {

class till;

/// What the last settlement of the till's terminal came to (`cipherlane/acquiring/last_settlement.hpp`): for a slip
/// that nobody has got.
[[nodiscard]] result<std::optional<acquiring::settlement_report>> last_settlement(till& of, const call& bounds);

} // namespace cipherlane
