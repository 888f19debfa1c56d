#pragma once

#include <cipherlane/core/error.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace cipherlane::cli {

/// How a subcommand ends. One table for the whole tool.
enum class ending : int {
    done = 0,
    difference = 1,  ///< a check failed, or two sides differ
    wrong_use = 2,   ///< or input that cannot be read
    refused = 3,     ///< the peer said no
    unreachable = 4, ///< the peer could not be reached, or did not answer
    unknown = 5,     ///< whether money moved is not known
    own_fault = 6,   ///< of this machine: a file, the disk
};

/// How a subcommand ends that this error has stopped.
[[nodiscard]] ending ending_of(const error& why) noexcept;

/// The error with its condition and code, for scripts.
[[nodiscard]] nlohmann::ordered_json to_json(const error& why);

/// What a script or a person wants to read.
enum class output_form : std::uint8_t { text, json };

/// Prints an error, as JSON to standard output or as a line to standard error: "cipherlane SUBCOMMAND: what, where,
/// found and expected; what to do". @return how the subcommand ends.
ending tell(std::string_view subcommand, const error& why, std::string_view advice, output_form form,
    std::optional<ending> ends = std::nullopt);

/// Ends a subcommand from anywhere in it: an error, and what to do about it.
class tool_stop : public std::exception {
  public:
    explicit tool_stop(const error& why, std::string advice = {}, std::optional<ending> ends = std::nullopt)
        : why_(why)
        , advice_(std::move(advice))
        , ends_(ends.value_or(ending_of(why))) {}
    [[nodiscard]] const error& why() const noexcept { return why_; }
    [[nodiscard]] const std::string& advice() const noexcept { return advice_; }
    [[nodiscard]] ending ends() const noexcept { return ends_; }

  private:
    error why_;
    std::string advice_;
    ending ends_;
};

/// The same where words are all there is: what, where, found, expected.
class tool_complaint : public std::runtime_error {
  public:
    tool_complaint(ending ends, const std::string& words)
        : std::runtime_error(words)
        , ends_(ends) {}
    [[nodiscard]] ending ends() const noexcept { return ends_; }

  private:
    ending ends_;
};

/// `--json`, which every subcommand takes: results and errors for scripts, on standard output.
void add_json_flag(CLI::App& command, output_form& output);

/// The tool: reads the command line and runs the subcommand. Whatever stops it is told by `tell`, under the
/// subcommand's name: `tool_stop`, `tool_complaint`, a command line that cannot be read, any other exception.
/// @return the exit code.
[[nodiscard]] int run_tool(CLI::App& tool, int argc, const char* const* argv);

} // namespace cipherlane::cli
