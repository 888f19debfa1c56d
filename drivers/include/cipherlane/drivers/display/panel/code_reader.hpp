#pragma once

#include <cipherlane/drivers/display/panel/frame.hpp>

#include <string>
#include <vector>

namespace cipherlane::drivers {

/// True if this build can read codes (zxing-cpp; an optional dependency, on by default).
[[nodiscard]] bool can_read_codes() noexcept;

/// The texts of all QR codes that a reader finds in a picture, as a phone's camera would see it straight on.
[[nodiscard]] std::vector<std::string> read_codes(const frame& picture);

/// True if the picture holds exactly the code `text`. False in a build that cannot read.
[[nodiscard]] bool reads_as(const frame& picture, std::string_view text);

} // namespace cipherlane::drivers
