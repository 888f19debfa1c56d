#pragma once

#include "cipherlane/service/http_door.hpp"
#include "cipherlane/service/terminal_desk.hpp"

#include <cipherlane/core/result.hpp>
#include <cipherlane/till/till_status.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::service {

/// A terminal as it was when somebody asked.
struct terminal_view {
    std::string id;
    bool recovering = false;
    std::size_t flights = 0;
    trade_counts counts;
    result<till_status> status{till_status()};
};

/// The parts of a status, by name.
[[nodiscard]] std::array<std::pair<std::string_view, part_state>, 8> parts_of(const till_status& now);

/// A terminal as the service tells it. @pre it has a status.
[[nodiscard]] nlohmann::ordered_json terminal_json(const terminal_view& of, const nlohmann::ordered_json& under_way);

/// Prometheus' text, format 0.0.4.
[[nodiscard]] std::string metrics_text(
    const std::vector<terminal_view>& terminals, const door_counters& door, std::uint64_t events);

} // namespace cipherlane::service
