#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>

namespace cipherlane::iso8583 {

/// The greatest field number: two bitmaps.
inline constexpr int max_field = 128;

/// A set of field numbers from 1 to 128, as bitmaps carry it. Iterates in ascending order; allocates nothing.
class field_set {
  public:
    class iterator {
      public:
        using value_type = int;
        constexpr iterator(std::uint64_t first, std::uint64_t second) noexcept
            : first_(first)
            , second_(second) {}
        constexpr int operator*() const noexcept {
            return first_ != 0 ? std::countl_zero(first_) + 1 : std::countl_zero(second_) + 65;
        }
        constexpr iterator& operator++() noexcept {
            auto& half = first_ != 0 ? first_ : second_;
            half &= ~(std::uint64_t{1} << 63U >> static_cast<unsigned>(std::countl_zero(half)));
            return *this;
        }
        friend constexpr bool operator==(const iterator&, const iterator&) noexcept = default;

      private:
        std::uint64_t first_;
        std::uint64_t second_;
    };

    constexpr field_set() noexcept = default;
    /// From the bitmaps as they are on the wire, most significant bit first.
    constexpr explicit field_set(std::uint64_t first, std::uint64_t second = 0) noexcept
        : bits_{first, second} {}
    template <class... Numbers>
    [[nodiscard]] static constexpr field_set of(Numbers... numbers) noexcept {
        field_set set;
        (set.insert(numbers), ...);
        return set;
    }

    constexpr void insert(int field) noexcept { half(field) |= bit(field); }
    constexpr void erase(int field) noexcept { half(field) &= ~bit(field); }
    [[nodiscard]] constexpr bool contains(int field) const noexcept {
        assert(field >= 1 && field <= max_field);
        return (bits_[field > 64 ? 1 : 0] & bit(field)) != 0;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_[0] == 0 && bits_[1] == 0; }
    [[nodiscard]] constexpr int size() const noexcept { return std::popcount(bits_[0]) + std::popcount(bits_[1]); }
    /// Fields 1 to 64 and 65 to 128.
    [[nodiscard]] constexpr std::uint64_t first_half() const noexcept { return bits_[0]; }
    [[nodiscard]] constexpr std::uint64_t second_half() const noexcept { return bits_[1]; }
    /// What is in this set and not in `other`.
    [[nodiscard]] constexpr field_set without(const field_set& other) const noexcept {
        return field_set(bits_[0] & ~other.bits_[0], bits_[1] & ~other.bits_[1]);
    }

    [[nodiscard]] constexpr iterator begin() const noexcept { return {bits_[0], bits_[1]}; }
    [[nodiscard]] constexpr iterator end() const noexcept { return {0, 0}; }

    friend constexpr bool operator==(const field_set&, const field_set&) noexcept = default;

  private:
    [[nodiscard]] static constexpr std::uint64_t bit(int field) noexcept {
        return std::uint64_t{1} << 63U >> static_cast<unsigned>((field - 1) % 64);
    }
    [[nodiscard]] constexpr std::uint64_t& half(int field) noexcept {
        assert(field >= 1 && field <= max_field);
        return bits_[field > 64 ? 1 : 0];
    }
    std::array<std::uint64_t, 2> bits_{};
};

} // namespace cipherlane::iso8583
