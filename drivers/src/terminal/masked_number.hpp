#pragma once

#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// A card number as a terminal gives it, in digits or with its own marks in them: at most its first six and last four
/// characters, whatever the terminal has put there.
[[nodiscard]] std::string masked_number(std::string_view told);

} // namespace cipherlane::drivers
