#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstddef>
#include <cstdint>

namespace cipherlane::drivers {

/// Control bytes of MIS-POS.
namespace mispos_byte {
inline constexpr std::uint8_t stx = 0x02;
inline constexpr std::uint8_t etx = 0x03;
inline constexpr std::uint8_t eot = 0x04; ///< gives up
inline constexpr std::uint8_t ack = 0x06;
inline constexpr std::uint8_t nak = 0x15;
} // namespace mispos_byte

/// Most content that a length can say: four packed digits.
inline constexpr std::size_t mispos_largest = 9'999;

/// STX, the content's length as four packed digits, the content, ETX, and the XOR from the length to ETX. Content
/// beyond `mispos_largest` is cut off: no message of ours comes near.
[[nodiscard]] secret_bytes mispos_frame(byte_view content);

/// Takes frames and control bytes out of what comes, byte by byte, for either side. Bytes outside a frame that mean
/// nothing are dropped. Content is wiped: what a terminal passes through holds card data.
class mispos_decoder {
  public:
    enum class event : std::uint8_t {
        nothing, ///< more is needed
        ack,
        nak,
        eot,
        frame,  ///< whole and right: see `content`
        broken, ///< its check is wrong: to be answered with NAK
    };

    /// A frame whose length or end is wrong, or that has more than `largest` bytes of content, ends with a silence
    /// alone, as its bytes may look like anything: `inside` until `reset`.
    explicit mispos_decoder(std::size_t largest = mispos_largest)
        : largest_(largest) {}
    mispos_decoder(const mispos_decoder&) = delete;
    mispos_decoder& operator=(const mispos_decoder&) = delete;
    ~mispos_decoder() { reset(); }

    [[nodiscard]] event take(std::uint8_t byte);
    /// Of the last frame; lives until the next `take`.
    [[nodiscard]] byte_view content() const noexcept { return held_; }
    [[nodiscard]] bool inside() const noexcept { return state_ != state::outside; }
    void reset() noexcept;

  private:
    enum class state : std::uint8_t { outside, length_high, length_low, content, end, check, astray };
    [[nodiscard]] event take_outside(std::uint8_t byte);
    [[nodiscard]] event take_length(std::uint8_t byte);
    [[nodiscard]] event go_astray() noexcept;

    std::size_t largest_;
    bytes held_;
    std::size_t length_ = 0;
    std::uint8_t sum_ = 0;
    state state_ = state::outside;
};

} // namespace cipherlane::drivers
