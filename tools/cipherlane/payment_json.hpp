#pragma once

#include <cipherlane/acquiring/payment.hpp>

#include <nlohmann/json_fwd.hpp>

namespace cipherlane::cli {

/// A payment for scripts: amounts in minor units, the card masked.
[[nodiscard]] nlohmann::ordered_json to_json(const acquiring::payment& what);

} // namespace cipherlane::cli
