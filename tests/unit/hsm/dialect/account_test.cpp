#include <cipherlane/hsm/account.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

std::string account(std::string_view card, std::size_t digits = 12) {
    return std::string(as_text(account_of(as_bytes(card), digits)));
}

TEST(Account, IsTheRightmostDigitsWithoutTheCheckDigit) {
    EXPECT_EQ(account("4761739001010119"), "173900101011"); // as ISO 9564 format 0 takes it
    EXPECT_EQ(account("1234567890123"), "123456789012");
    EXPECT_EQ(account("123456789012"), "");
    EXPECT_EQ(account(""), "");
    EXPECT_EQ(account("6222000000000017123", 18), "622200000000001712");
}

TEST(Account, IsFilledFromTheLeftWhereTheFieldIsWide) {
    const auto wide = [](std::string_view digits) {
        std::string made(18, ' ');
        fill_wide_account(as_bytes(digits), {reinterpret_cast<std::uint8_t*>(made.data()), made.size()});
        return made;
    };
    EXPECT_EQ(wide("476173900101011"), "FFF476173900101011");
    EXPECT_EQ(wide("9622200000000001712"), "622200000000001712");
    EXPECT_EQ(wide(""), "FFFFFFFFFFFFFFFFFF");
}

TEST(Account, TheLengthOfAKeyIsTold) {
    const auto dialect = *profile::builtin("payshield");
    EXPECT_EQ(length_flag_of(*dialect, std::string(16, '0')), 0U);
    EXPECT_EQ(length_flag_of(*dialect, "U" + std::string(32, '0')), 1U);
    EXPECT_EQ(length_flag_of(*dialect, "T" + std::string(48, '0')), 2U);
    EXPECT_EQ(length_flag_of(*dialect, ""), 0U);
}

} // namespace
} // namespace cipherlane::hsm
