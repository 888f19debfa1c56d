#pragma once

#include "cipherlane/tool_door.hpp"

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
    /// None without `--tls`. Throws `tool_complaint` where a file is wrong.
    [[nodiscard]] std::shared_ptr<const net::tls_client> client() const;
};

/// Which unit a subcommand speaks to, and how.
struct hsm_options {
    std::string at;
    std::string profile = "payshield";
    unsigned seconds = 10;
    bool json = false;
    tls_options tls;

    void add_to(CLI::App& command);
    /// Throws `tool_stop` where profile or address is wrong.
    [[nodiscard]] hsm::client_settings settings() const;
    [[nodiscard]] output_form form() const noexcept { return json ? output_form::json : output_form::text; }
    [[nodiscard]] call bounds() const { return call(std::chrono::seconds(seconds)); }
};

/// Throws `tool_stop` with what is to be done.
[[noreturn]] void give_up(const error& why, const hsm::profile* dialect = nullptr);

/// A profile by its name or file; throws `tool_stop`.
[[nodiscard]] std::shared_ptr<const hsm::profile> profile_of(const std::string& name);

} // namespace cipherlane::cli
