#pragma once

#include <cipherlane/core/result.hpp>

#include <boost/asio/any_completion_handler.hpp>

namespace cipherlane::net {

/// What an asynchronous operation calls once, at its end, on the handler's associated executor.
/// Construct and move it, never assign it (a fault of Asio 1.25, Boost 1.81).
template <class T>
using completion = boost::asio::any_completion_handler<void(result<T>)>;

} // namespace cipherlane::net
