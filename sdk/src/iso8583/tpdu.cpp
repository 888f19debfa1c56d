#include "fail.hpp"

#include <cipherlane/core/bcd.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/tpdu.hpp>

#include <utility>

namespace cipherlane::iso8583 {

result<tpdu> tpdu::parse(std::string_view digits) {
    std::array<std::uint8_t, size> wire{};
    if (digits.size() != 2 * size || !pack_bcd(digits, bcd_pad::left, 0, wire)) {
        return fail(iso8583_errc::bad_tpdu, "parse", "tpdu");
    }
    return tpdu(wire);
}

std::string tpdu::to_string() const {
    return to_hex(wire_);
}

result<void> swap_tpdu_addresses(byte_span message) {
    if (message.size() < tpdu::size) {
        return fail(iso8583_errc::truncated, "swap TPDU", "tpdu", message.size());
    }
    std::swap(message[1], message[3]);
    std::swap(message[2], message[4]);
    return {};
}

} // namespace cipherlane::iso8583
