#pragma once

#include <cipherlane/core/error.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

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
ending tell(std::string_view subcommand, const error& why, std::string_view advice, output_form form);

} // namespace cipherlane::cli
