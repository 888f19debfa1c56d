#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/frame.hpp>

#include <algorithm>

namespace cipherlane::net {
namespace {

constexpr std::size_t prefix_size = 2;

} // namespace

length_prefixed::length_prefixed(std::size_t largest, empty_message empty)
    : largest_(largest)
    , empty_(empty) {}

length_prefixed::~length_prefixed() {
    wipe(buffer_);
}

/// What is left goes to the front; where it lay is wiped before the vector forgets it.
void length_prefixed::drop_taken() {
    const auto left = buffer_.size() - taken_;
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(taken_), buffer_.end(), buffer_.begin());
    wipe(byte_span(buffer_).subspan(left));
    buffer_.resize(left);
    checked_ -= taken_;
    consumed_ += taken_;
    taken_ = 0;
}

/// By hand, since a vector that grows leaves its old contents in freed memory.
void length_prefixed::make_room(std::size_t more) {
    if (buffer_.capacity() - buffer_.size() >= more) return;
    bytes larger;
    larger.reserve(std::max(buffer_.size() + more, 2 * buffer_.capacity()));
    larger.assign(buffer_.begin(), buffer_.end());
    wipe(buffer_);
    buffer_.swap(larger);
}

result<void> length_prefixed::feed(byte_view data) {
    if (taken_ > 0) drop_taken();
    make_room(data.size());
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
        if (size > 0 || empty_ == empty_message::give) return message;
    }
    return std::nullopt;
}

} // namespace cipherlane::net
