#pragma once

#include <cipherlane/net/completion.hpp>

namespace cipherlane::ports {

/// What an asynchronous operation above the ports calls once, at its end. Construct and move it, never assign it.
template <class T>
using completion = net::completion<T>;

} // namespace cipherlane::ports
