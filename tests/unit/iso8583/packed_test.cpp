#include "iso8583/packed.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cipherlane::iso8583 {
namespace {

constexpr std::string_view many_digits = "1234567890987654321012345678905432109876";

/// Digit by digit.
std::vector<std::uint8_t> packed_slowly(std::string text, bool left, char filler) {
    if (text.size() % 2 != 0) text.insert(left ? 0 : text.size(), 1, filler);
    std::vector<std::uint8_t> made;
    for (std::size_t i = 0; i < text.size(); i += 2)
        made.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
    return made;
}

TEST(Packed, DigitsOfEveryCountAreAsDigitByDigit) {
    for (std::size_t count = 0; count <= many_digits.size(); ++count) {
        for (const bool left : {true, false}) {
            for (const char filler : {'0', 'F'}) {
                const std::string text(many_digits.substr(0, count));
                std::vector<std::uint8_t> out((count + 1) / 2);
                const auto nibble = static_cast<std::uint8_t>(filler == 'F' ? 15 : 0);
                ASSERT_EQ(packed::pack_digits(text.data(), count, left ? 1 : 0, nibble, out.data()), packed::none);
                ASSERT_EQ(out, packed_slowly(text, left, filler)) << count << left << filler;
            }
        }
    }
}

TEST(Packed, WhatIsNoDigitIsFoundWhereverItStands) {
    for (std::size_t count = 1; count <= many_digits.size(); ++count) {
        for (std::size_t at = 0; at < count; ++at) {
            for (const char wrong : {'/', ':', 'D', '\0', '\xB5'}) {
                std::string text(many_digits.substr(0, count));
                text[at] = wrong;
                std::vector<std::uint8_t> out((count + 1) / 2);
                for (const std::size_t left : {0U, 1U})
                    ASSERT_EQ(packed::pack_digits(text.data(), count, left, 0, out.data()), at) << count;
            }
        }
    }
}

TEST(Packed, ANibbleAboveNineIsFoundWhereverItStands) {
    for (std::size_t size = 0; size <= 33; ++size) {
        std::vector<std::uint8_t> data(size, 0x99);
        ASSERT_EQ(packed::first_not_digits(data), packed::none) << size;
        for (std::size_t at = 0; at < size; ++at) {
            for (const int wrong : {0x9A, 0xA9, 0xFF}) {
                data[at] = static_cast<std::uint8_t>(wrong);
                ASSERT_EQ(packed::first_not_digits(data), at) << size;
            }
            data[at] = 0x99;
        }
    }
}

} // namespace
} // namespace cipherlane::iso8583
