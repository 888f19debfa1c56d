#include <cipherlane/drivers/terminal/mispos/mispos_frame.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t packed(std::size_t two_digits) noexcept {
    return static_cast<std::uint8_t>(two_digits / 10 << 4 | two_digits % 10);
}

} // namespace

secret_bytes mispos_frame(byte_view content) {
    content = content.first(std::min(content.size(), mispos_largest));
    secret_bytes frame(content.size() + 5);
    auto* out = frame.expose().data();
    *out++ = mispos_byte::stx;
    *out++ = packed(content.size() / 100);
    *out++ = packed(content.size() % 100);
    out = std::copy(content.begin(), content.end(), out);
    *out++ = mispos_byte::etx;
    std::uint8_t sum = 0;
    for (const auto byte : frame.expose().subspan(1, content.size() + 3))
        sum ^= byte;
    *out = sum;
    return frame;
}

void mispos_decoder::reset() noexcept {
    wipe(held_);
    held_.clear();
    length_ = 0;
    sum_ = 0;
    state_ = state::outside;
}

mispos_decoder::event mispos_decoder::go_astray() noexcept {
    reset();
    state_ = state::astray;
    return event::nothing;
}

mispos_decoder::event mispos_decoder::take_outside(std::uint8_t byte) {
    reset();
    switch (byte) {
    case mispos_byte::stx: state_ = state::length_high; return event::nothing;
    case mispos_byte::ack: return event::ack;
    case mispos_byte::nak: return event::nak;
    case mispos_byte::eot: return event::eot;
    default: return event::nothing;
    }
}

mispos_decoder::event mispos_decoder::take_length(std::uint8_t byte) {
    if (byte >> 4 > 9 || (byte & 0x0F) > 9) return go_astray();
    length_ = length_ * 100 + static_cast<std::size_t>(byte >> 4) * 10 + (byte & 0x0FU);
    if (state_ == state::length_high) {
        state_ = state::length_low;
        return event::nothing;
    }
    if (length_ > largest_) return go_astray();
    held_.reserve(length_); // no copy is left behind where it grows
    state_ = length_ == 0 ? state::end : state::content;
    return event::nothing;
}

mispos_decoder::event mispos_decoder::take(std::uint8_t byte) {
    if (state_ == state::outside) return take_outside(byte);
    if (state_ == state::astray) return event::nothing;
    if (state_ == state::check) {
        const bool whole = byte == sum_;
        if (!whole) reset();
        state_ = state::outside;
        return whole ? event::frame : event::broken;
    }
    sum_ ^= byte;
    switch (state_) {
    case state::length_high:
    case state::length_low: return take_length(byte);
    case state::content:
        held_.push_back(byte);
        if (held_.size() == length_) state_ = state::end;
        return event::nothing;
    default:
        if (byte != mispos_byte::etx) return go_astray();
        state_ = state::check;
        return event::nothing;
    }
}

} // namespace cipherlane::drivers
