#pragma once

#include <cipherlane/core/secret_bytes.hpp>

#include <string>
#include <string_view>

namespace cipherlane::cli {

/// What a help text says of an option that `read_key` reads.
inline constexpr std::string_view key_forms =
    "- for the first line of standard input, a file of mode 0600, or hex, which others see in the list of processes";

/// From here on this process leaves no core dump. Every command that takes a key, a PIN or a card number calls this
/// before it reads one. Ends the subcommand where the system refuses.
void keep_secrets(std::string_view subcommand);

/// A key as an option gives it: see `key_forms`. Calls `keep_secrets`. Ends the subcommand where there is no key.
/// @param option its name, for the error.
[[nodiscard]] secret_bytes read_key(std::string_view subcommand, std::string_view option, const std::string& given);

} // namespace cipherlane::cli
