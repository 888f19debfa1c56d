#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"
#include "cipherlane/wireshark/dissector.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>

namespace cipherlane::cli {
namespace {

struct dissector_options {
    std::string name;
    std::string out;
    std::vector<std::uint16_t> ports;
    output_form output = output_form::text;
};

struct dissector {
    std::string kind; ///< "dialect" or "profile"
    std::string name;
    std::string lua;
};

dissector of_dialect(const iso8583::dialect& format, const dissector_options& chosen) {
    return {"dialect", std::string(format.name), wireshark_dissector(format, chosen.ports)};
}

dissector of_profile(const hsm::profile& dialect, const dissector_options& chosen) {
    return {"profile", dialect.name,
        wireshark_dissector(dialect, chosen.ports.empty() ? std::vector{dialect.port} : chosen.ports)};
}

/// A file may be either: what it is shows in which of the two readers takes it, or comes further.
dissector of_file(const dissector_options& chosen) {
    const auto format = iso8583::loaded_dialect::load(chosen.name);
    if (format) return of_dialect(format->table(), chosen);
    const auto dialect = hsm::profile::load(chosen.name);
    if (dialect) return of_profile(**dialect, chosen);
    const auto lines = [](const error& why) { return why.offset().value_or(0); };
    const bool rather_a_profile = lines(dialect.error()) > lines(format.error());
    throw tool_stop(rather_a_profile ? dialect.error() : format.error(),
        std::string("read as ") + (rather_a_profile ? "a profile of a cipher machine" : "a dialect of ISO 8583"),
        ending::wrong_use);
}

std::string every_name() {
    std::string all;
    for (const auto* format : iso8583::built_in_dialects())
        all.append(" ").append(format->name);
    for (const auto& name : hsm::profile::builtin_names())
        all.append(" ").append(name);
    return all;
}

dissector find(const dissector_options& chosen) {
    if (chosen.name.ends_with(".toml")) return of_file(chosen);
    if (const auto* format = iso8583::find_dialect(chosen.name)) return of_dialect(*format, chosen);
    if (const auto dialect = hsm::profile::builtin(chosen.name)) return of_profile(**dialect, chosen);
    throw tool_complaint(ending::wrong_use, "no dialect or profile \"" + printable_text(chosen.name) +
                                                "\"; there are" + every_name() + ", or a file that ends in .toml");
}

void write_file(const std::string& name, const std::string& text) {
    // One of ours may be made anew; what somebody else has written stays.
    std::ifstream before(name, std::ios::binary);
    std::string first;
    if (before && std::getline(before, first) && !first.starts_with("-- Wireshark dissector for ")) {
        throw tool_complaint(
            ending::wrong_use, printable_text(name) + ": is there already, and no dissector of this tool");
    }
    std::ofstream file(name, std::ios::binary);
    file << text << std::flush;
    if (!file) throw tool_complaint(ending::own_fault, printable_text(name) + ": cannot be written");
}

void run(const dissector_options& chosen) {
    const auto made = find(chosen);
    if (!chosen.out.empty()) write_file(chosen.out, made.lua);
    if (chosen.output == output_form::json) {
        nlohmann::ordered_json said{
            {"kind", made.kind}, {"name", made.name}, {"filter", wireshark_protocol(made.name)}};
        if (chosen.out.empty())
            said["lua"] = made.lua;
        else
            said["file"] = chosen.out;
        std::cout << said.dump(2) << "\n";
    } else if (chosen.out.empty()) {
        std::cout << made.lua;
    }
}

} // namespace

void add_wireshark_command(CLI::App& tool) {
    auto chosen = std::make_shared<dissector_options>();
    auto* command = tool.add_subcommand("wireshark",
        "A Wireshark dissector (Lua) for a dialect of ISO 8583 or a cipher machine's profile, from the same table");
    command->add_option("name", chosen->name, "Dialect or profile: a name, or FILE.toml")->required();
    command->add_option("--port", chosen->ports, "TCP port of the host or the unit; may be repeated")
        ->check(CLI::Range(1, 65535));
    command->add_option("--out", chosen->out, "File to write; default: standard output");
    command->add_flag_callback(
        "--json", [chosen] { chosen->output = output_form::json; }, "As JSON, errors too");
    command->callback([chosen] { run(*chosen); });
}

} // namespace cipherlane::cli
