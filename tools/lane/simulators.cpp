#include "lane/simulators.hpp"

#include "lane/test_keys.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

constexpr std::chrono::seconds patience{20};

/// The value, or an exception with what went wrong: rigs stop there.
template <class T>
T need(result<T> got, const std::string& what) {
    if (!got) throw std::runtime_error(what + ": " + got.error().to_string());
    return *std::move(got);
}

std::vector<std::string> command(
    const simulator_settings& settings, const std::string& name, std::vector<std::string> options) {
    options.insert(options.begin(), settings.programs + "/cipherlane-" + name);
    options.insert(options.end(), {"--control", "0"});
    return options;
}

std::string log_of(const simulator_settings& settings, const std::string& name) {
    return settings.folder + "/" + name + ".log";
}

std::vector<std::string> acquirer_command(const simulator_settings& settings, const std::string& hsm) {
    return command(settings, "acquirer-sim",
        {"--port", "0", "--hsm", hsm, "--profile", settings.profile, "--zpk",
            need(under_test_lmk(settings.profile, "zpk", test_keys::zone_pin), "zone key"), "--zpk-clear",
            std::string(test_keys::zone_pin)});
}

} // namespace

simulator::simulator(std::vector<std::string> command, std::string_view key, const std::string& log)
    : process_(std::make_unique<child_process>(need(child_process::start(command, log), command[0])))
    , where_(need(process_->await(key, patience), command[0]))
    , control_endpoint_(need(process_->await("control", patience), command[0]))
    , control_(std::make_unique<control_client>(need(control_client::connect(control_endpoint_), command[0]))) {}

simulators::simulators(const simulator_settings& settings)
    : cipher_machine(command(settings, "hsm-sim", {"--profile", settings.profile, "--port", "0"}), "listening",
          log_of(settings, "hsm-sim"))
    , acquirer(acquirer_command(settings, cipher_machine.where()), "listening", log_of(settings, "acquirer-sim"))
    , gateway(command(settings, "gateway-sim", {"--port", "0"}), "listening", log_of(settings, "gateway-sim"))
    , display(command(settings, "display-sim", {"--driver", "rcall", "--snapshots", settings.folder}), "device",
          log_of(settings, "display-sim"))
    , pinpad(command(settings, "pinpad-sim", {"--master-key", "0:" + std::string(test_keys::terminal_master)}),
          "device", log_of(settings, "pinpad-sim")) {
    acquirer.control().ask({{"cmd", "terminal"}, {"terminal_id", demo_terminal}, {"merchant_id", demo_merchant},
        {"tmk", need(under_test_lmk(settings.profile, "tmk", test_keys::terminal_master), "terminal key")}});
    for (const auto& card : {rich, poor}) {
        acquirer.control().ask({{"cmd", "card"}, {"number", card.number}, {"expiry", card.expiry}, {"pin", card.pin},
            {"balance", card.balance}});
    }
}

void prepare_folder(const std::string& folder) {
    namespace fs = std::filesystem;
    const fs::path mark = fs::path(folder) / ".cipherlane-lane";
    if (fs::exists(folder) && !fs::is_empty(folder) && !fs::exists(mark)) {
        throw std::runtime_error(folder + " is not empty and not a folder of this program: choose another");
    }
    fs::remove_all(folder);
    fs::create_directories(folder);
    std::ofstream(mark) << "made by a Cipherlane payment lane; may be emptied\n";
}

void simulators::present(const demo_card& card, const std::string& pin) {
    pinpad.control().ask({{"cmd", "press"}, {"keys", pin + "E"}, {"when_asked", true}});
    pinpad.control().ask({{"cmd", "card"}, {"kind", "magnetic"}, {"track2", card.track2()}});
}

} // namespace cipherlane::sim
