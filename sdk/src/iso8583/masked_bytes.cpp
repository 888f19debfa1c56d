#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/masked_bytes.hpp>

#include <algorithm>

namespace cipherlane::iso8583 {
namespace {

constexpr std::size_t kept_first = 6;
constexpr std::size_t kept_last = 4;
constexpr std::size_t shortest_kept = 13;

/// One nibble or one character of a value becomes zero.
void clear_digit(const field_spec& spec, byte_span wire, std::size_t digit) {
    if (!spec.packed()) {
        if (digit < wire.size()) wire[digit] = spec.encoding == encoding::ebcdic ? 0xF0 : '0';
        return;
    }
    if (digit / 2 >= wire.size()) return;
    auto& both = wire[digit / 2];
    both = static_cast<std::uint8_t>(digit % 2 == 0 ? both & 0x0FU : both & 0xF0U);
}

void clear_pan(const field_spec& spec, byte_span wire, std::size_t digits) {
    const bool short_one = digits < shortest_kept;
    const auto from = short_one ? 0 : kept_first;
    const auto to = short_one ? digits : digits - kept_last;
    // A filling nibble in front moves the digits by one.
    const std::size_t shift = spec.packed() && spec.padding == padding::left_zero ? digits % 2 : 0;
    for (auto digit = from; digit < to; ++digit)
        clear_digit(spec, wire, digit + shift);
}

} // namespace

bytes masked_bytes(const message_view& what, byte_view input) {
    bytes safe(input.begin(), input.end());
    for (const int number : what.fields()) {
        const auto& spec = what.format().field(number);
        if (spec.mask == mask::none) continue;
        const auto offset = std::min(what.offset(number), safe.size());
        const auto wire = byte_span(safe).subspan(offset, std::min(what.wire(number).size(), safe.size() - offset));
        if (spec.mask == mask::pan)
            clear_pan(spec, wire, what.size(number));
        else
            std::fill(wire.begin(), wire.end(), std::uint8_t{0});
    }
    return safe;
}

} // namespace cipherlane::iso8583
