#pragma once

#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/till/preflight.hpp>

#include <string>

namespace cipherlane::c {

/// Lines of JSON that this interface alone has; what a till answers is `json_line` (cipherlane/till/till_json.hpp).
/// Cards masked, amounts in minor units.
[[nodiscard]] std::string to_json(const ports::journal_record& what);
[[nodiscard]] std::string to_json(const preflight_step& what);
[[nodiscard]] std::string to_json(const acquiring::timeline_entry& what);
[[nodiscard]] std::string to_json(const acquiring::alert& what);
[[nodiscard]] std::string to_json(const acquiring::stage_event& what);
[[nodiscard]] std::string log_json(std::string_view level, std::string_view component, std::string_view line);

} // namespace cipherlane::c
