#pragma once

#include <cipherlane/core/logger.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::sim {

/// Logs to standard error and says TEST KEYS in its first line, with `about` (name, profile, doubts).
[[nodiscard]] logger start_log(std::string_view program, std::string_view about);

/// "PROGRAM: WHY" on standard error; what a simulator says before it ends with 2, the code of one that cannot start.
int cannot_start(std::string_view program, std::string_view why);

/// The process ends by SIGTERM when the one that started it does, however that ends (`--die-with-parent`). Ends at
/// once if that has happened already. Call it first in `main`'s thread.
void die_with_parent();

/// Tells on standard output where the simulator is: "listening on 127.0.0.1:PORT", "device on /dev/pts/3",
/// "control on 127.0.0.1:PORT". Flushed at once, so that a rig can wait for the line.
void announce(std::string_view what, std::string_view where);
void announce_port(std::string_view what, std::uint16_t port);

/// Runs `on` until SIGTERM or SIGINT, then stops it. Returns the program's exit code.
[[nodiscard]] int run_until_signal(boost::asio::io_context& on, const logger& log);

} // namespace cipherlane::sim
