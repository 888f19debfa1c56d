#include "cipherlane/wireshark/dissector.hpp"
#include "cipherlane/wireshark/dissector_parts.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/iso8583/composite.hpp>

#include <array>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;
using namespace std::string_view_literals;

/// As deep as `iso8583 explain` goes.
constexpr int deepest = 4;

template <class Enum, std::size_t N>
std::string_view word(const std::array<std::string_view, N>& words, Enum which) {
    return words.at(static_cast<std::size_t>(which));
}

constexpr std::array kinds{
    "none"sv, "digits"sv, "signed_digits"sv, "track"sv, "alnum"sv, "text"sv, "gbk"sv, "binary"sv};
constexpr std::array encodings{"bcd"sv, "ascii"sv, "ebcdic"sv, "binary"sv, "hex"sv};
constexpr std::array prefixes{"bcd"sv, "ascii"sv, "ebcdic"sv, "binary"sv};
constexpr std::array paddings{"none"sv, "left_zero"sv, "right_zero"sv, "right_f"sv, "right_space"sv};
constexpr std::array masks{"none"sv, "pan"sv, "secret"sv, "tlv"sv};
constexpr std::array styles{"positional"sv, "tagged"sv, "ber_tlv"sv, "bitmap"sv};
constexpr std::array lengths{"none"sv, "binary"sv, "little"sv, "bcd"sv, "ascii"sv, "hex"sv};
constexpr std::array piece_forms{"digits"sv, "text"sv, "ebcdic"sv, "raw"sv};
constexpr std::array piece_lengths{"fixed"sv, "counts_itself"sv, "counts_rest"sv};

json composite(const iso8583::composite_spec& spec, const std::string& above, int depth) {
    json made{{"style", word(styles, spec.style)}, {"refuses", spec.unknown == iso8583::unknown_tags::refuse}};
    if (spec.style == iso8583::composite_style::tagged) {
        made.update({{"tag_bytes", spec.tag_bytes}, {"tag", word(encodings, spec.tag)},
            {"length_bytes", spec.length_bytes}, {"length", word(prefixes, spec.length)}});
    }
    if (spec.style == iso8583::composite_style::bitmap) {
        made.update({{"bitmap_bytes", spec.bitmap_bytes}, {"bitmap", word(encodings, spec.bitmap_form)},
            {"goes_on", spec.goes_on == iso8583::bitmap_goes_on::yes}});
    }
    auto& parts = made["parts"] = json::array();
    for (const auto& part : spec.parts) {
        const auto abbrev = wireshark_part(above, part.tag);
        json row{{"tag", part.tag}, {"abbrev", abbrev}, {"name", part.name}, {"kind", word(kinds, part.kind)},
            {"min", part.min}, {"max", part.max}, {"mask", word(masks, part.mask)}};
        if (spec.style == iso8583::composite_style::bitmap) {
            row.update({{"encoding", word(encodings, part.encoding)}, {"length", static_cast<int>(part.length)},
                {"prefix", word(prefixes, part.prefix)}});
        }
        if (part.inside != nullptr && depth < deepest) row["inside"] = composite(*part.inside, abbrev, depth + 1);
        parts.push_back(std::move(row));
    }
    return made;
}

json field(const iso8583::field_spec& spec) {
    const auto abbrev = wireshark_field(spec.number);
    json row{{"number", spec.number}, {"abbrev", abbrev}, {"name", spec.name}, {"kind", word(kinds, spec.kind)},
        {"encoding", word(encodings, spec.encoding)}, {"length", static_cast<int>(spec.length)},
        {"prefix", word(prefixes, spec.prefix)}, {"min", spec.min}, {"max", spec.max},
        {"padding", word(paddings, spec.padding)}, {"mask", word(masks, spec.mask)},
        {"counts_wire", spec.counts == iso8583::length_counts::wire}};
    if (spec.inside != nullptr) row["inside"] = composite(*spec.inside, abbrev, 1);
    return row;
}

json pieces_of(const iso8583::envelope_spec& outer) {
    json made = json::array();
    for (const auto& piece : outer.pieces) {
        const auto abbrev = wireshark_part("header", piece.name);
        json row{{"name", piece.name}, {"abbrev", abbrev}, {"form", word(piece_forms, piece.form)},
            {"bytes", piece.bytes}, {"length", word(piece_lengths, piece.length)},
            {"optional", piece.presence == iso8583::piece_presence::where_it_begins}, {"begins", piece.begins},
            {"parts", json::array()}};
        for (const auto& part : piece.parts) {
            row["parts"].push_back({{"name", part.name}, {"abbrev", wireshark_part(abbrev, part.name)},
                {"bytes", part.bytes}, {"form", word(piece_forms, part.form)},
                {"total", part.says == iso8583::header_part::meaning::total_length}});
        }
        made.push_back(std::move(row));
    }
    return made;
}

/// The character of each byte, 0 where there is none: as the codec reads them.
std::string ebcdic_table() {
    static constexpr iso8583::subfield_spec one{.encoding = iso8583::encoding::ebcdic};
    std::string made;
    for (unsigned i = 0; i < 256; ++i) {
        const auto byte = static_cast<std::uint8_t>(i);
        iso8583::subfield part;
        part.value = {&byte, 1};
        part.spec = &one;
        made += iso8583::subfield_text(part);
    }
    return made;
}

/// Each lead byte's row of two-byte characters as UTF-8, "?" where there is none: as the codec converts them.
std::string gbk_rows() {
    std::string made = "D.gbk = {\n";
    for (unsigned lead = 0x81; lead <= 0xFE; ++lead) {
        made += "  [" + std::to_string(lead) + "] = \"";
        for (unsigned trail = 0x40; trail <= 0xFE; ++trail) {
            const std::array<std::uint8_t, 2> two{static_cast<std::uint8_t>(lead), static_cast<std::uint8_t>(trail)};
            const auto text = gbk_to_utf8(two);
            made += text && !text->empty() && static_cast<unsigned char>(text->front()) > 0x7F ? *text : "?";
        }
        made += "\",\n";
    }
    return made + "}\n\n";
}

} // namespace

std::string wireshark_dissector(const iso8583::dialect& format, const std::vector<std::uint16_t>& ports) {
    const auto& outer = format.envelope;
    const auto& length = outer.length;
    json table{{"name", format.name}, {"proto", wireshark_protocol(format.name)}, {"ports", port_list(ports)},
        {"length", {{"form", word(lengths, length.written)}, {"bytes", length.bytes}, {"gap", length.gap},
                       {"adjust", length.adjust}, {"poll", length.zero_is == iso8583::frame_length::zero::poll}}},
        {"tpdu", outer.tpdu != 0}, {"monitor", outer.monitor != iso8583::monitor_header::none},
        {"lri_bytes", iso8583::lri_bytes}, {"header", outer.header}, {"pieces", pieces_of(outer)},
        {"trailer", outer.trailer}, {"mti", word(encodings, format.mti)}, {"bitmap", word(encodings, format.bitmap)},
        {"bitmaps", format.bitmaps}, {"inner_bitmap_bytes", iso8583::max_inner_bitmap_bytes},
        {"pan", mask_in_figures(mask_pan)}, {"card", {{"longest", pan::max_digits}}},
        {"phone", mask_in_figures(mask_phone)}, {"ebcdic", ebcdic_table()}, {"fields", json::array()}};
    for (const int number : format.known)
        table["fields"].push_back(field(format.field(number)));
    return lua_file(format.name, table, gbk_rows() + std::string(iso8583_lua));
}

} // namespace cipherlane::cli
