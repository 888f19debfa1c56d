#pragma once

#include <chrono>
#include <thread>

namespace cipherlane::tests {

/// Whether `done` came true in time. An emulated machine is slow: the limit is there only to end.
template <class F>
[[nodiscard]] bool comes_true(F done, std::chrono::milliseconds limit = std::chrono::seconds{20}) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

} // namespace cipherlane::tests
