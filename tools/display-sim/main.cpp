#include "display-sim/simulator.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/program.hpp"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <iostream>

int main(int argc, char** argv) {
    using namespace cipherlane;
    CLI::App app{"A payment-QR display on a pseudo-terminal"};
    std::string family = "rcall";
    std::string link;
    std::uint16_t control = 0;
    sim::display_options options;
    app.add_option("--driver", family, "family of the display")
        ->check(CLI::IsMember(sim::display_families()))
        ->capture_default_str();
    app.add_option("--width", options.width, "pixels")->check(CLI::Range(32, 2'000))->capture_default_str();
    app.add_option("--height", options.height, "pixels")->check(CLI::Range(32, 2'000))->capture_default_str();
    app.add_option("--link", link, "name of a symbolic link to the device node");
    app.add_option("--control", control, "port of the control channel, 0 for any")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    auto log = sim::start_log("cipherlane-display-sim", "a payment display, " + family);
    boost::asio::io_context io;
    sim::display_simulator display(io, family, options, link);
    if (auto plugged = display.plug(); !plugged) {
        std::cerr << plugged.error() << '\n';
        return 1;
    }
    auto channel = sim::control_channel::listen(
        io, control, [&](const nlohmann::json& request) { return display.control(request); });
    if (!channel) {
        std::cerr << channel.error() << '\n';
        return 1;
    }
    sim::announce("device", display.path());
    sim::announce_port("control", (*channel)->port());
    return sim::run_until_signal(io, log);
}
