#include "decimalize.hpp"

#include <cassert>
#include <span>

namespace cipherlane::crypto {
namespace {

// All ones or zero; operands stay far below 2^31.
unsigned below(unsigned a, unsigned b) noexcept {
    return 0U - ((a - b) >> 31);
}
unsigned equal(unsigned a, unsigned b) noexcept {
    return below(a ^ b, 1);
}

unsigned nibble(byte_view data, std::size_t at) noexcept {
    return at % 2 == 0 ? data[at / 2] >> 4 : data[at / 2] & 0x0FU;
}

char to_digit(unsigned value) noexcept {
    return static_cast<char>('0' + value);
}

unsigned value_of(char digit) noexcept {
    return static_cast<unsigned>(static_cast<unsigned char>(digit)) - '0';
}

/// Modulo 10 of a value below 20.
unsigned modulo_10(unsigned value) noexcept {
    return value - (10 & ~below(value, 10));
}

} // namespace

void decimalize_in_two_passes(byte_view data, std::span<char> out) noexcept {
    assert(out.size() <= 2 * data.size());
    for (auto& place : out)
        place = 0;
    unsigned filled = 0;
    for (unsigned pass = 0; pass < 2; ++pass) {
        for (std::size_t at = 0; at < 2 * data.size(); ++at) {
            const unsigned value = nibble(data, at);
            const unsigned decimal = below(value, 10);
            const unsigned taken = pass == 0 ? decimal : ~decimal;
            const auto digit = static_cast<unsigned>(to_digit(value - (10 & ~decimal)));
            // Every place is looked at, so that the one that is written does not show.
            for (std::size_t place = 0; place < out.size(); ++place) {
                const unsigned here = equal(filled, static_cast<unsigned>(place)) & taken;
                out[place] = static_cast<char>(static_cast<unsigned char>(out[place]) | (digit & here & 0x7FU));
            }
            filled += taken & 1;
        }
    }
}

void decimalize_by_table(byte_view data, std::string_view table, std::span<char> out) noexcept {
    assert(out.size() <= 2 * data.size() && table.size() == 16);
    for (std::size_t place = 0; place < out.size(); ++place) {
        const unsigned wanted = nibble(data, place);
        unsigned digit = 0;
        for (std::size_t row = 0; row < table.size(); ++row) {
            digit |= static_cast<unsigned char>(table[row]) & equal(wanted, static_cast<unsigned>(row));
        }
        out[place] = static_cast<char>(digit);
    }
}

void add_digits(std::string_view a, std::string_view b, std::span<char> out) noexcept {
    assert(a.size() == out.size() && b.size() == out.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = to_digit(modulo_10(value_of(a[i]) + value_of(b[i])));
}

void subtract_digits(std::string_view a, std::string_view b, std::span<char> out) noexcept {
    assert(a.size() == out.size() && b.size() == out.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = to_digit(modulo_10(10 + value_of(a[i]) - value_of(b[i])));
}

void pack_hex_digits(std::string_view digits, byte_span out) noexcept {
    assert(digits.size() == 2 * out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        // '0' to '9' are 3x; letters of either case have 40 set and count from 1.
        const auto high = static_cast<unsigned char>(digits[2 * i]);
        const auto low = static_cast<unsigned char>(digits[2 * i + 1]);
        const unsigned first = (high & 0x0FU) + 9 * (high >> 6);
        const unsigned second = (low & 0x0FU) + 9 * (low >> 6);
        out[i] = static_cast<std::uint8_t>((first << 4) | second);
    }
}

std::size_t first_non_digit(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9')
        ++at;
    return at;
}

} // namespace cipherlane::crypto
