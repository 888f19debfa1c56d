#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_frame.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t escape_offset = 0x20;

constexpr bool needs_escape(std::uint8_t byte) noexcept {
    return byte == abecs_byte::dc3 || byte == abecs_byte::syn || byte == abecs_byte::etb;
}

constexpr std::uint16_t crc_step(std::uint16_t crc, std::uint8_t byte) noexcept {
    auto value = static_cast<std::uint16_t>(crc ^ (byte << 8));
    for (int bit = 0; bit < 8; ++bit) {
        value = static_cast<std::uint16_t>((value & 0x8000) != 0 ? (value << 1) ^ 0x1021 : value << 1);
    }
    return value;
}

} // namespace

std::uint16_t abecs_crc(byte_view data, std::uint16_t from) noexcept {
    for (auto byte : data)
        from = crc_step(from, byte);
    return from;
}

result<secret_bytes> abecs_frame(byte_view payload) {
    if (payload.size() > abecs_largest_payload) {
        return error(make_error_code(drivers_errc::too_long), layer::drivers).at_offset(abecs_largest_payload);
    }
    auto escapes = static_cast<std::size_t>(std::count_if(payload.begin(), payload.end(), needs_escape));
    secret_bytes frame(payload.size() + escapes + 4);
    auto* out = frame.expose().data();
    *out++ = abecs_byte::syn;
    for (auto byte : payload) {
        if (needs_escape(byte)) {
            *out++ = abecs_byte::dc3;
            byte = static_cast<std::uint8_t>(byte + escape_offset);
        }
        *out++ = byte;
    }
    *out++ = abecs_byte::etb;
    store_be16(out, crc_step(abecs_crc(payload), abecs_byte::etb));
    return frame;
}

void abecs_decoder::reset() noexcept {
    wipe(held_.expose().first(size_));
    size_ = 0;
    crc_ = 0;
    state_ = state::outside;
}

abecs_decoder::event abecs_decoder::control(std::uint8_t byte) noexcept {
    switch (byte) {
    case abecs_byte::syn:
        reset();
        state_ = state::content;
        return event::nothing;
    case abecs_byte::ack: return event::ack;
    case abecs_byte::nak: return event::nak;
    case abecs_byte::eot: return event::eot;
    case abecs_byte::can: return event::can;
    default: return event::nothing;
    }
}

abecs_decoder::event abecs_decoder::end_broken() noexcept {
    reset();
    return event::broken;
}

abecs_decoder::event abecs_decoder::keep(std::uint8_t byte) noexcept {
    if (size_ == abecs_largest_payload) return end_broken();
    held_.expose()[size_++] = byte;
    crc_ = crc_step(crc_, byte);
    state_ = state::content;
    return event::nothing;
}

abecs_decoder::event abecs_decoder::take(std::uint8_t byte) noexcept {
    switch (state_) {
    case state::outside: return control(byte);
    case state::content:
        if (byte == abecs_byte::syn) return control(byte);
        if (byte == abecs_byte::dc3) {
            state_ = state::escaped;
            return event::nothing;
        }
        if (byte == abecs_byte::etb) {
            crc_ = crc_step(crc_, byte);
            state_ = state::crc_high;
            return event::nothing;
        }
        return keep(byte);
    case state::escaped: {
        auto clear = static_cast<std::uint8_t>(byte - escape_offset);
        return needs_escape(clear) ? keep(clear) : end_broken();
    }
    case state::crc_high:
        crc_ = static_cast<std::uint16_t>(crc_ ^ (byte << 8));
        state_ = state::crc_low;
        return event::nothing;
    case state::crc_low:
        if ((crc_ ^ byte) != 0) return end_broken();
        state_ = state::outside;
        return event::frame;
    }
    return event::nothing;
}

} // namespace cipherlane::drivers
