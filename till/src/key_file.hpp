#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <string>

namespace cipherlane::assembly {

/// A file that holds a key belongs to this user and is readable by nobody else.
/// @param field the setting that names it. @return `till_errc::no_file`, `file_mode`, `file_owner`.
[[nodiscard]] result<void> check_key_file(const std::string& path, std::string_view field);

/// The master key (TMK) of a file: 32 hex digits, perhaps with a line end.
/// @return besides `till_errc::file_content`.
[[nodiscard]] result<secret_bytes> read_master_key(const std::string& path, std::string_view field);

} // namespace cipherlane::assembly
