#include "mqtt_packet.hpp"

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t connect_packet = 0x10;
constexpr std::uint8_t publish_packet = 0x30;
constexpr std::uint8_t level_3_1_1 = 4;
constexpr std::uint8_t clean_session = 0x02;
constexpr std::uint8_t duplicate = 0x08;
constexpr std::uint8_t has_password = 0x40;
constexpr std::uint8_t has_user = 0x80;

void add16(bytes& to, std::size_t value) {
    to.push_back(static_cast<std::uint8_t>(value >> 8U));
    to.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}

void add_text(bytes& to, std::string_view text) {
    add16(to, text.size());
    to.insert(to.end(), text.begin(), text.end());
}

/// The fixed header, 2.2: the length in groups of seven bits, low first.
bytes with_header(std::uint8_t first, const bytes& rest) {
    bytes out{first};
    auto left = rest.size();
    do {
        const auto group = static_cast<std::uint8_t>(left & 0x7FU);
        left >>= 7U;
        out.push_back(static_cast<std::uint8_t>(group | (left > 0 ? 0x80U : 0U)));
    } while (left > 0);
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

} // namespace

wiped_text to_packet(const mqtt_connect& what) {
    constexpr std::size_t heads = 16; // of the packet and its texts
    bytes rest;
    rest.reserve(heads + what.client_id.size() + what.user.size() + what.password.size()); // no copy left behind
    add_text(rest, "MQTT");
    rest.push_back(level_3_1_1);
    const auto session = what.over == mqtt_connect::session::clean ? clean_session : std::uint8_t{0};
    rest.push_back(static_cast<std::uint8_t>(session | (what.user.empty() ? 0U : has_user | has_password)));
    add16(rest, what.keep_alive);
    add_text(rest, what.client_id);
    if (!what.user.empty()) {
        add_text(rest, what.user);
        add_text(rest, what.password);
    }
    auto packet = with_header(connect_packet, rest);
    wiped_text whole(as_text(packet));
    wipe(rest);
    wipe(packet);
    return whole;
}

bytes mqtt_publish(std::string_view topic, byte_view payload, int qos, std::uint16_t packet, mqtt_send which) {
    bytes rest;
    add_text(rest, topic);
    add16(rest, packet);
    rest.insert(rest.end(), payload.begin(), payload.end());
    const auto again = which == mqtt_send::again ? duplicate : std::uint8_t{0};
    return with_header(static_cast<std::uint8_t>(publish_packet | again | (static_cast<unsigned>(qos) << 1U)), rest);
}

bytes mqtt_numbered(std::uint8_t first, std::uint16_t packet) {
    bytes out{first, 2};
    add16(out, packet);
    return out;
}

} // namespace cipherlane::drivers
