#pragma once

#include <string>
#include <string_view>

namespace cipherlane::sim {

/// What the simulated pad answers to GIX (section 3.2.4): of the identifiers asked for, two bytes each, those that it
/// knows; all of them where `list` is empty.
[[nodiscard]] std::string pad_information(std::string_view list);

} // namespace cipherlane::sim
