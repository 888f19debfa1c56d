#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// ABECS commands that load the EMV tables (sections 3.5 and 4): AIDs, CA keys and revoked certificates.
namespace abecs {

/// TLI: what follows replaces the tables of this acquirer ("00": of all), under this version.
/// @return `bad_setting`.
[[nodiscard]] result<secret_bytes> tables_begin_command(std::string_view acquirer, std::string_view version);
/// How many of the first records fit into one TLR. A record begins with its own length in three digits.
/// @return `bad_setting` for a record that is none.
[[nodiscard]] result<std::size_t> records_at_once(std::span<const std::string> records);
/// TLR: so many records. The pad keeps them apart until TLE.
[[nodiscard]] secret_bytes tables_part_command(std::span<const std::string> records);
/// TLE: from now on they count.
[[nodiscard]] secret_bytes tables_end_command();
/// GTS: the version of an acquirer's tables; ten zeros where there are none. @return `bad_setting`.
[[nodiscard]] result<secret_bytes> tables_version_command(std::string_view acquirer);
/// @return `bad_content`.
[[nodiscard]] result<std::string> parse_tables_version(byte_view payload);

} // namespace abecs
} // namespace cipherlane::drivers
