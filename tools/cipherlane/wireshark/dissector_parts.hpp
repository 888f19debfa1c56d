#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// The programs that read by a table, as they stand in iso8583.lua and hsm.lua.
extern const std::string_view iso8583_lua;
extern const std::string_view hsm_lua;

/// How much of a number is shown: `mask_pan` or `mask_phone` in figures.
[[nodiscard]] nlohmann::ordered_json mask_in_figures(std::string (*mask)(std::string_view));
/// As a Wireshark preference writes them: "1500,1501".
[[nodiscard]] std::string port_list(const std::vector<std::uint16_t>& ports);
/// The whole file: what it is, the table, the program.
[[nodiscard]] std::string lua_file(
    std::string_view name, const nlohmann::ordered_json& table, std::string_view program);

} // namespace cipherlane::cli
