#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <functional>
#include <memory>

namespace cipherlane::net {
class transport;
} // namespace cipherlane::net

namespace cipherlane::hostlink {

/// Makes a connection to a host or a gateway within a call, in place of TCP and TLS to the address of the settings:
/// for links of another kind, and for simulations. Its errors mean that nothing was sent. The connection is used
/// blocking, by one thread, until an exchange fails or ends it.
using host_connector = std::function<result<std::unique_ptr<net::transport>>(const call&)>;

} // namespace cipherlane::hostlink
