#include "cipherlane/hsm_link.hpp"

#include <iostream>

namespace cipherlane::cli {

void give_up(const error& why, const hsm::profile* dialect) {
    std::cerr << "cipherlane: " << why << "\n";
    if (dialect != nullptr) {
        const auto more = hsm::explain(*dialect, why);
        if (!more.empty()) std::cerr << "  " << more << "\n";
    }
    throw CLI::RuntimeError(1);
}

void hsm_options::add_to(CLI::App& command) {
    command.add_option("--hsm", at, "The cipher machine, HOST:PORT")->required();
    command.add_option("--profile", profile, "Its dialect: a name or FILE.toml")->capture_default_str();
    command.add_option("--timeout", seconds, "Seconds for the whole call")->capture_default_str();
}

hsm::client_settings hsm_options::settings() const {
    auto dialect = hsm::profile::find(profile);
    if (!dialect) give_up(dialect.error());
    auto endpoint = net::parse_endpoint(at);
    if (!endpoint) give_up(endpoint.error());
    if (!(*dialect)->note.empty()) {
        std::cerr << "note: profile " << (*dialect)->name << ": " << (*dialect)->note << "\n";
    }
    return {*std::move(endpoint), *std::move(dialect), logger::none()};
}

} // namespace cipherlane::cli
