#include "scanner-sim/scanner_model.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <linux/input.h>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

constexpr std::size_t report_content = 63;
constexpr std::size_t report_data = 56;
constexpr std::size_t report_data_at = 4;

bytes report(std::string_view part, const std::string& symbology, bool more) {
    bytes made(report_content, 0);
    made[0] = static_cast<std::uint8_t>(part.size());
    std::copy_n(symbology.begin(), std::min<std::size_t>(symbology.size(), 3), made.begin() + 1);
    std::copy(part.begin(), part.end(), made.begin() + report_data_at);
    made[report_content - 1] = more ? 1 : 0;
    return made;
}

std::vector<bytes> as_reports(const std::string& text, const std::string& symbology) {
    std::vector<bytes> all;
    std::string_view rest = text;
    do {
        const auto part = rest.substr(0, report_data);
        rest.remove_prefix(part.size());
        all.push_back(report(part, symbology, !rest.empty()));
    } while (!rest.empty());
    return all;
}

void add_event(bytes& to, std::uint16_t type, std::uint16_t code, std::int32_t value) {
    input_event event{};
    event.type = type;
    event.code = code;
    event.value = value;
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&event);
    to.insert(to.end(), raw, raw + sizeof event);
}

/// Keys of the characters that the tests scan: digits, and capitals with the shift key.
void add_key(bytes& to, char one) {
    static constexpr std::string_view digits = "1234567890";
    static constexpr std::string_view upper = "QWERTYUIOP";
    const auto press = [&](std::uint16_t code) {
        add_event(to, EV_KEY, code, 1);
        add_event(to, EV_SYN, SYN_REPORT, 0);
        add_event(to, EV_KEY, code, 0);
        add_event(to, EV_SYN, SYN_REPORT, 0);
    };
    if (const auto at = digits.find(one); at != std::string_view::npos) {
        press(static_cast<std::uint16_t>(KEY_1 + at));
    } else if (const auto letter = upper.find(one); letter != std::string_view::npos) {
        add_event(to, EV_KEY, KEY_LEFTSHIFT, 1);
        press(static_cast<std::uint16_t>(KEY_Q + letter));
        add_event(to, EV_KEY, KEY_LEFTSHIFT, 0);
    } else if (one == ']') {
        press(KEY_RIGHTBRACE);
    } else if (one == '\r') {
        press(KEY_ENTER);
    }
}

} // namespace

scanner_model::scanner_model(scanner_form form, surroundings around)
    : simulated_device({{"unplug", fault_effect::end, {"scan"}}}, std::move(around))
    , form_(form) {
    desk().add("scan", {"text:text", "symbology:text?", "until:number?"},
        "reads a code; the line is dead behind so many bytes",
        [this](const nlohmann::json& request) { return scan(request); });
}

std::vector<bytes> scanner_model::spoken(const std::string& text, const std::string& symbology) const {
    if (form_ == scanner_form::reports) return as_reports(text, symbology);
    const auto line = symbology + text + "\r";
    if (form_ == scanner_form::text) return {bytes(line.begin(), line.end())};
    bytes keys;
    for (const char one : line)
        add_key(keys, one);
    return {keys};
}

nlohmann::json scanner_model::scan(const nlohmann::json& request) {
    constexpr std::int64_t all = 1'000'000;
    auto left = static_cast<std::size_t>(whole_number(request, "until", all, 0, all));
    std::size_t size = 0;
    for (auto& part : spoken(request.at("text").get<std::string>(), request.value("symbology", std::string()))) {
        size += part.size();
        part.resize(std::min(part.size(), left));
        left -= part.size();
        if (!part.empty()) player().send("scan", std::move(part));
    }
    count("scans");
    return {{"bytes", size}};
}

scanner_form scanner_form_named(std::string_view family) {
    if (family == "serial") return scanner_form::text;
    if (family == "hid-pos") return scanner_form::reports;
    if (family == "wedge") return scanner_form::keys;
    throw std::invalid_argument("no scanner of family " + std::string(family));
}

} // namespace cipherlane::sim
