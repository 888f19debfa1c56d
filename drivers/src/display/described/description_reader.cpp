#include "description_reader.hpp"

namespace cipherlane::drivers {

void section_reader::literal(std::string_view key, bytes& into) {
    std::string given;
    text(key, given);
    if (given.empty()) return;
    auto parsed = parse_literal(given);
    if (!parsed) return fail(key, "expected bytes in hex and text in single quotes");
    into = *std::move(parsed);
}

void section_reader::pattern(std::string_view key, command_template& into) {
    std::string given;
    text(key, given);
    if (given.empty()) return;
    auto parsed = parse_template(given);
    if (!parsed) return fail(key, "expected bytes in hex, text in single quotes and values in braces");
    into = *std::move(parsed);
}

void read_layout(section_reader& in, packet_layout& into) {
    in.literal("header", into.header);
    std::string form;
    in.text("length", form);
    if (!form.empty()) {
        const auto known = parse_number_form(form);
        if (known && *known != number_form::decimal) {
            into.length = *known;
        } else {
            in.fail("length", "allowed: none, u8, be16, le16, be32, le32, digits3");
        }
    }
    using counted = packet_layout::counted;
    in.choice("counts", into.counts, {{"content", counted::content}, {"rest", counted::rest}, {"all", counted::all}});
    using check = checksum_kind;
    in.choice("checksum", into.check,
        {{"none", check::none}, {"sum8", check::sum8}, {"xor8", check::xor8}, {"sum16", check::sum16},
            {"crc16-ccitt", check::crc16_ccitt}, {"crc16-xmodem", check::crc16_xmodem},
            {"crc16-modbus", check::crc16_modbus}, {"crc32", check::crc32}});
    using covered = packet_layout::covered;
    in.choice("covers", into.covers,
        {{"content", covered::content}, {"after-header", covered::after_header}, {"all", covered::all}});
    using order = packet_layout::order;
    in.choice(
        "checksum_order", into.check_order, {{"high-first", order::high_first}, {"low-first", order::low_first}});
    using place = packet_layout::place;
    in.choice("checksum_at", into.check_at,
        {{"before-trailer", place::before_trailer}, {"after-trailer", place::after_trailer}});
    using written = packet_layout::written;
    in.choice("checksum_as", into.check_as, {{"binary", written::binary}, {"hex", written::hex}});
    in.literal("trailer", into.trailer);
}

} // namespace cipherlane::drivers
