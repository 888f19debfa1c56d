#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace cipherlane::store {

/// FNV-1a of 64 bits, over values of which each says its length: finds what a disk has damaged, proves nothing
/// against an attacker.
class checksum {
  public:
    void add(byte_view data) noexcept {
        add(static_cast<std::int64_t>(data.size()));
        for (const auto one : data)
            step(one);
    }
    /// Lowest byte first. A byte of zeros multiplies alone, and nearly every value ends in seven of them: those go
    /// in one step.
    void add(std::int64_t value) noexcept {
        auto left = static_cast<std::uint64_t>(value);
        std::size_t zeros = 8;
        for (; left != 0; left >>= 8U, --zeros)
            step(static_cast<std::uint8_t>(left));
        value_ *= powers[zeros];
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

  private:
    static constexpr std::uint64_t prime = 0x100000001B3U;
    static constexpr auto powers = [] {
        std::array<std::uint64_t, 9> made{1};
        for (std::size_t i = 1; i < made.size(); ++i)
            made[i] = made[i - 1] * prime;
        return made;
    }();

    void step(std::uint8_t one) noexcept { value_ = (value_ ^ one) * prime; }
    std::uint64_t value_ = 0xCBF29CE484222325U;
};

} // namespace cipherlane::store
