#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cipherlane::qr {

/// The modules of a symbol without its quiet zone: a square of bits in place, no allocation.
///
/// Coordinates run from 0 at the top left. Distinct objects may be used from distinct threads.
class module_matrix {
  public:
    static constexpr std::size_t max_size = 177; ///< version 40
    static constexpr std::size_t words_per_row = (max_size + 63) / 64;

    explicit module_matrix(std::size_t size) noexcept
        : size_(size) {
        assert(size <= max_size);
    }

    /// Modules a side.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool dark(std::size_t x, std::size_t y) const noexcept {
        assert(x < size_ && y < size_);
        return ((rows_[y * words_per_row + x / 64] >> (x % 64)) & 1U) != 0;
    }
    void set_dark(std::size_t x, std::size_t y) noexcept {
        assert(x < size_ && y < size_);
        rows_[y * words_per_row + x / 64] |= std::uint64_t{1} << (x % 64);
    }
    /// The bits of one row, lowest bit leftmost.
    [[nodiscard]] std::span<const std::uint64_t, words_per_row> row(std::size_t y) const noexcept {
        assert(y < size_);
        return std::span<const std::uint64_t, words_per_row>(&rows_[y * words_per_row], words_per_row);
    }

    friend bool operator==(const module_matrix&, const module_matrix&) = default;

  private:
    std::size_t size_;
    std::array<std::uint64_t, max_size * words_per_row> rows_{};
};

} // namespace cipherlane::qr
