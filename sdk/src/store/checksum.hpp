#pragma once

#include <cipherlane/core/bytes.hpp>

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
    void add(std::int64_t value) noexcept {
        for (unsigned shift = 0; shift < 64; shift += 8)
            step(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

  private:
    void step(std::uint8_t one) noexcept { value_ = (value_ ^ one) * 0x100000001B3U; }
    std::uint64_t value_ = 0xCBF29CE484222325U;
};

} // namespace cipherlane::store
