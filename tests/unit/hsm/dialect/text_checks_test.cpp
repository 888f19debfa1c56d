// Whole texts judged eight characters at a time, beside a look at each character alone.
#include "dialect/text_checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace cipherlane::hsm {
namespace {

bool is_figure(std::uint8_t c) {
    return c >= '0' && c <= '9';
}
bool is_hex_digit(std::uint8_t c) {
    return is_figure(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}
bool is_printed(std::uint8_t c) {
    return c >= 0x20 && c <= 0x7E;
}

void expect_as_by_character(byte_view text) {
    EXPECT_EQ(only_digits(text), std::all_of(text.begin(), text.end(), is_figure));
    EXPECT_EQ(only_hex(text), std::all_of(text.begin(), text.end(), is_hex_digit));
    EXPECT_EQ(only_printable(text), std::all_of(text.begin(), text.end(), is_printed));
}

TEST(TextChecks, FindTheOneThatIsWrongWhereverItStands) {
    for (const std::size_t size : {1U, 2U, 7U, 8U, 9U, 15U, 16U, 17U, 33U}) {
        for (std::size_t at = 0; at < size; ++at) {
            for (unsigned c = 0; c < 256; ++c) {
                bytes text(size, '7');
                text[at] = static_cast<std::uint8_t>(c);
                expect_as_by_character(text);
            }
        }
    }
}

/// What is added to a byte must not carry into its neighbour and hide what is wrong there.
TEST(TextChecks, NeighboursHideNothing) {
    constexpr std::array<std::uint8_t, 14> edges{
        0x00, 0x1F, 0x20, '/', '0', '9', ':', '@', 'F', 'G', '`', 'g', 0x7F, 0xFF};
    for (const auto first : edges) {
        for (const auto second : edges) {
            for (const auto third : edges) {
                const bytes text{'1', first, second, third, '2', '3', '4', '5'};
                expect_as_by_character(text);
            }
        }
    }
}

TEST(TextChecks, NothingIsRight) {
    expect_as_by_character({});
    EXPECT_TRUE(is_same({}, {}));
    EXPECT_FALSE(is_same(as_bytes("iso0"), as_bytes("iso1")));
    EXPECT_FALSE(is_same(as_bytes("iso"), as_bytes("iso1")));
}

} // namespace
} // namespace cipherlane::hsm
