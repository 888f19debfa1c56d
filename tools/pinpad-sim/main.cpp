#include "pinpad-sim/pinpad_models.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"

#include <cipherlane/core/hex.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>

namespace {

using namespace cipherlane;

/// "SLOT:HEX" of a master key of 8 or 16 bytes.
std::optional<std::pair<int, secret_bytes>> parse_key(const std::string& text) {
    auto colon = text.find(':');
    if (colon == 0 || colon == std::string::npos || colon > 2) return std::nullopt;
    if (text.find_first_not_of("0123456789") != colon) return std::nullopt;
    const auto digits = text.size() - colon - 1;
    secret_bytes key(digits / 2);
    if ((digits != 16 && digits != 32) || !from_hex(std::string_view(text).substr(colon + 1), key.expose())) {
        return std::nullopt;
    }
    return std::pair{std::stoi(text.substr(0, colon)), std::move(key)};
}

} // namespace

int main(int argc, char** argv) {
    const std::string program = "cipherlane-pinpad-sim";
    CLI::App app{"A PIN pad on a pseudo-terminal, with test keys", program};
    sim::common_options common(app);
    std::vector<std::string> keys;
    std::string driver = "abecs";
    std::string link;
    sim::control_address control;
    sim::pad_model::settings settings;
    int idle_ms = static_cast<int>(settings.idle.count());
    std::vector<std::string> families;
    for (const auto name : sim::pinpad_models())
        families.emplace_back(name);
    app.add_option("--driver", driver, "which family it is, as its driver is called")
        ->check(CLI::IsMember(families))
        ->capture_default_str();
    app.add_option("--master-key", keys, "SLOT:HEX, a test master key of 8 or 16 bytes (repeatable)");
    app.add_option("--link", link, "name of a symbolic link to the device node");
    app.add_option("--table-version", settings.table_version, "version of the EMV tables, ten characters");
    app.add_option("--pin-timeout-ms", idle_ms, "how long it waits for a key press")->check(CLI::PositiveNumber);
    sim::common_options::take_control(app, control);
    std::vector<std::string> faults;
    sim::common_options::take_faults(app, faults);
    if (const auto code = common.parse(app, argc, argv)) return *code;
    settings.idle = std::chrono::milliseconds(idle_ms);

    sim::master_keys masters;
    for (const auto& text : keys) {
        auto key = parse_key(text);
        if (!key) return sim::cannot_start(program, "--master-key: expected SLOT:HEX with 16 or 32 hex digits");
        masters[key->first] = std::move(key->second);
    }
    auto log = sim::start_log(program,
        driver == "abecs" ? "an ABECS 2.12 PIN pad, master/working key" : "a PIN keypad of the family " + driver);
    boost::asio::io_context io;
    sim::device_simulator pad(io, sim::pinpad_maker(driver, settings, std::move(masters), log), link);
    try {
        sim::plan_at_start(faults, [&](const nlohmann::json& request) { return pad.control(request); });
    } catch (const std::runtime_error& why) {
        return sim::cannot_start(program, why.what());
    }
    if (auto plugged = pad.plug(); !plugged) return sim::cannot_start(program, plugged.error().to_string());
    auto channel = sim::control_channel::listen(
        io, control, [&](const nlohmann::json& request) { return pad.control(request); });
    if (!channel) return sim::cannot_start(program, channel.error().to_string());
    sim::announce("device", pad.path());
    sim::announce("control", (*channel)->where());
    return sim::run_until_signal(io, log);
}
