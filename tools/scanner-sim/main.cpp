#include "scanner-sim/scanner_model.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/device_simulator.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

int main(int argc, char** argv) {
    using namespace cipherlane;
    const std::string program = "cipherlane-scanner-sim";
    CLI::App app{"A barcode scanner on a pseudo-terminal", program};
    sim::common_options common(app);
    std::string link;
    sim::control_address control;
    app.add_option("--link", link, "name of a symbolic link to the device node");
    sim::common_options::take_control(app, control);
    std::vector<std::string> faults;
    sim::common_options::take_faults(app, faults);
    if (const auto code = common.parse(app, argc, argv)) return *code;

    auto log = sim::start_log(program, "a barcode scanner");
    boost::asio::io_context io;
    try {
        sim::device_simulator scanner(
            io,
            [](sim::surroundings around) {
                return std::make_unique<sim::scanner_model>(sim::scanner_form::text, std::move(around));
            },
            link);
        sim::plan_at_start(faults, [&](const nlohmann::json& request) { return scanner.control(request); });
        if (auto plugged = scanner.plug(); !plugged) return sim::cannot_start(program, plugged.error().to_string());
        auto channel = sim::control_channel::listen(
            io, control, [&](const nlohmann::json& request) { return scanner.control(request); });
        if (!channel) return sim::cannot_start(program, channel.error().to_string());
        sim::announce("device", scanner.path());
        sim::announce("control", (*channel)->where());
        return sim::run_until_signal(io, log);
    } catch (const std::exception& why) {
        return sim::cannot_start(program, why.what());
    }
}
