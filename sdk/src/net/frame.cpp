#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/frame.hpp>

namespace cipherlane::net {
namespace {

constexpr std::size_t prefix_size = 2;

} // namespace

length_prefixed::length_prefixed(std::size_t largest, empty_message empty)
    : largest_(largest)
    , empty_(empty) {}

result<void> length_prefixed::feed(byte_view data) {
    if (taken_ > 0) {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
        checked_ -= taken_;
        consumed_ += taken_;
        taken_ = 0;
    }
    buffer_.insert(buffer_.end(), data.begin(), data.end());
    return check_lengths();
}

result<void> length_prefixed::check_lengths() {
    while (buffer_.size() >= checked_ + prefix_size) {
        const std::size_t size = load_be16(&buffer_[checked_]);
        const bool refused = size == 0 && empty_ == empty_message::refuse;
        if (refused || size > largest_) {
            return error(refused ? net_errc::frame_empty : net_errc::frame_too_long, layer::net)
                .during("frame")
                .at_offset(consumed_ + checked_);
        }
        if (buffer_.size() < checked_ + prefix_size + size) break;
        checked_ += prefix_size + size;
    }
    return {};
}

std::optional<byte_view> length_prefixed::next() {
    while (taken_ < checked_) {
        const std::size_t size = load_be16(&buffer_[taken_]);
        const byte_view message(&buffer_[taken_] + prefix_size, size);
        taken_ += prefix_size + size;
        if (size > 0) return message;
    }
    return std::nullopt;
}

} // namespace cipherlane::net
