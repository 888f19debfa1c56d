#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace cipherlane::cli {

/// A value as Lua writes it: an object as a table with names, an array as one that counts from 1. Strings may hold
/// any bytes.
[[nodiscard]] std::string to_lua(const nlohmann::ordered_json& what);

} // namespace cipherlane::cli
