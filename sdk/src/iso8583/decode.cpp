#include "charset.hpp"
#include "fail.hpp"
#include "packed.hpp"

#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>

#include <algorithm>
#include <cstring>

namespace cipherlane::iso8583 {
namespace {

constexpr std::string_view op = "decode";

std::size_t frame_bytes(frame_length form) noexcept {
    switch (form) {
    case frame_length::none: return 0;
    case frame_length::ascii4: return 4;
    default: return 2;
    }
}

} // namespace

/// Walks once over the input from front to back; every step checks what it takes. Steps say true, or false after
/// noting the fault: an error with all its context is only made when there is one.
class decoder {
  public:
    /// Writes into `out`, so that the view is never copied.
    decoder(const dialect& format, byte_view body, std::size_t base, message_view& out) noexcept
        : format_(format)
        , input_(body)
        , base_(base)
        , view_(out) {
        view_.format_ = &format;
        view_.input_ = body;
        view_.base_ = static_cast<std::uint8_t>(base);
    }

    bool walk() {
        // Offsets are kept in 16 bits.
        if (input_.size() > 65535) return refuse(iso8583_errc::too_long, "length", at_);
        if (!envelope()) return false;
        const std::size_t start = at_;
        if (!mti() || !bitmap()) return false;
        for (const int number : view_.present_) {
            if (!field(number)) return false;
            last_ = number;
        }
        if (at_ != input_.size()) return refuse(iso8583_errc::trailing_bytes, "", at_);
        if (!encrypted_tracks()) return false;
        find_mac(start);
        return true;
    }

    [[nodiscard]] error failure() const {
        const number_text number(number_);
        return fail(why_, op, number_ != 0 ? number.view() : path_, base_ + where_);
    }

    /// Of a message that failed, only the fields before the fault have been looked at.
    void forget_the_rest() noexcept {
        field_set read;
        for (const int number : view_.present_) {
            if (number <= last_) read.insert(number);
        }
        view_.present_ = read;
    }

  private:
    bool refuse(iso8583_errc why, std::string_view path, std::size_t at) noexcept {
        why_ = why;
        path_ = path;
        number_ = 0;
        where_ = at;
        return false;
    }
    bool refuse(iso8583_errc why, int number, std::size_t at) noexcept {
        refuse(why, std::string_view(), at);
        number_ = number;
        return false;
    }
    [[nodiscard]] std::size_t left() const noexcept { return input_.size() - at_; }
    [[nodiscard]] byte_view take(std::size_t count) noexcept {
        const auto part = input_.subspan(at_, count);
        at_ += count;
        return part;
    }

    bool envelope() {
        const auto& outer = format_.envelope;
        if (outer.tpdu != 0) {
            if (left() < tpdu::size) return refuse(iso8583_errc::truncated, "tpdu", input_.size());
            const auto wire = take(tpdu::size);
            if (wire[0] != outer.tpdu_id) return refuse(iso8583_errc::bad_tpdu, "tpdu", at_ - tpdu::size);
            if (const auto bad = packed::first_not_digits(wire); bad != packed::none) {
                return refuse(iso8583_errc::bad_tpdu, "tpdu", at_ - tpdu::size + bad);
            }
            std::array<std::uint8_t, tpdu::size> copy{};
            std::copy(wire.begin(), wire.end(), copy.begin());
            view_.tpdu_ = tpdu(copy);
        }
        // Unmistakable: no packed digits begin with these characters.
        if (outer.monitor == monitor_header::optional_lri && left() >= 3 &&
            std::memcmp(input_.data() + at_, "LRI", 3) == 0) {
            if (left() < lri_bytes) return refuse(iso8583_errc::truncated, "lri", input_.size());
            view_.monitor_ = take(lri_bytes);
        }
        if (outer.header == 0) return true;
        if (left() < outer.header) return refuse(iso8583_errc::truncated, "header", input_.size());
        view_.header_ = take(outer.header);
        if (const auto bad = packed::first_not_digits(view_.header_); bad != packed::none) {
            return refuse(iso8583_errc::bad_header, "header", at_ - outer.header + bad);
        }
        return true;
    }

    bool mti() {
        const bool is_packed = format_.mti == encoding::bcd;
        const std::size_t size = is_packed ? 2 : 4;
        if (left() < size) return refuse(iso8583_errc::truncated, "mti", input_.size());
        const auto wire = take(size);
        std::array<char, 4> out{};
        if (is_packed) {
            packed::unpack(wire.data(), 4, 0, out.data());
        } else {
            for (std::size_t i = 0; i < 4; ++i) {
                out[i] = charset::from_wire(wire[i], format_.mti == encoding::ebcdic);
            }
        }
        const bool digits =
            std::all_of(out.begin(), out.end(), [](char c) { return charset::is(c, charset::classes::digit); });
        // Classes 0 and 9 are reserved in every edition.
        if (!digits || out[0] != format_.mti_version || out[1] == '0' || out[1] == '9') {
            return refuse(iso8583_errc::bad_mti, "mti", at_ - size);
        }
        view_.mti_ = out;
        return true;
    }

    bool bitmap_half(std::uint64_t& bits) {
        const bool hex = format_.bitmap == encoding::hex;
        const std::size_t size = hex ? 16 : 8;
        if (left() < size) return refuse(iso8583_errc::truncated, "bitmap", input_.size());
        const auto wire = take(size);
        bits = 0;
        for (std::size_t i = 0; i < size; ++i) {
            if (!hex) {
                bits = bits << 8U | wire[i];
                continue;
            }
            const auto nibble = packed::nibbles[wire[i]];
            if (nibble == packed::no_nibble) return refuse(iso8583_errc::bad_bitmap, "bitmap", at_ - size + i);
            bits = bits << 4U | nibble;
        }
        return true;
    }

    bool bitmap() {
        const std::size_t start = at_;
        constexpr std::uint64_t more = std::uint64_t{1} << 63U;
        std::uint64_t first = 0;
        std::uint64_t second = 0;
        if (!bitmap_half(first)) return false;
        if ((first & more) != 0) {
            if (format_.bitmaps < 2) return refuse(iso8583_errc::bad_bitmap, "bitmap", start);
            if (!bitmap_half(second)) return false;
            // A second bitmap without a field, or one that announces a third.
            if (second == 0 || (second & more) != 0) return refuse(iso8583_errc::bad_bitmap, "bitmap", start);
        }
        const field_set fields(first & ~more, second);
        if (fields.empty()) return refuse(iso8583_errc::bad_bitmap, "bitmap", start);
        if (const auto unknown = fields.without(format_.known); !unknown.empty()) {
            return refuse(iso8583_errc::unknown_field, *unknown.begin(), start);
        }
        view_.present_ = fields;
        return true;
    }

    bool length_prefix(const field_spec& spec, std::size_t& units) {
        units = spec.max;
        if (spec.length == length_form::fixed) return true;
        const std::size_t size = spec.prefix_bytes();
        if (left() < size) return refuse(iso8583_errc::truncated, spec.number, input_.size());
        const std::size_t start = at_;
        units = 0;
        for (const std::uint8_t byte : take(size)) {
            switch (spec.prefix) {
            case length_encoding::binary: units = units << 8U | byte; break;
            case length_encoding::bcd:
                if (byte > 0x99 || (byte & 0x0FU) > 9) {
                    return refuse(iso8583_errc::bad_length_prefix, spec.number, start);
                }
                units = units * 100 + (byte >> 4U) * 10U + (byte & 0x0FU);
                break;
            default: {
                const char c = charset::from_wire(byte, spec.prefix == length_encoding::ebcdic);
                if (!charset::is(c, charset::classes::digit)) {
                    return refuse(iso8583_errc::bad_length_prefix, spec.number, start);
                }
                units = units * 10 + static_cast<std::size_t>(c - '0');
            }
            }
        }
        if (units > spec.max || units < spec.min) return refuse(iso8583_errc::bad_length_prefix, spec.number, start);
        return true;
    }

    bool field(int number) {
        const auto& spec = format_.field(number);
        std::size_t units = 0;
        if (!length_prefix(spec, units)) return false;
        const std::size_t size = spec.wire_bytes(units);
        if (left() < size) return refuse(iso8583_errc::truncated, number, input_.size());
        const std::size_t start = at_;
        const auto wire = take(size);
        auto& slot = view_.slots_[static_cast<std::size_t>(number)];
        slot.offset = static_cast<std::uint16_t>(start);
        slot.units = static_cast<std::uint16_t>(units);
        switch (spec.encoding) {
        case encoding::bcd: return packed_value(spec, wire, units, start);
        case encoding::binary: return true;
        case encoding::hex: return hex_value(spec, wire, start);
        case encoding::ascii: return text(spec, wire, start);
        default: return characters(spec, wire, start);
        }
    }

    bool packed_value(const field_spec& spec, byte_view wire, std::size_t units, std::size_t start) {
        if (spec.kind == kind::signed_digits) {
            if (wire[0] != 'C' && wire[0] != 'D') return refuse(iso8583_errc::bad_character, spec.number, start);
            wire = wire.subspan(1);
            ++start;
            --units;
        }
        if (units % 2 != 0) {
            const bool left_pad = spec.padding == padding::left_zero;
            const unsigned filler = left_pad ? wire.front() >> 4U : wire.back() & 0x0FU;
            if (filler != (spec.padding == padding::right_f ? 0x0FU : 0U)) {
                return refuse(iso8583_errc::bad_padding, spec.number, left_pad ? start : start + wire.size() - 1);
            }
            // A filler of F is no digit, so the last byte of such a value is looked at alone.
            if (spec.padding == padding::right_f) {
                const unsigned nibble = wire.back() >> 4U;
                const std::size_t at = start + wire.size() - 1;
                if (spec.kind != kind::track && nibble > 9) return refuse(iso8583_errc::not_digits, spec.number, at);
                if (nibble > 9 && nibble != 13) note_track(spec, at);
                wire = wire.first(wire.size() - 1);
            }
        }
        if (spec.kind == kind::track) {
            const auto bad =
                std::find_if(wire.begin(), wire.end(), [](auto byte) { return !packed::track_bytes[byte]; });
            if (bad != wire.end()) note_track(spec, start + static_cast<std::size_t>(bad - wire.begin()));
            return true;
        }
        const auto bad = packed::first_not_digits(wire);
        return bad == packed::none || refuse(iso8583_errc::not_digits, spec.number, start + bad);
    }

    /// Remembers the first place that only an encrypted track may have.
    void note_track(const field_spec& spec, std::size_t at) noexcept {
        if (hex_track_ != 0) return;
        hex_track_ = spec.number;
        hex_track_at_ = at;
    }

    bool hex_value(const field_spec& spec, byte_view wire, std::size_t start) {
        for (std::size_t i = 0; i < wire.size(); ++i) {
            if (packed::nibbles[wire[i]] == packed::no_nibble) {
                return refuse(iso8583_errc::bad_character, spec.number, start + i);
            }
        }
        return true;
    }

    /// ASCII of the kinds where every character is judged alike; what is wrong is found by the slow way.
    bool text(const field_spec& spec, byte_view wire, std::size_t start) {
        if (spec.kind == kind::gbk) return true;
        if (spec.kind == kind::track || spec.kind == kind::signed_digits) return characters(spec, wire, start);
        std::uint8_t common = 0xFF;
        for (const auto byte : wire)
            common &= charset::class_of[byte];
        return (common & charset::class_for(spec.kind)) != 0 || characters(spec, wire, start);
    }

    bool characters(const field_spec& spec, byte_view wire, std::size_t start) {
        const auto wanted = charset::class_for(spec.kind);
        const bool ebcdic = spec.encoding == encoding::ebcdic;
        for (std::size_t i = 0; i < wire.size(); ++i) {
            const char c = charset::from_wire(wire[i], ebcdic);
            bool good = charset::is(c, wanted);
            if (spec.kind == kind::signed_digits) {
                good = i == 0 ? c == 'C' || c == 'D' : charset::is(c, charset::classes::digit);
            }
            if (!good) {
                const bool digits = wanted == charset::classes::digit;
                return refuse(
                    digits ? iso8583_errc::not_digits : iso8583_errc::bad_character, spec.number, start + i);
            }
            if (spec.kind == kind::track && !charset::is(c, charset::classes::track)) note_track(spec, start + i);
        }
        return true;
    }

    bool encrypted_tracks() {
        if (hex_track_ == 0) return true;
        const int control = format_.track_encryption_field;
        if (control != 0 && view_.has(control)) {
            std::array<char, 99> digits{};
            if (view_.value(control, digits)[2] == '1') return true;
        }
        return refuse(iso8583_errc::bad_character, hex_track_, hex_track_at_);
    }

    void find_mac(std::size_t start) noexcept {
        if (last_ == 0 || !format_.mac_fields.contains(last_)) return;
        const std::size_t at = view_.slots_[static_cast<std::size_t>(last_)].offset;
        view_.mac_range_ = input_.subspan(start, at - start);
        view_.mac_ = input_.subspan(at);
    }

    const dialect& format_;
    byte_view input_;
    std::size_t base_;
    message_view& view_;
    std::size_t at_ = 0;
    int last_ = 0;
    int hex_track_ = 0;
    std::size_t hex_track_at_ = 0;
    iso8583_errc why_{};
    std::string_view path_;
    int number_ = 0;
    std::size_t where_ = 0;
};

namespace {

result<message_view> decode_at(const dialect& format, byte_view body, std::size_t base) {
    result<message_view> out{message_view()};
    if (decoder steps(format, body, base, *out); !steps.walk()) out = steps.failure();
    return out;
}

} // namespace

result<message_view> decode_body(const dialect& format, byte_view input) {
    return decode_at(format, input, 0);
}

namespace {

/// Checks the length in front; gives how many bytes it takes.
result<std::size_t> unframe(const dialect& format, byte_view input) {
    const auto form = format.envelope.length;
    const std::size_t prefix = frame_bytes(form);
    if (input.size() < prefix) return fail(iso8583_errc::truncated, op, "length", input.size());
    std::size_t length = input.size() - prefix;
    if (form == frame_length::binary2) {
        length = load_be16(input.data());
    } else if (form == frame_length::bcd2) {
        if (packed::first_not_digits(input.first(2)) != packed::none) {
            return fail(iso8583_errc::bad_frame_length, op, "length", 0);
        }
        length = (input[0] >> 4U) * 1000U + (input[0] & 15U) * 100U + (input[1] >> 4U) * 10U + (input[1] & 15U);
    } else if (form == frame_length::ascii4) {
        length = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            if (input[i] < '0' || input[i] > '9') return fail(iso8583_errc::bad_frame_length, op, "length", i);
            length = length * 10 + (input[i] - std::size_t{'0'});
        }
    }
    const std::size_t there = input.size() - prefix;
    if (there < length) return fail(iso8583_errc::truncated, op, "length", input.size());
    if (there > length) return fail(iso8583_errc::trailing_bytes, op, "length", prefix + length);
    return prefix;
}

} // namespace

result<message_view> decode(const dialect& format, byte_view input) {
    CIPHERLANE_TRY(const auto prefix, unframe(format, input));
    return decode_at(format, input.subspan(prefix), prefix);
}

partial_message decode_partly(const dialect& format, byte_view input) {
    const auto prefix = unframe(format, input);
    const std::size_t skip = std::min(frame_bytes(format.envelope.length), input.size());
    partial_message partly;
    decoder steps(format, input.subspan(skip), skip, partly.view);
    if (!steps.walk()) {
        steps.forget_the_rest();
        partly.failure = steps.failure();
    }
    // A wrong length is the first fault; the fields may still say more.
    if (!prefix) partly.failure = prefix.error();
    return partly;
}

} // namespace cipherlane::iso8583
