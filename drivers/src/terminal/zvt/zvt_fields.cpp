#include "../../refusals.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_fields.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

error bad_field(byte_view tag, std::size_t offset) {
    return refused(drivers_errc::bad_content).in_field(to_hex(tag)).at_offset(offset);
}

/// The decimal digits of a length, each a byte F0…F9; nothing where they are none.
std::optional<std::size_t> counted(byte_view data, std::size_t digits) {
    if (data.size() < digits) return std::nullopt;
    std::size_t length = 0;
    for (const auto digit : data.first(digits)) {
        if (digit < 0xF0 || digit > 0xF9) return std::nullopt;
        length = 10 * length + (digit & 0x0FU);
    }
    return length;
}

struct tlv_length {
    std::size_t value = 0;
    std::size_t taken = 0; ///< 0: none
};

tlv_length read_tlv_length(byte_view data) {
    if (data.empty()) return {};
    if (data[0] < 0x80) return {data[0], 1};
    if (data[0] == 0x81 && data.size() > 1) return {data[1], 2};
    if (data[0] == 0x82 && data.size() > 2) return {load_be16(data.data() + 1), 3};
    return {};
}

void put_tlv_length(bytes& to, std::size_t length) {
    if (length >= 0x100) {
        to.push_back(0x82);
        to.push_back(static_cast<std::uint8_t>(length >> 8));
    } else if (length >= 0x80) {
        to.push_back(0x81);
    }
    to.push_back(static_cast<std::uint8_t>(length));
}

void put_counted(bytes& to, std::size_t length, std::size_t digits) {
    for (std::size_t unit = digits == 3 ? 100 : 10; unit > 0; unit /= 10)
        to.push_back(static_cast<std::uint8_t>(0xF0 | (length / unit % 10)));
}

/// Where a field's value begins and how long it is; nothing where its length is none.
std::optional<std::pair<std::size_t, std::size_t>> extent(const zvt_field_row& row, byte_view behind) {
    switch (row.form) {
    case zvt_length::fixed: return std::pair<std::size_t, std::size_t>{0, row.size};
    case zvt_length::ll:
    case zvt_length::lll: {
        const std::size_t digits = row.form == zvt_length::ll ? 2 : 3;
        const auto length = counted(behind, digits);
        if (!length) return std::nullopt;
        return std::pair{digits, *length};
    }
    case zvt_length::tlv: {
        const auto length = read_tlv_length(behind);
        if (length.taken == 0) return std::nullopt;
        return std::pair{length.taken, length.value};
    }
    }
    return std::nullopt;
}

} // namespace

const zvt_field_row* find_zvt_field(std::uint8_t tag) noexcept {
    const auto* const found = std::lower_bound(zvt_fields.begin(), zvt_fields.end(), tag,
        [](const zvt_field_row& row, std::uint8_t wanted) { return row.tag < wanted; });
    return found != zvt_fields.end() && found->tag == tag ? found : nullptr;
}

result<std::optional<zvt_field>> zvt_field_reader::next() {
    if (at_ == data_.size()) return std::optional<zvt_field>();
    const auto tag = data_.subspan(at_, 1);
    const auto* const row = find_zvt_field(tag[0]);
    const auto behind = data_.subspan(at_ + 1);
    const auto where = row != nullptr ? extent(*row, behind) : std::nullopt;
    if (!where || where->first + where->second > behind.size()) return bad_field(tag, at_);
    const zvt_field found{tag[0], behind.subspan(where->first, where->second), at_};
    at_ += 1 + where->first + where->second;
    return std::optional(found);
}

result<std::optional<zvt_field>> zvt_tlv_reader::next() {
    if (at_ == data_.size()) return std::optional<zvt_field>();
    const auto rest = data_.subspan(at_);
    std::size_t size = 1;
    if ((rest[0] & 0x1FU) == 0x1FU) {
        while (size < 3 && size < rest.size() && (size == 1 || (rest[size - 1] & 0x80U) != 0))
            ++size;
    }
    const auto tag = rest.first(size);
    const auto length = read_tlv_length(rest.subspan(size));
    if (length.taken == 0 || length.value > rest.size() - size - length.taken) return bad_field(tag, at_);
    zvt_field found;
    for (const auto byte : tag)
        found.tag = (found.tag << 8) | byte;
    found.value = rest.subspan(size + length.taken, length.value);
    found.offset = at_;
    at_ += size + length.taken + length.value;
    return std::optional(found);
}

zvt_field_writer& zvt_field_writer::raw(byte_view data) {
    data_.insert(data_.end(), data.begin(), data.end());
    return *this;
}

zvt_field_writer& zvt_field_writer::byte(std::uint8_t tag, std::uint8_t value) {
    data_.push_back(tag);
    data_.push_back(value);
    return *this;
}

zvt_field_writer& zvt_field_writer::digits(std::uint8_t tag, std::uint64_t value) {
    const auto* const row = find_zvt_field(tag);
    const std::size_t size = row != nullptr ? row->size : 0;
    data_.push_back(tag);
    data_.resize(data_.size() + size);
    for (auto out = data_.rbegin(); out != data_.rbegin() + static_cast<std::ptrdiff_t>(size); ++out) {
        *out = static_cast<std::uint8_t>(value % 10 | (value / 10 % 10) << 4);
        value /= 100;
    }
    return *this;
}

zvt_field_writer& zvt_field_writer::value(std::uint8_t tag, byte_view content) {
    data_.push_back(tag);
    const auto* const row = find_zvt_field(tag);
    const auto form = row != nullptr ? row->form : zvt_length::tlv;
    if (form == zvt_length::fixed) {
        bytes fitted(content.begin(), content.end());
        fitted.resize(row->size);
        return raw(fitted);
    }
    if (form == zvt_length::tlv) put_tlv_length(data_, content.size());
    if (form == zvt_length::ll) put_counted(data_, content.size(), 2);
    if (form == zvt_length::lll) put_counted(data_, content.size(), 3);
    return raw(content);
}

zvt_field_writer& zvt_field_writer::element(std::uint32_t tag, byte_view content) {
    for (int shift = 16; shift >= 0; shift -= 8) {
        if (tag >> shift != 0) data_.push_back(static_cast<std::uint8_t>(tag >> shift));
    }
    put_tlv_length(data_, content.size());
    return raw(content);
}

} // namespace cipherlane::drivers
