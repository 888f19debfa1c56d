#include "acquirer-sim/request_table.hpp"
#include "acquirer-sim/security.hpp"
#include "acquirer-sim/server.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <stdexcept>

int main(int argc, char** argv) {
    namespace sim = cipherlane::sim;
    sim::acquirer_settings settings;
    CLI::App program{"A simulated acquirer's host: UnionPay POS dialect over TCP", "cipherlane-acquirer-sim"};
    sim::common_options common(program);
    program.add_option("--port", settings.port, "For terminals; 0: any free port");
    sim::common_options::take_control(program, settings.control);
    program.add_option("--ledger", settings.ledger, "SQLite file of the books; default: in memory");
    program.add_option("--hsm", settings.hsm, "Cipher machine, HOST:PORT")->required();
    program.add_option("--profile", settings.hsm_profile, "Its profile: a name or FILE.toml");
    program.add_option("--zpk", settings.zone_key, "Zone PIN key under the LMK")->required();
    program.add_option("--zpk-clear", settings.zone_key_clear, "The same in clear, for the simulated issuer")
        ->required();
    program.add_option("--seed", settings.seed, "Of the random faults");
    program
        .add_flag_callback(
            "--table",
            [] {
                sim::print_table(std::cout);
                throw CLI::Success();
            },
            "Print the table of amounts and cards, and end")
        ->trigger_on_parse();
    program.add_flag_callback(
        "--no-table", [&] { settings.table = false; }, "Amounts and cards choose nothing");
    std::vector<std::string> faults;
    sim::common_options::take_faults(program, faults);
    sim::common_options::take_idle_time(program, settings.idle);
    if (const auto code = common.parse(program, argc, argv)) return *code;

    const auto log = sim::start_log("acquirer-sim", "cup-pos host, cipher machine " + settings.hsm);
    boost::asio::io_context io;
    try {
        auto server = sim::acquirer_server::start(io, settings, log);
        if (!server) return sim::cannot_start("cipherlane-acquirer-sim", sim::words_of(server.error()));
        sim::plan_at_start(faults, [&](const nlohmann::json& request) { return (*server)->control(request); });
        sim::announce_port("listening", (*server)->port());
        sim::announce("control", (*server)->control_place());
        return sim::run_until_signal(io, log);
    } catch (const std::runtime_error& why) { // the ledger, or a fault that cannot be
        return sim::cannot_start("cipherlane-acquirer-sim", why.what());
    }
}
