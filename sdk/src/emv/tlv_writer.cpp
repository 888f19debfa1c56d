#include "tlv_path.hpp"

#include <cipherlane/core/bcd.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace cipherlane::emv {
namespace {

constexpr std::size_t longest_short_form = 0x7F;

std::size_t length_bytes(std::size_t length) noexcept {
    std::size_t count = 1;
    if (length > longest_short_form) {
        for (; length != 0; length >>= 8U)
            ++count;
    }
    return count;
}

void store_length(std::uint8_t* at, std::size_t length) noexcept {
    const std::size_t count = length_bytes(length);
    if (count == 1) {
        *at = static_cast<std::uint8_t>(length);
        return;
    }
    *at = static_cast<std::uint8_t>(0x80U | (count - 1));
    for (std::size_t i = 1; i < count; ++i)
        at[i] = static_cast<std::uint8_t>(length >> (8 * (count - 1 - i)));
}

/// Whether the bytes of this number are one tag: the first says whether more follow, and each but the last does too.
bool is_tag(tag_number tag) noexcept {
    std::array<std::uint8_t, 4> raw{};
    const std::size_t size = detail::store_tag(tag, raw);
    if (raw[0] == 0 || ((raw[0] & 0x1FU) == 0x1FU) != (size > 1)) return false;
    for (std::size_t i = 1; i < size; ++i) {
        if (((raw[i] & 0x80U) != 0) != (i + 1 < size)) return false;
    }
    return true;
}

} // namespace

std::size_t tlv_size(tag_number tag, std::size_t value_size) noexcept {
    return tag_size(tag) + length_bytes(value_size) + value_size;
}

void tlv_writer::fail(emv_errc why, tag_number tag) noexcept {
    if (fault_ != 0) return;
    fault_ = static_cast<int>(why);
    fault_tag_ = tag;
}

tlv_writer& tlv_writer::put(tag_number tag, byte_view value) noexcept {
    if (fault_ != 0) return *this;
    if (!is_tag(tag)) {
        fail(emv_errc::bad_tag, tag);
    } else if (out_.size() - size_ < tlv_size(tag, value.size())) {
        fail(emv_errc::buffer_too_small, tag);
    } else {
        std::array<std::uint8_t, 4> raw{};
        const std::size_t size = detail::store_tag(tag, raw);
        std::memcpy(&out_[size_], raw.data(), size);
        store_length(&out_[size_ + size], value.size());
        size_ += size + length_bytes(value.size());
        std::copy(value.begin(), value.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += value.size();
    }
    return *this;
}

tlv_writer& tlv_writer::put_digits(tag_number tag, std::string_view digits) noexcept {
    std::array<std::uint8_t, 32> packed{};
    if (digits.size() > 2 * packed.size() || !pack_bcd(digits, bcd_pad::left, 0, packed)) {
        fail(emv_errc::bad_value, tag);
        return *this;
    }
    return put(tag, byte_view(packed).first((digits.size() + 1) / 2));
}

tlv_writer& tlv_writer::begin(tag_number tag) noexcept {
    if (fault_ != 0) return *this;
    if (!is_tag(tag) || !is_template(tag)) {
        fail(emv_errc::bad_tag, tag);
    } else if (depth_ == open_.size()) {
        fail(emv_errc::too_deep, tag);
    } else if (put(tag, {}); fault_ == 0) {
        open_[depth_++] = {tag, size_};
    }
    return *this;
}

tlv_writer& tlv_writer::end() noexcept {
    if (fault_ != 0) return *this;
    if (depth_ == 0) {
        fail(emv_errc::unbalanced, 0);
        return *this;
    }
    const auto [tag, value_at] = open_[--depth_];
    const std::size_t length = size_ - value_at;
    // `begin` left one byte for the length; a longer one moves the value up.
    const std::size_t more = length_bytes(length) - 1;
    if (out_.size() - size_ < more) {
        fail(emv_errc::buffer_too_small, tag);
        return *this;
    }
    if (length != 0 && more != 0) std::memmove(&out_[value_at + more], &out_[value_at], length);
    store_length(&out_[value_at - 1], length);
    size_ += more;
    return *this;
}

tlv_writer& tlv_writer::put_raw(byte_view objects) noexcept {
    if (fault_ != 0) return *this;
    if (out_.size() - size_ < objects.size()) {
        fail(emv_errc::buffer_too_small, 0);
        return *this;
    }
    std::copy(objects.begin(), objects.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += objects.size();
    return *this;
}

result<byte_view> tlv_writer::finish() const {
    const auto why = fault_ != 0 ? static_cast<emv_errc>(fault_) : emv_errc::unbalanced;
    if (fault_ == 0 && depth_ == 0) return byte_view(out_.first(size_));
    const tag_number tag = fault_ != 0 ? fault_tag_ : open_[depth_ - 1].tag;
    return error(why, layer::emv).during("write TLV").in_field(detail::path_text({}, tag).view()).at_offset(size_);
}

} // namespace cipherlane::emv
