#include "cipherlane/tlv_print.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/emv/bit_names.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <ostream>

namespace cipherlane::cli {

namespace {

/// A name that holds in certain company alone.
struct other_name {
    emv::tag_number tag;
    emv::card_scheme scheme; ///< unknown: any
    std::size_t size;        ///< of the value in bytes; 0: any
    std::string_view name;
};
constexpr std::array other_names{
    other_name{0x9F61, emv::card_scheme::unknown, 2, "CVC3 (Track2)"},
    other_name{0x9F62, emv::card_scheme::unknown, 6, "PCVC3 (Track1)"},
    other_name{0x9F66, emv::card_scheme::mastercard, 0, "PUNATC (Track2)"},
    other_name{0x9F6C, emv::card_scheme::mastercard, 0, "Mag-stripe Application Version Number (Card)"},
};

/// What all objects of a level have in common.
struct level_view {
    emv::card_scheme scheme = emv::card_scheme::unknown;
    bool payers_code = false; ///< EMV QR, consumer-presented
};

level_view view_of(emv::tlv_reader reader, emv::card_scheme above) {
    constexpr emv::tag_number payload_format = 0x85;
    const auto own = emv::scheme_of_level(reader);
    level_view made{own != emv::card_scheme::unknown ? own : above, false};
    const bool first = reader.depth() == 0 && reader.next();
    made.payers_code = first && reader.object().tag == payload_format;
    return made;
}

std::string_view name_of(const emv::tag_entry* row, std::size_t size, const level_view& level) {
    constexpr emv::tag_number common_data = 0x62;
    if (row == nullptr) return "(unknown)";
    if (row->tag == common_data && level.payers_code) return "Common Data Template (CPM)";
    for (const auto& each : other_names) {
        const bool scheme = each.scheme == emv::card_scheme::unknown || each.scheme == level.scheme;
        if (each.tag == row->tag && scheme && (each.size == 0 || each.size == size)) return each.name;
    }
    return row->name;
}

/// What is wrong with a value by its tag; empty: nothing, or the tag means something else here.
std::string wrong_form(const emv::tlv_object& object, const level_view& level) {
    auto done = emv::check_value(object.tag, object.value);
    if (done) return {};
    const bool unionpay = level.scheme == emv::card_scheme::unknown || level.scheme == emv::card_scheme::unionpay;
    const bool mastercard = level.scheme == emv::card_scheme::mastercard || level.scheme == emv::card_scheme::unknown;
    // Two bytes are Mastercard's, and those of PBOC have another meaning in other applications.
    if (object.tag == 0x9F66 && object.value.size() == 2 && mastercard) return {};
    const auto* row = emv::find_tag(object.tag);
    if (!unionpay && row->origin == emv::tag_origin::unionpay) return {};
    return std::string(done.error().hint());
}

/// Bits and meanings of a value that is masked would show it.
bool is_masked(std::string_view shown) {
    return shown.find('*') != std::string_view::npos;
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

nlohmann::ordered_json deviation_of(const emv::tlv_reader& reader) {
    return {
        {"byte", reader.deviation_offset()}, {"text", to_string(reader.deviation())}, {"found", found_byte(reader)}};
}

void print_words(
    std::ostream& out, const emv::tlv_object& object, const std::string& indent, emv::card_scheme scheme) {
    for (const auto& bit : emv::set_bits(object.tag, object.value, scheme))
        out << indent << "    byte " << int{bit.byte} << " bit " << int{bit.bit} << ": " << bit.text << "\n";
    for (const auto& line : emv::meaning_lines(object.tag, object.value, scheme))
        out << indent << "    " << line << "\n";
}

void words_to_json(nlohmann::ordered_json& one, const emv::tlv_object& object, emv::card_scheme scheme) {
    for (const auto& bit : emv::set_bits(object.tag, object.value, scheme))
        one["bits"].push_back({{"byte", bit.byte}, {"bit", bit.bit}, {"text", bit.text}});
    for (const auto& line : emv::meaning_lines(object.tag, object.value, scheme))
        one["meanings"].push_back(line);
}

} // namespace

std::string tlv_value(const emv::tlv_object& object, showing how) {
    return how == showing::clear ? to_hex(object.value) : emv::describe_value(object.tag, object.value);
}

tlv_tally print_tlv(std::ostream& out, emv::tlv_reader& reader, showing how, emv::card_scheme above) {
    const std::string indent(4 * reader.depth(), ' ');
    const auto level = view_of(reader, above);
    tlv_tally tally;
    const auto tell_deviation = [&] {
        if (reader.deviation() == emv::tlv_deviation::none) return;
        ++tally.deviations;
        out << indent << "! deviation at byte " << reader.deviation_offset() << ": " << to_string(reader.deviation())
            << found_by(reader) << "\n";
    };
    while (reader.next()) {
        tell_deviation();
        const auto& object = reader.object();
        const auto* row = emv::find_tag(object.tag);
        const std::size_t size = object.value.size();
        out << indent << emv::tag_text(object.tag) << "  " << name_of(row, size, level) << ", " << size
            << (size == 1 ? " byte" : " bytes");
        if (emv::is_template(object.tag)) {
            out << "\n";
            auto inside = reader.inside();
            const auto below = print_tlv(out, inside, how, level.scheme);
            tally.deviations += below.deviations;
            tally.wrong += below.wrong;
            if (auto done = inside.finish(); !done) throw error_exception(done.error());
            continue;
        }
        const auto shown = tlv_value(object, how);
        out << ": " << shown;
        const auto meaning = emv::coded_meaning(object.tag, object.value);
        if (!meaning.empty() && !is_masked(shown)) out << "  (" << meaning << ")";
        out << "\n";
        if (const auto wrong = wrong_form(object, level); !wrong.empty()) {
            ++tally.wrong;
            out << indent << "    ! does not have the form of this tag (" << emv::to_string(row->format)
                << "): " << wrong << "\n";
        }
        if (!is_masked(shown)) print_words(out, object, indent, level.scheme);
    }
    // Padding behind the last object.
    if (reader.finish()) tell_deviation();
    return tally;
}

tlv_tally tlv_to_json(nlohmann::ordered_json& list, emv::tlv_reader& reader, showing how, emv::card_scheme above) {
    using json = nlohmann::ordered_json;
    const auto level = view_of(reader, above);
    const auto deviates = [&] { return reader.deviation() != emv::tlv_deviation::none; };
    tlv_tally tally;
    while (reader.next()) {
        const auto& object = reader.object();
        json one{{"tag", emv::tag_text(object.tag)}};
        if (const auto* row = emv::find_tag(object.tag)) one["name"] = name_of(row, object.value.size(), level);
        if (deviates()) {
            ++tally.deviations;
            one["deviation"] = deviation_of(reader);
        }
        if (emv::is_template(object.tag)) {
            one["objects"] = json::array();
            list.push_back(std::move(one));
            auto inside = reader.inside();
            const auto below = tlv_to_json(list.back()["objects"], inside, how, level.scheme);
            tally.deviations += below.deviations;
            tally.wrong += below.wrong;
            if (auto done = inside.finish(); !done) throw error_exception(done.error());
            continue;
        }
        const auto shown = tlv_value(object, how);
        one["value"] = shown;
        const auto meaning = emv::coded_meaning(object.tag, object.value);
        if (!meaning.empty() && !is_masked(shown)) one["meaning"] = meaning;
        if (auto wrong = wrong_form(object, level); !wrong.empty()) {
            ++tally.wrong;
            one["wrong"] = std::move(wrong);
        }
        if (!is_masked(shown)) words_to_json(one, object, level.scheme);
        list.push_back(std::move(one));
    }
    if (reader.finish() && deviates()) {
        ++tally.deviations;
        list.push_back({{"deviation", deviation_of(reader)}});
    }
    return tally;
}

} // namespace cipherlane::cli
