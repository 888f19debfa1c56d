#include "crypto_test_support.hpp"

#include <cipherlane/crypto/pin_ibm3624.hpp>
#include <cipherlane/crypto/pin_pvv.hpp>

#include <string>

namespace cipherlane::crypto {
namespace {

constexpr const char* pvk_digits = "0123456789ABCDEFFEDCBA9876543210";
constexpr const char* common_table = "0123456789012345";

pin_verification_key pvk() {
    return test_key<pin_verification_key>(algorithm::tdes, pvk_digits);
}
clear_pin pin_of(std::string_view digits) {
    return clear_pin::parse(digits).value();
}

// Computed with Python's cryptography package.
TEST(Pvv, UsesTheLeftmostFourDigitsOfAPin) {
    auto key = pvk();
    EXPECT_EQ(visa_pvv(key, "6222000000000000017", "1", pin_of("1234")).value().view(), "8395");
    EXPECT_EQ(visa_pvv(key, "6222000000000000017", "1", pin_of("123456")).value().view(), "8395");
    EXPECT_EQ(visa_pvv(key, "5156039675489727", "1", pin_of("1234")).value().view(), "4294")
        << "three of the sixteen are decimal";
}

TEST(Pvv, TellsWhatIsWrongWithItsInput) {
    auto key = pvk();
    const auto pin = pin_of("1234");
    for (const char* pan : {"", "12345678901", "12345678901234567890", "62220000000O0017"}) {
        EXPECT_TRUE(fails_with(visa_pvv(key, pan, "1", pin), crypto_errc::bad_pan)) << pan;
    }
    EXPECT_EQ(visa_pvv(key, "62220000000O0017", "1", pin).error().offset(), 11U);
    EXPECT_TRUE(visa_pvv(key, "123456789012", "1", pin));
    for (const char* index : {"", "A", "11", " "}) {
        EXPECT_TRUE(fails_with(visa_pvv(key, "6222000000000017", index, pin), crypto_errc::bad_key_index)) << index;
    }
    auto single = test_key<pin_verification_key>(algorithm::des, "0123456789ABCDEF");
    EXPECT_TRUE(fails_with(visa_pvv(single, "6222000000000017", "1", pin), crypto_errc::bad_key_length));
}

TEST(Pvv, Verifies) {
    auto key = pvk();
    EXPECT_TRUE(verify_visa_pvv(key, "6222000000000000017", "1", pin_of("1234"), "8395"));
    EXPECT_TRUE(fails_with(
        verify_visa_pvv(key, "6222000000000000017", "1", pin_of("1235"), "8395"), crypto_errc::verification_failed));
    for (const char* pvv : {"", "839", "83950", "8394"}) {
        EXPECT_TRUE(fails_with(
            verify_visa_pvv(key, "6222000000000000017", "1", pin_of("1234"), pvv), crypto_errc::verification_failed));
    }
}

// Computed with Python's cryptography package.
TEST(Ibm3624, TakesPinsOfTwelveDigitsAndSingleDesKeys) {
    auto key = pvk();
    const auto scheme = ibm3624_scheme::create(common_table, 3, 16, 'F').value();
    EXPECT_EQ(ibm3624_pin(key, scheme, "6222000000000000017", "000000000000").value().expose(), "258210539202");
    auto single = test_key<pin_verification_key>(algorithm::des, "0123456789ABCDEF");
    const auto other = ibm3624_scheme::create("9876543210123456", 4, 11, 'd').value();
    EXPECT_EQ(ibm3624_pin(single, other, "4123456789012345", "000000").value().expose(), "317814");
    EXPECT_EQ(ibm3624_offset(single, other, "4123456789012345", pin_of("000000")).value().view(), "793296");
    EXPECT_EQ(ibm3624_pin(single, other, "4123456789012345", "793296").value().expose(), "000000");
}

TEST(Ibm3624, RefusesWeakAndMalformedTables) {
    for (const char* table :
        {"", "012345678901234", "01234567890123456", "0000000000000000", "0123456012345601", "012345678901234A"}) {
        EXPECT_TRUE(fails_with(ibm3624_scheme::create(table, 0, 16, 'F'), crypto_errc::bad_decimalization_table))
            << table;
    }
    EXPECT_EQ(ibm3624_scheme::create("012345678901234A", 0, 16, 'F').error().offset(), 15U);
    EXPECT_TRUE(ibm3624_scheme::create("0000000001234567", 0, 16, 'F')) << "8 digits, however often";
}

TEST(Ibm3624, RefusesValidationDataOutsideThePan) {
    for (const auto& [first, length] : {std::pair{0U, 0U}, {0U, 17U}, {19U, 1U}, {4U, 16U}, {~0U, 16U}}) {
        EXPECT_TRUE(
            fails_with(ibm3624_scheme::create(common_table, first, length, 'F'), crypto_errc::bad_validation_data))
            << first << " " << length;
    }
    for (const char pad : {'G', ' ', '\0', ':'}) {
        EXPECT_TRUE(fails_with(ibm3624_scheme::create(common_table, 0, 16, pad), crypto_errc::bad_validation_data));
    }
    auto key = pvk();
    const auto scheme = ibm3624_scheme::create(common_table, 1, 16, 'F').value();
    EXPECT_TRUE(fails_with(ibm3624_pin(key, scheme, "1122334455667788", "0000"), crypto_errc::bad_validation_data));
    EXPECT_TRUE(ibm3624_pin(key, scheme, "11223344556677889", "0000"));
    EXPECT_TRUE(fails_with(ibm3624_pin(key, scheme, "12345678901234567890", "0000"), crypto_errc::bad_pan));
    EXPECT_TRUE(fails_with(ibm3624_pin(key, scheme, "112233445566778A9", "0000"), crypto_errc::bad_pan));
}

TEST(Ibm3624, RefusesBadOffsetsAndKeys) {
    auto key = pvk();
    const auto scheme = ibm3624_scheme::create(common_table, 0, 16, 'F').value();
    for (const char* offset : {"", "123", "1234567890123", "12A4"}) {
        EXPECT_TRUE(fails_with(ibm3624_pin(key, scheme, "1122334455667788", offset), crypto_errc::bad_offset))
            << offset;
    }
    auto aes = test_key<pin_verification_key>(algorithm::aes, pvk_digits);
    EXPECT_TRUE(fails_with(ibm3624_pin(aes, scheme, "1122334455667788", "0000"), crypto_errc::unsupported_algorithm));
}

TEST(Ibm3624, VerifiesAndSaysNoMore) {
    auto key = pvk();
    const auto scheme = ibm3624_scheme::create("1234567890123456", 0, 16, 'F').value();
    const auto verify = [&](std::string_view pin) {
        return verify_ibm3624_pin(key, scheme, "1122334455667788", "1111", pin_of(pin));
    };
    EXPECT_TRUE(verify("5635"));
    for (const char* wrong : {"5636", "56350", "0000"}) {
        EXPECT_TRUE(fails_with(verify(wrong), crypto_errc::verification_failed)) << wrong;
    }
}

} // namespace
} // namespace cipherlane::crypto
