#pragma once

#include "refusals.hpp"

#include <atomic>

namespace cipherlane::drivers {

/// Holds a device for one call. Devices serve one call at a time: a second thread is told so instead of mixing its
/// bytes with those of the first.
class one_call {
  public:
    explicit one_call(std::atomic<bool>& under_way) noexcept
        : under_way_(under_way)
        , mine_(!under_way.exchange(true, std::memory_order_acquire)) {}
    one_call(const one_call&) = delete;
    one_call& operator=(const one_call&) = delete;
    ~one_call() {
        if (mine_) under_way_.store(false, std::memory_order_release);
    }

    /// @return `call_under_way` where another call has the device.
    [[nodiscard]] result<void> check() const {
        if (!mine_) return refused(drivers_errc::call_under_way);
        return {};
    }

  private:
    std::atomic<bool>& under_way_;
    bool mine_;
};

} // namespace cipherlane::drivers
