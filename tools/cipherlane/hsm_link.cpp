#include "cipherlane/hsm_link.hpp"

#include "cipherlane/hsm_hint.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <set>
#include <system_error>

namespace cipherlane::cli {

namespace {

void check_readable(const std::string& file) {
    if (file.empty()) return;
    std::ifstream in(file);
    if (in && in.peek() != std::ifstream::traits_type::eof()) return;
    throw tool_complaint(ending::wrong_use, file + ": " + (in ? "empty" : std::generic_category().message(errno)));
}

} // namespace

void give_up(const error& why, const hsm::profile* dialect) {
    // No money hangs on a command of a unit: one without an answer was not answered.
    const bool unanswered = why.code() == hsm::make_error_code(hsm::hsm_errc::lost_answer) ||
                            why.code() == hsm::make_error_code(hsm::hsm_errc::unreadable_answer);
    throw tool_stop(why, hint_for(why, dialect), unanswered ? std::optional(ending::unreachable) : std::nullopt);
}

std::shared_ptr<const hsm::profile> profile_of(const std::string& name) {
    auto found = hsm::profile::find(name);
    if (!found) throw tool_stop(found.error(), hint_for(found.error()), ending::wrong_use);
    return *std::move(found);
}

void hsm_options::add_to(CLI::App& command) {
    command.add_option("--hsm", at, "The cipher machine, HOST:PORT")->required();
    command.add_option("--profile", profile, "Its dialect: a name or FILE.toml")->capture_default_str();
    command.add_option("--timeout", seconds, "Seconds for the whole call")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    command.add_flag("--json", json, "For scripts");
    tls.add_to(command);
}

void tls_options::add_to(CLI::App& command) {
    auto* wanted = command.add_flag("--tls", on, "Speak TLS to the unit");
    auto* ca =
        command.add_option("--ca", files.ca_file, "PEM file of the authorities that may have issued its certificate");
    auto* crl = command.add_option("--crl", files.crl_file, "PEM file of certificates that were revoked");
    auto* cert = command.add_option("--cert", files.certificate_file, "PEM file of our certificate and its chain");
    auto* key = command.add_option("--key", files.key_file, "PEM file of the certificate's key");
    auto* name = command.add_option("--tls-name", files.peer_name, "Name in its certificate, if not the host's");
    auto* version = command.add_option("--tls-least", least, "Oldest version taken")
                        ->check(CLI::IsMember({"1.2", "1.3"}))
                        ->capture_default_str();
    wanted->needs(ca);
    cert->needs(key);
    key->needs(cert);
    for (auto* each : {ca, crl, cert, key, name, version}) {
        each->needs(wanted);
    }
}

std::shared_ptr<const net::tls_client> tls_options::client() const {
    if (!on) return nullptr;
    check_readable(files.ca_file);
    check_readable(files.crl_file);
    check_readable(files.certificate_file);
    check_readable(files.key_file);
    auto settings = files;
    settings.least = least == "1.3" ? net::tls_settings::version::tls_1_3 : net::tls_settings::version::tls_1_2;
    // Each connection warns again; once is enough for people.
    const auto said = std::make_shared<std::set<std::string, std::less<>>>();
    const logger warn(log_level::warning, [said](log_level, std::string_view, std::string_view line) {
        if (said->emplace(line).second) std::cerr << "cipherlane: " << line << "\n";
    });
    auto made = net::tls_client::create(settings, warn);
    if (made) return *std::move(made);
    // The files can be read: what is in them is wrong.
    const error why = made.error();
    const auto field = why.field();
    const auto complain = [](const std::string& words) { throw tool_complaint(ending::wrong_use, words); };
    if (field == "ca_file") complain(files.ca_file + ": no certificates in PEM");
    if (field == "crl_file") complain(files.crl_file + ": no revocation list in PEM");
    if (field == "certificate_file") complain(files.certificate_file + ": no certificate in PEM");
    if (field == "key_file")
        complain(files.key_file + ": no key in PEM, or not the key of " + files.certificate_file);
    give_up(why);
}

hsm::client_settings hsm_options::settings() const {
    auto dialect = profile_of(profile);
    auto endpoint = net::parse_endpoint(at);
    if (!endpoint) give_up(endpoint.error());
    if (!dialect->note.empty()) {
        std::cerr << "note: profile " << printable_text(dialect->name) << ": " << printable_text(dialect->note, 1'000)
                  << "\n";
    }
    return {*std::move(endpoint), std::move(dialect), logger::none(), tls.client()};
}

} // namespace cipherlane::cli
