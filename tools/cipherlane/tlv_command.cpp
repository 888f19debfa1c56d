#include "cipherlane/commands.hpp"
#include "cipherlane/input_option.hpp"
#include "cipherlane/tlv_print.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/consumer_code.hpp>
#include <cipherlane/emv/errc.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <optional>

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

bool separates_pairs(char c) {
    return std::string_view(" \t\r\n,;|&").find(c) != std::string_view::npos;
}

/// "9F26=1122 9F27: 80", as logs and tools print tags: made into TLV. Nothing where anything else is there.
std::optional<bytes> read_tag_list(std::string_view text) {
    const auto hex_at = [&](std::size_t at) {
        auto end = at;
        while (end < text.size() && hex_value(text[end]) >= 0)
            ++end;
        return text.substr(at, end - at);
    };
    bytes made(text.size()); // no object takes more bytes than its text has characters
    emv::tlv_writer out(made);
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        if (separates_pairs(text[at])) {
            ++at;
            continue;
        }
        const auto tag = hex_at(at);
        auto behind = text.find_first_not_of(' ', at + tag.size());
        const bool pair = behind != std::string_view::npos && (text[behind] == '=' || text[behind] == ':');
        if (!pair || tag.size() < 2 || tag.size() > 6 || tag.size() % 2 != 0) return {};
        behind = std::min(text.find_first_not_of(" \"'", behind + 1), text.size());
        const auto value = hex_at(behind);
        const auto number = from_hex(tag);
        const auto data = from_hex(value);
        if (!number || !data) return {};
        emv::tag_number id = 0;
        for (const auto byte : *number)
            id = id << 8U | byte;
        out.put(id, *data);
        at = behind + value.size();
        while (at < text.size() && (text[at] == '"' || text[at] == '\''))
            ++at;
        any = true;
    }
    const auto done = out.finish();
    if (!any || !done) return {};
    made.resize(done->size());
    return made;
}

/// Logs of cards keep the status word behind the data of an answer.
bool ends_in_status_word(byte_view data, const emv::tlv_limits& limits) {
    if (data.size() < 4 || data[data.size() - 2] != 0x90 || data.back() != 0) return false;
    return emv::check_tlv(data.first(data.size() - 2), limits).has_value();
}

void tell_tlv_note(std::string_view words) {
    std::cerr << "cipherlane tlv decode: NOTE: " << words << '\n';
}

/// "8 bytes announced, 3 follow", of the object where a length goes too far.
std::string announced_length(byte_view data, const error& why) {
    if (why.code() != emv::make_error_code(emv::emv_errc::length_past_end) || !why.offset()) return {};
    auto at = *why.offset();
    if (at < data.size() && (data[at] & 0x1FU) == 0x1F) {
        while (++at < data.size() && (data[at] & 0x80U) != 0) {
        }
    }
    ++at;
    if (at >= data.size()) return {};
    std::size_t length = data[at++];
    if (length > 0x80 && length <= 0x84 && data.size() - at >= length - 0x80) {
        const auto digits = data.subspan(at, length - 0x80);
        at += digits.size();
        length = 0;
        for (const auto byte : digits)
            length = (length << 8U) | byte;
    }
    return std::to_string(length) + " bytes announced, " + std::to_string(data.size() - at) + " are left of all";
}

/// The first reading that is sound TLV, else the likeliest; a consumer-presented code is base64 of its own.
result<bytes> read_data(const tlv_options& chosen) {
    CIPHERLANE_TRY(const auto given, take_input(chosen.data));
    if (const auto text = without_space(given); emv::consumer_code::recognised(text)) {
        CIPHERLANE_TRY(const auto code, emv::consumer_code::parse(text, emv::cpm_reading::lenient));
        return bytes(code.data().begin(), code.data().end());
    }
    const bool may_be_pairs = chosen.form == input_form::automatic && given.find_first_of("=:") != std::string::npos;
    const auto pairs = may_be_pairs ? read_tag_list(given) : std::nullopt;
    if (pairs && given.find('=') != std::string::npos) return *pairs;
    CIPHERLANE_TRY(const auto readings, readings_of(given, chosen.form));
    if (const auto& words = readings.front().note; !words.empty()) tell_tlv_note(words);
    for (const auto& each : readings) {
        if (!each.half_a_byte && ends_in_status_word(each.whole, chosen.limits)) {
            tell_tlv_note("9000 at the end is the card's status word, no TLV: it is left out");
            return bytes(each.whole.begin(), each.whole.end() - 2);
        }
        if (!each.half_a_byte && emv::check_tlv(each.whole, chosen.limits)) return each.whole;
    }
    if (pairs) return *pairs;
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

[[noreturn]] void stop(const error& why, const tlv_options& chosen, byte_view data = {}) {
    std::cout << std::flush;
    auto advice = announced_length(data, why);
    const bool bad = why.is(condition::bad_message) && chosen.limits.reading == emv::tlv_reading::strict;
    if (bad && why.where() == layer::emv)
        advice.append(advice.empty() ? "" : "; ").append("--tolerant reads what peers write beside the rules");
    throw tool_stop(why, advice, ending::wrong_use);
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
        stop(why.why(), chosen, *data);
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
