#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/tool_door.hpp"
#include "hsm-sim/keys/ceremony.hpp"

#include <cipherlane/core/hex.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

struct ceremony_arguments {
    hsm_sim::ceremony_request asked;
    std::string scheme = "U";
    std::vector<std::string> entered;
    std::string key;
    bool from_input = false;
    std::string lmk = "test";
    std::string sheets;
    bool json = false;
};

[[noreturn]] void stop_ceremony(const std::string& why, ending ends = ending::wrong_use) {
    throw tool_complaint(ends, why);
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 11> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
    return text.data();
}

std::string sheet_name(const std::string& folder, std::size_t number) {
    return (std::filesystem::path(folder) / ("component-" + std::to_string(number + 1) + ".txt")).string();
}

/// Before the first sheet is written: half a set is worth nothing.
void check_sheets(const std::string& folder, std::size_t count) {
    for (std::size_t i = 0; i < count && !folder.empty(); ++i) {
        if (std::filesystem::exists(sheet_name(folder, i)))
            stop_ceremony(sheet_name(folder, i) + " is there already");
    }
    if (!folder.empty() && ::access(folder.c_str(), W_OK) != 0)
        stop_ceremony("cannot write in " + folder, ending::own_fault);
}

/// For the custodian's eyes: readable by the owner alone, never over an old sheet.
void write_sheet(const std::string& file, const std::string& text) {
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) stop_ceremony("cannot write " + file, ending::own_fault);
    const bool done = ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(out);
    if (!done) stop_ceremony("cannot write " + file, ending::own_fault);
}

/// A component a line, blanks between groups allowed; what is read is wiped.
void read_components(std::vector<std::string>& into) {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::string digits;
        digits.reserve(line.size());
        std::copy_if(line.begin(), line.end(), std::back_inserter(digits), [](char c) { return c > ' '; });
        wipe({reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
        if (!digits.empty()) into.push_back(std::move(digits));
    }
}

void take_components(ceremony_arguments& given) {
    if (!given.key.empty()) given.asked.key = read_key("hsm ceremony", "--key", given.key);
    if (!given.entered.empty()) warn_of_arguments("hsm ceremony", "--component", "--stdin");
    if (given.from_input) read_components(given.entered);
    if (given.from_input && given.entered.empty()) stop_ceremony("no component on standard input");
    for (std::size_t i = 0; i < given.entered.size(); ++i) {
        auto& digits = given.entered[i];
        const auto component = from_hex(digits);
        if (!component) stop_ceremony("component " + std::to_string(i + 1) + ": " + component.error().to_string());
        given.asked.entered.emplace_back(*component);
        wipe({reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()});
    }
}

void print_json(const hsm_sim::ceremony_outcome& held, const std::string& sheets) {
    nlohmann::ordered_json made{
        {"test_keys", true}, {"key", {{"check_value", held.check_value}, {"under_lmk", held.under_lmk}}}};
    for (const auto& component : held.components)
        made["components"].push_back({{"check_value", component.check_value}, {"under_lmk", component.under_lmk}});
    if (!sheets.empty()) made["sheets"] = sheets;
    std::cout << made.dump(2) << "\n";
}

void hold(ceremony_arguments& given) {
    keep_secrets();
    given.asked.scheme = given.scheme.empty() ? ' ' : given.scheme.front();
    take_components(given);
    auto keys = hsm_sim::lmk_set::test();
    if (given.lmk != "test") {
        auto loaded = hsm_sim::lmk_set::load(given.lmk);
        if (!loaded) stop_ceremony(loaded.error().to_string());
        keys = *std::move(loaded);
    }
    const auto held = hsm_sim::hold_ceremony(given.asked, *keys);
    if (!held) stop_ceremony(held.error().to_string());

    check_sheets(given.sheets, held->components.size());
    for (std::size_t i = 0; i < held->components.size() && !given.sheets.empty(); ++i)
        write_sheet(sheet_name(given.sheets, i), hsm_sim::print_sheet(given.asked, *held, i, today()));
    if (given.json) return print_json(*held, given.sheets);
    std::cout << "TEST KEYS: for simulated units only\n";
    for (std::size_t i = 0; i < held->components.size(); ++i) {
        const auto& component = held->components[i];
        std::cout << "component " << i + 1 << "  check value " << component.check_value << "  under the LMK "
                  << component.under_lmk << "\n";
    }
    std::cout << "key          check value " << held->check_value << "  under the LMK " << held->under_lmk << "\n";
    if (!given.sheets.empty()) std::cout << held->components.size() << " sheets in " << given.sheets << "\n";
}

} // namespace

void add_hsm_ceremony_command(CLI::App& hsm) {
    auto given = std::make_shared<ceremony_arguments>();
    auto* ceremony = hsm.add_subcommand("ceremony", "make a key from components, for simulated units");
    ceremony->add_option(
        "--type", given->asked.key_type, "key type: zmk, zpk, tmk, …, or its three characters, 000, 001, 002");
    ceremony->add_option("--scheme", given->scheme, "U, X double; T, Y triple; Z single")
        ->check(CLI::IsMember({"Z", "U", "X", "T", "Y"}));
    ceremony->add_option("--components", given->asked.components, "how many to draw")->check(CLI::Range(2, 9));
    auto* shown = ceremony->add_option("--component", given->entered,
        "a component in hex, instead of drawing; once for each. Others can see it in the list of processes");
    auto* stdin_flag =
        ceremony->add_flag("--stdin", given->from_input, "components from standard input, a line each");
    stdin_flag->excludes(shown);
    ceremony->add_option("--key", given->key, "a test key, put under the LMK as it is: " + std::string(key_forms))
        ->excludes(shown)
        ->excludes(stdin_flag);
    ceremony->add_flag("--json", given->json, "for scripts");
    ceremony->add_option(
        "--expect-component", given->asked.expected, "check value on a component's sheet; once for each, in order");
    ceremony->add_option("--expect-kcv", given->asked.expected_sum, "check value that the key must have");
    ceremony->add_option("--lmk", given->lmk, "test, or the file that the simulator was given");
    ceremony->add_option("--sheets", given->sheets, "folder for the custodians' sheets")
        ->check(CLI::ExistingDirectory);
    ceremony->callback([given] { hold(*given); });
}

} // namespace cipherlane::cli
