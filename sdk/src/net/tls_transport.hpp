#pragma once

#include "tls_session.hpp"

#include <cipherlane/net/transport.hpp>

#include <memory>

namespace cipherlane::net {

/// The transport above a finished handshake.
[[nodiscard]] std::unique_ptr<transport> make_tls_transport(
    std::unique_ptr<transport> link, std::unique_ptr<tls_session> session);

} // namespace cipherlane::net
