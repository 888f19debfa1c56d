#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/frame.hpp>

#include <algorithm>

namespace cipherlane::net {
namespace {

/// Nothing for what is no number.
std::optional<std::size_t> read_prefix(const std::uint8_t* from, frame_prefix form) noexcept {
    if (form == frame_prefix::binary2) return load_be16(from);
    std::size_t length = 0;
    for (std::size_t i = 0; i < size_of(form); ++i) {
        if (from[i] < '0' || from[i] > '9') return std::nullopt;
        length = length * 10 + (from[i] - std::size_t{'0'});
    }
    return length;
}

} // namespace

std::size_t size_of(frame_prefix form) noexcept {
    return form == frame_prefix::binary2 ? 2 : 4;
}

std::size_t most_of(frame_prefix form) noexcept {
    return form == frame_prefix::binary2 ? 0xFFFF : 9'999;
}

void put_prefix(byte_span to, std::size_t length, frame_prefix form) noexcept {
    if (form == frame_prefix::binary2) return store_be16(to.data(), static_cast<std::uint16_t>(length));
    for (auto at = size_of(form); at-- > 0; length /= 10)
        to[at] = static_cast<std::uint8_t>('0' + length % 10);
}

length_prefixed::length_prefixed(std::size_t largest, empty_message empty, frame_prefix form)
    : largest_(largest)
    , empty_(empty)
    , form_(form) {}

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
    const auto prefix_size = size_of(form_);
    const auto wrong = [this](auto why) {
        return error(why, layer::net).during("frame").at_offset(consumed_ + checked_);
    };
    while (buffer_.size() >= checked_ + prefix_size) {
        const auto size = read_prefix(&buffer_[checked_], form_);
        if (!size) return wrong(core_errc::not_digits);
        if (*size == 0 && empty_ == empty_message::refuse) return wrong(net_errc::frame_empty);
        if (*size > largest_) return wrong(net_errc::frame_too_long);
        if (buffer_.size() < checked_ + prefix_size + *size) break;
        checked_ += prefix_size + *size;
    }
    return {};
}

std::optional<byte_view> length_prefixed::next() {
    const auto prefix_size = size_of(form_);
    while (taken_ < checked_) {
        const std::size_t size = read_prefix(&buffer_[taken_], form_).value_or(0); // checked before
        const byte_view message(&buffer_[taken_] + prefix_size, size);
        taken_ += prefix_size + size;
        if (size > 0 || empty_ == empty_message::give) return message;
    }
    return std::nullopt;
}

} // namespace cipherlane::net
