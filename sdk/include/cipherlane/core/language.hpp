#pragma once

#include <cstdint>

namespace cipherlane {

/// The languages in which people are spoken to.
enum class language : std::uint8_t { english, chinese };

} // namespace cipherlane
