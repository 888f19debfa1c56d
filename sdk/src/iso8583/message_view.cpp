#include "charset.hpp"
#include "packed.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace cipherlane::iso8583 {

std::string message_view::header() const {
    return to_hex(header_);
}

std::size_t message_view::size(int field) const noexcept {
    return has(field) ? slots_[static_cast<std::size_t>(field)].units : 0;
}

byte_view message_view::wire(int field) const noexcept {
    if (!has(field)) return {};
    const auto& at = slots_[static_cast<std::size_t>(field)];
    return input_.subspan(at.offset, format_->field(field).wire_bytes(at.units));
}

std::size_t message_view::offset(int field) const noexcept {
    return has(field) ? std::size_t{base_} + slots_[static_cast<std::size_t>(field)].offset : 0;
}

void message_view::copy_value(const field_spec& spec, slot at, char* out) const noexcept {
    const auto* wire = input_.data() + at.offset;
    std::size_t units = at.units;
    switch (spec.encoding) {
    case encoding::bcd:
        if (spec.kind == kind::signed_digits) {
            *out++ = static_cast<char>(*wire++);
            --units;
        }
        packed::unpack(wire, units, units % 2 != 0 && spec.padding == padding::left_zero ? 1 : 0, out);
        break;
    case encoding::hex:
        for (std::size_t i = 0; i < units; ++i) {
            out[i] = packed::byte_of_hex(wire + 2 * i);
        }
        break;
    case encoding::ebcdic:
        for (std::size_t i = 0; i < units; ++i)
            out[i] = charset::from_wire(wire[i], true);
        break;
    default:
        if (units != 0) std::memcpy(out, wire, units);
    }
}

std::string_view message_view::value(int field, std::span<char> out) const noexcept {
    if (!has(field)) return {};
    const auto at = slots_[static_cast<std::size_t>(field)];
    assert(out.size() >= at.units);
    copy_value(format_->field(field), at, out.data());
    return {out.data(), at.units};
}

std::string message_view::value(int field) const {
    std::string text(size(field), '\0');
    (void)value(field, text);
    return text;
}

bool message_view::equals(int field, std::string_view wanted) const noexcept {
    if (!has(field) || size(field) != wanted.size()) return false;
    const auto& spec = format_->field(field);
    // Almost every value is short; a long one is compared on the wire, where it stands as it is.
    std::array<char, 1024> room; // NOLINT(cppcoreguidelines-pro-type-member-init): no need to clear it each time
    if (wanted.size() > room.size()) return long_value_is(spec, wanted);
    const auto mine = value(field, room);
    const bool same = mine == wanted;
    wipe({reinterpret_cast<std::uint8_t*>(room.data()), mine.size()});
    return same;
}

bool message_view::long_value_is(const field_spec& spec, std::string_view wanted) const noexcept {
    const auto at = slots_[spec.number];
    const auto* wire = input_.data() + at.offset;
    if (spec.encoding == encoding::ascii || spec.encoding == encoding::binary) {
        return std::memcmp(wire, wanted.data(), wanted.size()) == 0;
    }
    std::size_t nibble = spec.padding == padding::left_zero && at.units % 2 != 0 ? 1 : 0;
    for (std::size_t i = 0; i < wanted.size(); ++i, ++nibble) {
        char mine = 0;
        switch (spec.encoding) {
        case encoding::bcd: mine = packed::pairs[wire[nibble / 2]][nibble % 2]; break;
        case encoding::hex: mine = packed::byte_of_hex(wire + 2 * i); break;
        default: mine = charset::from_wire(wire[i], true);
        }
        if (mine != wanted[i]) return false;
    }
    return true;
}

message message_view::to_message() const {
    message copy(mti());
    copy.set_tpdu(tpdu_);
    copy.set_monitor_header(monitor_);
    if (!format_->envelope.pieces.empty()) {
        copy.set_header_pieces(header_);
    } else {
        std::array<char, 2 * max_header_bytes> digits{};
        to_hex(header_, digits);
        copy.set_header({digits.data(), 2 * header_.size()});
    }
    if (format_->envelope.trailer_is.empty()) copy.set_trailer(trailer_);
    if (bitmaps_ != std::max<int>(present_.bitmaps(), format_->bitmaps_sent)) copy.set_bitmaps(bitmaps_);
    bytes room;
    for (const int field : present_)
        room.resize(std::max(room.size(), size(field)));
    const std::span<char> out(reinterpret_cast<char*>(room.data()), room.size());
    for (const int field : present_)
        copy.set(field, value(field, out));
    wipe(room);
    return copy;
}

} // namespace cipherlane::iso8583
