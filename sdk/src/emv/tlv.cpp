#include "tlv_path.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <algorithm>

namespace cipherlane::emv {
namespace {

constexpr unsigned more_tag_bytes = 0x1F; // low bits of a first byte: further bytes follow
constexpr unsigned more_bit = 0x80;
constexpr std::size_t longest_tag = 4;
constexpr std::size_t longest_length = 4;
constexpr std::uint8_t padding_byte = 0xFF;

/// Whether an object begins here and ends within the bytes.
bool begins_object(byte_view data) noexcept {
    std::size_t at = 1;
    if ((data[0] & more_tag_bytes) == more_tag_bytes) {
        unsigned byte = more_bit;
        while ((byte & more_bit) != 0) {
            if (at == longest_tag || at == data.size()) return false;
            byte = data[at++];
        }
    }
    if (at == data.size()) return false;
    const std::size_t length = data[at++];
    return (length & more_bit) == 0 && length <= data.size() - at;
}

/// Whether FF at the start of these bytes is padding: behind other padding, at the end, or where no tag can be meant.
bool is_padding(byte_view data, bool after) noexcept {
    constexpr std::uint8_t kernel_tag = 0x81;
    if (data.size() == 1 || data[1] == padding_byte) return true;
    if (data[1] == kernel_tag) return false;
    return after || !begins_object(data);
}

} // namespace

std::string_view to_string(tlv_deviation what) noexcept {
    constexpr std::string_view names[] = {
        "none", "padding of FF, where only 00 is allowed", "a length above 127 in one byte, without 81 in front"};
    return names[static_cast<std::size_t>(what)];
}

std::string tag_text(tag_number tag) {
    std::array<std::uint8_t, longest_tag> raw{};
    const std::size_t size = detail::store_tag(tag, raw);
    return to_hex(byte_view(raw).first(size));
}

tlv_reader::tlv_reader(byte_view data, const tlv_limits& limits) noexcept
    : data_(data)
    , how_(limits.reading)
    , most_depth_(std::min(limits.depth, tlv_limits::most_depth)) {
    if (data.size() > limits.size) fail(emv_errc::too_large, 0);
    if (most_depth_ == 0 && fault_ == 0) fail(emv_errc::too_deep, 0);
}

bool tlv_reader::fail(emv_errc why, tag_number tag) noexcept {
    fault_ = static_cast<int>(why);
    fault_tag_ = tag;
    return false;
}

void tlv_reader::deviates(tlv_deviation what, std::size_t at) noexcept {
    if (deviation_ != tlv_deviation::none) return;
    deviation_ = what;
    deviation_at_ = at;
}

void tlv_reader::skip_padding() noexcept {
    deviation_ = tlv_deviation::none;
    bool after = false;
    while (at_ < data_.size()) {
        const bool filler = data_[at_] == padding_byte && is_padding(data_.subspan(at_), after);
        if (!filler && data_[at_] != 0) return;
        if (filler) deviates(tlv_deviation::padding, at_);
        after = after || filler;
        ++at_;
    }
}

bool tlv_reader::next() noexcept {
    if (fault_ != 0) return false;
    while (at_ < data_.size() && data_[at_] == 0)
        ++at_;
    if (how_ == tlv_reading::tolerant) skip_padding();
    if (at_ == data_.size()) return false;
    const std::size_t start = at_;
    std::size_t at = start;
    object_.offset = base_ + start;

    tag_number tag = data_[at++];
    if ((tag & more_tag_bytes) == more_tag_bytes) {
        unsigned byte = more_bit;
        for (std::size_t size = 1; (byte & more_bit) != 0; ++size) {
            if (size == longest_tag) return fail(emv_errc::tag_too_long, tag);
            if (at == data_.size()) return fail(emv_errc::cut_tag, tag);
            byte = data_[at++];
            tag = (tag << 8U) | byte;
        }
    }

    if (at == data_.size()) return fail(emv_errc::cut_length, tag);
    const std::size_t length_at = at;
    std::size_t length = data_[at++];
    if ((length & more_bit) != 0) {
        const std::size_t bytes_of_length = length & 0x7FU;
        auto why = emv_errc{};
        if (bytes_of_length == 0 || bytes_of_length > longest_length) {
            why = emv_errc::bad_length;
        } else if (data_.size() - at < bytes_of_length) {
            why = emv_errc::cut_length;
        } else {
            length = 0;
            for (std::size_t i = 0; i < bytes_of_length; ++i)
                length = (length << 8U) | data_[at++];
            if (length > data_.size() - at) why = emv_errc::length_past_end;
        }
        if (why != emv_errc{}) {
            // Some write 128 to 255 as they are; taken so only where nothing else can be meant.
            at = length_at + 1;
            length = data_[length_at];
            if (how_ == tlv_reading::strict || length > data_.size() - at) return fail(why, tag);
            deviates(tlv_deviation::one_byte_length, length_at);
        }
    } else if (length > data_.size() - at) {
        return fail(emv_errc::length_past_end, tag);
    }

    object_.tag = tag;
    object_.value = data_.subspan(at, length);
    at_ = at + length;
    return true;
}

tlv_reader tlv_reader::inside() const noexcept {
    tlv_reader inner;
    inner.data_ = object_.value;
    inner.how_ = how_;
    inner.base_ = base_ + at_ - object_.value.size();
    inner.object_.offset = inner.base_;
    inner.most_depth_ = most_depth_;
    inner.above_ = above_;
    if (depth_ + 1 >= most_depth_) {
        inner.depth_ = depth_;
        inner.object_.offset = object_.offset;
        inner.fail(emv_errc::too_deep, object_.tag);
        return inner;
    }
    inner.above_[depth_] = object_.tag;
    inner.depth_ = depth_ + 1;
    return inner;
}

result<void> tlv_reader::finish() const {
    if (fault_ == 0) return {};
    return error(static_cast<emv_errc>(fault_), layer::emv)
        .during("read TLV")
        .in_field(detail::path_text({above_.data(), depth_}, fault_tag_).view())
        .at_offset(object_.offset);
}

} // namespace cipherlane::emv
