#pragma once

#include <cipherlane/crypto/random_source.hpp>

#include <cstdint>

namespace cipherlane::simulation {

/// The one source of chance of a simulated day: the same seed draws the same numbers on every machine
/// (SplitMix64, public domain).
class chance final : public crypto::random_source {
  public:
    explicit chance(std::uint64_t seed) noexcept
        : state_(seed) {}
    void begin_anew(std::uint64_t seed) noexcept { state_ = seed; }

    [[nodiscard]] std::uint64_t draw() noexcept {
        std::uint64_t mixed = (state_ += 0x9E3779B97F4A7C15U);
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        return mixed ^ (mixed >> 31U);
    }
    /// 0 to `bound` - 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept { return draw() % bound; }
    [[nodiscard]] bool once_in(std::uint64_t times) noexcept { return below(times) == 0; }

    void fill(byte_span out) noexcept override {
        for (auto& one : out)
            one = static_cast<std::uint8_t>(draw());
    }

  private:
    std::uint64_t state_;
};

} // namespace cipherlane::simulation
