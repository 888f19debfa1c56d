#include "cipherlane/service/metrics.hpp"

#include "cipherlane/payment_json.hpp"

#include <cipherlane/core/zero_padded.hpp>

namespace cipherlane::service {
namespace {

/// One family: its head, then a line each.
class family {
  public:
    family(std::string& into, std::string_view name, std::string_view kind, std::string_view about)
        : into_(into)
        , name_(name) {
        into_.append("# HELP ").append(name).append(" ").append(about).append("\n# TYPE ").append(name);
        into_.append(" ").append(kind).append("\n");
    }
    void line(std::string_view labels, const std::string& value) {
        into_.append(name_);
        if (!labels.empty()) into_.append("{").append(labels).append("}");
        into_.append(" ").append(value).append("\n");
    }
    void line(std::string_view labels, std::uint64_t value) { line(labels, std::to_string(value)); }

  private:
    std::string& into_;
    std::string_view name_;
};

std::string label(std::string_view name, std::string_view value) {
    std::string made(name);
    made += "=\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') made += '\\';
        made += c == '\n' ? ' ' : c;
    }
    return made + "\"";
}

std::string seconds(std::chrono::milliseconds span) {
    return std::to_string(span.count() / 1000) + "." + zero_padded(span.count() % 1000, 3);
}

struct gauge_row {
    std::string_view name;
    std::string_view kind;
    std::string_view about;
    std::uint64_t (*of)(const till_status&);
};

constexpr std::array gauge_rows{
    gauge_row{"cipherlane_undecided", "gauge", "Records that recovery or a person must decide",
        [](const till_status& now) -> std::uint64_t { return now.undecided; }},
    gauge_row{"cipherlane_notices_waiting", "gauge", "Words of a gateway that a person must acknowledge",
        [](const till_status& now) -> std::uint64_t { return now.notices_waiting; }},
    gauge_row{"cipherlane_slips_waiting", "gauge", "Receipts that are still to be printed",
        [](const till_status& now) -> std::uint64_t { return now.slips_waiting; }},
    gauge_row{"cipherlane_signed_in", "gauge", "Whether the terminal has working keys",
        [](const till_status& now) -> std::uint64_t { return now.signed_in ? 1 : 0; }},
    gauge_row{"cipherlane_settling", "gauge", "Whether a settlement is under way",
        [](const till_status& now) -> std::uint64_t { return now.settling ? 1 : 0; }},
    gauge_row{"cipherlane_host_connects_total", "counter", "Connections to the host",
        [](const till_status& now) { return now.host_connects; }},
    gauge_row{"cipherlane_host_exchanges_total", "counter", "Requests to the host of which a byte left",
        [](const till_status& now) { return now.host_exchanges; }},
    gauge_row{"cipherlane_host_answers_total", "counter", "Answers of the host",
        [](const till_status& now) { return now.host_answers; }},
    gauge_row{"cipherlane_host_dropped_total", "counter", "Answers of the host to nothing that was asked",
        [](const till_status& now) { return now.host_dropped; }},
    gauge_row{"cipherlane_notices_total", "counter", "Notifications of the gateway",
        [](const till_status& now) { return now.notices_taken; }},
    gauge_row{"cipherlane_notices_refused_total", "counter", "Notifications that were refused",
        [](const till_status& now) { return now.notices_refused; }},
};

void trades_of(std::string& text, const std::vector<terminal_view>& terminals) {
    family outcomes(text, "cipherlane_payments_total", "counter", "Payments by trade and outcome");
    for (const auto& one : terminals)
        for (const auto& [what, times] : one.counts.outcomes)
            outcomes.line(
                label("terminal", one.id) + "," + label("trade", what.first) + "," + label("outcome", what.second),
                times);
    family errors(text, "cipherlane_payment_errors_total", "counter", "Trades that did not begin, by condition");
    for (const auto& one : terminals)
        for (const auto& [what, times] : one.counts.conditions)
            errors.line(
                label("terminal", one.id) + "," + label("trade", what.first) + "," + label("condition", what.second),
                times);
    family under_way(text, "cipherlane_payments_under_way", "gauge", "Payments under way");
    for (const auto& one : terminals)
        under_way.line(label("terminal", one.id), one.flights);
    family taken(text, "cipherlane_payment_seconds", "summary", "How long payments took, customers included");
    for (const auto& one : terminals) {
        text.append(
            "cipherlane_payment_seconds_sum{" + label("terminal", one.id) + "} " + seconds(one.counts.taken) + "\n");
        text.append("cipherlane_payment_seconds_count{" + label("terminal", one.id) + "} " +
                    std::to_string(one.counts.ended) + "\n");
    }
}

} // namespace

std::array<std::pair<std::string_view, part_state>, 8> parts_of(const till_status& now) {
    return {
        {{"host", now.host}, {"gateway", now.gateway}, {"sealer", now.sealer}, {"card_terminal", now.card_terminal},
            {"pinpad", now.pinpad}, {"display", now.display}, {"printer", now.printer}, {"scanner", now.scanner}}};
}

nlohmann::ordered_json terminal_json(const terminal_view& of, const nlohmann::ordered_json& under_way) {
    auto made = cli::to_json(of.status.value());
    made["recovering"] = of.recovering;
    made["under_way"] = under_way;
    return made;
}

std::string metrics_text(
    const std::vector<terminal_view>& terminals, const door_counters& door, std::uint64_t events) {
    std::string text;
    trades_of(text, terminals);
    {
        family ready(text, "cipherlane_part_ready", "gauge", "Whether a part that the settings name is ready");
        for (const auto& one : terminals) {
            const auto name = label("terminal", one.id) + ",";
            ready.line(name + label("part", "journal"), one.status ? 1 : 0);
            if (!one.status) continue;
            for (const auto& [part, state] : parts_of(*one.status))
                if (state != part_state::none)
                    ready.line(name + label("part", part), state != part_state::away ? 1 : 0);
        }
    }
    for (const auto& row : gauge_rows) {
        family values(text, row.name, row.kind, row.about);
        for (const auto& one : terminals)
            if (one.status) values.line(label("terminal", one.id), row.of(*one.status));
    }
    const std::pair<std::string_view, std::uint64_t> counters[] = {{"requests", door.requests},
        {"wrong_tokens", door.wrong_tokens}, {"turned_away", door.turned_away}, {"dropped", door.dropped}};
    for (const auto& [what, times] : counters) {
        const auto name = "cipherlane_service_" + std::string(what) + "_total";
        family(text, name, "counter", "Of the service's door").line({}, times);
    }
    family(text, "cipherlane_service_connections", "gauge", "Open connections").line({}, door.connections);
    family(text, "cipherlane_service_streams", "gauge", "Open streams of events").line({}, door.streams);
    family(text, "cipherlane_service_events_total", "counter", "Events told").line({}, events);
    return text;
}

} // namespace cipherlane::service
