#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/escpos/escpos_profile.hpp>

#include <string_view>

namespace cipherlane::drivers {

/// Text in the bytes of the printer's character set.
/// @return `unsendable_text` with the offset, also for control characters.
[[nodiscard]] result<bytes> escpos_text(
    std::string_view text, const escpos_printer_profile& profile, std::string_view field);

/// The same, whatever it is: letters that the character set does not have lose their marks, or become '?'. Control
/// characters are left out, so that nothing in it drives the printer.
[[nodiscard]] bytes escpos_text_as_can_be(std::string_view text, const escpos_printer_profile& profile);

/// Where on its line text stands, as ESC a has it.
enum class escpos_place : std::uint8_t { left = 0, centre = 1 };

/// Initialises the printer and chooses where text stands, and its character set.
void escpos_start(bytes& to, const escpos_printer_profile& profile, escpos_place place);

} // namespace cipherlane::drivers
