// What stands around messages that other protocols carry: packets, HTTP, frames of serial lines.
#include "cipherlane/iso8583_front.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <string_view>

namespace cipherlane::cli::doctor {
namespace {

constexpr std::uint8_t stx = 0x02;
constexpr std::uint8_t etx = 0x03;

std::optional<carried> packet_in(byte_view data) {
    const auto at = packet_payload(data);
    if (at == 0) return {};
    return carried{at, data.size() - at, "the payload of a TCP packet"};
}

/// The first chunk of a body that is sent in chunks: its size in hex, a line end, and so many bytes.
std::optional<carried> chunk_in(byte_view data, std::size_t body) {
    const auto text = as_text(data.subspan(body));
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    constexpr std::size_t most_digits = 7;
    std::size_t size = 0;
    std::size_t digits = 0;
    for (; digits < most_digits && hex_value(text[digits]) >= 0; ++digits)
        size = size * 16 + static_cast<std::size_t>(hex_value(text[digits]));
    if (digits == 0 || size == 0 || size > text.size() - end - 1) return {};
    return carried{body + end + 1, size, "the first chunk of the body of an HTTP message"};
}

std::optional<carried> http_in(byte_view data) {
    const auto text = as_text(data);
    constexpr std::string_view starts[] = {"POST ", "PUT ", "HTTP/1."};
    if (std::none_of(std::begin(starts), std::end(starts), [&](auto each) { return text.starts_with(each); }))
        return {};
    for (const std::string_view end : {"\r\n\r\n", "\n\n"}) {
        const auto at = text.find(end);
        if (at == std::string_view::npos) continue;
        const auto body = at + end.size();
        const auto header = text.substr(0, at);
        const bool chunked = header.find("chunked") != std::string_view::npos;
        if (const auto chunk = chunked ? chunk_in(data, body) : std::nullopt) return chunk;
        return carried{body, data.size() - body, "the body of an HTTP message"};
    }
    return {};
}

std::optional<carried> serial_in(byte_view data) {
    if (data.size() < 8 || data[0] != stx) return {};
    if (data[data.size() - 1] == etx) return carried{1, data.size() - 2, "a serial frame (02 … 03)"};
    if (data[data.size() - 2] != etx) return {};
    std::uint8_t check = 0;
    for (const auto byte : data.subspan(1, data.size() - 2))
        check = static_cast<std::uint8_t>(check ^ byte);
    std::string by = "a serial frame (02 … 03 and a check byte)";
    if (check != data.back()) {
        by += "; its check byte is WRONG: found " + to_hex(data.last(1)) + ", the exclusive or is " +
              to_hex(byte_view(&check, 1));
    }
    return carried{1, data.size() - 3, std::move(by)};
}

} // namespace

std::optional<carried> carried_in(byte_view data) {
    carried whole{0, data.size(), {}};
    for (const auto look : {packet_in, http_in, serial_in}) {
        const auto found = look(data.subspan(whole.at, whole.size));
        if (!found) continue;
        whole = {whole.at + found->at, found->size, whole.by.empty() ? found->by : whole.by + ", " + found->by};
    }
    return whole.by.empty() ? std::nullopt : std::optional(std::move(whole));
}

} // namespace cipherlane::cli::doctor
