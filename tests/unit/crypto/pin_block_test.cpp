#include "crypto_test_support.hpp"

#include <cipherlane/crypto/pin_block.hpp>

#include <string>

namespace cipherlane::crypto {
namespace {

constexpr const char* pan = "5555555551234567";
constexpr pin_block_format all_formats[] = {pin_block_format::iso_0, pin_block_format::iso_1, pin_block_format::iso_2,
    pin_block_format::iso_3, pin_block_format::iso_4, pin_block_format::unionpay_sm4};

clear_pin pin_of(std::string_view digits) {
    return clear_pin::parse(digits).value();
}

TEST(ClearPin, HasFourToTwelveDigits) {
    for (const char* bad : {"", "123", "1234567890123", "12A4", "12 4", "12/4", "123:"}) {
        EXPECT_TRUE(fails_with(clear_pin::parse(bad), crypto_errc::bad_pin)) << bad;
    }
    EXPECT_EQ(pin_of("0123456789").expose(), "0123456789");
    EXPECT_FALSE(pin_of("1234") == pin_of("12340"));
    EXPECT_TRUE(pin_of("1234").clone() == pin_of("1234"));
}

// As other tills do it.
TEST(PinBlock, EncodesFormat0AsOtherTillsDo) {
    const auto pin = pin_of("123456");
    const auto block = [&](std::string_view digits) {
        return to_hex(pin_block_codec::encode(pin_block_format::iso_0, pin, digits).value().expose());
    };
    EXPECT_EQ(block("123456789012345678"), "061253DFFEDCBA98");
    EXPECT_EQ(block("1234567890123456"), "0612713176FEDCBA");
    EXPECT_EQ(to_hex(pin_block_codec::encode_without_pan(pin).expose()), "06123456FFFFFFFF");
    EXPECT_TRUE(pin_block_codec::decode_without_pan(hex("06123456FFFFFFFF")).value() == pin);
    EXPECT_TRUE(fails_with(pin_block_codec::decode_without_pan(hex("061234F6FFFFFFFF")), crypto_errc::bad_pin_block));
}

// A bank's worked example for terminals with SM4.
TEST(PinBlock, StretchesFormat0OverAnSm4Block) {
    const auto pin = pin_of("123654");
    constexpr auto format = pin_block_format::unionpay_sm4;
    const auto block = pin_block_codec::encode(format, pin, "6230606601007726888").value();
    EXPECT_EQ(to_hex(block.expose()), "06123654FFFFFFFFFFFF99FEFF88D977");
    EXPECT_EQ(to_hex(pin_block_codec::encode_without_pan(pin, 16).expose()), "06123654FFFFFFFFFFFFFFFFFFFFFFFF");
    EXPECT_TRUE(pin_block_codec::decode_without_pan(hex("06123654FFFFFFFFFFFFFFFFFFFFFFFF")).value() == pin);
    for (const char* bad :
        {"06123654FFFFFFFFFFFF99FEFF88D976", "06123654FFFFFFFF0FFF99FEFF88D977", "06123654FFFFFFFF"}) {
        EXPECT_TRUE(
            fails_with(pin_block_codec::decode(format, hex(bad), "6230606601007726888"), crypto_errc::bad_pin_block));
    }
}

TEST(PinBlock, ComesBackFromEveryFormatAndLength) {
    for (auto format : all_formats) {
        for (std::size_t size = clear_pin::min_digits; size <= clear_pin::max_digits; ++size) {
            const auto pin = pin_of(std::string("903817264509").substr(0, size));
            const auto block = pin_block_codec::encode(format, pin, pan).value();
            EXPECT_TRUE(pin_block_codec::decode(format, block.expose(), pan).value() == pin);
        }
    }
}

TEST(PinBlock, IsNeverFilledTwiceAlike) {
    for (auto format : {pin_block_format::iso_1, pin_block_format::iso_3, pin_block_format::iso_4}) {
        const auto pin = pin_of("1234");
        EXPECT_NE(to_hex(pin_block_codec::encode(format, pin, pan).value().expose()),
            to_hex(pin_block_codec::encode(format, pin, pan).value().expose()));
    }
}

// No oracle: all bad blocks give one and the same error.
TEST(PinBlock, NeverTellsWhyABlockIsBad) {
    const std::pair<pin_block_format, const char*> bad[] = {
        {pin_block_format::iso_0, "141261AAAAEDCBA9"},
        {pin_block_format::iso_0, "031261AAAAEDCBA9"},
        {pin_block_format::iso_0, "0D1261AAAAEDCBA9"},
        {pin_block_format::iso_0, "04126AAAAAEDCBA9"},
        {pin_block_format::iso_0, "041261AAAAEDCBA8"},
        {pin_block_format::iso_0, "041261AAAAEDCB"},
        {pin_block_format::iso_0, ""},
        {pin_block_format::iso_1, "1512A45EDCBA9876"},
        {pin_block_format::iso_2, "241234FFFFFFFFF0"},
        {pin_block_format::iso_3, "341261AAAA5DCBA9"},
        {pin_block_format::iso_4, "441234AAAAAAAAAB0000000000000000"},
        {pin_block_format::iso_4, "441234AAAAAAAAAA"},
    };
    std::string said;
    for (const auto& [format, block] : bad) {
        const auto got = pin_block_codec::decode(format, hex(block), pan);
        ASSERT_TRUE(fails_with(got, crypto_errc::bad_pin_block)) << block;
        if (said.empty()) said = got.error().to_string();
        EXPECT_EQ(got.error().to_string(), said);
    }
}

TEST(PinBlock, RefusesBadPans) {
    const auto pin = pin_of("1234");
    for (const char* bad : {"", "555555555555", "55555555512345678901", "5555555551234A6", "555555555123456-"}) {
        EXPECT_TRUE(fails_with(pin_block_codec::encode(pin_block_format::iso_0, pin, bad), crypto_errc::bad_pan))
            << bad;
        EXPECT_TRUE(fails_with(
            pin_block_codec::decode(pin_block_format::iso_3, hex("341261AAAAEDCBA9"), bad), crypto_errc::bad_pan));
    }
    EXPECT_TRUE(fails_with(pin_block_codec::pan_field_4(""), crypto_errc::bad_pan));
    EXPECT_TRUE(fails_with(pin_block_codec::pan_field_4("12345678901234567890"), crypto_errc::bad_pan));
}

TEST(PinBlock, ChecksItsFill) {
    const auto pin = pin_of("12345");
    const auto fill = [&](pin_block_format format, const bytes& nibbles) {
        return pin_block_codec::encode_with_fill(format, pin, pan, nibbles);
    };
    EXPECT_TRUE(fails_with(fill(pin_block_format::iso_1, bytes(8)), crypto_errc::bad_fill));
    EXPECT_TRUE(fails_with(fill(pin_block_format::iso_1, bytes(9, 0x10)), crypto_errc::bad_fill));
    EXPECT_TRUE(fails_with(fill(pin_block_format::iso_3, bytes(9, 9)), crypto_errc::bad_fill));
    EXPECT_TRUE(fails_with(fill(pin_block_format::iso_0, bytes(9, 0xF)), crypto_errc::bad_fill));
    EXPECT_TRUE(fails_with(fill(pin_block_format::iso_4, bytes(7)), crypto_errc::bad_fill));
}

TEST(PinBlock, IsEncryptedOnlyByItsCipher) {
    auto tdes = test_key<pin_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    auto aes = test_key<pin_key>(algorithm::aes, "0123456789ABCDEFFEDCBA9876543210");
    const auto pin = pin_of("1234");
    auto sm4 = test_key<pin_key>(algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210");
    for (auto format : all_formats) {
        for (auto* key : {&tdes, &aes, &sm4}) {
            const bool fits = format == pin_block_format::iso_4          ? key == &aes
                              : format == pin_block_format::unionpay_sm4 ? key == &sm4
                                                                         : key == &tdes;
            const auto block = encrypt_pin_block(*key, format, pin, pan);
            if (!fits || format == pin_block_format::iso_2) {
                EXPECT_TRUE(fails_with(block, crypto_errc::unsupported_algorithm));
                continue;
            }
            EXPECT_TRUE(decrypt_pin_block(*key, format, block->view(), pan).value() == pin);
            EXPECT_TRUE(
                fails_with(decrypt_pin_block(*key, format, block->view().first(7), pan), crypto_errc::bad_pin_block));
        }
    }
}

} // namespace
} // namespace cipherlane::crypto
