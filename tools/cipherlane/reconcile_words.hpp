#pragma once

#include <cipherlane/core/currency.hpp>
#include <cipherlane/reconcile/comparison.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace cipherlane::cli {

/// One difference for people, in one line and what to do in the next.
[[nodiscard]] std::string to_text(const reconcile::difference& what, const currency& unit);
/// What both sides add up to, in lines.
[[nodiscard]] std::string to_text(const reconcile::comparison_summary& sums, const currency& unit);

/// The same for scripts: amounts in minor units.
[[nodiscard]] nlohmann::ordered_json to_json(const reconcile::difference& what);
[[nodiscard]] nlohmann::ordered_json to_json(const reconcile::comparison_summary& sums);

/// A difference as a line of values; lines end by CR LF (RFC 4180).
[[nodiscard]] std::string difference_names();
[[nodiscard]] std::string to_csv(const reconcile::difference& what);

} // namespace cipherlane::cli
