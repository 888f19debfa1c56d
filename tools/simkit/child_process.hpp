#pragma once

#include <cipherlane/core/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace cipherlane::sim {

/// A program that a rig started: its standard output is read line by line, its standard error goes to a file. Ended
/// by its own process id (SIGTERM, after two seconds SIGKILL) when destroyed. It does not outlive the thread that
/// started it, however that ends.
class child_process {
  public:
    /// `arguments[0]` is the program's path. @return `local_fault` or a system error.
    [[nodiscard]] static result<child_process> start(
        const std::vector<std::string>& arguments, const std::string& error_file);
    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&& other) noexcept;
    ~child_process();

    /// What follows "KEY on " in a line of its output, e.g. `await("listening")` gives "127.0.0.1:4711".
    /// `timed_out`, or `link_lost` when the program ends first. The lines may come in any order.
    [[nodiscard]] result<std::string> await(std::string_view key, std::chrono::milliseconds patience);

    [[nodiscard]] pid_t id() const noexcept { return id_; }
    /// SIGKILL, as a power cut would do it; waits for the end.
    void kill() noexcept;
    /// SIGTERM; waits, kills if it takes more than two seconds. The exit code, or minus the signal.
    int stop() noexcept;
    /// The exit code (or minus the signal) once the program has ended, within `patience`.
    [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds patience) noexcept;
    /// Everything it wrote to standard output so far, and what comes within `patience` until it ends.
    [[nodiscard]] std::string read_all(std::chrono::milliseconds patience);

  private:
    child_process() noexcept = default;
    [[nodiscard]] bool read_more(std::chrono::milliseconds patience);

    pid_t id_ = -1;
    int output_ = -1;
    std::string text_;
    std::optional<int> code_;
};

} // namespace cipherlane::sim
