// Starts the simulators of a payment lane, writes the till's settings, and runs a program with them: the rig plays
// the customer (holds a card to the reader, types the PIN, pays a QR order) whenever the till waits for one.
//
//     cipherlane-lane-rig [OPTIONS] FOLDER PROGRAM [ARGUMENT…]    runs PROGRAM ARGUMENT… FOLDER/till.toml
#include "lane/customer.hpp"
#include "lane/demo_till.hpp"
#include "lane/foreground_program.hpp"
#include "lane/lane_folder.hpp"
#include "lane/rig_faults.hpp"
#include "lane/test_keys.hpp"
#include "simkit/options.hpp"

#include <cipherlane/drivers/pinpad/pinpad_family.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <optional>

namespace {

namespace sim = cipherlane::sim;

constexpr const char* program_name = "cipherlane-lane-rig";

struct options {
    sim::simulator_settings around;
    std::string folder;
    std::string ports_file;
    std::vector<std::string> faults;
    bool customer = true;
    bool chip = false;
};

/// Text between quotation marks of a TOML file, whatever it holds.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

/// A PIN pad that makes MACs is the sealer: the till has no key.
bool pad_seals(const sim::simulator_settings& around) {
    const auto* family = cipherlane::drivers::find_pinpad_family(around.pinpad_family);
    return family != nullptr && family->can.mac;
}

/// Everything a till needs to know, as an integrator would write it down.
std::string write_settings(sim::simulators& around, const options& chosen) {
    const auto& folder = chosen.folder;
    const auto pem = around.gateway.control().ask({{"cmd", "public_key"}}).at("pem").get<std::string>();
    std::ofstream(folder + "/gateway.pem") << pem;
    const auto master = folder + "/terminal.key";
    if (!pad_seals(chosen.around)) sim::write_private_file(master, sim::test_keys::terminal_master);
    const auto path = folder + "/till.toml";
    std::ofstream(path) << "[terminal]\nid = " << quoted(chosen.around.terminal) << "\nmerchant = \""
                        << sim::demo_merchant << "\"\nname = \"TEST TEA HOUSE\"\n\n[host]\naddress = \""
                        << around.acquirer.where() << "\"\nresponse_time_ms = 5000\n\n[sealer]\n"
                        << (pad_seals(chosen.around) ? std::string("kind = \"pinpad\"")
                                                     : "key_file = " + quoted(master))
                        << "\n\n[pinpad]\ndriver = " << quoted(chosen.around.pinpad_family)
                        << "\npath = " << quoted(around.pinpad.where())
                        << "\n\n[display]\ndriver = " << quoted(chosen.around.display_family)
                        << "\npath = " << quoted(around.display.where()) << "\n\n[gateway]\naddress = \""
                        << around.gateway.where() << "\"\npublic_key_file = " << quoted(folder + "/gateway.pem")
                        << "\n\n[journal]\nfile = " << quoted(folder + "/till.db")
                        << "\nkey_file = " << quoted(folder + "/till.key") << "\n";
    return path;
}

/// Whole or not at all: a script may wait for it.
void write_ports(sim::simulators& around, const options& chosen, const std::string& settings) {
    auto all = sim::places_of(around);
    all["settings"] = settings;
    const auto& file = chosen.ports_file;
    std::ofstream(file + ".new") << all.dump(2) << "\n";
    std::filesystem::rename(file + ".new", file);
}

void add_options(CLI::App& app, options& chosen) {
    auto& around = chosen.around;
    app.add_option("--profile", around.profile, "of the cipher machine");
    app.add_option("--hsm", around.hsm, "HOST:PORT of a cipher machine that is there, instead of a simulated one");
    app.add_option("--zpk", around.zone_key, "the rig's zone key under the LMK of --hsm; default: the test LMK");
    app.add_option("--tmk", around.terminal_key, "the rig's terminal key, likewise");
    app.add_option("--display", around.display, "address of a display that is there, instead of a simulated one");
    app.add_option("--display-driver", around.display_family, "family of the display, real or simulated");
    app.add_option("--pinpad", around.pinpad, "address of a PIN pad that is there, with the test master key");
    app.add_option("--pinpad-driver", around.pinpad_family,
        "family of the PIN pad, real or simulated; one that makes MACs is the sealer");
    app.add_option("--terminal", around.terminal, "terminal id, 8 characters");
    app.add_option("--terminals", around.terminals, "how many the host knows, counting on from --terminal")
        ->check(CLI::Range(1, 1000));
    app.add_option("--seed", around.seed, "the same keys of the simulated unit and the same random faults again");
    app.add_option("--fault", chosen.faults,
           "SIMULATOR:KIND[:MATCH] or SIMULATOR:{JSON}, as often as wanted; SIMULATOR: hsm, acquirer, gateway, "
           "display, pinpad")
        ->allow_extra_args(false)
        ->option_text("FAULT");
    app.add_option(
        "--ports", chosen.ports_file, "JSON file of addresses and control ports; default: FOLDER/ports.json");
    app.add_flag_callback(
        "--control-sockets", [&around] { around.control = sim::control_kind::unix_socket; },
        "control channels as Unix sockets of mode 0600 in FOLDER instead of ports");
    app.add_flag_callback(
        "--no-customer", [&chosen] { chosen.customer = false; },
        "nobody holds a card or pays: the program does it itself");
    app.add_flag("--chip", chosen.chip, "the customer's card has a chip, which also approves offline");
    app.add_option("FOLDER", chosen.folder, "for settings, journal, logs; emptied if a rig made it")->required();
    app.prefix_command();
    app.footer("Then PROGRAM [ARGUMENT…]: it is run with FOLDER/till.toml as its last argument.");
}

int run(options chosen, std::vector<std::string> words) {
    chosen.folder = std::filesystem::absolute(chosen.folder);
    if (chosen.ports_file.empty()) chosen.ports_file = chosen.folder + "/ports.json";
    std::vector<sim::rig_fault> faults;
    for (const auto& text : chosen.faults)
        faults.push_back(sim::rig_fault::parse(text));
    const sim::lane_folder own(chosen.folder);
    chosen.around.programs = std::filesystem::canonical("/proc/self/exe").parent_path();
    chosen.around.folder = chosen.folder;
    sim::simulators around(chosen.around);
    around.chip_card = chosen.chip;
    words.push_back(write_settings(around, chosen));
    sim::plan_faults(around, faults);
    write_ports(around, chosen, words.back());
    sim::foreground_program program(std::move(words));
    std::optional<sim::customer> buys;
    if (chosen.customer) buys.emplace(around);
    return program.wait();
}

} // namespace

int main(int argc, char** argv) {
    options chosen;
    CLI::App app{"A payment lane on simulators, for one program", program_name};
    sim::common_options common(app);
    add_options(app, chosen);
    if (const auto code = common.parse(app, argc, argv)) return *code;
    auto words = app.remaining();
    if (words.empty()) return sim::cannot_start(program_name, "PROGRAM is missing; --help tells how it is used");
    try {
        return run(std::move(chosen), std::move(words));
    } catch (const std::exception& why) {
        return sim::cannot_start(program_name, why.what());
    }
}
