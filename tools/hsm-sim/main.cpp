#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/wire/server.hpp"
#include "simkit/control_channel.hpp"
#include "simkit/fault_text.hpp"
#include "simkit/options.hpp"

#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <stdexcept>

using namespace cipherlane;
using namespace cipherlane::hsm_sim;

namespace {

struct arguments {
    std::string profile = "payshield";
    std::uint16_t port = 1500;
    std::optional<sim::control_address> control;
    std::string lmk = "test";
    std::string policy = "legacy";
    bool locked = false;
    bool strict = false;
    int header = -1;
    server_settings serving;
    std::optional<std::uint64_t> seed;
    bool tls = false;
    std::vector<std::string> faults;
    tls_settings files;
    std::string tls_version = "both";
};

int fail(const std::string& why) {
    return sim::cannot_start("cipherlane-hsm-sim", why);
}

/// With what the parser said of a file, or the names that there are.
std::string profile_fault(const error& why) {
    std::string words = why.to_string();
    if (!why.untrusted_peer_text().empty()) words.append("\n  ").append(why.untrusted_peer_text());
    const bool is_name = why.endpoint().empty() || why.code() == hsm::make_error_code(hsm::hsm_errc::no_profile);
    if (!is_name) return words;
    words.append("\n  built in:");
    for (const auto& name : hsm::profile::builtin_names()) {
        words.append(" ").append(name);
    }
    return words;
}

int run(const arguments& given) {
    if (given.seed) seed_random(*given.seed);
    auto settings = find_settings(given.profile);
    if (!settings) return fail(profile_fault(settings.error()));
    settings->policy = given.policy == "pci" ? pin_policy::pci : pin_policy::legacy;
    settings->authorised = !given.locked;
    settings->strict = given.strict;
    if (given.header >= 0) settings->frame.header_length = static_cast<std::size_t>(given.header);
    auto keys = given.lmk == "test" ? lmk_set::test() : std::shared_ptr<const lmk_set>();
    if (!keys) {
        auto loaded = lmk_set::load(given.lmk);
        if (!loaded) return fail(loaded.error().to_string());
        keys = *std::move(loaded);
    }
    if (settings->dialect == family::payshield_kb && keys->block_key().empty()) {
        return fail(given.lmk + ": has no key for blocks; 64 or 48 hex digits are wanted behind the twenty pairs");
    }

    const std::string doubts = settings->note.empty() ? "" : "; " + settings->note;
    const logger log = sim::start_log("hsm-sim", "cipher machine, profile " + settings->profile + doubts);
    unit device(*settings, std::move(keys));
    auto serving = given.serving;
    serving.port = given.port;
    if (given.tls) {
        using spoken = tls_settings::versions;
        auto files = given.files;
        files.spoken = given.tls_version == "1.2"   ? spoken::only_1_2
                       : given.tls_version == "1.3" ? spoken::only_1_3
                                                    : spoken::both;
        auto context = make_tls_context(files);
        if (!context) return fail(context.error().to_string());
        serving.tls = *std::move(context);
    }
    auto started = server::start(device, serving, log);
    if (!started) return fail(started.error().to_string());
    auto& unit_server = **started;
    try {
        sim::plan_at_start(given.faults, [&](const nlohmann::json& request) { return unit_server.control(request); });
    } catch (const std::runtime_error& why) {
        return fail(why.what());
    }

    boost::asio::io_context io;
    std::unique_ptr<sim::control_channel> channel;
    if (given.control) {
        auto listening = sim::control_channel::listen(
            io, *given.control, [&](const nlohmann::json& request) { return unit_server.control(request); });
        if (!listening) return fail(listening.error().to_string());
        channel = *std::move(listening);
        sim::announce("control", channel->where());
    }
    sim::announce_port("listening", unit_server.port());
    return sim::run_until_signal(io, log);
}

void add_control_option(CLI::App& app, arguments& given) {
    app.add_option_function<std::string>(
           "--control",
           [&given](const std::string& text) {
               given.control = text == "-1" ? std::nullopt : std::optional(sim::common_options::control_of(text));
           },
           "the rig's channel: a port on 127.0.0.1 (0: any free one), or unix:PATH, a Unix socket of mode 0600; -1: "
           "none")
        ->type_name("PORT|unix:PATH")
        ->default_str("-1");
}

void add_tls_options(CLI::App& app, arguments& given) {
    auto* tls = app.add_flag("--tls", given.tls, "speak TLS");
    auto* cert = app.add_option("--cert", given.files.certificate_file, "PEM file of the certificate and its chain");
    auto* key = app.add_option("--key", given.files.key_file, "PEM file of its key");
    auto* ca = app.add_option("--ca", given.files.ca_file, "ask clients for a certificate of these authorities");
    auto* which = app.add_option("--tls-version", given.tls_version, "that it speaks")
                      ->check(CLI::IsMember({"both", "1.2", "1.3"}));
    tls->needs(cert)->needs(key);
    for (auto* each : {cert, key, ca, which}) {
        each->needs(tls);
    }
}

} // namespace

int main(int argc, char** argv) {
    arguments given;
    CLI::App app{"A financial cipher machine in software, under published TEST KEYS", "cipherlane-hsm-sim"};
    sim::common_options common(app);
    app.add_option("--profile", given.profile,
        "payshield, payshield-kb, sjj1310, sjl06, sjl05, sjj1312, sjj1312-racal, or FILE.toml");
    app.add_option("--port", given.port, "port on 127.0.0.1; 0: any free one");
    add_control_option(app, given);
    app.add_option(
        "--lmk", given.lmk, "test, or a file: twenty pairs of 32 hex digits, then 64 or 48 of a key for blocks");
    app.add_option("--policy", given.policy, "which PIN translations are allowed")
        ->check(CLI::IsMember({"legacy", "pci"}));
    app.add_flag("--locked", given.locked, "start outside the authorised state");
    app.add_flag("--strict", given.strict, "refuse single DES, repeated key halves and PIN format 03");
    app.add_option("--header", given.header, "length of the message header; -1: the profile's")
        ->check(CLI::Range(-1, 255));
    app.add_option("--threads", given.serving.threads, "0: one a processor")->check(CLI::Range(0, 256));
    app.add_flag("--log-requests", given.serving.log_requests, "one line for each request, secrets left out");
    app.add_option("--seed", given.seed, "the same keys at every start, for golden logs; asks for one connection");
    sim::common_options::take_faults(app, given.faults);
    sim::common_options::take_idle_time(app, given.serving.idle);
    add_tls_options(app, given);
    if (const auto code = common.parse(app, argc, argv)) return *code;
    return run(given);
}
