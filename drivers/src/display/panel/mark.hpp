#pragma once

#include <cipherlane/drivers/display/panel/frame.hpp>
#include <cipherlane/ports/display.hpp>

namespace cipherlane::drivers {

/// Ink of the words beside the mark.
[[nodiscard]] colour ink_of(ports::payment_outcome what) noexcept;

/// Draws the sign of how a payment ended, as large as `box` allows: a disc with a tick, a cross, the hands of a clock
/// or a question mark. Drawn from lines and not from a font's glyph, so that it is the same with every font and is
/// seen from two metres.
void draw_mark(frame& on, const rectangle& box, ports::payment_outcome what);

} // namespace cipherlane::drivers
