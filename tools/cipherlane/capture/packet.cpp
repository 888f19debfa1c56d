#include "cipherlane/capture/packet.hpp"

#include <algorithm>

namespace cipherlane::cli {
namespace {

constexpr std::uint8_t tcp = 6;
constexpr std::uint16_t ipv4_type = 0x0800;
constexpr std::uint16_t ipv6_type = 0x86DD;

/// TCP below an IP header; `whole` begins with the TCP header.
std::optional<tcp_segment> read_tcp(byte_view whole, tcp_segment made) noexcept {
    if (whole.size() < 20) return std::nullopt;
    const std::size_t header = std::size_t{whole[12]} >> 4U << 2U;
    if (header < 20 || header > whole.size()) return std::nullopt;
    made.from.port = load_be16(whole.data());
    made.to.port = load_be16(whole.data() + 2);
    made.sequence = (std::uint32_t{load_be16(whole.data() + 4)} << 16U) | load_be16(whole.data() + 6);
    made.syn = (whole[13] & 0x02) != 0;
    made.fin = (whole[13] & 0x05) != 0;
    made.data = whole.subspan(header);
    return made;
}

std::optional<tcp_segment> read_ipv4(byte_view packet) noexcept {
    if (packet.size() < 20 || packet[0] >> 4U != 4) return std::nullopt;
    const std::size_t header = (packet[0] & 0x0FU) * std::size_t{4};
    std::size_t total = load_be16(packet.data() + 2);
    if (total == 0) total = packet.size(); // segmentation was left to the card
    const bool fragment = (load_be16(packet.data() + 6) & 0x3FFF) != 0;
    if (header < 20 || total < header || total > packet.size() || fragment || packet[9] != tcp) return std::nullopt;
    tcp_segment made;
    std::copy_n(packet.begin() + 12, 4, made.from.address.begin());
    std::copy_n(packet.begin() + 16, 4, made.to.address.begin());
    return read_tcp(packet.subspan(header, total - header), made);
}

/// Only where TCP follows at once: nobody puts other headers between on the way to a cipher machine.
std::optional<tcp_segment> read_ipv6(byte_view packet) noexcept {
    constexpr std::size_t header = 40;
    if (packet.size() < header || packet[0] >> 4U != 6 || packet[6] != tcp) return std::nullopt;
    std::size_t size = load_be16(packet.data() + 4);
    if (size == 0) size = packet.size() - header;
    if (size > packet.size() - header) return std::nullopt;
    tcp_segment made;
    std::copy_n(packet.begin() + 8, 16, made.from.address.begin());
    std::copy_n(packet.begin() + 24, 16, made.to.address.begin());
    return read_tcp(packet.subspan(header, size), made);
}

std::optional<tcp_segment> read_ip(byte_view packet) noexcept {
    if (packet.empty()) return std::nullopt;
    return packet[0] >> 4U == 6 ? read_ipv6(packet) : read_ipv4(packet);
}

/// Behind a link header whose last two bytes, at `type`, say what follows; VLAN tags are passed over.
std::optional<tcp_segment> read_typed(byte_view packet, std::size_t type, std::size_t header) noexcept {
    for (int tags = 0; tags < 4; ++tags) {
        if (packet.size() < header) return std::nullopt;
        const auto next = load_be16(packet.data() + type);
        if (next == ipv4_type || next == ipv6_type) return read_ip(packet.subspan(header));
        if (next != 0x8100 && next != 0x88A8) return std::nullopt;
        type = header + 2;
        header += 4;
    }
    return std::nullopt;
}

} // namespace

bool is_understood(std::uint32_t link) noexcept {
    switch (static_cast<link_type>(link)) {
    case link_type::ethernet:
    case link_type::linux_any:
    case link_type::linux_any_2:
    case link_type::null:
    case link_type::loop:
    case link_type::raw: return true;
    }
    return false;
}

std::optional<tcp_segment> tcp_of(std::uint32_t link, byte_view packet) noexcept {
    switch (static_cast<link_type>(link)) {
    case link_type::ethernet: return read_typed(packet, 12, 14);
    case link_type::linux_any: return read_typed(packet, 14, 16);
    case link_type::linux_any_2: return packet.size() < 20 ? std::nullopt : read_typed(packet, 0, 20);
    case link_type::null:
    case link_type::loop: return packet.size() < 4 ? std::nullopt : read_ip(packet.subspan(4));
    case link_type::raw: return read_ip(packet);
    }
    return std::nullopt;
}

} // namespace cipherlane::cli
