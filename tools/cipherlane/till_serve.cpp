// `cipherlane till serve`: the tills of some settings files as a local HTTP service.
#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/service/service_table.hpp"
#include "cipherlane/service/till_service.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/till/advice.hpp>

#include <boost/asio/signal_set.hpp>
#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

constexpr std::string_view usual_address = "127.0.0.1:8731";
constexpr std::chrono::seconds opening_time{60};

struct serve_options {
    std::vector<std::string> settings;
    std::string address;
    std::string socket;
    std::string token_file;
    std::size_t connections = 64;
    service::at_start first = service::at_start::recover;
    output_form output = output_form::text;
    bool document = false; ///< a flag of the command line
};

/// A first start makes it: a token that nobody knows yet.
secret_bytes read_token(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        constexpr std::size_t token_bytes = 32;
        const auto fresh = value_or_stop(crypto::random_secret(token_bytes));
        auto text = to_hex(fresh.expose());
        const auto made = secret_file::create(file, as_bytes(text));
        wipe(std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
        check_or_stop(made);
        std::cerr << "cipherlane till serve: made " << file << ", mode 0600\n";
    }
    return read_secret_line("--token-file", file);
}

/// Tells whoever started the service, where that is systemd (sd_notify(3)), how far it is.
void notify(std::string_view what) {
    const char* where = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (where == nullptr || std::string_view(where).size() >= sizeof address.sun_path) return;
    const std::string_view path(where);
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), std::begin(address.sun_path));
    if (path.starts_with('@')) address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    (void)!::sendto(
        socket, what.data(), what.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
    ::close(socket);
}

void announce(const serve_options& options, const std::string& where) {
    if (options.output == output_form::json) {
        nlohmann::ordered_json made;
        if (!where.empty()) made["listening"] = where;
        if (!options.socket.empty()) made["socket"] = options.socket;
        std::cout << made.dump() << std::endl;
        return;
    }
    if (!options.socket.empty()) std::cout << "socket on " << options.socket << std::endl;
    if (!where.empty()) std::cout << "listening on " << where << std::endl;
}

void run(const serve_options& options) {
    if (options.document) {
        std::cout << service::open_api().dump(2) << "\n";
        return;
    }
    if (options.settings.empty()) throw tool_complaint(ending::wrong_use, "SETTINGS is missing");
    keep_secrets();
    service::service_settings with;
    with.first = options.first;
    for (const auto& file : options.settings)
        with.tills.push_back(read_settings(file));
    with.door.address =
        options.address.empty() && options.socket.empty() ? std::string(usual_address) : options.address;
    with.door.socket = options.socket;
    with.door.most_connections = options.connections;
    if (!with.door.address.empty() && options.token_file.empty())
        throw tool_complaint(ending::wrong_use, "--token-file: found nothing, expected a file of mode 0600, which is "
                                                "made where it is not there; a Unix socket alone needs none");
    if (!options.token_file.empty()) with.door.token = read_token(options.token_file);
    boost::asio::io_context io;
    const logger log(log_level::warning, [](log_level, std::string_view component, std::string_view line) {
        std::cerr << component << ": " << line << "\n";
    });
    const auto at =
        value_or_stop(service::till_service::open(io, std::move(with), log, call(opening_time)), likely_cause);
    boost::asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code failed, int) {
        if (failed) return;
        notify("STOPPING=1");
        at->wind_up([&io] { io.stop(); });
    });
    announce(options, at->where());
    notify("READY=1");
    io.run();
}

} // namespace

void add_till_serve_command(CLI::App& till) {
    const auto options = std::make_shared<serve_options>();
    auto* app = till.add_subcommand("serve", "The till as a local HTTP service: trades by key and amount, for every "
                                             "language, and for programs that may end "
                                             "while their payment goes on");
    app->add_option("settings", options->settings, "Settings of tills (TOML), each of a file of its own");
    app->add_option("--listen", options->address,
           "HOST:PORT of this machine alone; port 0: any free one; default, where there is no --socket: " +
               std::string(usual_address))
        ->option_text("HOST:PORT");
    app->add_option("--socket", options->socket, "Path of a Unix socket, which its own user alone can open");
    app->add_option("--token-file", options->token_file,
        "Whoever asks must show what is in it: 16 to 256 characters, mode 0600; made where it is not there");
    app->add_option("--connections", options->connections, "At most so many at a time")
        ->capture_default_str()
        ->check(CLI::Range(1, 1024));
    app->add_flag_callback(
        "--no-recover", [options] { options->first = service::at_start::wait; },
        "Decide nothing at the start that the last run left undecided");
    app->add_flag("--openapi", options->document, "Print the service's OpenAPI document, and end");
    add_json_flag(*app, options->output);
    app->callback([options] { run(*options); });
}

} // namespace cipherlane::cli
