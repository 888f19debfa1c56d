#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/core/wiped_text.hpp>

#include <string>

namespace cipherlane::assembly {

/// Whether a key may be read from a file: `judge_private_file`.
/// @param field the setting that names it, for the error.
[[nodiscard]] result<void> check_key_file(const std::string& path, std::string_view field);

/// The master key (TMK) of a file: 32 hex digits, perhaps with a line end.
/// @return as `secret_file::open` and `read_hex_key`.
[[nodiscard]] result<secret_bytes> read_master_key(const std::string& path, std::string_view field);

/// A key of a file as a cipher machine wrote it: one line of letters, digits and what key blocks have.
/// @return as above.
[[nodiscard]] result<std::string> read_wrapped_key(const std::string& path, std::string_view field);

/// A password: the first line of a private file.
[[nodiscard]] result<wiped_text> read_password(const std::string& path, std::string_view field);

} // namespace cipherlane::assembly
