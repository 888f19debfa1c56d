#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstdint>
#include <optional>

namespace cipherlane::drivers {

/// Control bytes of the ABECS link level (2.12, section 2.2).
namespace abecs_byte {
inline constexpr std::uint8_t eot = 0x04;
inline constexpr std::uint8_t ack = 0x06;
inline constexpr std::uint8_t dc3 = 0x13;
inline constexpr std::uint8_t nak = 0x15;
inline constexpr std::uint8_t syn = 0x16;
inline constexpr std::uint8_t etb = 0x17;
inline constexpr std::uint8_t can = 0x18;
} // namespace abecs_byte

/// Longest content of a frame before escaping.
inline constexpr std::size_t abecs_largest_payload = 2049;

/// CRC-16, polynomial 1021, initial value 0, not reflected (section 7.2).
[[nodiscard]] std::uint16_t abecs_crc(byte_view data, std::uint16_t from = 0) noexcept;

/// SYN, `payload` with 13, 16 and 17 escaped, ETB, and the CRC of payload and ETB, high byte first. Secret because
/// a payload may hold a PAN.
/// @return `too_long`.
[[nodiscard]] result<secret_bytes> abecs_frame(byte_view payload);

/// Takes frames and control bytes out of what a device sends (section 2.2.3), byte by byte, for either side of the
/// link. Bytes outside a frame that mean nothing are dropped; SYN within a frame starts a new one.
class abecs_decoder {
  public:
    enum class event : std::uint8_t {
        nothing, ///< more is needed
        ack,
        nak,
        eot,
        can,
        frame,  ///< whole and right: see `payload`
        broken, ///< CRC, escape or length wrong: to be answered with NAK after silence
    };

    abecs_decoder()
        : held_(abecs_largest_payload) {}

    [[nodiscard]] event take(std::uint8_t byte) noexcept;
    /// Of the last frame; lives until the next SYN.
    [[nodiscard]] byte_view payload() const noexcept { return held_.expose().first(size_); }
    /// True between SYN and the second byte of the CRC: the time between bytes is bounded then.
    [[nodiscard]] bool inside() const noexcept { return state_ != state::outside; }
    /// Forgets a frame that was begun, and wipes what is held.
    void reset() noexcept;

  private:
    enum class state : std::uint8_t { outside, content, escaped, crc_high, crc_low };
    event control(std::uint8_t byte) noexcept;
    event keep(std::uint8_t byte) noexcept;
    event end_broken() noexcept;

    secret_bytes held_;
    std::size_t size_ = 0;
    std::uint16_t crc_ = 0;
    state state_ = state::outside;
};

} // namespace cipherlane::drivers
