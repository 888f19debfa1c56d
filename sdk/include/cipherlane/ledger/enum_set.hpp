#pragma once

#include <bit>
#include <cassert>
#include <cstdint>

namespace cipherlane::ledger {

/// A set of the values of an enumeration whose numbers are below 64. Iterates in ascending order. A number beyond, as
/// a damaged file may have it, is in no set; it cannot be inserted.
template <class Enum>
class enum_set {
  public:
    class iterator {
      public:
        using value_type = Enum;
        constexpr explicit iterator(std::uint64_t bits) noexcept
            : bits_(bits) {}
        constexpr Enum operator*() const noexcept { return static_cast<Enum>(std::countr_zero(bits_)); }
        constexpr iterator& operator++() noexcept {
            bits_ &= bits_ - 1;
            return *this;
        }
        friend constexpr bool operator==(const iterator&, const iterator&) noexcept = default;

      private:
        std::uint64_t bits_;
    };

    constexpr enum_set() noexcept = default;
    template <class... Values>
    [[nodiscard]] static constexpr enum_set of(Values... values) noexcept {
        enum_set set;
        (set.insert(values), ...);
        return set;
    }

    constexpr void insert(Enum value) noexcept {
        assert(bit(value) != 0);
        bits_ |= bit(value);
    }
    [[nodiscard]] constexpr bool contains(Enum value) const noexcept { return (bits_ & bit(value)) != 0; }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    [[nodiscard]] constexpr int size() const noexcept { return std::popcount(bits_); }

    friend constexpr enum_set operator|(enum_set a, enum_set b) noexcept { return enum_set(a.bits_ | b.bits_); }
    friend constexpr enum_set operator&(enum_set a, enum_set b) noexcept { return enum_set(a.bits_ & b.bits_); }
    /// What is in this set and not in `other`.
    [[nodiscard]] constexpr enum_set without(enum_set other) const noexcept { return enum_set(bits_ & ~other.bits_); }

    [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(bits_); }
    [[nodiscard]] constexpr iterator end() const noexcept { return iterator(0); }

    friend constexpr bool operator==(const enum_set&, const enum_set&) noexcept = default;

  private:
    constexpr explicit enum_set(std::uint64_t bits) noexcept
        : bits_(bits) {}
    [[nodiscard]] static constexpr std::uint64_t bit(Enum value) noexcept {
        const auto number = static_cast<unsigned>(value);
        return number < 64 ? std::uint64_t{1} << number : 0;
    }
    std::uint64_t bits_ = 0;
};

} // namespace cipherlane::ledger
