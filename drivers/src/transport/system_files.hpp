#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// `path` below `root`, which may end in a slash.
[[nodiscard]] std::string below(const std::string& root, std::string_view path);
/// The first line of a file, as sysfs attributes are; empty if it cannot be read.
[[nodiscard]] std::string read_attribute(const std::string& path);
/// An attribute of four hex digits, as sysfs writes USB ids.
[[nodiscard]] std::optional<std::uint16_t> read_hex16(const std::string& path);
/// An attribute that is a decimal number.
[[nodiscard]] std::optional<unsigned> read_number(const std::string& path);

} // namespace cipherlane::drivers
