#include "cipherlane/commands.hpp"
#include "hsm-sim/ceremony.hpp"

#include <cipherlane/core/hex.hpp>

#include <CLI/CLI.hpp>
#include <array>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

struct ceremony_arguments {
    hsm_sim::ceremony_request asked;
    std::string scheme = "U";
    std::vector<std::string> entered;
    std::string lmk = "test";
    std::string sheets;
};

[[noreturn]] void give_up(const std::string& why) {
    std::cerr << "cipherlane hsm ceremony: " << why << "\n";
    throw CLI::RuntimeError(2);
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 11> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
    return text.data();
}

/// For the custodian's eyes: readable by the owner alone, never over an old sheet.
void write_sheet(const std::filesystem::path& file, const std::string& text) {
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) give_up("cannot write " + file.string() + " (is there one already?)");
    const bool done = ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(out);
    if (!done) give_up("cannot write " + file.string());
}

void hold(ceremony_arguments& given) {
    given.asked.scheme = given.scheme.empty() ? ' ' : given.scheme.front();
    for (auto& digits : given.entered) {
        const auto component = from_hex(digits);
        if (!component) give_up("a component is no hex");
        given.asked.entered.emplace_back(*component);
        wipe({reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()});
    }
    auto keys = hsm_sim::lmk_set::test();
    if (given.lmk != "test") {
        auto loaded = hsm_sim::lmk_set::load(given.lmk);
        if (!loaded) give_up(loaded.error().to_string());
        keys = *std::move(loaded);
    }
    const auto held = hsm_sim::hold_ceremony(given.asked, *keys);
    if (!held) give_up(held.error().to_string());

    std::cout << "TEST KEYS: for simulated units only\n";
    for (std::size_t i = 0; i < held->components.size(); ++i) {
        const auto& component = held->components[i];
        std::cout << "component " << i + 1 << "  check value " << component.check_value << "  under the LMK "
                  << component.under_lmk << "\n";
        const auto sheet = hsm_sim::print_sheet(given.asked, *held, i, today());
        if (given.sheets.empty()) continue;
        write_sheet(std::filesystem::path(given.sheets) / ("component-" + std::to_string(i + 1) + ".txt"), sheet);
    }
    std::cout << "key          check value " << held->check_value << "  under the LMK " << held->under_lmk << "\n";
    if (!given.sheets.empty()) std::cout << held->components.size() << " sheets in " << given.sheets << "\n";
}

} // namespace

void add_hsm_ceremony_command(CLI::App& hsm) {
    auto given = std::make_shared<ceremony_arguments>();
    auto* ceremony = hsm.add_subcommand("ceremony", "make a key from components, for simulated units");
    ceremony->add_option("--type", given->asked.key_type, "key type, three characters: 000 ZMK, 001 ZPK, 002 TMK");
    ceremony->add_option("--scheme", given->scheme, "U, X double; T, Y triple; Z single")
        ->check(CLI::IsMember({"Z", "U", "X", "T", "Y"}));
    ceremony->add_option("--components", given->asked.components, "how many to draw")->check(CLI::Range(2, 9));
    ceremony->add_option("--component", given->entered, "a component in hex, instead of drawing; once for each");
    ceremony->add_option("--lmk", given->lmk, "test, or the file that the simulator was given");
    ceremony->add_option("--sheets", given->sheets, "folder for the custodians' sheets")
        ->check(CLI::ExistingDirectory);
    ceremony->callback([given] { hold(*given); });
}

} // namespace cipherlane::cli
