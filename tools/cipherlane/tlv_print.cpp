#include "cipherlane/tlv_print.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/emv/bit_names.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <nlohmann/json.hpp>

#include <ostream>

namespace cipherlane::cli {

namespace {

/// Names differ by scheme, too.
std::string_view name_of(const emv::tag_entry* row, emv::card_scheme scheme) {
    if (row == nullptr) return "(unknown)";
    if (scheme == emv::card_scheme::mastercard && row->tag == 0x9F66) return "PUNATC (Track2)";
    if (scheme == emv::card_scheme::mastercard && row->tag == 0x9F6C)
        return "Mag-stripe Application Version Number (Card)";
    return row->name;
}

/// The byte that deviates, in hex.
std::string found_byte(const emv::tlv_reader& reader) {
    if (reader.deviation() != emv::tlv_deviation::one_byte_length) return "FF";
    const auto length = static_cast<std::uint8_t>(reader.object().value.size());
    return to_hex({&length, 1});
}
std::string found_by(const emv::tlv_reader& reader) {
    return "; found " + found_byte(reader);
}

} // namespace

std::string tlv_value(const emv::tlv_object& object, showing how) {
    if (how == showing::clear) return to_hex(object.value);
    // A phone number or a mail address in a tag that no table names.
    if (auto hidden = masked_personal(as_text(object.value))) return "\"" + *hidden + "\"";
    return emv::describe_value(object.tag, object.value);
}

std::size_t print_tlv(std::ostream& out, emv::tlv_reader& reader, showing how, emv::card_scheme above) {
    const std::string indent(4 * reader.depth(), ' ');
    const auto own = emv::scheme_of_level(reader);
    const auto scheme = own != emv::card_scheme::unknown ? own : above;
    std::size_t deviations = 0;
    const auto tell_deviation = [&] {
        if (reader.deviation() == emv::tlv_deviation::none) return;
        ++deviations;
        out << indent << "! deviation at byte " << reader.deviation_offset() << ": " << to_string(reader.deviation())
            << found_by(reader) << "\n";
    };
    while (reader.next()) {
        tell_deviation();
        const auto& object = reader.object();
        const auto* row = emv::find_tag(object.tag);
        const std::size_t size = object.value.size();
        out << indent << emv::tag_text(object.tag) << "  " << name_of(row, scheme) << ", " << size
            << (size == 1 ? " byte" : " bytes");
        if (emv::is_template(object.tag)) {
            out << "\n";
            auto inside = reader.inside();
            deviations += print_tlv(out, inside, how, scheme);
            if (auto done = inside.finish(); !done) throw error_exception(done.error());
            continue;
        }
        out << ": " << tlv_value(object, how);
        if (const auto meaning = emv::coded_meaning(object.tag, object.value); !meaning.empty()) {
            out << "  (" << meaning << ")";
        }
        out << "\n";
        const bool another = scheme == emv::card_scheme::mastercard && (object.tag == 0x9F66 || object.tag == 0x9F6C);
        if (auto fits = emv::check_value(object.tag, object.value); !fits && !another) {
            out << indent << "    ! does not have the form of this tag (" << emv::to_string(row->format) << ")\n";
        }
        for (const auto& bit : emv::set_bits(object.tag, object.value, scheme)) {
            out << indent << "    byte " << int{bit.byte} << " bit " << int{bit.bit} << ": " << bit.text << "\n";
        }
        for (const auto& line : emv::meaning_lines(object.tag, object.value, scheme))
            out << indent << "    " << line << "\n";
    }
    // Padding behind the last object.
    if (reader.finish()) tell_deviation();
    return deviations;
}

nlohmann::ordered_json tlv_to_json(emv::tlv_reader& reader, showing how, emv::card_scheme above) {
    using json = nlohmann::ordered_json;
    json list = json::array();
    const auto own = emv::scheme_of_level(reader);
    const auto scheme = own != emv::card_scheme::unknown ? own : above;
    while (reader.next()) {
        const auto& object = reader.object();
        json one{{"tag", emv::tag_text(object.tag)}};
        if (const auto* row = emv::find_tag(object.tag)) one["name"] = name_of(row, scheme);
        if (reader.deviation() != emv::tlv_deviation::none) {
            one["deviation"] = {{"byte", reader.deviation_offset()}, {"text", to_string(reader.deviation())},
                {"found", found_byte(reader)}};
        }
        if (emv::is_template(object.tag)) {
            auto inside = reader.inside();
            one["objects"] = tlv_to_json(inside, how, scheme);
            if (auto done = inside.finish(); !done) throw error_exception(done.error());
        } else {
            one["value"] = tlv_value(object, how);
            if (const auto meaning = emv::coded_meaning(object.tag, object.value); !meaning.empty()) {
                one["meaning"] = meaning;
            }
            for (const auto& bit : emv::set_bits(object.tag, object.value, scheme)) {
                one["bits"].push_back({{"byte", bit.byte}, {"bit", bit.bit}, {"text", bit.text}});
            }
            for (const auto& line : emv::meaning_lines(object.tag, object.value, scheme))
                one["meanings"].push_back(line);
        }
        list.push_back(std::move(one));
    }
    return list;
}

} // namespace cipherlane::cli
