#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <array>
#include <cassert>

namespace cipherlane::crypto {

/// A MAC as computed: 8 to 64 bytes held in place, not secret once sent.
class mac_value {
  public:
    static constexpr std::size_t max_size = 64;
    /// ISO/IEC 9797-1, 5.3: shorter MACs are guessed too easily.
    static constexpr std::size_t min_compared = 4;

    mac_value() noexcept = default;
    explicit mac_value(byte_view data) noexcept
        : size_(static_cast<std::uint8_t>(data.size())) {
        assert(data.size() <= max_size);
        std::copy(data.begin(), data.end(), data_.begin());
    }

    /// All bytes; lives as long as this object.
    [[nodiscard]] byte_view view() const noexcept { return {data_.data(), size_}; }
    /// The leftmost `length` bytes, at most all.
    [[nodiscard]] byte_view first(std::size_t length) const noexcept {
        return view().first(std::min(length, size()));
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// True if `received` equals the leftmost `length` bytes, 4 to all, of which the receiver decides: a sender who
    /// could would choose the length that is guessed most easily. Constant time.
    [[nodiscard]] bool matches(byte_view received, std::size_t length) const noexcept {
        return length >= min_compared && length <= size() && received.size() == length &&
               equal_in_constant_time(first(length), received);
    }

  private:
    std::array<std::uint8_t, max_size> data_{};
    std::uint8_t size_ = 0;
};

} // namespace cipherlane::crypto
