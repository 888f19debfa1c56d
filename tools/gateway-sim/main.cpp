#include "gateway-sim/server.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

int main(int argc, char** argv) {
    namespace sim = cipherlane::sim;
    sim::gateway_settings settings;
    CLI::App program{"A simulated QR payment gateway over HTTP (docs/14-gateway-api.md)", "cipherlane-gateway-sim"};
    sim::common_options common(program);
    program.add_option("--port", settings.port, "HTTP; 0: any free port");
    sim::common_options::take_control(program, settings.control);
    program.add_option("--seed", settings.seed, "Of the random faults");
    program.add_option("--ledger", settings.ledger, "JSON file of the orders; default: in memory");
    program.add_option("--key", settings.key_file, "PEM file of the signing key, made at the first start");
    std::string speak = "cipherlane";
    program
        .add_option("--speak", speak,
            "cipherlane (docs/14-gateway-api.md); wechat, alipay, unionpay or netpay (docs/15-gateways.md)")
        ->check(CLI::IsMember({"cipherlane", "wechat", "alipay", "unionpay", "netpay"}));
    std::string keys;
    program.add_option("--keys", keys, "Folder of test keys for all but cipherlane, made at the first start");
    std::vector<std::string> faults;
    sim::common_options::take_faults(program, faults);
    sim::common_options::take_idle_time(program, settings.idle);
    if (const auto code = common.parse(program, argc, argv)) return *code;

    if ((speak != "cipherlane") == keys.empty())
        return sim::cannot_start("cipherlane-gateway-sim", "--speak and --keys FOLDER belong together");
    if (speak == "wechat") settings.wechat_keys = keys;
    if (speak == "alipay") settings.alipay_keys = keys;
    if (speak == "netpay") settings.netpay_keys = keys;
    if (speak == "unionpay") settings.unionpay_keys = keys;

    const auto place = !keys.empty()               ? "its keys are in " + keys
                       : settings.key_file.empty() ? std::string("its signing key is made anew at each start")
                                                   : "its signing key is in " + settings.key_file;
    const auto log = sim::start_log("gateway-sim", "QR gateway; " + place);
    boost::asio::io_context io;
    try {
        auto server = sim::gateway_server::start(io, settings, log);
        if (!server) return sim::cannot_start("cipherlane-gateway-sim", server.error().to_string());
        sim::plan_at_start(faults, [&](const nlohmann::json& request) { return (*server)->control(request); });
        sim::announce_port("listening", (*server)->port());
        sim::announce("control", (*server)->control_place());
        return sim::run_until_signal(io, log);
    } catch (const std::runtime_error& why) { // the ledger, or a fault that cannot be
        return sim::cannot_start("cipherlane-gateway-sim", why.what());
    }
}
