#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace cipherlane::iso8583 {

/// The most bitmaps that a message has, and the greatest field number.
inline constexpr int max_bitmaps = 3;
inline constexpr int max_field = max_bitmaps * 64;

/// A set of field numbers from 1 to 192, as bitmaps carry it. Iterates in ascending order; allocates nothing.
class field_set {
    using words = std::array<std::uint64_t, max_bitmaps>;

  public:
    class iterator {
      public:
        using value_type = int;
        constexpr iterator(const words& bits, std::size_t word) noexcept
            : bits_(bits)
            , word_(word) {
            skip();
        }
        constexpr int operator*() const noexcept {
            return static_cast<int>(word_) * 64 + std::countl_zero(bits_[word_]) + 1;
        }
        constexpr iterator& operator++() noexcept {
            auto& bits = bits_[word_];
            bits &= ~(top >> static_cast<unsigned>(std::countl_zero(bits)));
            skip();
            return *this;
        }
        friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.word_ == b.word_ && (a.word_ == max_bitmaps || a.bits_[a.word_] == b.bits_[b.word_]);
        }

      private:
        constexpr void skip() noexcept {
            while (word_ < max_bitmaps && bits_[word_] == 0)
                ++word_;
        }
        words bits_;
        std::size_t word_;
    };

    constexpr field_set() noexcept = default;
    /// From the bitmaps as they are on the wire, most significant bit first.
    constexpr explicit field_set(std::uint64_t first, std::uint64_t second = 0, std::uint64_t third = 0) noexcept
        : bits_{first, second, third} {}
    template <class... Numbers>
    [[nodiscard]] static constexpr field_set of(Numbers... numbers) noexcept {
        field_set set;
        (set.insert(numbers), ...);
        return set;
    }

    constexpr void insert(int field) noexcept { word(field) |= bit(field); }
    constexpr void erase(int field) noexcept { word(field) &= ~bit(field); }
    [[nodiscard]] constexpr bool contains(int field) const noexcept {
        assert(field >= 1 && field <= max_field);
        return (bits_[static_cast<std::size_t>(field - 1) / 64] & bit(field)) != 0;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return (bits_[0] | bits_[1] | bits_[2]) == 0; }
    [[nodiscard]] constexpr int size() const noexcept {
        return std::popcount(bits_[0]) + std::popcount(bits_[1]) + std::popcount(bits_[2]);
    }
    /// The fields of one bitmap: 0 for 1 to 64, 1 for 65 to 128, 2 for 129 to 192.
    [[nodiscard]] constexpr std::uint64_t bitmap(std::size_t index) const noexcept { return bits_[index]; }
    /// How many bitmaps carry these fields: up to the last one with a field, at least one.
    [[nodiscard]] constexpr int bitmaps() const noexcept { return bits_[2] != 0 ? 3 : bits_[1] != 0 ? 2 : 1; }
    /// What is in this set and not in `other`.
    [[nodiscard]] constexpr field_set without(const field_set& other) const noexcept {
        return field_set(bits_[0] & ~other.bits_[0], bits_[1] & ~other.bits_[1], bits_[2] & ~other.bits_[2]);
    }

    /// What is in either.
    [[nodiscard]] constexpr field_set with(const field_set& other) const noexcept {
        return field_set(bits_[0] | other.bits_[0], bits_[1] | other.bits_[1], bits_[2] | other.bits_[2]);
    }

    [[nodiscard]] constexpr iterator begin() const noexcept { return {bits_, 0}; }
    [[nodiscard]] constexpr iterator end() const noexcept { return {bits_, max_bitmaps}; }

    friend constexpr bool operator==(const field_set&, const field_set&) noexcept = default;

  private:
    static constexpr std::uint64_t top = std::uint64_t{1} << 63U;
    [[nodiscard]] static constexpr std::uint64_t bit(int field) noexcept {
        return top >> static_cast<unsigned>((field - 1) % 64);
    }
    [[nodiscard]] constexpr std::uint64_t& word(int field) noexcept {
        assert(field >= 1 && field <= max_field);
        return bits_[static_cast<std::size_t>(field - 1) / 64];
    }
    words bits_{};
};

} // namespace cipherlane::iso8583
