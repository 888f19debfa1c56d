#pragma once

#include <cipherlane/core/secret_bytes.hpp>

#include <string>
#include <string_view>

namespace cipherlane::cli {

/// What a help text says of an option that `read_key` reads.
inline constexpr std::string_view key_forms =
    "- for a line of standard input (asked for at a terminal), a file of mode 0600, or hex, which others see in the "
    "list of processes";

/// From here on this process leaves no core dump. Every command that takes a key, a PIN or a card number calls this
/// before it reads one. Throws `tool_stop` where the system refuses.
void keep_secrets();

/// Says on standard error that a secret stands where others see it.
void warn_of_arguments(
    std::string_view subcommand, std::string_view what, std::string_view instead = "- or a file of mode 0600");

/// A key as an option gives it: see `key_forms`. Calls `keep_secrets`; warns of a key among the arguments. Throws
/// `tool_stop` where there is no key.
/// @param option its name, for the error.
[[nodiscard]] secret_bytes read_key(std::string_view subcommand, std::string_view option, const std::string& given);

/// A secret as text, up to the first blank: from standard input for "-", else from a file of mode 0600. As
/// `read_key`.
[[nodiscard]] secret_bytes read_secret_line(std::string_view option, const std::string& given);

} // namespace cipherlane::cli
