#include "charset.hpp"
#include "each_field.hpp"
#include "fail.hpp"
#include "packed.hpp"
#include "short_copy.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/envelope.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

namespace cipherlane::iso8583 {
namespace {

constexpr std::string_view op = "encode";

class encoder {
  public:
    encoder(const dialect& format, const message& what, byte_span out) noexcept
        : format_(format)
        , message_(what)
        , out_(out) {}

    result<encoded_message> run() {
        const std::size_t prefix = format_.envelope.length.prefix_bytes();
        if (out_.size() < prefix) return refuse(iso8583_errc::buffer_too_small, "length");
        at_ = prefix;
        CIPHERLANE_CHECK(envelope());
        const std::size_t start = at_;
        CIPHERLANE_CHECK(mti());
        CIPHERLANE_CHECK(bitmap());
        int last = 0;
        std::size_t last_at = 0;
        const bool done_well = each_field(message_.fields(), [&](int number) {
            last = number;
            last_at = at_;
            return field(number);
        });
        if (!done_well) return failure();
        const std::size_t end = at_;
        CIPHERLANE_CHECK(trailer());
        CIPHERLANE_CHECK(write_frame_length(format_.envelope.length, end - prefix, out_));
        encoded_message done;
        done.frame = out_.first(at_);
        done.body = done.frame.subspan(prefix);
        if (last != 0 && format_.mac_fields.contains(last)) {
            done.mac_range = out_.subspan(start, last_at - start);
            done.mac = out_.subspan(last_at, end - last_at);
        }
        return done;
    }

  private:
    [[nodiscard]] static error refuse(iso8583_errc why, std::string_view path) { return fail(why, op, path); }
    [[nodiscard]] static error refuse(iso8583_errc why, int number) {
        return fail(why, op, number_text(number).view());
    }
    /// Notes the fault of a field; the error with all its context is only made when there is one.
    bool note(iso8583_errc why, int number, std::optional<std::size_t> at = {}) noexcept {
        why_ = why;
        number_ = number;
        where_ = at;
        return false;
    }
    [[nodiscard]] error failure() const {
        auto what = refuse(why_, number_);
        return where_ ? std::move(what).at_offset(*where_) : what;
    }
    [[nodiscard]] bool room(std::size_t count) const noexcept { return out_.size() - at_ >= count; }
    [[nodiscard]] std::uint8_t* take(std::size_t count) noexcept {
        auto* to = out_.data() + at_;
        at_ += count;
        return to;
    }
    result<void> envelope() {
        const auto& outer = format_.envelope;
        if (outer.tpdu != 0) {
            if (!room(tpdu::size)) return refuse(iso8583_errc::buffer_too_small, "tpdu");
            const auto& wire = message_.tpdu().wire();
            if (wire[0] != outer.tpdu_id || packed::first_not_digits(wire) != packed::none) {
                return refuse(iso8583_errc::bad_tpdu, "tpdu");
            }
            std::copy(wire.begin(), wire.end(), take(tpdu::size));
        }
        if (const auto lri = message_.monitor_header(); !lri.empty()) {
            if (outer.monitor == monitor_header::none || std::memcmp(lri.data(), "LRI", 3) != 0) {
                return refuse(iso8583_errc::bad_header, "lri");
            }
            if (!room(lri.size())) return refuse(iso8583_errc::buffer_too_small, "lri");
            std::copy(lri.begin(), lri.end(), take(lri.size()));
        }
        if (!outer.pieces.empty()) return header_pieces();
        const auto header = message_.header();
        if (header.size() != std::size_t{outer.header} * 2) return refuse(iso8583_errc::bad_header, "header");
        if (!room(outer.header)) return refuse(iso8583_errc::buffer_too_small, "header");
        if (packed::pack(header.data(), header.size(), 0, 0, packed::digit_nibbles, take(outer.header)) !=
            packed::none) {
            return refuse(iso8583_errc::bad_header, "header");
        }
        return {};
    }

    /// Each piece is there, as long as it says, and begins as it must; nothing is left over.
    result<void> header_pieces() {
        auto rest = message_.header_pieces();
        for (const auto& piece : format_.envelope.pieces) {
            const auto size = piece_size(piece, rest);
            if (!size && piece.presence == piece_presence::where_it_begins) continue;
            if (!size || rest.size() < *size) return refuse(iso8583_errc::bad_header, piece.name);
            const auto data = rest.first(*size);
            if (!fits(piece, data)) return refuse(iso8583_errc::bad_header, piece.name);
            if (!room(data.size())) return refuse(iso8583_errc::buffer_too_small, piece.name);
            std::copy(data.begin(), data.end(), take(data.size()));
            rest = rest.subspan(*size);
        }
        if (!rest.empty()) return refuse(iso8583_errc::bad_header, "header");
        return {};
    }

    result<void> trailer() {
        const auto& outer = format_.envelope;
        if (outer.trailer == 0) return {};
        const auto data = outer.trailer_is.empty() ? message_.trailer() : as_bytes(outer.trailer_is);
        if (data.size() != outer.trailer) return refuse(iso8583_errc::bad_trailer, "trailer");
        if (!room(data.size())) return refuse(iso8583_errc::buffer_too_small, "trailer");
        std::copy(data.begin(), data.end(), take(data.size()));
        return {};
    }

    result<void> mti() {
        const auto digits = message_.mti();
        const bool good = digits.size() == 4 && std::all_of(digits.begin(), digits.end(),
                                                    [](char c) { return charset::is(c, charset::classes::digit); });
        if (!good || digits[0] != format_.mti_version || digits[1] == '0' || digits[1] == '9') {
            return refuse(iso8583_errc::bad_mti, "mti");
        }
        const bool is_packed = format_.mti == encoding::bcd;
        if (!room(is_packed ? 2 : 4)) return refuse(iso8583_errc::buffer_too_small, "mti");
        if (is_packed) {
            (void)packed::pack(digits.data(), 4, 0, 0, packed::digit_nibbles, take(2));
        } else {
            auto* to = take(4);
            for (const char c : digits)
                *to++ = charset::to_wire(c, format_.mti == encoding::ebcdic);
        }
        return {};
    }

    result<void> bitmap() {
        const auto& fields = message_.fields();
        if (fields.empty()) return refuse(iso8583_errc::bad_bitmap, "bitmap");
        if (const auto unknown = fields.without(format_.known); !unknown.empty()) {
            return refuse(iso8583_errc::unknown_field, *unknown.begin());
        }
        const int least = message_.bitmaps() != 0 ? message_.bitmaps() : int{format_.bitmaps_sent};
        const auto count = static_cast<std::size_t>(std::max(fields.bitmaps(), least));
        if (count > format_.bitmaps) return refuse(iso8583_errc::bad_bitmap, "bitmap");
        const std::size_t size = format_.bitmap_bytes();
        if (!room(count * size)) return refuse(iso8583_errc::buffer_too_small, "bitmap");
        constexpr std::uint64_t more = std::uint64_t{1} << 63U;
        for (std::size_t i = 0; i < count; ++i)
            write_bitmap(fields.bitmap(i) | (i + 1 < count ? more : 0));
        return {};
    }

    void write_bitmap(std::uint64_t bits) noexcept {
        auto* to = take(format_.bitmap_bytes());
        if (format_.bitmap == encoding::binary) {
            for (unsigned i = 0; i < 8; ++i)
                to[i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
            return;
        }
        for (int shift = 56; shift >= 0; shift -= 8) {
            const auto byte = static_cast<std::uint8_t>(bits >> static_cast<unsigned>(shift));
            for (const char digit : packed::pairs[byte])
                *to++ = charset::to_wire(digit, format_.bitmap == encoding::ebcdic);
        }
    }

    void length_prefix(const field_spec& spec, std::size_t units) noexcept {
        const std::size_t size = spec.prefix_bytes();
        auto* to = take(size);
        for (std::size_t i = size; i-- > 0;) {
            switch (spec.prefix) {
            case length_encoding::binary:
                to[i] = static_cast<std::uint8_t>(units);
                units >>= 8U;
                break;
            case length_encoding::bcd:
                to[i] = static_cast<std::uint8_t>(units % 10 | (units / 10 % 10) << 4U);
                units /= 100;
                break;
            default:
                to[i] = charset::to_wire(static_cast<char>('0' + units % 10), spec.prefix == length_encoding::ebcdic);
                units /= 10;
            }
        }
    }

    /// Not inlined: beside the rest of a message it would have no registers.
    [[gnu::noinline]] bool field(int number) {
        const auto& spec = format_.field(number);
        const auto value = message_.get(number);
        std::size_t units = value.size();
        if (units > spec.max) return note(iso8583_errc::too_long, number);
        if (units < spec.min) {
            if (spec.padding != padding::right_space) return note(iso8583_errc::too_short, number);
            units = spec.min;
        }
        const std::size_t size = spec.wire_bytes(units);
        if (!room(spec.prefix_bytes() + size)) return note(iso8583_errc::buffer_too_small, number);
        if (spec.length != length_form::fixed) length_prefix(spec, spec.counted(units));
        auto* to = take(size);
        switch (spec.encoding) {
        case encoding::bcd: return packed_value(spec, value, to);
        case encoding::binary: short_copy(to, value.data(), value.size()); return true;
        case encoding::hex:
            for (const char c : value) {
                std::memcpy(to, packed::pairs[static_cast<unsigned char>(c)].data(), 2);
                to += 2;
            }
            return true;
        case encoding::ascii:
            if (plain_text(spec, value)) {
                short_copy(to, value.data(), value.size());
                if (units != value.size()) std::memset(to + value.size(), ' ', units - value.size());
                return true;
            }
            return characters(spec, value, units, to);
        default: return characters(spec, value, units, to);
        }
    }

    /// True where every character is judged alike and all are right.
    static bool plain_text(const field_spec& spec, std::string_view value) noexcept {
        if (spec.kind == kind::gbk) return true;
        if (spec.kind == kind::track || spec.kind == kind::signed_digits) return false;
        std::uint8_t common = 0xFF;
        for (const char c : value)
            common &= charset::class_of[static_cast<unsigned char>(c)];
        return (common & charset::class_for(spec.kind)) != 0;
    }

    bool packed_value(const field_spec& spec, std::string_view value, std::uint8_t* to) {
        std::size_t skipped = 0;
        if (spec.kind == kind::signed_digits) {
            if (value[0] != 'C' && value[0] != 'D') return note(iso8583_errc::bad_character, spec.number, 0);
            *to++ = static_cast<std::uint8_t>(value[0]);
            value.remove_prefix(1);
            skipped = 1;
        }
        const bool track = spec.kind == kind::track;
        const std::uint8_t filler = spec.padding == padding::right_f ? 15 : 0;
        const std::size_t left = spec.padding == padding::left_zero ? 1 : 0;
        const auto& letters = track && encrypted_tracks() ? packed::cipher_nibbles : packed::track_nibbles;
        const auto bad = track ? packed::pack(value.data(), value.size(), left, filler, letters, to)
                               : packed::pack_digits(value.data(), value.size(), left, filler, to);
        if (bad == packed::none) return true;
        return note(track ? iso8583_errc::bad_character : iso8583_errc::not_digits, spec.number, skipped + bad);
    }

    bool characters(const field_spec& spec, std::string_view value, std::size_t units, std::uint8_t* to) {
        const bool ebcdic = spec.encoding == encoding::ebcdic;
        auto wanted = charset::class_for(spec.kind);
        if (spec.kind == kind::track && !encrypted_tracks()) wanted = charset::classes::track;
        for (std::size_t i = 0; i < value.size(); ++i) {
            const char c = value[i];
            bool good = charset::is(c, wanted);
            if (spec.kind == kind::signed_digits) {
                good = i == 0 ? c == 'C' || c == 'D' : charset::is(c, charset::classes::digit);
            }
            if (!good) {
                const bool digits = wanted == charset::classes::digit;
                return note(digits ? iso8583_errc::not_digits : iso8583_errc::bad_character, spec.number, i);
            }
            to[i] = charset::to_wire(c, ebcdic);
        }
        std::fill(to + value.size(), to + units, charset::to_wire(' ', ebcdic));
        return true;
    }

    [[nodiscard]] bool encrypted_tracks() const noexcept {
        const int control = format_.track_encryption_field;
        if (control == 0) return false;
        const auto digits = message_.get(control);
        return digits.size() >= 3 && digits[2] == '1';
    }

    const dialect& format_;
    const message& message_;
    byte_span out_;
    std::size_t at_ = 0;
    iso8583_errc why_{};
    int number_ = 0;
    std::optional<std::size_t> where_;
};

} // namespace

result<encoded_message> encode(const dialect& format, const message& what, byte_span out) {
    return encoder(format, what, out).run();
}

result<bytes> encode(const dialect& format, const message& what) {
    // No field takes more than twice its value's size and the longest prefix.
    std::size_t size = max_message_bytes - 65535 + tpdu::size + lri_bytes + max_header_bytes + 4 + 16 * max_bitmaps;
    size += what.header_pieces().size() + max_trailer_bytes;
    for (const int field : what.fields()) {
        const std::size_t least = format.has(field) ? format.field(field).min : 0;
        size += 2 * std::max(what.get(field).size(), least) + 7;
    }
    bytes out(size);
    auto done = encode(format, what, out);
    if (!done) {
        wipe(out);
        return std::move(done).error();
    }
    out.resize(done->frame.size());
    return out;
}

} // namespace cipherlane::iso8583
