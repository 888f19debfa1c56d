#pragma once

#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::net {

/// A TCP socket that listens. Who takes it owns the descriptor.
struct listening_socket {
    enum class family : std::uint8_t { v4, v6 };
    int descriptor = -1;
    family of = family::v4;
    std::uint16_t port = 0; ///< the one that the system chose, where port 0 was asked for
};

/// Listens at "ADDRESS:PORT" or "[V6]:PORT", an address of this machine in numbers; port 0: any free one.
/// @return `bad_endpoint` for anything else; the system's code where nobody can listen there, e.g. because somebody
///   does already; each with the endpoint.
[[nodiscard]] result<listening_socket> listen_tcp(std::string_view address);

} // namespace cipherlane::net
