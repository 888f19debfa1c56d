#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/wireshark/dissector.hpp"
#include "cipherlane/wireshark/dissector_parts.hpp"

#include <cipherlane/core/pan.hpp>

#include <array>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;
using namespace std::string_view_literals;

constexpr std::array kinds{"literal"sv, "digits"sv, "text"sv, "hex"sv, "binary"sv, "key"sv, "length"sv, "group"sv};
constexpr std::array rules{"fixed"sv, "range"sv, "rest"sv, "prefixed"sv, "counted"sv, "self"sv, "ended"sv};
constexpr std::array forms{"none"sv, "byte"sv, "word"sv, "decimal"sv, "hexadecimal"sv, "ksn"sv};
constexpr std::array conditions{"given"sv, "equal"sv, "unequal"sv, "at_least"sv};
constexpr std::array ciphers{"des"sv, "tdes"sv, "aes"sv, "sm1"sv, "sm4"sv, "any"sv};

template <class Enum, std::size_t N>
std::string_view word(const std::array<std::string_view, N>& words, Enum which) {
    return words.at(static_cast<std::size_t>(which));
}

std::string text(byte_view data) {
    return std::string(as_text(data));
}

json group(const hsm::field_spec& item) {
    json values = json::array();
    for (const auto& value : item.values)
        values.push_back(text(value));
    return {{"kind", "group"}, {"name", 0}, {"children", item.children}, {"when", word(conditions, item.when)},
        {"subject", item.subject.hash()}, {"values", std::move(values)}};
}

json item_of(const hsm::field_spec& item) {
    if (item.kind == hsm::field_kind::group) return group(item);
    if (item.kind == hsm::field_kind::literal) return {{"kind", "literal"}, {"name", 0}, {"label", item.label}};
    json sizes = json::array();
    for (const auto& by : item.sizes)
        sizes.push_back({{"name", by.name.hash()}, {"is_key", by.is_key}, {"wide", text(by.wide)}});
    json made{{"kind", word(kinds, item.kind)}, {"rule", word(rules, item.rule)}, {"label", item.label},
        {"abbrev", wireshark_name(item.label)}, {"name", item.name.hash()}, {"open", is_open(item)},
        {"least", item.least}, {"most", item.most}, {"prefix", word(forms, item.prefix)},
        {"width", item.prefix_width}, {"unit", item.unit},
        {"counts", item.counts == hsm::field_name() ? 0 : item.counts.hash()}, {"wide", item.wide},
        {"sizes", std::move(sizes)}, {"takes_serial", item.takes_serial}};
    if (item.rule == hsm::length_rule::ended) made["stop"] = item.stop;
    if (item.has_preset) made["preset"] = text(item.preset);
    return made;
}

json layout_of(const hsm::layout& fields) {
    json made = json::array();
    for (const auto& item : fields)
        made.push_back(item_of(item));
    return made;
}

/// Peers' words go into somebody's terminal.
json words_of(const std::map<std::string, std::string, std::less<>>& errors) {
    json made = json::object();
    for (const auto& [status, words] : errors)
        made[status] = escaped_text(words);
    return made;
}

json command_of(const hsm::command_spec& command) {
    return {{"code", command.code}, {"wire", text(command.wire)}, {"answer_wire", text(command.answer_wire)},
        {"second_answer_wire", text(command.second_answer_wire)}, {"title", escaped_text(command.title)},
        {"warnings", command.warnings}, {"diagnostic_on", command.diagnostic_on},
        {"errors", words_of(command.errors)}, {"request", layout_of(command.request)},
        {"answer", layout_of(command.answer)}, {"second_answer", layout_of(command.second_answer)},
        {"diagnostic", layout_of(command.diagnostic)}};
}

std::string one(std::uint8_t byte) {
    return text(byte_view(&byte, 1));
}

json marks_of(const hsm::key_marks& marks) {
    return {{"stored", marks.stored == 0 ? std::string() : std::string(1, marks.stored)}, {"serial", marks.serial},
        {"description", marks.description}, {"serial_least", marks.serial_least}};
}

int index_digits(const hsm::profile& dialect) {
    const auto digits = dialect.quirk("key_index_digits");
    return digits.size() == 1 && digits[0] >= '0' && digits[0] <= '9' ? digits[0] - '0' : 0;
}

} // namespace

std::string wireshark_dissector(const hsm::profile& dialect, const std::vector<std::uint16_t>& ports) {
    const auto& frame = dialect.frame;
    json table{{"name", dialect.name}, {"proto", wireshark_protocol(dialect.name)}, {"ports", port_list(ports)},
        {"stream", frame.length == hsm::framing::prefix::none}, {"flag", frame.answers == hsm::framing::style::flag},
        {"header_length", frame.header_length}, {"little_endian", frame.little_endian}, {"largest", frame.largest},
        {"length_flag", hsm::field_name("length_flag").hash()}, {"index_digits", index_digits(dialect)},
        {"marks", marks_of(dialect.marks)}, {"good", std::string(1, frame.good)},
        {"refused", std::string(1, frame.refused)}, {"message_end", one(frame.message_end)},
        {"lmk_selector", std::string(1, frame.lmk_selector)}, {"pan", mask_in_figures(mask_pan)},
        {"errors", words_of(dialect.errors)}, {"schemes", json::array()}, {"commands", json::array()}};
    for (const auto& scheme : dialect.schemes) {
        if (scheme.tag == 0) continue;
        table["schemes"].push_back({{"tag", std::string(1, scheme.tag)}, {"digits", scheme.digits},
            {"cipher", word(ciphers, scheme.cipher)}});
    }
    for (const auto& command : dialect.commands)
        table["commands"].push_back(command_of(command));
    return lua_file(dialect.name, table, hsm_lua);
}

} // namespace cipherlane::cli
