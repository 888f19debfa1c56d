#include "../../refusals.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_tags.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t one_more = 0x81; ///< a length of one byte follows
constexpr std::uint8_t two_more = 0x82;

error cut_off(std::uint16_t tag, std::size_t at) {
    return refused(drivers_errc::bad_content).in_field(mispos_tag_text(tag)).at_offset(at);
}

} // namespace

std::string mispos_tag_text(std::uint16_t tag) {
    const std::array<std::uint8_t, 2> two{static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag)};
    return to_hex(two);
}

result<std::optional<mispos_tag>> mispos_tag_reader::next() {
    if (at_ == content_.size()) return std::optional<mispos_tag>();
    const auto left = [&] { return content_.size() - at_; };
    mispos_tag found;
    found.offset = at_;
    if (left() < 3) return cut_off(0, at_);
    found.tag = load_be16(&content_[at_]);
    std::size_t size = content_[at_ + 2];
    at_ += 3;
    if (size > 0x7F) {
        const std::size_t more = size == one_more ? 1 : size == two_more ? 2 : 0;
        if (more == 0 || left() < more) return cut_off(found.tag, found.offset);
        size = 0;
        for (std::size_t i = 0; i < more; ++i)
            size = size << 8 | content_[at_++];
    }
    if (left() < size) return cut_off(found.tag, found.offset);
    found.value = content_.subspan(at_, size);
    at_ += size;
    return std::optional<mispos_tag>(found);
}

mispos_tag_writer::~mispos_tag_writer() {
    wipe(data_);
}

mispos_tag_writer& mispos_tag_writer::put(std::uint16_t tag, byte_view value) {
    const auto needed = data_.size() + value.size() + 5;
    if (needed > data_.capacity()) { // growing would leave a copy behind
        bytes roomier;
        roomier.reserve(std::max(needed, 2 * data_.capacity()));
        roomier.assign(data_.begin(), data_.end());
        wipe(data_);
        data_.swap(roomier);
    }
    data_.push_back(static_cast<std::uint8_t>(tag >> 8));
    data_.push_back(static_cast<std::uint8_t>(tag));
    if (value.size() > 0xFF) {
        data_.push_back(two_more);
        data_.push_back(static_cast<std::uint8_t>(value.size() >> 8));
    } else if (value.size() > 0x7F) {
        data_.push_back(one_more);
    }
    data_.push_back(static_cast<std::uint8_t>(value.size()));
    data_.insert(data_.end(), value.begin(), value.end());
    return *this;
}

} // namespace cipherlane::drivers
