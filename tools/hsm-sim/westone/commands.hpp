#pragma once

#include "hsm-sim/westone/exchange.hpp"

#include <cstdint>
#include <span>

namespace cipherlane::hsm_sim {

/// A command of the Westone dialect: its two bytes, and what reads and answers it.
struct westone_row {
    std::uint8_t group;
    std::uint8_t number;
    void (*run)(westone_exchange&);
};

[[nodiscard]] std::span<const westone_row> westone_key_commands() noexcept;
[[nodiscard]] std::span<const westone_row> westone_pin_commands() noexcept;
[[nodiscard]] std::span<const westone_row> westone_mac_commands() noexcept;
[[nodiscard]] std::span<const westone_row> westone_data_key_commands() noexcept;
[[nodiscard]] std::span<const westone_row> westone_data_commands() noexcept;

/// A key in clear in a request, put under the local master key: D1 08 and D0 08.
void put_clear_key(westone_exchange& x, lmk_slot type, byte_view clear);

} // namespace cipherlane::hsm_sim
