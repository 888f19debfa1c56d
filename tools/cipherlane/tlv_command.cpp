#include "cipherlane/commands.hpp"
#include "cipherlane/tlv_print.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/bit_names.hpp>
#include <cipherlane/emv/consumer_code.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

std::string read_argument(const std::string& argument) {
    std::string text = argument != "-" ? argument : std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
    return text;
}

/// Hex digits, or the text of a consumer-presented code.
result<bytes> read_data(const std::string& text) {
    if (!emv::consumer_code::recognised(text)) return from_hex(text);
    CIPHERLANE_TRY(const auto code, emv::consumer_code::parse(text, emv::cpm_reading::lenient));
    return bytes(code.data().begin(), code.data().end());
}

json level_to_json(emv::tlv_reader& reader, showing how) {
    json list = json::array();
    while (reader.next()) {
        const auto& object = reader.object();
        json one{{"tag", emv::tag_text(object.tag)}};
        if (const auto* row = emv::find_tag(object.tag)) one["name"] = row->name;
        if (emv::is_template(object.tag)) {
            auto inside = reader.inside();
            one["objects"] = level_to_json(inside, how);
            if (auto done = inside.finish(); !done) throw error_exception(done.error());
        } else {
            one["value"] = tlv_value(object, how);
            if (const auto meaning = emv::coded_meaning(object.tag, object.value); !meaning.empty()) {
                one["meaning"] = meaning;
            }
            for (const auto& bit : emv::set_bits(object.tag, object.value)) {
                one["bits"].push_back({{"byte", bit.byte}, {"bit", bit.bit}, {"text", bit.text}});
            }
        }
        list.push_back(std::move(one));
    }
    return list;
}

} // namespace

void add_tlv_command(CLI::App& tool) {
    struct options {
        std::string data;
        bool as_json = false;
        bool unmasked = false;
    };
    auto chosen = std::make_shared<options>();
    auto* group = tool.add_subcommand("tlv", "EMV BER-TLV in words");
    group->require_subcommand(1);
    auto* command =
        group->add_subcommand("decode", "Tags, names, values; PAN masked, track data and names not shown");
    command->add_option("data", chosen->data, "Hex, or a consumer-presented code; - for stdin")->required();
    command->add_flag("--json", chosen->as_json, "As JSON");
    command->add_flag("--unmasked", chosen->unmasked, "Every value in full, as hex: for test cards only");
    command->callback([chosen] {
        const auto data = read_data(read_argument(chosen->data));
        if (!data) {
            std::cerr << "error: " << data.error() << "\n";
            throw CLI::RuntimeError(1);
        }
        const auto how = chosen->unmasked ? showing::clear : showing::masked;
        // What can be read is printed before the fault is told.
        emv::tlv_reader reader(*data);
        try {
            if (chosen->as_json) {
                const auto list = level_to_json(reader, how);
                reader.finish().value();
                std::cout << list.dump(2) << "\n";
            } else {
                print_tlv(std::cout, reader, how);
                reader.finish().value();
            }
        } catch (const error_exception& why) {
            std::cout << std::flush;
            std::cerr << "error: " << why.why() << "\n";
            throw CLI::RuntimeError(1);
        }
    });
}

} // namespace cipherlane::cli
