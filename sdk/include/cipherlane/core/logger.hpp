#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace cipherlane {

enum class log_level : std::uint8_t { debug, info, warning, error, off };

/// Where the SDK's log lines go: a small value, cheap to copy. No line ever holds a secret or a whole PAN.
///
/// The sink is called from any thread that uses the SDK; it must be thread-safe and must not call back.
class logger {
  public:
    using sink = std::function<void(log_level, std::string_view component, std::string_view line)>;

    /// To standard error through spdlog, from `info` on.
    logger();
    logger(log_level least, sink to)
        : least_(least)
        , sink_(std::move(to)) {}
    /// Discards everything.
    [[nodiscard]] static logger none() { return {log_level::off, {}}; }

    [[nodiscard]] bool on(log_level level) const noexcept { return level >= least_ && least_ != log_level::off; }
    void log(log_level level, std::string_view component, std::string_view line) const {
        if (on(level)) sink_(level, component, line);
    }
    void debug(std::string_view component, std::string_view line) const { log(log_level::debug, component, line); }
    void info(std::string_view component, std::string_view line) const { log(log_level::info, component, line); }
    void warning(std::string_view component, std::string_view line) const {
        log(log_level::warning, component, line);
    }
    void error(std::string_view component, std::string_view line) const { log(log_level::error, component, line); }

  private:
    log_level least_ = log_level::info;
    sink sink_;
};

} // namespace cipherlane
