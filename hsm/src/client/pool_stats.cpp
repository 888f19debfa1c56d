#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/pool_stats.hpp>

namespace cipherlane::hsm {
namespace {

/// A label's value: a unit's status may be any bytes. Those that are no plain characters become \xHH, and the
/// backslash, quote and backslash again as the format wants them.
std::string label(std::string_view value) {
    std::string out;
    for (const char c : value) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (c == '"' || c == '\\') {
            out.append({'\\', c});
        } else if (byte >= 0x20 && byte < 0x7F) {
            out.push_back(c);
        } else {
            out.append("\\\\x").append(to_hex(byte_view(&byte, 1)));
        }
    }
    return out;
}

/// One metric: its heading, then a line for each unit.
template <class Value>
void add_metric(std::string& out, const pool_stats& from, std::string_view name, std::string_view kind,
    std::string_view help, Value value) {
    out.append("# HELP cipherlane_hsm_").append(name).append(" ").append(help).append("\n");
    out.append("# TYPE cipherlane_hsm_").append(name).append(" ").append(kind).append("\n");
    for (const auto& unit : from.units) {
        out.append("cipherlane_hsm_").append(name).append("{unit=\"").append(label(unit.endpoint)).append("\"} ");
        out.append(std::to_string(value(unit))).append("\n");
    }
}

void add_codes(std::string& out, const pool_stats& from) {
    out.append("# HELP cipherlane_hsm_refusals_by_code_total Refusals by the unit's code\n");
    out.append("# TYPE cipherlane_hsm_refusals_by_code_total counter\n");
    for (const auto& unit : from.units) {
        for (const auto& [code, count] : unit.by_code) {
            out.append("cipherlane_hsm_refusals_by_code_total{unit=\"")
                .append(label(unit.endpoint))
                .append("\",code=\"");
            out.append(label(code)).append("\"} ").append(std::to_string(count)).append("\n");
        }
    }
}

void add_latency(std::string& out, const pool_stats& from) {
    out.append("# HELP cipherlane_hsm_latency_seconds From request to answer\n");
    out.append("# TYPE cipherlane_hsm_latency_seconds histogram\n");
    for (const auto& unit : from.units) {
        const auto endpoint = label(unit.endpoint);
        const auto start = "cipherlane_hsm_latency_seconds_bucket{unit=\"" + endpoint + "\",le=\"";
        std::uint64_t below = 0;
        for (std::size_t i = 0; i + 1 < unit.latency.size(); ++i) {
            below += unit.latency[i];
            const double bound = static_cast<double>(std::uint64_t{16} << i) / 1e6;
            out.append(start).append(std::to_string(bound)).append("\"} ").append(std::to_string(below)).append("\n");
        }
        below += unit.latency.back();
        out.append(start).append("+Inf\"} ").append(std::to_string(below)).append("\n");
        const auto name = "{unit=\"" + endpoint + "\"} ";
        out.append("cipherlane_hsm_latency_seconds_sum").append(name);
        out.append(std::to_string(static_cast<double>(unit.latency_sum_us) / 1e6)).append("\n");
        out.append("cipherlane_hsm_latency_seconds_count").append(name).append(std::to_string(below)).append("\n");
    }
}

} // namespace

std::string_view to_string(unit_state value) noexcept {
    static constexpr std::array<std::string_view, 4> names{"ready", "resting", "drained", "out_of_service"};
    return names[static_cast<std::size_t>(value)];
}

std::string to_prometheus(const pool_stats& from) {
    std::string out;
    add_metric(out, from, "up", "gauge", "1 if the unit takes calls",
        [](const unit_stats& u) { return u.state == unit_state::ready ? 1 : 0; });
    add_metric(out, from, "connections", "gauge", "Open connections",
        [](const unit_stats& u) { return u.open_connections; });
    add_metric(out, from, "in_flight", "gauge", "Calls under way", [](const unit_stats& u) { return u.in_flight; });
    add_metric(out, from, "answers_total", "counter", "Answers", [](const unit_stats& u) { return u.answers; });
    add_metric(out, from, "refusals_total", "counter", "Refusals", [](const unit_stats& u) { return u.refusals; });
    add_metric(out, from, "timeouts_total", "counter", "Calls without an answer in time",
        [](const unit_stats& u) { return u.timeouts; });
    add_metric(out, from, "lost_total", "counter", "Calls whose connection broke",
        [](const unit_stats& u) { return u.lost; });
    add_metric(out, from, "unreadable_answers_total", "counter", "Answers that are none of their command",
        [](const unit_stats& u) { return u.unreadable; });
    add_metric(out, from, "late_answers_total", "counter", "Answers for which nobody waited any more",
        [](const unit_stats& u) { return u.late_answers; });
    add_metric(
        out, from, "connects_total", "counter", "Connections made", [](const unit_stats& u) { return u.connects; });
    add_metric(out, from, "failed_connects_total", "counter", "Connections that could not be made",
        [](const unit_stats& u) { return u.failed_connects; });
    add_codes(out, from);
    add_latency(out, from);
    out.append(
        "# HELP cipherlane_hsm_waiting Calls that wait for a connection\n# TYPE cipherlane_hsm_waiting gauge\n");
    out.append("cipherlane_hsm_waiting ").append(std::to_string(from.waiting)).append("\n");
    out.append("# HELP cipherlane_hsm_retries_total Calls sent again\n# TYPE cipherlane_hsm_retries_total counter\n");
    out.append("cipherlane_hsm_retries_total ").append(std::to_string(from.retries)).append("\n");
    return out;
}

} // namespace cipherlane::hsm
