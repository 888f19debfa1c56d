#pragma once

#include <cipherlane/net/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::net {

/// What differs between the descriptors that bytes go through: sockets, serial lines, hidraw nodes. Each call does
/// what the system call of its name does, without blocking, and reports through errno.
struct descriptor_calls {
    std::ptrdiff_t (*read)(int descriptor, std::uint8_t* into, std::size_t size) noexcept;
    std::ptrdiff_t (*write)(int descriptor, const std::uint8_t* from, std::size_t size) noexcept;
    /// `read` gave 0: is the peer gone, or was that a passing lapse of the line?
    bool (*gone)(int descriptor) noexcept;
    /// Ask without taking bytes whether the peer is gone: 1 gone, 0 not known to be.
    bool (*known_gone)(int descriptor) noexcept;
    /// Before the descriptor is closed.
    void (*closing)(int descriptor) noexcept;
};

/// A transport over a non-blocking descriptor, which it owns from here on. Blocking operations wait in poll(2) and
/// need no running executor; asynchronous ones wait in the executor's reactor. Both make the same system calls, so
/// both end the same way.
/// `calls` must outlive the transport; `where` is the layer its errors name.
[[nodiscard]] std::unique_ptr<transport> adopt_descriptor(boost::asio::any_io_executor on, int descriptor,
    const descriptor_calls& calls, std::string endpoint, layer where);

/// What an errno of a connection means: `lost` for reset, unplugged and unanswered, `refused`, `unreachable`, ...
[[nodiscard]] error error_from_errno(int value, layer where) noexcept;

} // namespace cipherlane::net
