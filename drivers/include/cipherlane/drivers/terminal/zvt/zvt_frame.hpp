#pragma once

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_apdu.hpp>

#include <cstdint>

namespace cipherlane::drivers {

/// Control bytes of ZVT's serial link (PA00P016, chapter 2).
namespace zvt_byte {
inline constexpr std::uint8_t stx = 0x02;
inline constexpr std::uint8_t etx = 0x03;
inline constexpr std::uint8_t ack = 0x06;
inline constexpr std::uint8_t dle = 0x10;
inline constexpr std::uint8_t nak = 0x15;
} // namespace zvt_byte

/// CRC-16, polynomial 1021 reflected (8408), initial value 0.
[[nodiscard]] std::uint16_t zvt_crc(byte_view data, std::uint16_t from = 0) noexcept;

/// DLE STX, the message with each DLE doubled, DLE ETX, and the CRC of message and ETX, low byte first.
[[nodiscard]] secret_bytes zvt_frame(byte_view message);

/// Takes frames and control bytes out of what comes over a serial line, byte by byte, for either side. Bytes outside
/// a frame that mean nothing are dropped; DLE STX within a frame starts a new one.
class zvt_frame_decoder {
  public:
    enum class event : std::uint8_t {
        nothing, ///< more is needed
        ack,
        nak,
        frame,  ///< whole and right: see `message`
        broken, ///< CRC, doubling or length wrong: to be answered with NAK
    };

    [[nodiscard]] event take(std::uint8_t byte);
    /// Of the last frame; once.
    [[nodiscard]] zvt_apdu message() { return reader_.message(); }
    /// True between DLE STX and the second byte of the CRC: the time between bytes is bounded then (T1).
    [[nodiscard]] bool inside() const noexcept { return state_ != state::outside; }
    void reset() noexcept;

  private:
    enum class state : std::uint8_t { outside, dle, content, content_dle, crc_low, crc_high };
    event keep(std::uint8_t byte);
    event end_broken() noexcept;
    void begin() noexcept;

    zvt_reader reader_;
    bool whole_ = false;
    std::uint16_t crc_ = 0;
    state state_ = state::outside;
};

} // namespace cipherlane::drivers
