#include "cipherlane/commands.hpp"
#include "cipherlane/input_option.hpp"
#include "cipherlane/tlv_print.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/consumer_code.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

namespace cipherlane::cli {
namespace {

struct tlv_options {
    std::string data;
    input_form form = input_form::automatic;
    output_form output = output_form::text;
    showing how = showing::masked;
    emv::tlv_limits limits;
};

/// The text without white space: what a consumer-presented code is read from.
std::string without_space(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
    return text;
}

/// The first reading that is sound TLV, else the likeliest; a consumer-presented code is base64 of its own.
result<bytes> read_data(const tlv_options& chosen) {
    CIPHERLANE_TRY(const auto given, take_input(chosen.data));
    if (const auto text = without_space(given); emv::consumer_code::recognised(text)) {
        CIPHERLANE_TRY(const auto code, emv::consumer_code::parse(text, emv::cpm_reading::lenient));
        return bytes(code.data().begin(), code.data().end());
    }
    CIPHERLANE_TRY(const auto readings, readings_of(given, chosen.form));
    for (const auto& each : readings) {
        if (!each.half_a_byte && emv::check_tlv(each.whole, chosen.limits)) return each.whole;
    }
    const auto& first = readings.front();
    const bool guessed = chosen.form == input_form::automatic &&
                         (first.form == input_form::text || first.form == input_form::log || first.half_a_byte);
    // Text alone is no TLV: then the fault is told as one of hex.
    if (guessed) {
        CIPHERLANE_TRY(const auto as_hex, readings_of(given, input_form::hex));
        return as_hex.front().whole;
    }
    return first.whole;
}

[[noreturn]] void stop(const error& why, const tlv_options& chosen) {
    std::cout << std::flush;
    const bool bad = why.is(condition::bad_message) && chosen.limits.reading == emv::tlv_reading::strict;
    throw tool_stop(why, bad && why.where() == layer::emv ? "--tolerant reads what peers write beside the rules" : "",
        ending::wrong_use);
}

void run_decode(const tlv_options& chosen) {
    const auto data = read_data(chosen);
    if (!data) stop(data.error(), chosen);
    // What can be read is printed before the fault is told.
    emv::tlv_reader reader(*data, chosen.limits);
    try {
        if (chosen.output == output_form::json) {
            const auto list = tlv_to_json(reader, chosen.how);
            reader.finish().value();
            std::cout << list.dump(2) << "\n";
        } else {
            const auto deviations = print_tlv(std::cout, reader, chosen.how);
            reader.finish().value();
            if (deviations != 0) std::cout << deviations << (deviations == 1 ? " deviation\n" : " deviations\n");
        }
    } catch (const error_exception& why) {
        stop(why.why(), chosen);
    }
}

} // namespace

void add_tlv_command(CLI::App& tool) {
    auto chosen = std::make_shared<tlv_options>();
    auto* group = tool.add_subcommand("tlv", "EMV BER-TLV in words");
    group->require_subcommand(1);
    auto* command = group->add_subcommand("decode",
        "Tags, names, values, bits and rules in words; PAN, phone and mail masked, track data and names not shown");
    command
        ->add_option("data", chosen->data,
            "Hex in any spelling, a hexdump, base64, a consumer-presented code, the name of a file; - for stdin")
        ->required();
    add_input_form(*command, chosen->form);
    command->add_flag_callback(
        "--tolerant", [chosen] { chosen->limits.reading = emv::tlv_reading::tolerant; },
        "Take padding of FF and one-byte lengths above 127; each is told with its place");
    command->add_flag_callback(
        "--json", [chosen] { chosen->output = output_form::json; }, "As JSON, errors too");
    command->add_flag_callback(
        "--unmasked", [chosen] { chosen->how = showing::clear; }, "Every value in full, as hex: for test cards only");
    command->callback([chosen] { run_decode(*chosen); });
}

} // namespace cipherlane::cli
