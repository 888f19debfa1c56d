#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <compare>
#include <cstdint>

namespace cipherlane::cli {

/// One end of a TCP connection in a capture: an IPv6 address, or an IPv4 one in its first four bytes.
struct capture_end {
    std::array<std::uint8_t, 16> address{};
    std::uint16_t port = 0;
    friend auto operator<=>(const capture_end&, const capture_end&) = default;
};

/// A TCP segment of a capture. `data` lives as long as the packet that it was cut from.
struct tcp_segment {
    capture_end from;
    capture_end to;
    std::uint32_t sequence = 0;
    bool syn = false;
    bool fin = false; ///< or RST
    byte_view data;
};

} // namespace cipherlane::cli
