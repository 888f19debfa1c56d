#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace cipherlane::sim {

/// A program with this one's input and output. It does not outlive the thread that started it.
class foreground_program {
  public:
    /// `words[0]` is its path, or a name that is looked for in PATH. Throws `std::runtime_error` with the name and
    /// the reason where it cannot be started. Call it while no other thread runs.
    explicit foreground_program(std::vector<std::string> words);
    foreground_program(const foreground_program&) = delete;
    foreground_program& operator=(const foreground_program&) = delete;
    ~foreground_program();

    /// Its exit code, or 128 and the signal that ended it, as a shell has it.
    [[nodiscard]] int wait();

  private:
    pid_t id_ = -1;
};

} // namespace cipherlane::sim
