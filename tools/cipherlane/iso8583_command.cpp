#include "cipherlane/commands.hpp"
#include "cipherlane/input_option.hpp"
#include "cipherlane/iso8583_diff.hpp"
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_json.hpp"
#include "cipherlane/iso8583_options.hpp"
#include "cipherlane/iso8583_redact.hpp"
#include "cipherlane/key_input.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

void end_with(ending how) {
    std::cout.flush();
    if (how != ending::done) throw CLI::RuntimeError(static_cast<int>(how));
}

void run_decode(const iso8583_options& chosen) {
    const auto& format = chosen.dialect();
    const auto found = chosen.messages(format);
    for (const auto& frame : found.frames) {
        if (iso8583::decode_partly(format, frame, chosen.reading).poll) {
            std::cout << json{{"poll", true}}.dump() << "\n";
            continue;
        }
        if (chosen.reading == iso8583::reading::strict) {
            const auto read = iso8583::decode(format, frame);
            if (!read) chosen.stop(read.error(), advice_on(found));
            std::cout << cli::to_json(*read).dump() << "\n";
            continue;
        }
        const auto read = iso8583::decode_partly(format, frame, chosen.reading);
        if (read.failure) chosen.stop(*read.failure, advice_on(found));
        auto made = cli::to_json(read.view);
        for (const auto& each : read.deviations) {
            made["deviations"].push_back({{"field", each.field.view()}, {"byte", each.offset},
                {"text", make_error_code(each.what).message()}, {"found", each.found.view()}});
        }
        std::cout << made.dump() << "\n";
    }
    end_with(found.damaged ? ending::difference : ending::done);
}

void run_encode(const iso8583_options& chosen) {
    const auto& format = chosen.dialect();
    const auto given =
        chosen.value_or_stop(take_input(chosen.inputs.empty() ? std::string() : chosen.inputs.front()));
    const auto input = nlohmann::json::parse(given, nullptr, false);
    if (input.is_discarded()) chosen.stop("the input is no JSON");
    const auto what = chosen.value_or_stop(from_json(format, input));
    const auto hex = to_hex(chosen.value_or_stop(iso8583::encode(format, what)));
    if (chosen.output == output_form::json)
        std::cout << json{{"hex", hex}}.dump() << "\n";
    else
        std::cout << hex << "\n";
}

json to_json(const diagnosis& what) {
    json messages = json::array();
    for (const auto& each : what.messages) {
        json one{{"byte", each.at}, {"bytes", each.bytes}, {"mti", each.mti}, {"fields", each.fields}};
        if (!each.fault.empty()) one["fault"] = each.fault;
        messages.push_back(std::move(one));
    }
    return {{"found", what.found}, {"input", what.input}, {"dialect", what.dialect}, {"framing", what.framing},
        {"header", what.header}, {"trailer", what.trailer}, {"messages", std::move(messages)}, {"notes", what.notes},
        {"toml", what.toml}};
}

void print(const diagnosis& what) {
    const auto line = [](std::string_view name, const std::string& value) {
        if (!value.empty()) std::cout << name << std::string(10 - name.size(), ' ') << value << "\n";
    };
    line("input", what.input);
    if (!what.found) line("found", "no ISO 8583 message in any dialect, behind any header");
    line("dialect", what.dialect);
    line("framing", what.framing);
    line("header", what.header);
    line("trailer", what.trailer);
    for (const auto& each : what.messages) {
        const std::string at = what.messages.size() > 1 ? "byte " + std::to_string(each.at) + ": " : std::string();
        if (each.mti.empty())
            line("poll", at + std::to_string(each.bytes) + " bytes of zeros, no message");
        else
            line("message", at + each.mti + ", fields " + each.fields + ", " + std::to_string(each.bytes) + " bytes");
        line("fault", each.fault.empty() && !each.mti.empty() ? "none" : each.fault);
    }
    for (const auto& each : what.notes)
        line("note", each);
    if (!what.toml.empty()) std::cout << "\nA file for --dialect begins so:\n" << what.toml;
}

/// What is longer than minutes of a busy host are: its beginning, at the end of a line. @return what to tell; empty:
/// it is no longer.
std::string cut_to_limit(std::string& given) {
    constexpr std::size_t most = 1U << 20U;
    if (given.size() <= most) return {};
    const auto all = given.size();
    const auto line = given.rfind('\n', most);
    given.resize(line == std::string::npos ? most : line);
    return "read the first " + std::to_string(given.size()) + " of " + std::to_string(all) +
           " bytes; the rest was not looked at";
}

void run_doctor(const iso8583_options& chosen) {
    std::vector<const iso8583::dialect*> own;
    for (const auto& name : chosen.dialects)
        own.push_back(&chosen.dialect_named(name));
    auto given = chosen.given();
    const auto left_out = cut_to_limit(given);
    auto what = examine(chosen.value_or_stop(readings_of(given, chosen.form)), own);
    if (!left_out.empty()) what.notes.push_back(left_out);
    const bool sound = what.found && what.notes.empty() && what.framing.find("WRONG") == std::string::npos &&
                       std::all_of(what.messages.begin(), what.messages.end(),
                           [](const message_finding& each) { return each.fault.empty(); });
    const auto ends = sound ? ending::done : ending::difference;
    if (chosen.output == output_form::json) {
        auto made = to_json(what);
        made["exit"] = static_cast<int>(ends);
        std::cout << made.dump(2) << "\n";
    } else {
        print(what);
    }
    end_with(ends);
}

void run_diff(const iso8583_options& chosen) {
    const auto& format = chosen.dialect();
    const auto left = chosen.messages(format, 0);
    const auto right = chosen.messages(format, 1);
    if (left.frames.size() != 1 || right.frames.size() != 1) chosen.stop("expected one message on each side");
    const auto a = iso8583::decode_partly(format, left.frames.front(), chosen.reading);
    const auto b = iso8583::decode_partly(format, right.frames.front(), chosen.reading);
    const auto found = differences(a, b, chosen.reveal);
    // What follows a fault is compared by nobody.
    json faults = json::array();
    for (const auto* each : {&a, &b}) {
        const auto& why = each->failure ? each->failure : each->inside;
        if (!why) continue;
        if (chosen.output == output_form::text) {
            (void)tell(chosen.subcommand, *why, each == &a ? "in the first message" : "in the second message",
                output_form::text);
        }
        faults.push_back(cli::to_json(*why));
        faults.back()["side"] = each == &a ? "left" : "right";
    }
    const auto ends = a.failure || b.failure                                               ? ending::wrong_use
                      : found.empty() && faults.empty() && !left.damaged && !right.damaged ? ending::done
                                                                                           : ending::difference;
    if (chosen.output == output_form::json) {
        json list = json::array();
        for (const auto& each : found) {
            list.push_back({{"path", each.path}, {"name", each.name}, {"left", each.left}, {"right", each.right},
                {"hidden", each.hidden}});
        }
        json made{{"differences", std::move(list)}};
        if (!faults.empty()) made["error"] = std::move(faults);
        made["exit"] = static_cast<int>(ends);
        std::cout << made.dump(2) << "\n";
    } else {
        for (const auto& each : found) {
            std::cout << each.path << "  " << each.name << "\n  - " << (each.left.empty() ? "(not there)" : each.left)
                      << "\n  + " << (each.right.empty() ? "(not there)" : each.right) << "\n";
            if (each.hidden) std::cout << "  (they differ where nothing is shown; --unmasked shows it)\n";
        }
    }
    end_with(ends);
}

void run_redact(const iso8583_options& chosen) {
    const auto& format = chosen.dialect();
    const auto found = chosen.messages(format);
    const auto ends = found.damaged ? ending::difference : ending::done;
    json list = json::array();
    for (const auto& frame : found.frames) {
        const auto read = iso8583::decode_partly(format, frame);
        if (read.failure) {
            chosen.stop(*read.failure, "what cannot be read cannot be made safe: " + advice_on(found));
        }
        const auto safe = chosen.value_or_stop(redact(read.view));
        list.push_back({{"hex", to_hex(safe.frame)}, {"changed", safe.changed}});
        if (chosen.output == output_form::json) continue;
        std::cout << to_hex(safe.frame) << "\n" << std::flush;
        std::cerr << "changed:";
        for (const auto& each : safe.changed)
            std::cerr << " " << each;
        std::cerr << (read.view.mac().empty() ? "\n" : "; the MAC no longer fits\n");
    }
    if (chosen.output == output_form::json)
        std::cout << json{{"messages", std::move(list)}, {"exit", static_cast<int>(ends)}}.dump(2) << "\n";
    end_with(ends);
}

CLI::App* add_action(CLI::App& to, const std::string& name, const std::string& about,
    const std::shared_ptr<iso8583_options>& chosen, void (*run)(const iso8583_options&), int inputs = 1) {
    auto* action = to.add_subcommand(name, about);
    chosen->subcommand = "iso8583 " + name;
    auto* dialect = action->add_option("--dialect", chosen->dialects, "Message format: a built-in name or FILE.toml");
    dialect->allow_extra_args(false);
    if (name != "doctor") dialect->take_last();
    auto* input = action->add_option("input", chosen->inputs,
        name == "encode" ? "JSON as decode writes it, or a file of it; standard input if left out"
                         : "Hex in any spelling, a hexdump with offsets, base64, text, the name of a file, or - for "
                           "standard input");
    constexpr int most_words = 100'000;
    const bool pasted = inputs == 1 && name != "encode";
    input->expected(inputs == 2 ? 2 : 1, pasted ? most_words : inputs);
    if (inputs == 2) input->required();
    if (name != "encode") {
        add_input_form(*action, chosen->form);
    }
    if (name != "encode" && name != "doctor") { // doctor takes nothing for granted
        action->add_flag(
            "--no-length", chosen->no_length, "The input has no length in front, whatever the dialect says");
    }
    action->add_flag_callback(
        "--json", [chosen] { chosen->output = output_form::json; }, "As JSON, errors too");
    action->callback([chosen, run, pasted] {
        if (pasted && !chosen->inputs.empty()) chosen->inputs = {one_input(chosen->inputs)};
        run(*chosen);
    });
    return action;
}

void add_tolerant(CLI::App& to, const std::shared_ptr<iso8583_options>& chosen) {
    to.add_flag_callback(
        "--tolerant", [chosen] { chosen->reading = iso8583::reading::tolerant; },
        "Read on where the message deviates from the dialect, and tell each deviation");
}

void add_unmasked(CLI::App& to, const std::shared_ptr<iso8583_options>& chosen) {
    to.add_flag_callback(
        "--unmasked", [chosen] { chosen->reveal = iso8583::reveal::whole; },
        "Show PAN, tracks and PIN block: test data only");
}

void add_algorithm(CLI::App& to, const std::shared_ptr<iso8583_options>& chosen) {
    to.add_option("--algorithm", chosen->algorithm, "Of the MAC: unionpay, x99, x919, cbc, cmac, hmac, any")
        ->check(CLI::IsMember({"unionpay", "x99", "x919", "cbc", "cmac", "hmac", "any"}));
}

} // namespace

void add_iso8583_command(CLI::App& tool) {
    auto* command =
        tool.add_subcommand("iso8583", "ISO 8583 messages: hex to JSON and back, field by field, and what ails them");
    command->require_subcommand(1);
    const auto fresh = [] { return std::make_shared<iso8583_options>(); };

    auto chosen = fresh();
    add_tolerant(*add_action(*command, "decode", "Messages to JSON with whole values", chosen, run_decode), chosen);
    add_action(*command, "encode", "JSON, as decode writes it, to a message in hex", fresh(), run_encode);

    chosen = fresh();
    auto* explain = add_action(*command, "explain",
        "Messages field by field, masked; with a test key, their MAC. Exit 1: a fault, or a wrong MAC", chosen,
        [](const iso8583_options& what) { end_with(explain_messages(what)); });
    add_tolerant(*explain, chosen);
    add_unmasked(*explain, chosen);
    explain
        ->add_option("--test-key", chosen->keys,
            "MAC key, to show each step of the MAC: test keys only. " + std::string(key_forms))
        ->allow_extra_args(false)
        ->take_last();
    explain->add_option("--cipher", chosen->cipher, "Of the MAC; by default from field 53 and the key's length")
        ->check(CLI::IsMember({"des", "tdes", "sm4"}));
    add_algorithm(*explain, chosen);

    chosen = fresh();
    chosen->dialects.clear();
    add_action(*command, "doctor",
        "Finds dialect, framing, headers and the first fault of an unknown capture. Exit 1: something is wrong",
        chosen, run_doctor);

    chosen = fresh();
    auto* mac = add_action(*command, "mac",
        "Searches what a carried MAC was made with: algorithm, range, form, part of the key. Exit 1: not as the "
        "dialect has it, or nothing found",
        chosen, [](const iso8583_options& what) { end_with(search_macs(what)); });
    add_tolerant(*mac, chosen);
    mac->add_option("--key", chosen->keys,
           "MAC key, test keys only; again for more; left out: well-known test keys. " + std::string(key_forms))
        ->allow_extra_args(false);
    add_algorithm(*mac, chosen);

    chosen = fresh();
    auto* diff = add_action(
        *command, "diff", "Two messages compared by field path, masked. Exit 1: they differ", chosen, run_diff, 2);
    add_tolerant(*diff, chosen);
    add_unmasked(*diff, chosen);

    add_action(*command, "redact",
        "A message for a mail: card data, PIN block, keys and MAC replaced, lengths and structure kept", fresh(),
        run_redact);
}

} // namespace cipherlane::cli
