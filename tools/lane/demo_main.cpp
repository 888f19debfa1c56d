#include "lane/demo_till.hpp"
#include "lane/key_folder.hpp"
#include "lane/lane_folder.hpp"
#include "lane/narrator.hpp"
#include "lane/simulators.hpp"
#include "lane/working_day.hpp"
#include "manual/man_page.hpp"

#include <cipherlane/core/core_dumps.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

namespace sim = cipherlane::sim;

struct options {
    std::string folder = "build/demo";
    std::string programs;
    std::string profile = "payshield";
    std::string fault;
    std::string gateway; ///< empty: the SDK's own interface
    std::string day = "short";
};

const std::vector<std::string> faults{
    "no_answer", "late_answer", "wrong_mac", "duplicate_answer", "disconnect_after_request"};

cipherlane::logger log_to_file(const std::string& path) {
    auto file = std::make_shared<std::ofstream>(path);
    return {
        cipherlane::log_level::info, [file](cipherlane::log_level, std::string_view component,
                                         std::string_view line) { *file << component << ": " << line << std::endl; }};
}

int run(const options& chosen) {
    // Keys and cards must not end up in a dump. The sanitizer's leak check attaches to its own process, which one
    // that is not to be dumped refuses.
#ifndef __SANITIZE_ADDRESS__
    cipherlane::forbid_core_dumps().value();
#endif
    const sim::lane_folder own(chosen.folder);
    sim::narrator tell(std::cout);
    tell.say("Starting the simulators (test keys, test cards), profile " + chosen.profile);
    const sim::key_folder keys;
    const auto gateway_keys = keys.path() + "/gateway";
    sim::simulator_settings how{chosen.programs, chosen.folder, chosen.profile};
    how.gateway_speaks = chosen.gateway;
    how.gateway_keys = gateway_keys;
    sim::simulators around(how);
    for (const auto& [name, where] : {std::pair{"cipher machine", around.cipher_machine.where()},
             std::pair{"acquirer's host", around.acquirer.where()}, std::pair{"QR gateway", around.gateway.where()},
             std::pair{"display", around.display.where()}, std::pair{"PIN pad", around.pinpad.where()}}) {
        tell.say("  " + std::string(name) + ": " + where);
    }
    const auto public_key = chosen.folder + "/gateway.pem";
    std::ofstream(public_key) << around.gateway.control().ask({{"cmd", "public_key"}}).at("pem").get<std::string>();
    auto settings = sim::demo_settings({chosen.folder, keys.path(), public_key, around.acquirer.where(),
        around.gateway.where(), around.display.where(), around.pinpad.where()});
    if (!chosen.gateway.empty()) sim::speak_as(settings.gateway, chosen.gateway, gateway_keys);
    auto till = sim::open_till(settings, &tell, log_to_file(chosen.folder + "/till.log"));
    sim::working_day day(around, till, tell, chosen.folder);
    if (chosen.fault.empty()) {
        chosen.day == "full" ? day.run_full() : day.run();
    } else {
        day.sign_in();
        day.sale_with_fault(chosen.fault);
        day.settle();
        day.compare();
    }
    tell.say(day.failures() == 0 ? "\nAll checks passed. Pictures and receipts: " + chosen.folder
                                 : "\n" + std::to_string(day.failures()) + " checks FAILED");
    return day.failures() == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    options chosen;
    chosen.programs = std::filesystem::canonical("/proc/self/exe").parent_path();
    CLI::App program{"A payment lane on simulators: a working day, or one fault", "cipherlane-demo"};
    program.add_option("--out", chosen.folder, "Folder for pictures, receipts, logs; emptied first");
    program.add_option("--programs", chosen.programs, "Folder of the simulators; default: beside this program");
    program.add_option("--profile", chosen.profile, "Of the cipher machine")
        ->check(CLI::IsMember({"payshield", "sjj1312"}));
    program.add_option("--fault", chosen.fault, "Show one fault alone")->check(CLI::IsMember(faults));
    program
        .add_option("--gateway", chosen.gateway, "Whom the QR gateway speaks as; default: the SDK's own interface")
        ->check(CLI::IsMember({"wechat", "alipay"}));
    program.add_option("--day", chosen.day, "short, or full: with a hotel, the table of amounts and a late payer")
        ->check(CLI::IsMember({"short", "full"}));
    cipherlane::manual::add_man_option(
        program, {"0 all checks passed", "1 some failed", "2 it could not be done; why is on standard error"});
    CLI11_PARSE(program, argc, argv);
    try {
        return run(chosen);
    } catch (const std::exception& why) {
        std::cerr << "cipherlane-demo: " << why.what() << "\n";
        return 2;
    }
}
