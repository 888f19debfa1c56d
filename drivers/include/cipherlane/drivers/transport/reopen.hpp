#pragma once

#include <cipherlane/net/transport.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace cipherlane::drivers {

/// How long to pause between attempts to open a device that went away.
struct reopen_schedule {
    std::chrono::milliseconds first{50};
    std::chrono::milliseconds most{5'000};
    double factor = 2.0;

    /// The pause after `failures` failed attempts (one or more), without jitter: a till waits for one device, not
    /// thousands of tills for one server.
    [[nodiscard]] std::chrono::milliseconds pause_after(unsigned failures) const noexcept;
};

using transport_opener = std::function<result<std::unique_ptr<net::transport>>(const call& bounds)>;

/// Tries `open` until it succeeds, with growing pauses.
/// @return the last failure once the call's deadline has passed; `cancelled`; at once any `misuse`, which no pause
///   can cure.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_persistently(
    const transport_opener& open, const call& bounds, const reopen_schedule& schedule = {});

} // namespace cipherlane::drivers
