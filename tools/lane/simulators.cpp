#include "lane/simulators.hpp"

#include "lane/test_keys.hpp"
#include "simkit/control_address.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/zero_padded.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cipherlane::sim {
namespace {

constexpr std::chrono::seconds patience{60};            // for a program's first words, on a machine that is busy
constexpr std::chrono::seconds patience_to_return{180}; // for one that was killed
constexpr std::chrono::milliseconds between_tries{200};

/// The value, or an exception with what went wrong: rigs stop there.
template <class T>
T need(result<T> got, const std::string& what) {
    if (!got) throw std::runtime_error(what + ": " + got.error().to_string());
    return *std::move(got);
}

/// The same of a simulator, with the last words of its log.
template <class T>
T need_of(result<T> got, const std::string& program, const std::string& log) {
    if (got) return *std::move(got);
    std::ifstream said(log);
    std::string last;
    for (std::string line; std::getline(said, line);)
        if (!line.empty()) last = line;
    throw std::runtime_error(program + ": " + got.error().to_string() + (last.empty() ? "" : "; it said: " + last));
}

std::vector<std::string> command(
    const simulator_settings& settings, const std::string& name, std::vector<std::string> options) {
    options.insert(options.begin(), settings.programs + "/cipherlane-" + name);
    const bool socket = settings.control == control_kind::unix_socket;
    const auto place = socket ? std::string(unix_prefix) + settings.folder + "/" + name + ".control" : "0";
    options.insert(options.end(), {"--control", place});
    return options;
}

std::string log_of(const simulator_settings& settings, const std::string& name) {
    return settings.folder + "/" + name + ".log";
}

/// The options, with the seed where there is one.
std::vector<std::string> seeded(const simulator_settings& settings, std::vector<std::string> options) {
    if (settings.seed) options.insert(options.end(), {"--seed", std::to_string(*settings.seed)});
    return options;
}

/// A key of this rig as its cipher machine has it.
std::string key_of(
    const simulator_settings& settings, const std::string& given, const char* type, std::string_view clear) {
    return given.empty() ? need(under_test_lmk(settings.profile, type, clear), type) : given;
}

/// "TEST0001", "TEST0002" …: the last four digits count. Throws `std::runtime_error` where they are none.
std::string counted_on(const std::string& first, int number) {
    if (number == 0) return first;
    const auto digits = first.substr(first.size() - std::min<std::size_t>(first.size(), 4));
    if (digits.size() < 4 || !all_digits(digits) || std::stoi(digits) + number > 9999) {
        throw std::runtime_error("terminal " + first + ": no four digits at its end to count on from");
    }
    return first.substr(0, first.size() - 4) + zero_padded(std::stoi(digits) + number, 4);
}

/// Whether nobody listens there or is connected from there.
bool is_free(std::uint16_t port) noexcept {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = probe >= 0 && ::bind(probe, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
    if (probe >= 0) ::close(probe);
    return bound;
}

/// The port of a simulator that is to come back: none that the kernel lends to connections, as one of those may live
/// for hours and keep it meanwhile.
std::string port_of(const simulator_settings& settings) {
    constexpr int lowest = 20'000;
    constexpr int most_tries = 1'000;
    int lent_from = 0;
    if (settings.keeps_books) std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> lent_from;
    std::random_device draw;
    for (int tries = 0; lowest < lent_from && tries < most_tries; ++tries) {
        const auto port = static_cast<std::uint16_t>(lowest + draw() % static_cast<unsigned>(lent_from - lowest));
        if (is_free(port)) return std::to_string(port);
    }
    return "0";
}

simulator start_hsm(const simulator_settings& settings) {
    if (!settings.hsm.empty()) return simulator::elsewhere(settings.hsm);
    return {
        command(settings, "hsm-sim", seeded(settings, {"--profile", settings.profile, "--port", port_of(settings)})),
        "listening", log_of(settings, "hsm-sim")};
}

/// The options, with files in the rig's folder where it keeps books.
std::vector<std::string> keeping(const simulator_settings& settings, std::vector<std::string> options,
    std::initializer_list<std::pair<const char*, const char*>> files) {
    if (!settings.keeps_books) return options;
    for (const auto& [option, file] : files)
        options.insert(options.end(), {option, settings.folder + "/" + file});
    return options;
}

simulator start_acquirer(const simulator_settings& settings, const std::string& hsm) {
    auto options = seeded(settings, {"--port", port_of(settings), "--hsm", hsm, "--profile", settings.profile,
                                        "--zpk", key_of(settings, settings.zone_key, "zpk", test_keys::zone_pin),
                                        "--zpk-clear", std::string(test_keys::zone_pin)});
    options = keeping(settings, std::move(options), {{"--ledger", "acquirer.db"}});
    return {command(settings, "acquirer-sim", std::move(options)), "listening", log_of(settings, "acquirer-sim")};
}

simulator start_gateway(const simulator_settings& settings) {
    std::vector<std::string> how{"--port", port_of(settings)};
    if (!settings.gateway_speaks.empty())
        how.insert(how.end(), {"--speak", settings.gateway_speaks, "--keys", settings.gateway_keys});
    auto options = keeping(
        settings, seeded(settings, std::move(how)), {{"--ledger", "gateway.json"}, {"--key", "gateway-signing.pem"}});
    return {command(settings, "gateway-sim", std::move(options)), "listening", log_of(settings, "gateway-sim")};
}

simulator start_display(const simulator_settings& settings) {
    if (!settings.display.empty()) return simulator::elsewhere(settings.display);
    return {command(settings, "display-sim", {"--driver", settings.display_family, "--snapshots", settings.folder}),
        "device", log_of(settings, "display-sim")};
}

simulator start_pinpad(const simulator_settings& settings) {
    if (!settings.pinpad.empty()) return simulator::elsewhere(settings.pinpad);
    auto options = keeping(settings,
        {"--driver", settings.pinpad_family, "--master-key", "0:" + std::string(test_keys::terminal_master)},
        {{"--link", "pinpad"}});
    return {command(settings, "pinpad-sim", std::move(options)), "device", log_of(settings, "pinpad-sim")};
}

} // namespace

simulator::simulator(std::vector<std::string> command, std::string_view key, const std::string& log)
    : command_(std::move(command))
    , key_(key)
    , log_(log) {
    start();
}

void simulator::start() {
    const auto& program = command_.front();
    process_ = std::make_unique<child_process>(need(child_process::start(command_, log_), program));
    where_ = need_of(process_->await(key_, patience), program, log_);
    control_endpoint_ = need_of(process_->await("control", patience), program, log_);
    control_ = std::make_unique<control_client>(need(control_client::connect(control_endpoint_), program));
}

void simulator::kill_and_restart() {
    const auto port = std::find(command_.begin(), command_.end(), "--port");
    if (port != command_.end() && port + 1 != command_.end()) *(port + 1) = where_.substr(where_.rfind(':') + 1);
    control_.reset();
    process_->kill();
    // Somebody may have the port for a moment, or the program that it needs may be starting, too.
    const auto until = std::chrono::steady_clock::now() + patience_to_return;
    for (;;) {
        try {
            return start();
        } catch (const std::runtime_error&) {
            if (std::chrono::steady_clock::now() >= until) throw;
            std::this_thread::sleep_for(between_tries);
        }
    }
}

simulator simulator::elsewhere(std::string where) {
    simulator there;
    there.where_ = std::move(where);
    return there;
}

control_client& simulator::control() {
    if (control_ == nullptr)
        throw std::runtime_error(where_ + " is no simulator of this rig: it has no control channel");
    return *control_;
}

simulators::simulators(const simulator_settings& settings)
    : cipher_machine(start_hsm(settings))
    , acquirer(start_acquirer(settings, cipher_machine.where()))
    , gateway(start_gateway(settings))
    , display(start_display(settings))
    , pinpad(start_pinpad(settings)) {
    const auto master = key_of(settings, settings.terminal_key, "tmk", test_keys::terminal_master);
    for (int number = 0; number < settings.terminals; ++number) {
        acquirer.control().ask({{"cmd", "terminal"}, {"terminal_id", counted_on(settings.terminal, number)},
            {"merchant_id", demo_merchant}, {"tmk", master}});
    }
    for (const auto& card : {rich, poor}) {
        acquirer.control().ask({{"cmd", "card"}, {"number", card.number}, {"expiry", card.expiry}, {"pin", card.pin},
            {"balance", card.balance}});
    }
}

void simulators::present(const demo_card& card, const std::string& pin) {
    pinpad.control().ask({{"cmd", "press"}, {"keys", pin + "E"}, {"when_asked", true}});
    if (!chip_card) {
        pinpad.control().ask({{"cmd", "card"}, {"kind", "magnetic"}, {"track2", card.track2()}});
        return;
    }
    pinpad.control().ask({{"cmd", "card"}, {"kind", "chip"}, {"pan", card.number}, {"expiry", card.expiry},
        {"sequence", "01"}, {"track2", card.track2()}, {"pin", "online"}, {"offline", true},
        {"emv", {{"9F26", "1122334455667788"}, {"95", "0080008000"}, {"9F36", "0001"}, {"9F10", "07010103A0"}}}});
}

} // namespace cipherlane::sim
