#include "decode_fault.hpp"

#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::iso8583 {

error decode_fault::to_error() const {
    const number_text digits(number);
    return fail(why, "decode", number != 0 ? digits.view() : path, base + where).with_hint(hint());
}

std::string decode_fault::hint() const {
    const auto there = std::to_string(input.size() - at);
    switch (why) {
    case iso8583_errc::truncated: return "found " + there + " of " + std::to_string(expected) + " bytes";
    case iso8583_errc::trailing_bytes: return "found " + there + " bytes behind the last field";
    case iso8583_errc::bad_length_prefix: return length_hint();
    case iso8583_errc::bad_mti: {
        const bool packed = format.mti == encoding::bcd;
        return std::string("expected ") + (packed ? "four packed" : "four") + " digits, the first " +
               format.mti_version + found_bytes(packed ? 2 : 4);
    }
    case iso8583_errc::bad_header:
    case iso8583_errc::bad_tpdu: return header_hint();
    case iso8583_errc::unknown_field: return "its bit is set";
    case iso8583_errc::not_digits: return "expected decimal digits" + found_byte();
    case iso8583_errc::bad_padding: {
        const auto kind = format.field(number).padding;
        auto text = std::string("expected a filler of ") + (kind == padding::right_f ? "F" : "0");
        if (where >= input.size()) return text;
        const bool left = kind == padding::left_zero;
        const auto digits = to_hex(input.subspan(where, 1));
        return text + ", found " + digits[left ? 0 : 1];
    }
    case iso8583_errc::bad_character: return "expected " + character_words() + found_byte();
    case iso8583_errc::bad_bitmap: return bitmap_hint();
    default: return {};
    }
}

std::string decode_fault::found_bytes(std::size_t most) const {
    return ", found " + to_hex(input.subspan(where, std::min(most, input.size() - where)));
}

/// The byte at fault, where its field may be shown.
std::string decode_fault::found_byte() const {
    const bool open = number != 0 && format.field(number).mask == mask::none && where < input.size();
    return open ? found_bytes(1) : std::string();
}

std::string decode_fault::character_words() const {
    const auto& spec = format.field(number);
    if (spec.encoding == encoding::hex) return "upper-case hex digits";
    switch (spec.kind) {
    case kind::track: return "digits and a separator";
    case kind::signed_digits: return "C or D";
    case kind::alnum: return "letters, digits and blanks";
    default: return "printable characters";
    }
}

std::string decode_fault::length_hint() const {
    const auto& spec = format.field(number);
    return "allowed: " + std::to_string(spec.counted(spec.min)) + " to " + std::to_string(spec.counted(spec.max)) +
           found_bytes(spec.prefix_bytes());
}

std::string decode_fault::header_hint() const {
    std::string text;
    if (path == "tpdu") {
        text = "expected packed digits, " + to_hex({&format.envelope.tpdu_id, 1}) + " first";
    } else if (piece == nullptr) {
        text = "expected packed digits";
    } else {
        constexpr std::string_view forms[] = {"packed digits", "text", "text in EBCDIC", "bytes"};
        text = "expected " + std::to_string(piece->bytes) + " bytes of " +
               std::string(forms[static_cast<std::size_t>(piece->form)]);
        if (!piece->begins.empty()) text += ", " + to_hex(as_bytes(piece->begins)) + " first";
    }
    return text + found_bytes(4);
}

std::string decode_fault::bitmap_hint() const {
    if (bitmaps == 0)
        return std::string("expected 0 to 9 or A to F") + (format.bitmap == encoding::ebcdic ? " in EBCDIC" : "") +
               found_bytes(1);
    if (!one_more) return "no field is announced";
    return "bit " + std::to_string(bitmaps * 64 - 63) + " says that one more follows; the dialect has " +
           std::to_string(format.bitmaps);
}

} // namespace cipherlane::iso8583
