#include "cipherlane/wireshark/dissector.hpp"

#include "cipherlane/wireshark/dissector_parts.hpp"
#include "cipherlane/wireshark/lua_table.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace cipherlane::cli {
namespace {

std::string for_filters(std::string_view text) {
    std::string made(text);
    for (auto& c : made) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper) c = static_cast<char>(c - 'A' + 'a');
        const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!good) c = '_';
    }
    return made;
}

/// Protocols that Wireshark has itself, of those that somebody may name a table after.
constexpr std::string_view wiresharks_own[] = {"amqp", "atm", "ber", "cotp", "data", "dns", "eth", "frame", "ftp",
    "gsm_sim", "http", "http2", "ip", "ipv6", "iso8583", "json", "mac", "media", "modbus", "mqtt", "null", "raw",
    "smtp", "ssh", "tcp", "tls", "tpkt", "udp", "usb", "x25", "xml"};

} // namespace

std::string wireshark_name(std::string_view name) {
    auto made = for_filters(name);
    // A filter's first word is no number.
    if (made.empty() || (made[0] >= '0' && made[0] <= '9')) made.insert(0, "x");
    return made;
}

std::string wireshark_protocol(std::string_view name) {
    constexpr std::size_t shortest = 2;
    auto made = for_filters(name);
    const bool letters = std::any_of(made.begin(), made.end(), [](char c) { return c != '_'; });
    // A number for a name that has no letter of a filter: the same name gets the same one.
    if (!letters) {
        std::uint32_t sum = 2166136261U; // FNV-1a
        for (const char c : name)
            sum = (sum ^ static_cast<std::uint8_t>(c)) * 16777619U;
        return "cl_" + std::to_string(sum);
    }
    const bool number = made[0] >= '0' && made[0] <= '9';
    const bool own =
        std::find(std::begin(wiresharks_own), std::end(wiresharks_own), made) != std::end(wiresharks_own);
    return number || own || made.size() < shortest ? "cl_" + made : made;
}

std::string wireshark_field(int number) {
    return "f" + std::to_string(number);
}

std::string wireshark_part(std::string_view above, std::string_view tag) {
    const auto dot = tag.rfind('.');
    if (dot != std::string_view::npos) tag.remove_prefix(dot + 1);
    return std::string(above) + "." + for_filters(tag);
}

nlohmann::ordered_json mask_in_figures(std::string (*mask)(std::string_view)) {
    const auto hides_all = [mask](std::size_t size) {
        return mask(std::string(size, '0')).find('0') == std::string::npos;
    };
    std::size_t shortest = 1;
    while (hides_all(shortest))
        ++shortest;
    const auto text = mask(std::string(shortest, '0'));
    return {{"shortest", shortest}, {"first", text.find('*')}, {"last", text.size() - 1 - text.rfind('*')}};
}

std::string port_list(const std::vector<std::uint16_t>& ports) {
    std::string made;
    for (const auto port : ports)
        made.append(made.empty() ? "" : ",").append(std::to_string(port));
    return made;
}

std::string lua_file(std::string_view name, const nlohmann::ordered_json& table, std::string_view program) {
    std::string made = "-- Wireshark dissector for ";
    made.append(name).append(", made by \"cipherlane wireshark\" from the tables that the library reads by.\n");
    made += "-- tshark -X lua_script:THIS_FILE -r CAPTURE -Y " + wireshark_protocol(name) + " -V\n\n";
    return made.append("local D = ").append(to_lua(table)).append("\n\n").append(program);
}

} // namespace cipherlane::cli
