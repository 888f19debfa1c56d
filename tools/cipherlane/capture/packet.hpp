#pragma once

#include "cipherlane/capture/segment.hpp"

#include <cstdint>
#include <optional>

namespace cipherlane::cli {

/// Link types of captures that are understood (the numbers of the pcap registry): loopback, Ethernet, raw IP, and the
/// two of Linux' "any" device.
enum class link_type : std::uint32_t {
    null = 0,
    ethernet = 1,
    raw = 101,
    loop = 108,
    linux_any = 113,
    linux_any_2 = 276
};

[[nodiscard]] bool is_understood(std::uint32_t link) noexcept;

/// The TCP segment that a packet carries by IPv4 or IPv6; nothing of others, of fragments and of what is cut short.
[[nodiscard]] std::optional<tcp_segment> tcp_of(std::uint32_t link, byte_view packet) noexcept;

} // namespace cipherlane::cli
