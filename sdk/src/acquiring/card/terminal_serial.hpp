#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/ports/qr_gateway.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::acquiring {

/// The terminal serial block (终端序列号信息) of a trade, as its field carries it; empty where the settings want
/// none. Its cryptogram is the PIN pad's, or the sealer's where the pad makes none.
/// @param number the card number or payment code: its last six digits are the random factor.
/// @return where the settings refuse a trade without cryptogram: `no_device`, or what the device says.
[[nodiscard]] result<std::string> terminal_serial_block(lane_core& on, std::string_view number, const call& bounds);

/// The same beside what a gateway is asked to charge; nothing where the settings want none there, or where the
/// gateway takes none.
[[nodiscard]] result<std::optional<ports::charge_serial>> charge_serial(
    lane_core& on, const ports::qr_gateway& gateway, std::string_view number, const call& bounds);

/// The block of a card's trade as its record keeps it: without the digits of its number (`hidden_factor`).
[[nodiscard]] std::string without_card_digits(std::string block, std::string_view number);

} // namespace cipherlane::acquiring
