#pragma once

#include <cipherlane/core/result.hpp>

#include <string>
#include <utility>

namespace cipherlane::store {

/// A lock that the system takes back when the process ends, however it ends.
class lock_file {
  public:
    lock_file() = default;
    lock_file(lock_file&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    lock_file& operator=(lock_file&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~lock_file();

    /// @return `store_errc::in_use`, `cannot_open`.
    [[nodiscard]] static result<lock_file> take(const std::string& path);

  private:
    int descriptor_ = -1;
};

} // namespace cipherlane::store
