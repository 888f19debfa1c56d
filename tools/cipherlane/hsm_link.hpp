#pragma once

#include <cipherlane/hsm/client.hpp>

#include <CLI/CLI.hpp>
#include <chrono>
#include <string>

namespace cipherlane::cli {

/// Which unit a subcommand speaks to, and how.
struct hsm_options {
    std::string at;
    std::string profile = "payshield";
    unsigned seconds = 10;

    void add_to(CLI::App& command);
    /// Throws `CLI::RuntimeError` after a message where profile or address is wrong.
    [[nodiscard]] hsm::client_settings settings() const;
    [[nodiscard]] call bounds() const { return call(std::chrono::seconds(seconds)); }
};

/// Prints why and throws `CLI::RuntimeError(1)`.
[[noreturn]] void give_up(const error& why, const hsm::profile* dialect = nullptr);

} // namespace cipherlane::cli
