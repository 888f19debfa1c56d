#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/wiped_text.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::drivers {

// Packets of MQTT 3.1.1 (OASIS, 2014), those that a client which only publishes sends.

struct mqtt_connect {
    std::string_view client_id;
    std::string_view user; ///< empty: neither user nor password
    std::string_view password;
    std::uint16_t keep_alive = 0;                                            ///< seconds
    enum class session : std::uint8_t { clean, kept } over = session::clean; ///< the broker's, after the link
};

/// Whether a message may have been sent before, under the same packet number (DUP, 3.3.1.1).
enum class mqtt_send : std::uint8_t { first, again };

/// CONNECT, 3.1. It holds the password.
[[nodiscard]] wiped_text to_packet(const mqtt_connect& what);
/// PUBLISH, 3.3, of QoS 1 or 2.
[[nodiscard]] bytes mqtt_publish(
    std::string_view topic, byte_view payload, int qos, std::uint16_t packet, mqtt_send which = mqtt_send::first);
/// A packet that is a packet number alone: PUBACK 40, PUBREC 50, PUBREL 62, PUBCOMP 70.
[[nodiscard]] bytes mqtt_numbered(std::uint8_t first, std::uint16_t packet);

} // namespace cipherlane::drivers
