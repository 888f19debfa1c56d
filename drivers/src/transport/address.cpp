#include "../refusals.hpp"

#include <cipherlane/drivers/transport/address.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::array kind_names{std::pair{"line", address_kind::line}, std::pair{"usb", address_kind::usb},
    std::pair{"hid", address_kind::hid}, std::pair{"tcp", address_kind::tcp}, std::pair{"tls", address_kind::tls}};

/// A value by its name in a table of pairs.
template <class Table, class T>
bool take_name(const Table& names, std::string_view text, std::optional<T>& into) {
    for (const auto& [name, value] : names) {
        if (text == name) into = value;
    }
    return into.has_value();
}

template <class T>
bool take_number(std::string_view text, T least, T most, std::optional<T>& into) {
    T value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || value < least || value > most) return false;
    into = value;
    return true;
}

using parity = serial_settings::parity_kind;
using stop = serial_settings::stop_kind;
using flow = serial_settings::flow_kind;
using policy = serial_settings::line_policy;

constexpr std::array parities{
    std::pair{"none", parity::none}, std::pair{"odd", parity::odd}, std::pair{"even", parity::even}};
constexpr std::array stops{std::pair{"1", stop::one}, std::pair{"2", stop::two}};
constexpr std::array flows{
    std::pair{"none", flow::none}, std::pair{"rts_cts", flow::rts_cts}, std::pair{"xon_xoff", flow::xon_xoff}};
constexpr std::array policies{
    std::pair{"leave", policy::leave}, std::pair{"raise", policy::raise}, std::pair{"lower", policy::lower}};

struct option_row {
    std::string_view name;
    std::string_view allowed;
    bool (*take)(std::string_view text, line_options& into);
};

constexpr std::array options{
    option_row{"baud", "1 to 20000000",
        [](std::string_view text, line_options& into) { return take_number(text, 1U, 20'000'000U, into.baud); }},
    option_row{"bits", "5 to 8",
        [](std::string_view text, line_options& into) { return take_number(text, 5, 8, into.data_bits); }},
    option_row{"parity", "none, odd, even",
        [](std::string_view text, line_options& into) { return take_name(parities, text, into.parity); }},
    option_row{"stop", "1, 2",
        [](std::string_view text, line_options& into) { return take_name(stops, text, into.stop_bits); }},
    option_row{"flow", "none, rts_cts, xon_xoff",
        [](std::string_view text, line_options& into) { return take_name(flows, text, into.flow); }},
    option_row{"dtr", "leave, raise, lower",
        [](std::string_view text, line_options& into) { return take_name(policies, text, into.dtr); }},
    option_row{"rts", "leave, raise, lower",
        [](std::string_view text, line_options& into) { return take_name(policies, text, into.rts); }},
};

error not_allowed(std::string_view found, std::string_view allowed) {
    const auto hint = "found \"" + std::string(found) + "\", allowed: " + std::string(allowed);
    return refused(drivers_errc::bad_address).in_field("address").with_hint(hint);
}

result<void> take_option(std::string_view text, line_options& into) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    for (const auto& row : options) {
        if (row.name != name) continue;
        const auto value = equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
        if (row.take(value, into)) return {};
        return not_allowed(text, row.allowed);
    }
    std::string names;
    for (const auto& row : options)
        names.append(names.empty() ? "" : ", ").append(row.name);
    return not_allowed(name, names);
}

result<device_address> parse_line(std::string_view text) {
    device_address where;
    const auto mark = text.find('?');
    where.path = text.substr(0, mark);
    if (where.path.empty())
        return not_allowed(text, "PATH, usb:VENDOR:PRODUCT, hid:VENDOR:PRODUCT, tcp:HOST:PORT, tls:HOST:PORT");
    for (auto rest = mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1); !rest.empty();) {
        const auto end = rest.find('&');
        CIPHERLANE_CHECK(take_option(rest.substr(0, end), where.line));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return where;
}

/// "1209:5a21" and perhaps ":SERIAL" or "@PORT": what `usb_device_info::identity` prints.
result<device_address> parse_usb(address_kind kind, std::string_view text) {
    device_address where;
    where.kind = kind;
    for (auto* const number : {&where.device.vendor, &where.device.product}) {
        std::uint16_t value = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
        if (fault != std::errc()) return not_allowed(text, "VENDOR:PRODUCT in hexadecimal");
        *number = value;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (number == &where.device.product) break;
        if (!text.starts_with(':')) return not_allowed(text, ":PRODUCT in hexadecimal");
        text.remove_prefix(1);
    }
    if (text.empty()) return where;
    auto& rest = text.front() == '@' ? where.device.port : where.device.serial_number;
    rest = text.substr(1);
    if ((text.front() != '@' && text.front() != ':') || rest.empty()) return not_allowed(text, ":SERIAL or @PORT");
    return where;
}

result<device_address> parse_peer(address_kind kind, std::string_view text) {
    auto peer = net::parse_endpoint(text);
    if (!peer || peer->port == 0) return not_allowed(text, "HOST:PORT");
    device_address where;
    where.kind = kind;
    where.peer = *std::move(peer);
    return where;
}

result<device_address> parse_any(std::string_view text) {
    if (text.starts_with('/') || text.starts_with('.')) return parse_line(text);
    const auto colon = text.find(':');
    const auto option = text.find('?');
    if (colon == std::string_view::npos || option < colon) return parse_line(text);
    const auto head = text.substr(0, colon);
    const auto rest = text.substr(colon + 1);
    for (const auto& [name, kind] : kind_names) {
        if (head != name || kind == address_kind::line) continue;
        return kind == address_kind::usb || kind == address_kind::hid ? parse_usb(kind, rest)
                                                                      : parse_peer(kind, rest);
    }
    return parse_peer(address_kind::tcp, text);
}

template <class T>
void set_if(const std::optional<T>& from, T& to) {
    if (from) to = *from;
}

} // namespace

std::string_view to_string(address_kind value) noexcept {
    for (const auto& [name, kind] : kind_names) {
        if (kind == value) return name;
    }
    return {};
}

std::string address_kinds::to_string() const {
    std::string names;
    for (const auto& [name, kind] : kind_names) {
        if (has(kind)) names.append(names.empty() ? "" : ", ").append(name);
    }
    return names;
}

void line_options::apply_to(serial_settings& settings) const {
    set_if(baud, settings.baud);
    set_if(data_bits, settings.data_bits);
    set_if(parity, settings.parity);
    set_if(stop_bits, settings.stop_bits);
    set_if(flow, settings.flow);
    set_if(dtr, settings.dtr);
    set_if(rts, settings.rts);
}

result<device_address> device_address::parse(std::string_view text) {
    auto where = parse_any(text);
    if (!where) return std::move(where).error().during("address").at_endpoint(text);
    return where;
}

bool device_address::wants_tls(std::string_view text) noexcept {
    return text.starts_with("tls:");
}

} // namespace cipherlane::drivers
