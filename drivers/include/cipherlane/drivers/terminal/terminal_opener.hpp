#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/net/transport.hpp>

#include <functional>
#include <memory>

namespace cipherlane::drivers {

/// Makes the link to a terminal, as often as it is needed: terminals close theirs between two payments.
using terminal_opener = std::function<result<std::unique_ptr<net::transport>>(const call&)>;

} // namespace cipherlane::drivers
