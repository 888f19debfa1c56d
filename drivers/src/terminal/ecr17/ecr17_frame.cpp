#include <cipherlane/drivers/terminal/ecr17/ecr17_frame.hpp>

namespace cipherlane::drivers {
namespace {

constexpr bool covers_stx(ecr17_check how) noexcept {
    return how == ecr17_check::stx_message_etx || how == ecr17_check::stx_message;
}

constexpr bool covers_etx(ecr17_check how) noexcept {
    return how == ecr17_check::stx_message_etx || how == ecr17_check::message_etx;
}

std::uint8_t lrc_of(byte_view message, ecr17_check how) noexcept {
    std::uint8_t sum = 0x7F;
    for (const auto byte : message)
        sum ^= byte;
    if (covers_stx(how)) sum ^= ecr17_byte::stx;
    if (covers_etx(how)) sum ^= ecr17_byte::etx;
    return sum;
}

} // namespace

std::uint8_t ecr17_lrc(std::string_view message, ecr17_check how) noexcept {
    return lrc_of(as_bytes(message), how);
}

bytes ecr17_frame(std::string_view message, ecr17_check how) {
    bytes frame;
    frame.reserve(message.size() + 3);
    frame.push_back(ecr17_byte::stx);
    frame.insert(frame.end(), message.begin(), message.end());
    frame.push_back(ecr17_byte::etx);
    frame.push_back(ecr17_lrc(message, how));
    return frame;
}

bytes ecr17_control(std::uint8_t what, ecr17_check how) {
    const std::array one{what};
    return {what, ecr17_byte::etx, lrc_of(one, how)};
}

void ecr17_decoder::reset() noexcept {
    text_.clear();
    state_ = state::outside;
}

ecr17_decoder::event ecr17_decoder::judge(std::uint8_t byte, std::optional<ecr17_check> known) {
    state_ = state::outside;
    for (const auto how : ecr17_checks) {
        if (known && how != *known) continue;
        if (ecr17_lrc(text_, how) != byte) continue;
        check_ = how;
        return event::packet;
    }
    return event::broken;
}

ecr17_decoder::event ecr17_decoder::begin(std::uint8_t byte) noexcept {
    reset();
    control_ = byte == ecr17_byte::ack ? event::ack : event::nak;
    if (byte == ecr17_byte::ack || byte == ecr17_byte::nak) state_ = state::control_etx;
    if (byte == ecr17_byte::soh) state_ = state::progress;
    if (byte == ecr17_byte::stx) state_ = state::content;
    return event::nothing;
}

ecr17_decoder::event ecr17_decoder::take(std::uint8_t byte, std::optional<ecr17_check> known) {
    switch (state_) {
    case state::outside: return begin(byte);
    case state::control_etx:
        if (byte != ecr17_byte::etx) return begin(byte); // its rest was lost
        state_ = state::control_check;
        return event::nothing;
    case state::control_check: {
        const auto told = control_;
        reset();
        if (byte == ecr17_byte::stx || byte == ecr17_byte::soh) begin(byte); // no check: its own was lost
        return told;
    }
    case state::progress:
    case state::content: break;
    case state::check: return judge(byte, known);
    }
    if (byte == ecr17_byte::stx) return begin(byte); // no text has one: the end of the one before was lost
    const bool progress = state_ == state::progress;
    if (byte == (progress ? ecr17_byte::eot : ecr17_byte::etx)) {
        state_ = progress ? state::outside : state::check;
        return progress ? event::progress : event::nothing;
    }
    if (text_.size() == most) {
        reset();
        return event::broken;
    }
    text_.push_back(static_cast<char>(byte));
    return event::nothing;
}

} // namespace cipherlane::drivers
