#include "simkit/control_channel.hpp"
#include "simkit/device_simulator.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"
#include "terminal-sim/terminal_server.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace {

using namespace cipherlane;

struct given {
    std::string driver = "zvt";
    int port = -1; ///< none: a pseudo-terminal
    std::string link;
    sim::control_address control;
    std::vector<std::string> faults;
    sim::terminal_setup setup;
    unsigned answer_ms = 30'000;
    std::string card;
};

int serve(const given& what, const logger& log) {
    boost::asio::io_context io;
    std::unique_ptr<sim::terminal_server> server;
    std::unique_ptr<sim::device_simulator> device;
    auto make = [&](sim::surroundings around) {
        return sim::make_terminal_model(what.driver, what.setup, std::move(around));
    };
    sim::control_channel::handler control;
    if (what.port >= 0) {
        auto started = sim::terminal_server::start(io, static_cast<std::uint16_t>(what.port), make);
        if (!started) throw std::runtime_error(started.error().to_string());
        server = *std::move(started);
        control = [&](const nlohmann::json& request) { return server->control(request); };
    } else {
        device = std::make_unique<sim::device_simulator>(io, make, what.link);
        if (auto plugged = device->plug(); !plugged) throw std::runtime_error(plugged.error().to_string());
        control = [&](const nlohmann::json& request) { return device->control(request); };
    }
    sim::plan_at_start(what.faults, control);
    if (!what.card.empty()) (void)control({{"cmd", "card"}, {"pan", what.card}, {"stays", true}});
    auto channel = sim::control_channel::listen(io, what.control, control);
    if (!channel) throw std::runtime_error(channel.error().to_string());
    if (server) sim::announce_port("listening", server->port());
    if (device) sim::announce("device", device->path());
    sim::announce("control", (*channel)->where());
    return sim::run_until_signal(io, log);
}

} // namespace

int main(int argc, char** argv) {
    const std::string program = "cipherlane-terminal-sim";
    CLI::App app{"A payment terminal with a host of its own, on a TCP port or a pseudo-terminal", program};
    sim::common_options common(app);
    given what;
    app.add_option("--driver", what.driver, "its protocol")->check(CLI::IsMember(sim::terminal_protocols()));
    app.add_option("--port", what.port, "TCP; 0: any free port; without it a pseudo-terminal")
        ->check(CLI::Range(0, 65'535))
        ->default_str("");
    app.add_option("--link", what.link, "name of a symbolic link to the pseudo-terminal");
    app.add_option("--terminal-id", what.setup.terminal_id, "eight digits");
    app.add_option("--description", what.setup.description_file, "TOML file of the acquirer, for mispos");
    app.add_flag("--through-till", what.setup.through_till, "mispos: it asks its host through the till");
    app.add_option("--password", what.setup.password, "six digits");
    app.add_option("--currency", what.setup.currency, "ISO 4217 number");
    app.add_option("--answer-ms", what.answer_ms, "how long it waits for the till before it takes a payment back");
    app.add_option("--card", what.card, "a test card that stays at the reader");
    sim::common_options::take_control(app, what.control);
    sim::common_options::take_faults(app, what.faults);
    if (const auto code = common.parse(app, argc, argv)) return *code;
    const auto& id = what.setup.terminal_id;
    if (id.size() != 8 || id.find_first_not_of("0123456789") != std::string::npos)
        return sim::cannot_start(program, "--terminal-id: expected eight digits");
    const auto& password = what.setup.password;
    if (password.size() != 6 || password.find_first_not_of("0123456789") != std::string::npos)
        return sim::cannot_start(program, "--password: expected six digits");
    const bool described = what.driver == "mispos";
    if (described == what.setup.description_file.empty())
        return sim::cannot_start(program, described ? "--description: mispos needs the TOML file of its acquirer"
                                                    : "--description: only mispos is described by a file");
    if (what.setup.through_till && !described)
        return sim::cannot_start(program, "--through-till: only mispos reaches its host through the till");
    what.setup.answer_time = std::chrono::milliseconds(what.answer_ms);
    what.setup.over = what.port >= 0 ? sim::terminal_setup::line::stream : sim::terminal_setup::line::serial;

    const auto log = sim::start_log(program, "a terminal of its own, " + what.driver);
    try {
        return serve(what, log);
    } catch (const std::exception& why) {
        return sim::cannot_start(program, why.what());
    }
}
