#pragma once

#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_link.hpp"
#include "cipherlane/tool_door.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cipherlane::cli {

/// Prints a dialect's commands, or the layout of one. Throws `tool_stop` or `tool_complaint` where
/// there is none.
void describe_commands(const std::string& profile, const std::string& code, output_form form);

struct send_options {
    hsm_options to;
    std::string text;               ///< a command, or its code in the table
    std::vector<std::string> pairs; ///< FIELD=VALUE
    std::string file;               ///< of lines instead; "-": standard input
    reveal how = reveal::masked;
};

/// Sends one command or those of a file and prints the answers; throws `CLI::RuntimeError(3)` if one was refused.
void send(const send_options& how);

/// A request by the dialect's table: code, and FIELD=VALUE. Throws `tool_complaint` or `tool_stop` where it cannot
/// be.
[[nodiscard]] hsm::raw_command build_command(
    const hsm::profile& dialect, const std::string& code, const std::vector<std::string>& pairs);

struct probe_options {
    std::string at;
    std::string file; ///< of the profile; empty: standard output
    output_form form = output_form::text;
    tls_options tls;
};

/// Finds out with harmless commands how a unit is set up and writes a profile.
void probe(const probe_options& how);

/// A user of this machine.
struct tap_user {
    uid_t id = 0;
    std::string name;

    /// Who runs this program.
    [[nodiscard]] static tap_user own();
    /// By name or number; nothing if there is none.
    [[nodiscard]] static std::optional<tap_user> find(const std::string& name);
};

/// Where a tap listens, whom it serves, and whose messages it may show whole.
struct tap_options {
    std::uint16_t listen = 0;
    bool listens = false; ///< a port was given
    std::string to;
    std::string profile = "payshield";
    std::vector<std::string> test_cards;  ///< messages whose every card is one of these are shown whole
    tls_options tls;                      ///< to the unit
    tap_user user = tap_user::own();      ///< whose applications are served
    std::size_t connections = 1;          ///< served at a time
    output_form form = output_form::text; ///< of what is printed
    std::string record;                   ///< a file for all of it: pcapng by its name, else lines of JSON
    std::string read;                     ///< a capture to decode instead of listening
};

/// Decodes a capture file and prints what it means.
void replay(const tap_options& how);

/// Passes everything on and prints what it means, until SIGINT or SIGTERM. From here on the program ignores SIGPIPE.
void tap(const tap_options& how);

struct bench_options {
    hsm_options to;
    std::size_t connections = 8;
    std::size_t in_flight = 8;
    unsigned seconds = 5;
    std::string operation = "mac"; ///< or "translate-pin"
    std::string metrics; ///< file for the pool's figures as Prometheus text; "-": standard output; empty: none
};

/// Loads a unit and prints rate, latency and why calls failed; then it throws `CLI::RuntimeError(1)`.
void bench(const bench_options& how);

} // namespace cipherlane::cli
