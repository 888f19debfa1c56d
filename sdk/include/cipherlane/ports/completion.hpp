#pragma once

#include <cipherlane/net/completion.hpp>

#include <utility>

namespace cipherlane::ports {

/// What an asynchronous operation above the ports calls once, at its end. Construct and move it, never assign it.
template <class T>
using completion = net::completion<T>;

/// Holds one, so that what only names it (`acquiring::flow`) does not cost everybody who includes it the executors of
/// Asio.
template <class T>
struct completion_box {
    template <class Handler>
    explicit completion_box(Handler handler)
        : done(std::move(handler)) {}
    completion<T> done;
};

} // namespace cipherlane::ports
