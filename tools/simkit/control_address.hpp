#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::sim {

/// What the address of a control channel on a Unix socket begins with.
inline constexpr std::string_view unix_prefix = "unix:";

/// Where a simulator's control channel is to be: a port on 127.0.0.1, or a Unix socket.
struct control_address {
    std::uint16_t port = 0; ///< 0: any free one
    std::string path;       ///< of the Unix socket; empty: the port counts

    /// "1501" or "unix:PATH"; nothing where it is neither.
    [[nodiscard]] static std::optional<control_address> parse(std::string_view text);
};

} // namespace cipherlane::sim
