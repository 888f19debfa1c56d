#include "gateway-sim/server.hpp"
#include "simkit/program.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

int main(int argc, char** argv) {
    namespace sim = cipherlane::sim;
    sim::gateway_settings settings;
    CLI::App program{"A simulated QR payment gateway over HTTP (docs/06-gateway-api.md)", "cipherlane-gateway-sim"};
    program.add_option("--port", settings.port, "HTTP; 0: any free port");
    program.add_option("--control", settings.control_port, "For the rig: JSON lines; 0: any free port");
    program.add_option("--seed", settings.seed, "Of the random faults");
    CLI11_PARSE(program, argc, argv);

    const auto log = sim::start_log("gateway-sim", "QR gateway; its signing key is made anew at each start");
    boost::asio::io_context io;
    auto server = sim::gateway_server::start(io, settings, log);
    if (!server) {
        std::cerr << "cipherlane-gateway-sim: " << server.error() << "\n";
        return 1;
    }
    sim::announce_port("listening", (*server)->port());
    sim::announce_port("control", (*server)->control_port());
    return sim::run_until_signal(io, log);
}
