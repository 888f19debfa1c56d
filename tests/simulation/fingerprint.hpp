#pragma once

#include <cipherlane/core/bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cipherlane::simulation {

/// One number for a whole state: two states with the same one are taken for the same. Not against people, who could
/// make two such states.
class fingerprint {
  public:
    void add(std::uint64_t value) noexcept { sum_ = mixed(sum_ ^ value) + 0x9E3779B97F4A7C15U; }
    void add(std::string_view text) noexcept { add(as_bytes(text)); }
    void add(byte_view data) noexcept {
        add(data.size());
        // Four at a time, none of which waits for another.
        std::array<std::uint64_t, 4> lanes{sum_, ~sum_, sum_ + 1, sum_ + 2};
        std::size_t at = 0;
        for (; data.size() - at >= lanes.size() * word; at += lanes.size() * word) {
            for (std::size_t i = 0; i < lanes.size(); ++i)
                lanes[i] = stirred(lanes[i], word_at(data, at + i * word, word));
        }
        for (; at < data.size(); at += word)
            lanes[0] = stirred(lanes[0], word_at(data, at, std::min(word, data.size() - at)));
        for (const auto lane : lanes)
            add(lane);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return mixed(sum_); }

  private:
    static constexpr std::size_t word = 8;

    static std::uint64_t word_at(byte_view data, std::size_t at, std::size_t size) noexcept {
        std::uint64_t value = 0;
        std::memcpy(&value, data.data() + at, size);
        return value;
    }
    static std::uint64_t stirred(std::uint64_t lane, std::uint64_t value) noexcept {
        lane = (lane ^ value) * 0x9FB21C651E98DF25U;
        return lane ^ (lane >> 32U);
    }
    static std::uint64_t mixed(std::uint64_t value) noexcept {
        value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
        value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
        return value ^ (value >> 31U);
    }

    std::uint64_t sum_ = 0x5EED;
};

} // namespace cipherlane::simulation
