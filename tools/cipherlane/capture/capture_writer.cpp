#include "cipherlane/capture/capture_writer.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace cipherlane::cli {
namespace {

constexpr std::size_t largest_segment = 32'768;
constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t push = 0x08;
constexpr std::uint8_t ack = 0x10;
constexpr std::size_t ip_size = 20;
constexpr std::size_t tcp_size = 20;
constexpr std::array<std::uint8_t, 4> here{127, 0, 0, 1};

void put16(bytes& to, std::uint32_t value) {
    to.push_back(static_cast<std::uint8_t>(value >> 8U));
    to.push_back(static_cast<std::uint8_t>(value));
}
void put32(bytes& to, std::uint32_t value) {
    put16(to, value >> 16U);
    put16(to, value & 0xFFFF);
}

/// The internet checksum (RFC 1071) over what is there, begun with `sum`.
std::uint16_t checksum(byte_view data, std::uint32_t sum) {
    for (std::size_t i = 0; i < data.size(); ++i)
        sum += i % 2 == 0 ? std::uint32_t{data[i]} << 8U : data[i];
    while (sum >> 16U != 0)
        sum = (sum & 0xFFFF) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
}

/// A block of pcapng in network byte order.
bytes block(std::uint32_t type, byte_view body) {
    const auto padded = (body.size() + 3) / 4 * 4;
    bytes made;
    put32(made, type);
    put32(made, static_cast<std::uint32_t>(padded + 12));
    made.insert(made.end(), body.begin(), body.end());
    made.resize(8 + padded);
    put32(made, static_cast<std::uint32_t>(padded + 12));
    return made;
}

} // namespace

capture_writer::capture_writer(std::function<void(byte_view)> out, std::uint16_t unit_port)
    : out_(std::move(out))
    , unit_port_(unit_port) {
    bytes section;
    put32(section, 0x1A2B3C4D);
    put32(section, 0x00010000);
    put32(section, 0xFFFFFFFF); // length of the section: not told
    put32(section, 0xFFFFFFFF);
    out_(block(0x0A0D0D0A, section));
    bytes interface;
    put16(interface, 101); // raw IP
    put16(interface, 0);
    put32(interface, 0);
    out_(block(1, interface));
}

void capture_writer::open(std::size_t connection, std::uint16_t port, time when) {
    auto& made = streams_[connection];
    made.port = port;
    segment(made, side::application, syn, {}, when);
    ++made.next[0];
    segment(made, side::unit, syn | ack, {}, when);
    ++made.next[1];
    segment(made, side::application, ack, {}, when);
}

void capture_writer::data(std::size_t connection, side from, byte_view data, time when) {
    const auto at = streams_.find(connection);
    if (at == streams_.end()) return;
    while (!data.empty()) {
        const auto part = data.first(std::min(data.size(), largest_segment));
        segment(at->second, from, push | ack, part, when);
        at->second.next[static_cast<std::size_t>(from)] += static_cast<std::uint32_t>(part.size());
        data = data.subspan(part.size());
    }
}

void capture_writer::close(std::size_t connection, time when) {
    const auto at = streams_.find(connection);
    if (at == streams_.end()) return;
    segment(at->second, side::application, fin | ack, {}, when);
    ++at->second.next[0];
    segment(at->second, side::unit, fin | ack, {}, when);
    streams_.erase(at);
}

void capture_writer::segment(stream& of, side from, std::uint8_t flags, byte_view data, time when) {
    const auto own = static_cast<std::size_t>(from);
    const auto size = ip_size + tcp_size + data.size();
    bytes whole{0x45, 0};
    put16(whole, static_cast<std::uint32_t>(size));
    put32(whole, 0x00004000); // no number, not to be cut
    whole.insert(whole.end(), {64, 6, 0, 0});
    whole.insert(whole.end(), here.begin(), here.end());
    whole.insert(whole.end(), here.begin(), here.end());
    store_be16(whole.data() + 10, checksum(whole, 0));
    put16(whole, from == side::application ? of.port : unit_port_);
    put16(whole, from == side::application ? unit_port_ : of.port);
    put32(whole, of.next[own]);
    put32(whole, (flags & ack) != 0 ? of.next[1 - own] : 0);
    whole.push_back(0x50);
    whole.push_back(flags);
    put16(whole, 0xFFFF);
    put32(whole, 0);
    whole.insert(whole.end(), data.begin(), data.end());
    const auto below = byte_view(whole).subspan(ip_size);
    // Both addresses, protocol and length stand in front of what is summed up.
    const auto front = static_cast<std::uint32_t>(2 * (0x7F00 + 0x0001) + 6 + below.size());
    store_be16(whole.data() + ip_size + 16, checksum(below, front));
    packet(whole, when);
}

void capture_writer::packet(byte_view whole, time when) {
    const auto ticks = static_cast<std::uint64_t>(when.count());
    bytes body;
    put32(body, 0); // the one interface
    put32(body, static_cast<std::uint32_t>(ticks >> 32U));
    put32(body, static_cast<std::uint32_t>(ticks & 0xFFFF'FFFF));
    put32(body, static_cast<std::uint32_t>(whole.size()));
    put32(body, static_cast<std::uint32_t>(whole.size()));
    body.insert(body.end(), whole.begin(), whole.end());
    out_(block(6, body));
}

} // namespace cipherlane::cli
