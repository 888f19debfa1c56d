#include <cipherlane/core/bcd.hpp>
#include <cipherlane/core/errc.hpp>

namespace cipherlane {
namespace {

void set_nibble(byte_span out, std::size_t index, unsigned value) noexcept {
    auto& byte = out[index / 2];
    byte = static_cast<std::uint8_t>(index % 2 == 0 ? value << 4 : (byte & 0xF0U) | value);
}

unsigned get_nibble(byte_view data, std::size_t index) noexcept {
    return index % 2 == 0 ? data[index / 2] >> 4U : data[index / 2] & 0x0FU;
}

} // namespace

result<void> pack_bcd(std::string_view digits, bcd_pad pad, std::uint8_t filler, byte_span out) {
    if (out.size() < (digits.size() + 1) / 2) {
        return error(core_errc::buffer_too_small, layer::core).during("pack_bcd");
    }
    const bool odd = digits.size() % 2 != 0;
    std::size_t nibble = 0;
    if (odd && pad == bcd_pad::left) set_nibble(out, nibble++, filler);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (digits[i] < '0' || digits[i] > '9') {
            return error(core_errc::not_digits, layer::core).during("pack_bcd").at_offset(i);
        }
        set_nibble(out, nibble++, static_cast<unsigned>(digits[i] - '0'));
    }
    if (odd && pad == bcd_pad::right) set_nibble(out, nibble, filler);
    return {};
}

result<bytes> pack_bcd(std::string_view digits, bcd_pad pad) {
    bytes out((digits.size() + 1) / 2);
    CIPHERLANE_CHECK(pack_bcd(digits, pad, 0, out));
    return out;
}

result<void> unpack_bcd(byte_view data, bcd_pad pad, std::span<char> out) {
    const std::size_t count = out.size();
    if (data.size() != (count + 1) / 2) return error(core_errc::wrong_length, layer::core).during("unpack_bcd");
    const std::size_t skip = count % 2 != 0 && pad == bcd_pad::left ? 1 : 0;
    for (std::size_t i = 0; i < count; ++i) {
        const unsigned nibble = get_nibble(data, i + skip);
        if (nibble > 9) {
            return error(core_errc::not_digits, layer::core).during("unpack_bcd").at_offset((i + skip) / 2);
        }
        out[i] = static_cast<char>('0' + nibble);
    }
    return {};
}

result<std::string> unpack_bcd(byte_view data, std::size_t count, bcd_pad pad) {
    std::string digits(count, '0');
    CIPHERLANE_CHECK(unpack_bcd(data, pad, digits));
    return digits;
}

} // namespace cipherlane
