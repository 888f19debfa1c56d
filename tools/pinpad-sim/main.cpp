#include "pinpad-sim/pinpad_simulator.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"

#include <cipherlane/core/hex.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>

namespace {

using namespace cipherlane;

/// "SLOT:HEX" of a 16-byte master key.
std::optional<std::pair<int, secret_bytes>> parse_key(const std::string& text) {
    auto colon = text.find(':');
    if (colon == 0 || colon == std::string::npos || colon > 2) return std::nullopt;
    if (text.find_first_not_of("0123456789") != colon) return std::nullopt;
    secret_bytes key(16);
    if (text.size() - colon - 1 != 32 || !from_hex(std::string_view(text).substr(colon + 1), key.expose())) {
        return std::nullopt;
    }
    return std::pair{std::stoi(text.substr(0, colon)), std::move(key)};
}

} // namespace

int main(int argc, char** argv) {
    const std::string program = "cipherlane-pinpad-sim";
    CLI::App app{"An ABECS PIN pad on a pseudo-terminal, with test keys", program};
    sim::common_options common(app);
    std::vector<std::string> keys;
    std::string link;
    sim::control_address control;
    sim::pad_model::settings settings;
    int idle_ms = static_cast<int>(settings.idle.count());
    app.add_option("--master-key", keys, "SLOT:HEX, a 16-byte test master key (repeatable)");
    app.add_option("--link", link, "name of a symbolic link to the device node");
    app.add_option("--table-version", settings.table_version, "version of the EMV tables, ten characters");
    app.add_option("--pin-timeout-ms", idle_ms, "how long it waits for a key press");
    sim::common_options::take_control(app, control);
    std::vector<std::string> faults;
    sim::common_options::take_faults(app, faults);
    if (const auto code = common.parse(app, argc, argv)) return *code;
    settings.idle = std::chrono::milliseconds(idle_ms);

    sim::master_keys masters;
    for (const auto& text : keys) {
        auto key = parse_key(text);
        if (!key) return sim::cannot_start(program, "--master-key: expected SLOT:HEX with 32 hex digits");
        masters[key->first] = std::move(key->second);
    }
    auto log = sim::start_log(program, "an ABECS 2.12 PIN pad, master/working key");
    boost::asio::io_context io;
    sim::pinpad_simulator pad(io, settings, std::move(masters), log, link);
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
