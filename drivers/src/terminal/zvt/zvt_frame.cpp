#include <cipherlane/drivers/terminal/zvt/zvt_frame.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr std::uint16_t crc_step(std::uint16_t crc, std::uint8_t byte) noexcept {
    auto value = static_cast<std::uint16_t>(crc ^ byte);
    for (int bit = 0; bit < 8; ++bit)
        value = static_cast<std::uint16_t>((value & 1) != 0 ? (value >> 1) ^ 0x8408 : value >> 1);
    return value;
}

} // namespace

std::uint16_t zvt_crc(byte_view data, std::uint16_t from) noexcept {
    for (const auto byte : data)
        from = crc_step(from, byte);
    return from;
}

secret_bytes zvt_frame(byte_view message) {
    const auto doubled = static_cast<std::size_t>(std::count(message.begin(), message.end(), zvt_byte::dle));
    secret_bytes frame(message.size() + doubled + 6);
    auto* out = frame.expose().data();
    *out++ = zvt_byte::dle;
    *out++ = zvt_byte::stx;
    for (const auto byte : message) {
        if (byte == zvt_byte::dle) *out++ = byte;
        *out++ = byte;
    }
    *out++ = zvt_byte::dle;
    *out++ = zvt_byte::etx;
    const auto crc = crc_step(zvt_crc(message), zvt_byte::etx);
    *out++ = static_cast<std::uint8_t>(crc);
    *out = static_cast<std::uint8_t>(crc >> 8);
    return frame;
}

void zvt_frame_decoder::reset() noexcept {
    reader_.reset();
    whole_ = false;
    crc_ = 0;
    state_ = state::outside;
}

void zvt_frame_decoder::begin() noexcept {
    reset();
    state_ = state::content;
}

zvt_frame_decoder::event zvt_frame_decoder::end_broken() noexcept {
    reset();
    return event::broken;
}

zvt_frame_decoder::event zvt_frame_decoder::keep(std::uint8_t byte) {
    if (whole_) return end_broken(); // more than its length says
    crc_ = crc_step(crc_, byte);
    whole_ = reader_.take(byte);
    state_ = state::content;
    return event::nothing;
}

zvt_frame_decoder::event zvt_frame_decoder::take(std::uint8_t byte) {
    switch (state_) {
    case state::outside:
        if (byte == zvt_byte::dle) state_ = state::dle;
        if (byte == zvt_byte::ack) return event::ack;
        return byte == zvt_byte::nak ? event::nak : event::nothing;
    case state::dle:
        if (byte == zvt_byte::dle) return event::nothing; // the one before was a frame that was cut
        state_ = state::outside;
        if (byte == zvt_byte::stx) begin();
        return event::nothing;
    case state::content:
        if (byte != zvt_byte::dle) return keep(byte);
        state_ = state::content_dle;
        return event::nothing;
    case state::content_dle:
        if (byte == zvt_byte::dle) return keep(byte);
        if (byte == zvt_byte::stx) begin();
        if (byte == zvt_byte::stx) return event::nothing;
        if (byte != zvt_byte::etx) return end_broken();
        crc_ = crc_step(crc_, byte);
        state_ = state::crc_low;
        return event::nothing;
    case state::crc_low:
        crc_ = static_cast<std::uint16_t>(crc_ ^ byte);
        state_ = state::crc_high;
        return event::nothing;
    case state::crc_high:
        if (!whole_ || crc_ != static_cast<std::uint16_t>(byte << 8)) return end_broken();
        state_ = state::outside;
        return event::frame;
    }
    return event::nothing;
}

} // namespace cipherlane::drivers
