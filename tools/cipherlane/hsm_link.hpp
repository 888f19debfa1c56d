#pragma once

#include <cipherlane/hsm/client.hpp>
#include <cipherlane/net/tls.hpp>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::cli {

/// TLS to a unit: whom to trust, who we are.
struct tls_options {
    bool on = false;
    net::tls_settings files;
    std::string least = "1.2";

    void add_to(CLI::App& command);
    /// None without `--tls`. Throws `CLI::RuntimeError` after a message where a file is wrong.
    [[nodiscard]] std::shared_ptr<const net::tls_client> client() const;
};

/// Which unit a subcommand speaks to, and how.
struct hsm_options {
    std::string at;
    std::string profile = "payshield";
    unsigned seconds = 10;
    tls_options tls;

    void add_to(CLI::App& command);
    /// Throws `CLI::RuntimeError` after a message where profile or address is wrong.
    [[nodiscard]] hsm::client_settings settings() const;
    [[nodiscard]] call bounds() const { return call(std::chrono::seconds(seconds)); }
};

/// Prints why and throws `CLI::RuntimeError(1)`.
[[noreturn]] void give_up(const error& why, const hsm::profile* dialect = nullptr);

} // namespace cipherlane::cli
