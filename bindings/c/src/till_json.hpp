#pragma once

#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/shift_report.hpp>
#include <cipherlane/till/till_status.hpp>

#include <string>

namespace cipherlane::c {

/// Lines of JSON for people and programs, in the words of the `cipherlane` tool: cards masked, amounts in minor
/// units.
[[nodiscard]] std::string to_json(const acquiring::payment& what);
[[nodiscard]] std::string to_json(const ports::journal_record& what);
[[nodiscard]] std::string to_json(const till_status& what);
[[nodiscard]] std::string to_json(const shift_report& what);
[[nodiscard]] std::string to_json(const acquiring::settlement_report& what, std::string_view slip);
[[nodiscard]] std::string to_json(const preflight_step& what);
[[nodiscard]] std::string to_json(const acquiring::timeline_entry& what);
[[nodiscard]] std::string to_json(const acquiring::alert& what);
[[nodiscard]] std::string to_json(const acquiring::stage_event& what);
[[nodiscard]] std::string log_json(std::string_view level, std::string_view component, std::string_view line);

} // namespace cipherlane::c
