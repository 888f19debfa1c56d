#pragma once

#include <cipherlane/drivers/display/panel/frame.hpp>

#include <vector>

namespace cipherlane::drivers {

/// Rectangles that cover every pixel in which two frames of one size differ: at most `most`, from top to bottom, with
/// as few other pixels as a split by rows allows. Empty if nothing differs.
[[nodiscard]] std::vector<rectangle> changed_rectangles(
    const frame& before, const frame& after, std::size_t most = 8);

} // namespace cipherlane::drivers
