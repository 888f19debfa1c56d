#include <cipherlane/drivers/terminal/zvt/zvt_apdu.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr std::size_t short_head = 3;
constexpr std::size_t long_head = 5;
constexpr std::uint8_t long_mark = 0xFF;

} // namespace

secret_bytes to_wire(std::uint16_t code, byte_view data) {
    data = data.first(std::min(data.size(), zvt_largest_data));
    const bool extended = data.size() >= long_mark;
    const auto head = extended ? long_head : short_head;
    secret_bytes wire(head + data.size());
    auto out = wire.expose();
    store_be16(out.data(), code);
    if (extended) {
        out[2] = long_mark;
        out[3] = static_cast<std::uint8_t>(data.size());
        out[4] = static_cast<std::uint8_t>(data.size() >> 8);
    } else {
        out[2] = static_cast<std::uint8_t>(data.size());
    }
    std::copy(data.begin(), data.end(), out.begin() + static_cast<std::ptrdiff_t>(head));
    return wire;
}

std::size_t zvt_reader::head() const noexcept {
    return held_.size() > 2 && held_[2] == long_mark ? long_head : short_head;
}

std::size_t zvt_reader::length() const noexcept {
    if (held_[2] != long_mark) return held_[2];
    return static_cast<std::size_t>(held_[3] | (held_[4] << 8));
}

/// A vector that grows leaves copies behind: it is moved by hand, and the old one wiped.
void zvt_reader::keep(std::uint8_t byte) {
    if (held_.size() == held_.capacity()) {
        constexpr std::size_t first = 512;
        bytes larger;
        larger.reserve(std::max(first, 2 * held_.size()));
        larger.assign(held_.begin(), held_.end());
        held_.swap(larger);
        wipe(larger);
    }
    held_.push_back(byte);
}

bool zvt_reader::take(std::uint8_t byte) {
    if (whole_) reset();
    keep(byte);
    whole_ = held_.size() >= head() && held_.size() == head() + length();
    return whole_;
}

zvt_apdu zvt_reader::message() {
    zvt_apdu made;
    if (whole_) made = {load_be16(held_.data()), secret_bytes(byte_view(held_).subspan(head()))};
    reset();
    return made;
}

void zvt_reader::reset() noexcept {
    wipe(held_);
    held_.clear();
    whole_ = false;
}

} // namespace cipherlane::drivers
