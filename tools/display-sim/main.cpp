#include "display-sim/display_simulator.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

int main(int argc, char** argv) {
    using namespace cipherlane;
    const std::string program = "cipherlane-display-sim";
    CLI::App app{"A payment-QR display on a pseudo-terminal", program};
    sim::common_options common(app);
    std::string family = "rcall";
    std::string link;
    sim::control_address control;
    sim::display_options options;
    app.add_option("--driver", family, "family of the display")->check(CLI::IsMember(sim::display_families()));
    app.add_option("--width", options.width, "pixels")->check(CLI::Range(32, 2'000));
    app.add_option("--height", options.height, "pixels")->check(CLI::Range(32, 2'000));
    app.add_option("--link", link, "name of a symbolic link to the device node");
    sim::common_options::take_control(app, control);
    app.add_option("--snapshots", options.snapshots, "folder that the rig may have pictures written to");
    std::vector<std::string> faults;
    sim::common_options::take_faults(app, faults);
    if (const auto code = common.parse(app, argc, argv)) return *code;

    auto log = sim::start_log(program, "a payment display, " + family);
    boost::asio::io_context io;
    try {
        sim::display_simulator display(io, family, options, link);
        sim::plan_at_start(faults, [&](const nlohmann::json& request) { return display.control(request); });
        if (auto plugged = display.plug(); !plugged) {
            return sim::cannot_start(program, plugged.error().to_string());
        }
        auto channel = sim::control_channel::listen(
            io, control, [&](const nlohmann::json& request) { return display.control(request); });
        if (!channel) return sim::cannot_start(program, channel.error().to_string());
        sim::announce("device", display.path());
        sim::announce("control", (*channel)->where());
        return sim::run_until_signal(io, log);
    } catch (const std::exception& why) {
        return sim::cannot_start(program, why.what());
    }
}
