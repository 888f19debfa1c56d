#pragma once

#include <unistd.h>
#include <utility>

namespace cipherlane::drivers {

/// A descriptor that is closed unless it is given away.
class owned_descriptor {
  public:
    explicit owned_descriptor(int value) noexcept
        : value_(value) {}
    owned_descriptor(owned_descriptor&& other) noexcept
        : value_(other.release()) {}
    owned_descriptor(const owned_descriptor&) = delete;
    owned_descriptor& operator=(const owned_descriptor&) = delete;
    owned_descriptor& operator=(owned_descriptor&&) = delete;
    ~owned_descriptor() {
        if (value_ >= 0) ::close(value_);
    }

    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] int release() noexcept { return std::exchange(value_, -1); }

  private:
    int value_;
};

} // namespace cipherlane::drivers
