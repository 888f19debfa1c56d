#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// One parameter of an ABECS command that names its parameters (section 3.1.3.1).
struct pad_parameter {
    std::uint16_t name = 0;
    std::string_view value;
};

/// The parameters of a command, behind its three letters, whatever blocks they came in; nothing where a length is
/// wrong. Views into `rest`.
[[nodiscard]] std::optional<std::vector<pad_parameter>> read_parameters(std::string_view rest);

/// The first parameter of that name; nothing where it is not there.
[[nodiscard]] std::optional<std::string_view> find_parameter(
    const std::vector<pad_parameter>& all, std::uint16_t name) noexcept;

/// A parameter of an answer, with its name and length.
[[nodiscard]] std::string answer_parameter(std::uint16_t name, std::string_view value);

} // namespace cipherlane::sim
