#pragma once

#include "charset.hpp"
#include "decode_cursor.hpp"
#include "decode_fault.hpp"
#include "each_field.hpp"
#include "packed.hpp"

#include <cipherlane/iso8583/message_view.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace cipherlane::iso8583 {

/// Walks once over the input from front to back; every step checks what it takes. Steps say true, or false after
/// noting the fault: an error with all its context is only made when there is one.
class decoder : private decode_cursor {
  public:
    /// Writes into `out`, so that the view is never copied.
    decoder(const dialect& format, byte_view body, std::size_t base, message_view& out,
        std::vector<deviation>* borne = nullptr) noexcept
        : decode_cursor(body, base, borne)
        , format_(format)
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
        const bool good = each_field(view_.present_, [this](int number) {
            if (!field(number)) return false;
            last_ = number;
            return true;
        });
        if (!good) return false;
        if (at_ != input_.size() && !bear(iso8583_errc::trailing_bytes, "", at_)) return false;
        if (!encrypted_tracks()) return false;
        find_mac(start);
        return true;
    }

    [[nodiscard, gnu::cold, gnu::noinline]] error failure() const {
        return decode_fault{
            format_, input_, base_, why_, path_, number_, where_, at_, expected_, piece_, view_.bitmaps_, one_more_}
            .to_error();
    }
    [[nodiscard]] const field_set& announced() const noexcept { return announced_; }
    /// How far reading came, from the start of the body.
    [[nodiscard]] std::size_t stopped_at() const noexcept { return at_; }
    /// The field that the end of the input has cut.
    [[nodiscard]] std::optional<cut_field> cut() const {
        if (why_ != iso8583_errc::truncated || number_ == 0) return {};
        return cut_field{number_, base_ + at_, expected_, input_.size() - at_};
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
    /// A fault that a tolerant reader notes and passes over. `place`: a field's number, or the name of a part.
    template <class Place>
    [[gnu::cold, gnu::noinline]] bool bear(iso8583_errc why, Place place, std::size_t at) {
        refuse(why, place, at);
        if (borne_ == nullptr) return false;
        const auto told = failure();
        borne_->push_back({why, told.field(), base_ + at, told.hint()});
        refuse(iso8583_errc{}, std::string_view(), 0);
        return true;
    }

    bool envelope() {
        const auto& outer = format_.envelope;
        if (outer.tpdu != 0) {
            if (left() < tpdu::size) return cut_off("tpdu", tpdu::size);
            const auto wire = take(tpdu::size);
            if (wire[0] != outer.tpdu_id && !bear(iso8583_errc::bad_tpdu, "tpdu", at_ - tpdu::size)) return false;
            if (const auto bad = packed::first_not_digits(wire); bad != packed::none) {
                if (!bear(iso8583_errc::bad_tpdu, "tpdu", at_ - tpdu::size + bad)) return false;
            }
            std::array<std::uint8_t, tpdu::size> copy{};
            std::copy(wire.begin(), wire.end(), copy.begin());
            view_.tpdu_ = tpdu(copy);
            view_.has_tpdu_ = true;
        }
        // Unmistakable: no packed digits begin with these characters.
        if (outer.monitor == monitor_header::optional_lri && left() >= 3 &&
            std::memcmp(input_.data() + at_, "LRI", 3) == 0) {
            if (left() < lri_bytes) return cut_off("lri", lri_bytes);
            view_.monitor_ = take(lri_bytes);
        }
        if (!outer.pieces.empty()) return header_pieces();
        if (outer.header == 0) return true;
        if (left() < outer.header) return cut_off("header", outer.header);
        view_.header_ = take(outer.header);
        const auto bad = packed::first_not_digits(view_.header_);
        return bad == packed::none || bear(iso8583_errc::bad_header, "header", at_ - outer.header + bad);
    }

    bool header_pieces() {
        const std::size_t start = at_;
        for (const auto& piece : format_.envelope.pieces) {
            piece_ = &piece;
            const auto rest = input_.subspan(at_);
            const auto size = piece_size(piece, rest);
            if (!size) {
                if (piece.presence == piece_presence::where_it_begins) continue;
                return refuse(iso8583_errc::bad_header, piece.name, at_);
            }
            if (left() < *size) return cut_off(piece.name, *size);
            const auto data = take(*size);
            view_.header_ = input_.subspan(start, at_ - start);
            if (!fits(piece, data)) {
                if (!bear(iso8583_errc::bad_header, piece.name, at_ - *size)) return false;
            }
        }
        return true;
    }

    bool mti() {
        const bool is_packed = format_.mti == encoding::bcd;
        const std::size_t size = is_packed ? 2 : 4;
        if (left() < size) return cut_off("mti", size);
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
        if (!digits) return refuse(iso8583_errc::bad_mti, "mti", at_ - size);
        // Classes 0 and 9 are reserved in every edition.
        if (out[0] != format_.mti_version || out[1] == '0' || out[1] == '9') {
            return refuse(iso8583_errc::bad_mti, "mti", at_ - size); // tolerated, anything would be a message
        }
        view_.mti_ = out;
        return true;
    }

    bool one_bitmap(std::uint64_t& bits) {
        const bool hex = format_.bitmap != encoding::binary;
        const std::size_t size = format_.bitmap_bytes();
        if (left() < size) return cut_off("bitmap", size);
        const auto wire = take(size);
        if (!hex) {
            bits = packed::load_be64(wire.data());
            return true;
        }
        bits = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const char c = charset::from_wire(wire[i], format_.bitmap == encoding::ebcdic);
            const auto digit = static_cast<std::uint8_t>(c);
            auto nibble = packed::nibbles[digit];
            if (nibble == packed::no_nibble) {
                const bool small = c >= 'a' && c <= 'f';
                if (!small) return refuse(iso8583_errc::bad_bitmap, "bitmap", at_ - size + i);
                if (!bear(iso8583_errc::bad_bitmap, "bitmap", at_ - size + i)) return false;
                nibble = packed::any_case_nibbles[digit];
            }
            bits = bits << 4U | nibble;
        }
        return true;
    }

    bool bitmap() {
        const std::size_t start = at_;
        constexpr std::uint64_t more = std::uint64_t{1} << 63U;
        std::array<std::uint64_t, max_bitmaps> bits{};
        std::uint8_t count = 0;
        // Bit 1 announces the second bitmap and bit 65 the third; bit 129 is a field.
        for (bool follows = true; follows; ++count) {
            if (count == format_.bitmaps) {
                view_.bitmaps_ = count;
                one_more_ = true;
                announced_ = field_set(bits[0], bits[1], bits[2]);
                if (!bear(iso8583_errc::bad_bitmap, "bitmap", start)) return false;
                break;
            }
            if (!one_bitmap(bits[count])) return false;
            follows = count + 1U < max_bitmaps && (bits[count] & more) != 0;
            if (follows) bits[count] &= ~more;
        }
        view_.bitmaps_ = count;
        announced_ = field_set(bits[0], bits[1], bits[2]);
        if (announced_.empty() && !bear(iso8583_errc::bad_bitmap, "bitmap", start)) return false;
        const auto unknown = announced_.without(format_.known);
        if (!unknown.empty()) {
            for (const int number : unknown) {
                if (!bear(iso8583_errc::unknown_field, number, start)) return false;
            }
        }
        view_.present_ = announced_.without(unknown);
        return true;
    }

    /// Of a field whose length is not fixed.
    bool length_prefix(const field_spec& spec, std::size_t& units) {
        const std::size_t size = spec.prefix_bytes();
        if (left() < size) return cut_off(int{spec.number}, size);
        const std::size_t start = at_;
        std::size_t says = 0;
        for (const std::uint8_t byte : take(size)) {
            switch (spec.prefix) {
            case length_encoding::binary: says = says << 8U | byte; break;
            case length_encoding::bcd:
                if (byte > 0x99 || (byte & 0x0FU) > 9) {
                    return refuse(iso8583_errc::bad_length_prefix, spec.number, start);
                }
                says = says * 100 + (byte >> 4U) * 10U + (byte & 0x0FU);
                break;
            default: {
                const char c = charset::from_wire(byte, spec.prefix == length_encoding::ebcdic);
                if (!charset::is(c, charset::classes::digit)) {
                    return refuse(iso8583_errc::bad_length_prefix, spec.number, start);
                }
                says = says * 10 + static_cast<std::size_t>(c - '0');
            }
            }
        }
        units = says;
        if (spec.counts == length_counts::wire && !counted_on_the_wire(spec, units)) {
            return refuse(iso8583_errc::bad_length_prefix, spec.number, start);
        }
        if (units > spec.max || units < spec.min) {
            const bool there = spec.wire_bytes(units) <= left();
            return there ? bear(iso8583_errc::bad_length_prefix, spec.number, start)
                         : refuse(iso8583_errc::bad_length_prefix, spec.number, start);
        }
        return true;
    }

    /// Units of the value from a length that counts bytes of the wire; false where it cannot be.
    [[nodiscard]] bool counted_on_the_wire(const field_spec& spec, std::size_t& units) const noexcept {
        if (spec.encoding == encoding::hex) {
            const bool whole = units % 2 == 0;
            units /= 2;
            return whole;
        }
        const std::size_t size = units;
        units *= 2;
        // Only a filler of F tells an odd number of digits from an even one.
        const bool filled = spec.padding == padding::right_f && size != 0 && size <= left() &&
                            (input_[at_ + size - 1] & 0x0FU) == 0x0F;
        if (filled) --units;
        // A greatest length that is odd leaves one nibble for the filler of the other kinds.
        if (units == spec.max + std::size_t{1} && spec.max % 2 != 0) --units;
        return true;
    }

    bool field(int number) {
        const auto& spec = format_.field(number);
        std::size_t units = spec.max;
        if (spec.length != length_form::fixed && !length_prefix(spec, units)) return false;
        const std::size_t size = spec.wire_bytes(units);
        if (left() < size) return cut_off(number, size);
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
            if (wire[0] != 'C' && wire[0] != 'D' && !bear(iso8583_errc::bad_character, spec.number, start)) {
                return false;
            }
            wire = wire.subspan(1);
            ++start;
            --units;
        }
        if (units % 2 != 0) {
            const bool left_pad = spec.padding == padding::left_zero;
            const unsigned filler = left_pad ? wire.front() >> 4U : wire.back() & 0x0FU;
            if (filler != (spec.padding == padding::right_f ? 0x0FU : 0U)) {
                const std::size_t at = left_pad ? start : start + wire.size() - 1;
                return bear(iso8583_errc::bad_padding, spec.number, at) &&
                       forgiven_digits(spec, wire, start, left_pad);
            }
            // A filler of F is no digit, so the last byte of such a value is looked at alone.
            if (spec.padding == padding::right_f) {
                const unsigned nibble = wire.back() >> 4U;
                const std::size_t at = start + wire.size() - 1;
                if (spec.kind != kind::track && nibble > 9) return bear(iso8583_errc::not_digits, spec.number, at);
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
        return bad == packed::none || bear(iso8583_errc::not_digits, spec.number, start + bad);
    }

    /// The digits beside a filler that was borne, without the byte that holds it.
    bool forgiven_digits(const field_spec& spec, byte_view wire, std::size_t start, bool left_pad) {
        if (spec.kind == kind::track) return true;
        const auto rest = left_pad ? wire.subspan(1) : wire.first(wire.size() - 1);
        const auto bad = packed::first_not_digits(rest);
        return bad == packed::none ||
               bear(iso8583_errc::not_digits, spec.number, start + bad + (left_pad ? std::size_t{1} : 0));
    }

    /// Remembers the first place that only an encrypted track may have.
    void note_track(const field_spec& spec, std::size_t at) noexcept {
        if (hex_track_ != 0) return;
        hex_track_ = spec.number;
        hex_track_at_ = at;
    }

    bool hex_value(const field_spec& spec, byte_view wire, std::size_t start) {
        for (std::size_t i = 0; i < wire.size(); ++i) {
            if (packed::nibbles[wire[i]] != packed::no_nibble) continue;
            const bool small = wire[i] >= 'a' && wire[i] <= 'f';
            if (!small) return refuse(iso8583_errc::bad_character, spec.number, start + i);
            return bear(iso8583_errc::bad_character, spec.number, start + i);
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
                return bear(digits ? iso8583_errc::not_digits : iso8583_errc::bad_character, spec.number, start + i);
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
        return bear(iso8583_errc::bad_character, hex_track_, hex_track_at_);
    }

    void find_mac(std::size_t start) noexcept {
        if (last_ == 0 || !format_.mac_fields.contains(last_)) return;
        const std::size_t at = view_.slots_[static_cast<std::size_t>(last_)].offset;
        view_.mac_range_ = input_.subspan(start, at - start);
        view_.mac_ = input_.subspan(at, at_ - at);
    }

    const dialect& format_;
    message_view& view_;
    field_set announced_;
    const header_piece* piece_ = nullptr;
    bool one_more_ = false; ///< a bitmap announces one that the dialect does not have
    int last_ = 0;
    int hex_track_ = 0;
    std::size_t hex_track_at_ = 0;
};

} // namespace cipherlane::iso8583
