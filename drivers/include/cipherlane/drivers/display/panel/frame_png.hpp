#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/display/panel/frame.hpp>

namespace cipherlane::drivers {

/// The picture as a PNG file in memory.
/// @return `qr::qr_errc::png_failed`.
[[nodiscard]] result<bytes> to_png(const frame& picture);

} // namespace cipherlane::drivers
