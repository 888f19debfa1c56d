#include "charset.hpp"
#include "fail.hpp"
#include "packed.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/composite.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::iso8583 {
namespace {

constexpr std::string_view op = "sub-fields";

const subfield_spec* find_part(const composite_spec& spec, std::string_view tag) noexcept {
    for (const auto& part : spec.parts) {
        if (part.tag == tag) return &part;
    }
    return nullptr;
}

fixed_text<8> tag_text(byte_view tag, bool as_hex) noexcept {
    if (!as_hex) return as_text(tag);
    std::array<char, 8> digits{};
    to_hex(tag, digits);
    return std::string_view(digits.data(), 2 * tag.size());
}

/// Whether every character is one that `what` may hold.
bool fits(kind what, byte_view value) noexcept {
    const auto wanted = what == kind::track ? charset::classes::track : charset::class_for(what);
    for (const auto byte : value) {
        if (!charset::is(static_cast<char>(byte), wanted)) return false;
    }
    return true;
}

error refuse(iso8583_errc why, std::string_view tag, std::size_t at) {
    return fail(why, op, tag, at);
}

/// The same of a sub-field in its own encoding.
bool fits(const subfield_spec& spec, byte_view value) noexcept {
    switch (spec.encoding) {
    case encoding::bcd:
        if (spec.kind == kind::track) return true; // the separator stands anywhere, and a filler may follow
        return packed::first_not_digits(value) == packed::none;
    case encoding::hex:
        return std::all_of(value.begin(), value.end(), [](auto c) { return hex_value(static_cast<char>(c)) >= 0; });
    case encoding::ebcdic: {
        const auto wanted = charset::class_for(spec.kind);
        return std::all_of(
            value.begin(), value.end(), [&](auto c) { return charset::is(charset::from_wire(c, true), wanted); });
    }
    default: return fits(spec.kind, value);
    }
}

} // namespace

std::string subfield_text(const subfield& part) {
    const auto how = part.spec != nullptr ? part.spec->encoding : encoding::binary;
    if (how == encoding::bcd) {
        auto digits = to_hex(part.value);
        return part.units % 2 != 0 ? digits.substr(1) : digits;
    }
    std::string text(as_text(part.value));
    if (how == encoding::ebcdic) {
        for (auto& c : text)
            c = charset::from_wire(static_cast<std::uint8_t>(c), true);
    }
    return text;
}

result<void> composite_reader::check(const subfield& part) const {
    if (part.spec == nullptr) {
        if (spec_->unknown == unknown_tags::refuse)
            return refuse(iso8583_errc::bad_subfield, part.tag.view(), part.offset);
        return {};
    }
    const std::size_t units = spec_->style == composite_style::bitmap ? part.units : part.value.size();
    if (units < part.spec->min || units > part.spec->max) {
        return refuse(iso8583_errc::bad_subfield, part.tag.view(), part.offset);
    }
    if (!fits(*part.spec, part.value)) {
        const bool digits = part.spec->kind == kind::digits;
        return refuse(digits ? iso8583_errc::not_digits : iso8583_errc::bad_character, part.tag.view(), part.offset);
    }
    return {};
}

result<std::optional<subfield>> composite_reader::next() {
    borne_.reset();
    if (spec_->style == composite_style::bitmap) return next_bit();
    if (spec_->style == composite_style::ber_tlv) skip_padding();
    if (at_ == value_.size()) return std::optional<subfield>{};
    switch (spec_->style) {
    case composite_style::positional: return next_positional();
    case composite_style::tagged: return next_tagged();
    default: return next_ber();
    }
}

/// Zeros between the objects of BER-TLV are nothing (EMV 4.4 Book 3 Annex B1); FF is no padding but by tolerance, and
/// begins the tags of contactless kernels (FF81).
void composite_reader::skip_padding() noexcept {
    while (at_ != value_.size()) {
        const bool kernels_tag = value_.size() - at_ > 1 && value_[at_ + 1] == 0x81;
        const bool padding = how_ == reading::tolerant && value_[at_] == 0xFF && !kernels_tag;
        if (padding && !borne_)
            borne_ = deviation{iso8583_errc::bad_padding, {}, at_, std::string_view("expected 00, found FF")};
        if (!padding && (value_[at_] != 0 || find_part(*spec_, "00") != nullptr)) return;
        ++at_;
    }
}

result<std::optional<subfield>> composite_reader::next_positional() {
    if (part_ == spec_->parts.size()) return refuse(iso8583_errc::trailing_bytes, "", at_);
    const auto& spec = spec_->parts[part_];
    const std::size_t left = value_.size() - at_;
    const bool last = part_ + 1 == spec_->parts.size();
    const std::size_t size = last && left < spec.max ? left : spec.max;
    if (left < size || size < spec.min) return refuse(iso8583_errc::truncated, spec.tag, value_.size());
    subfield part{.tag = spec.tag, .value = value_.subspan(at_, size), .offset = at_, .spec = &spec};
    CIPHERLANE_CHECK(check(part));
    at_ += size;
    ++part_;
    return std::optional<subfield>(part);
}

result<std::optional<subfield>> composite_reader::next_tagged() {
    const std::size_t head = std::size_t{spec_->tag_bytes} + spec_->length_bytes;
    if (value_.size() - at_ < head) return refuse(iso8583_errc::truncated, "", value_.size());
    subfield part;
    part.tag = tag_text(value_.subspan(at_, spec_->tag_bytes), spec_->tag == encoding::binary);
    std::size_t size = 0;
    for (const auto byte : value_.subspan(at_ + spec_->tag_bytes, spec_->length_bytes)) {
        const std::size_t at = at_ + spec_->tag_bytes;
        if (spec_->length == length_encoding::binary) {
            size = size << 8U | byte;
        } else if (spec_->length == length_encoding::bcd) {
            if (byte > 0x99 || (byte & 15U) > 9) return refuse(iso8583_errc::bad_length_prefix, part.tag.view(), at);
            size = size * 100 + (byte >> 4U) * 10U + (byte & 15U);
        } else {
            const char c = charset::from_wire(byte, spec_->length == length_encoding::ebcdic);
            if (c < '0' || c > '9') return refuse(iso8583_errc::bad_length_prefix, part.tag.view(), at);
            size = size * 10 + static_cast<std::size_t>(c - '0');
        }
    }
    part.offset = at_ + head;
    if (value_.size() - part.offset < size) return refuse(iso8583_errc::truncated, part.tag.view(), value_.size());
    part.value = value_.subspan(part.offset, size);
    part.spec = find_part(*spec_, part.tag.view());
    CIPHERLANE_CHECK(check(part));
    at_ = part.offset + size;
    return std::optional<subfield>(part);
}

result<std::optional<subfield>> composite_reader::next_ber() {
    const auto left = value_.subspan(at_);
    std::size_t tag_size = 1;
    if ((left[0] & 0x1FU) == 0x1F) {
        do {
            if (tag_size == left.size()) return refuse(iso8583_errc::truncated, "", value_.size());
            if (tag_size == 3) return refuse(iso8583_errc::bad_subfield, "", at_);
        } while ((left[tag_size++] & 0x80U) != 0);
    }
    subfield part;
    part.tag = tag_text(left.first(tag_size), true);
    std::size_t head = tag_size + 1;
    if (left.size() < head) return refuse(iso8583_errc::truncated, part.tag.view(), value_.size());
    std::size_t size = left[tag_size];
    const std::size_t count = size & 0x7FU;
    if (size > 0x7F && how_ == reading::tolerant && (count == 0 || count > 2) && left.size() - head >= size) {
        borne_ = deviation{iso8583_errc::bad_length_prefix, part.tag.view(), at_ + tag_size,
            std::string_view("expected 81 in front, found " + to_hex(left.subspan(tag_size, 1)))};
    } else if (size > 0x7F) {
        if (count == 0 || count > 2) return refuse(iso8583_errc::bad_length_prefix, part.tag.view(), at_ + tag_size);
        if (left.size() < head + count) return refuse(iso8583_errc::truncated, part.tag.view(), value_.size());
        size = count == 1 ? left[head] : load_be16(left.data() + head);
        head += count;
    }
    part.offset = at_ + head;
    if (left.size() - head < size) {
        return refuse(iso8583_errc::truncated, part.tag.view(), part.offset)
            .with_hint(
                std::to_string(size) + " bytes announced, " + std::to_string(left.size() - head) + " are left");
    }
    part.value = left.subspan(head, size);
    part.spec = find_part(*spec_, part.tag.view());
    CIPHERLANE_CHECK(check(part));
    at_ += head + size;
    return std::optional<subfield>(part);
}

result<void> composite_reader::read_bitmap() {
    const bool hex = spec_->bitmap_form == encoding::hex;
    const std::size_t size = std::size_t{spec_->bitmap_bytes} * (hex ? 2 : 1);
    for (bool follows = true; follows;) {
        if (bit_bytes_ + spec_->bitmap_bytes > bits_.size()) return refuse(iso8583_errc::bad_bitmap, "bitmap", at_);
        if (value_.size() - at_ < size) return refuse(iso8583_errc::truncated, "bitmap", value_.size());
        const auto wire = value_.subspan(at_, size);
        const auto to = byte_span(bits_).subspan(bit_bytes_, spec_->bitmap_bytes);
        if (!hex) {
            std::copy(wire.begin(), wire.end(), to.begin());
        } else if (!from_hex(as_text(wire), to)) {
            return refuse(iso8583_errc::bad_bitmap, "bitmap", at_);
        }
        follows = spec_->goes_on == bitmap_goes_on::yes && (to[0] & 0x80U) != 0;
        if (follows) to[0] &= 0x7F;
        bit_bytes_ += spec_->bitmap_bytes;
        at_ += size;
    }
    return {};
}

result<std::size_t> composite_reader::read_length(const subfield_spec& part) {
    if (part.length == length_form::fixed) return std::size_t{part.max};
    const std::size_t size = part.prefix_bytes();
    if (value_.size() - at_ < size) return refuse(iso8583_errc::truncated, part.tag, value_.size());
    std::size_t says = 0;
    for (const auto byte : value_.subspan(at_, size)) {
        if (part.prefix == length_encoding::binary) {
            says = says << 8U | byte;
        } else if (part.prefix == length_encoding::bcd) {
            if (byte > 0x99 || (byte & 15U) > 9) return refuse(iso8583_errc::bad_length_prefix, part.tag, at_);
            says = says * 100 + (byte >> 4U) * 10U + (byte & 15U);
        } else {
            const char c = charset::from_wire(byte, part.prefix == length_encoding::ebcdic);
            if (c < '0' || c > '9') return refuse(iso8583_errc::bad_length_prefix, part.tag, at_);
            says = says * 10 + static_cast<std::size_t>(c - '0');
        }
    }
    at_ += size;
    return says;
}

result<std::optional<subfield>> composite_reader::next_bit() {
    if (bit_bytes_ == 0) {
        if (value_.empty()) return std::optional<subfield>{};
        CIPHERLANE_CHECK(read_bitmap());
    }
    const auto is_set = [&](int bit) {
        return (bits_[static_cast<std::size_t>(bit - 1) / 8] >> (7U - static_cast<unsigned>(bit - 1) % 8U) & 1U) != 0;
    };
    const int most = static_cast<int>(8 * bit_bytes_);
    do {
        if (++bit_ > most) {
            bit_ = most;
            if (at_ != value_.size()) return refuse(iso8583_errc::trailing_bytes, "", at_);
            return std::optional<subfield>{};
        }
    } while (!is_set(bit_));
    const auto row = std::find_if(
        spec_->parts.begin(), spec_->parts.end(), [&](const auto& each) { return bit_number(each.tag) == bit_; });
    // Without a row nobody knows where the next sub-field begins.
    if (row == spec_->parts.end()) {
        const auto above = spec_->parts.front().tag;
        const auto tag = std::string(above.substr(0, above.rfind('.') + 1)).append(number_text(bit_).view());
        return refuse(iso8583_errc::bad_subfield, tag, at_).with_hint("its bit is set, the table has no row for it");
    }
    CIPHERLANE_TRY(const auto units, read_length(*row));
    const std::size_t size = row->wire_bytes(units);
    if (value_.size() - at_ < size) return refuse(iso8583_errc::truncated, row->tag, value_.size());
    subfield part{.tag = row->tag, .value = value_.subspan(at_, size), .offset = at_, .spec = &*row, .units = units};
    CIPHERLANE_CHECK(check(part));
    at_ += size;
    return std::optional<subfield>(part);
}

result<std::optional<byte_view>> find_subfield(const composite_spec& spec, byte_view value, std::string_view tag) {
    composite_reader reader(spec, value);
    while (true) {
        CIPHERLANE_TRY(const auto part, reader.next());
        if (!part) return std::optional<byte_view>{};
        if (part->tag == tag) return std::optional<byte_view>(part->value);
    }
}

composite_writer::~composite_writer() {
    wipe(out_);
}

result<void> composite_writer::add(std::string_view tag, byte_view value) {
    const auto* part = find_part(*spec_, tag);
    const bool tagged = spec_->style == composite_style::tagged || spec_->style == composite_style::ber_tlv;
    if (part == nullptr && (spec_->unknown == unknown_tags::refuse || !tagged)) {
        return fail(iso8583_errc::bad_subfield, op, tag);
    }
    if (part != nullptr && spec_->style == composite_style::bitmap) return add_bit(*part, value);
    if (part != nullptr) {
        if (value.size() > part->max) return fail(iso8583_errc::too_long, op, tag);
        if (value.size() < part->min) return fail(iso8583_errc::too_short, op, tag);
        if (!fits(part->kind, value)) {
            return fail(part->kind == kind::digits ? iso8583_errc::not_digits : iso8583_errc::bad_character, op, tag);
        }
    }
    if (spec_->style == composite_style::positional) {
        const bool in_place = part_ < spec_->parts.size() && part == &spec_->parts[part_];
        const bool last = part_ + 1 == spec_->parts.size();
        if (!in_place || (!last && value.size() != part->max)) return fail(iso8583_errc::bad_subfield, op, tag);
        ++part_;
        out_.insert(out_.end(), value.begin(), value.end());
        return {};
    }
    if (spec_->style == composite_style::tagged) return add_tagged(tag, value);
    return add_ber(tag, value);
}

void composite_writer::set_bit(int number) {
    const auto bit = static_cast<std::size_t>(number - 1);
    const std::size_t byte = bit / 8;
    const unsigned mask = 0x80U >> (bit % 8);
    if (spec_->bitmap_form == encoding::binary) {
        out_[byte] = static_cast<std::uint8_t>(out_[byte] | mask);
        return;
    }
    const std::size_t at = 2 * byte + (bit % 8 < 4 ? 0 : 1);
    const auto nibble =
        static_cast<unsigned>(hex_value(static_cast<char>(out_[at]))) | (mask > 15 ? mask >> 4U : mask);
    out_[at] = static_cast<std::uint8_t>("0123456789ABCDEF"[nibble]);
}

result<void> composite_writer::add_bit(const subfield_spec& part, byte_view value) {
    const int number = bit_number(part.tag);
    const bool fixed = part.length == length_form::fixed;
    const bool packed_digits = part.encoding == encoding::bcd;
    // A packed value of a variable length is taken to have an even number of digits.
    std::size_t units = packed_digits                    ? 2 * value.size()
                        : part.encoding == encoding::hex ? value.size() / 2
                                                         : value.size();
    if (fixed && part.wire_bytes(part.max) == value.size()) units = part.max;
    if (units > part.max) return fail(iso8583_errc::too_long, op, part.tag);
    if (units < part.min || part.wire_bytes(units) != value.size())
        return fail(iso8583_errc::too_short, op, part.tag);
    if (!fits(part, value)) return fail(iso8583_errc::bad_character, op, part.tag);
    if (number <= last_bit_) return fail(iso8583_errc::bad_subfield, op, part.tag);
    const bool hex = spec_->bitmap_form == encoding::hex;
    const std::size_t one = std::size_t{spec_->bitmap_bytes} * (hex ? 2 : 1);
    const std::size_t needed =
        (static_cast<std::size_t>(number) + 8 * spec_->bitmap_bytes - 1) / (8 * spec_->bitmap_bytes);
    while (bitmaps_ < needed) {
        out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(bitmaps_ * one), one,
            hex ? std::uint8_t{'0'} : std::uint8_t{0});
        if (bitmaps_ != 0) set_bit(static_cast<int>((bitmaps_ - 1) * 8 * spec_->bitmap_bytes) + 1);
        ++bitmaps_;
    }
    set_bit(number);
    last_bit_ = number;
    if (!fixed) {
        std::array<std::uint8_t, 6> prefix{};
        std::size_t rest = units;
        for (std::size_t i = part.prefix_bytes(); i-- > 0;) {
            if (part.prefix == length_encoding::binary) {
                prefix[i] = static_cast<std::uint8_t>(rest);
                rest >>= 8U;
            } else if (part.prefix == length_encoding::bcd) {
                prefix[i] = static_cast<std::uint8_t>(rest % 10 | (rest / 10 % 10) << 4U);
                rest /= 100;
            } else {
                prefix[i] =
                    charset::to_wire(static_cast<char>('0' + rest % 10), part.prefix == length_encoding::ebcdic);
                rest /= 10;
            }
        }
        if (rest != 0) return fail(iso8583_errc::too_long, op, part.tag);
        out_.insert(out_.end(), prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(part.prefix_bytes()));
    }
    out_.insert(out_.end(), value.begin(), value.end());
    return {};
}

result<void> composite_writer::add_tagged(std::string_view tag, byte_view value) {
    const bool hex = spec_->tag == encoding::binary;
    if (tag.size() != std::size_t{spec_->tag_bytes} * (hex ? 2 : 1)) return fail(iso8583_errc::bad_subfield, op, tag);
    std::array<std::uint8_t, 8> head{};
    if (hex) {
        if (!from_hex(tag, byte_span(head).first(spec_->tag_bytes))) return fail(iso8583_errc::bad_subfield, op, tag);
    } else {
        std::copy(tag.begin(), tag.end(), head.begin());
    }
    std::size_t size = value.size();
    for (std::size_t i = spec_->length_bytes; i-- > 0;) {
        auto& byte = head[spec_->tag_bytes + i];
        if (spec_->length == length_encoding::binary) {
            byte = static_cast<std::uint8_t>(size);
            size >>= 8U;
        } else if (spec_->length == length_encoding::bcd) {
            byte = static_cast<std::uint8_t>(size % 10 | (size / 10 % 10) << 4U);
            size /= 100;
        } else {
            const char c = static_cast<char>('0' + size % 10);
            byte = charset::to_wire(c, spec_->length == length_encoding::ebcdic);
            size /= 10;
        }
    }
    if (size != 0) return fail(iso8583_errc::too_long, op, tag);
    const auto used = byte_view(head).first(std::size_t{spec_->tag_bytes} + spec_->length_bytes);
    out_.insert(out_.end(), used.begin(), used.end());
    out_.insert(out_.end(), value.begin(), value.end());
    return {};
}

result<void> composite_writer::add_ber(std::string_view tag, byte_view value) {
    std::array<std::uint8_t, 3> id{};
    const std::size_t size = tag.size() / 2;
    if (tag.size() % 2 != 0 || size == 0 || size > id.size() || !from_hex(tag, byte_span(id).first(size))) {
        return fail(iso8583_errc::bad_subfield, op, tag);
    }
    // The tag's own bits must say that it is as long as it was given.
    std::size_t expected = 1;
    if ((id[0] & 0x1FU) == 0x1F) {
        while (expected < size && (expected == 1 || (id[expected - 1] & 0x80U) != 0))
            ++expected;
        if (expected < 2 || (id[expected - 1] & 0x80U) != 0) return fail(iso8583_errc::bad_subfield, op, tag);
    }
    if (expected != size) return fail(iso8583_errc::bad_subfield, op, tag);
    if (value.size() > 0xFFFF) return fail(iso8583_errc::too_long, op, tag);
    out_.insert(out_.end(), id.begin(), id.begin() + static_cast<std::ptrdiff_t>(size));
    if (value.size() > 0xFF) {
        out_.push_back(0x82);
        out_.push_back(static_cast<std::uint8_t>(value.size() >> 8U));
    } else if (value.size() > 0x7F) {
        out_.push_back(0x81);
    }
    out_.push_back(static_cast<std::uint8_t>(value.size()));
    out_.insert(out_.end(), value.begin(), value.end());
    return {};
}

} // namespace cipherlane::iso8583
