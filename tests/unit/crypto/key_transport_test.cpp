#include "crypto_test_support.hpp"

#include <cipherlane/crypto/ecb_key_wrap.hpp>
#include <cipherlane/crypto/key_components.hpp>
#include <cipherlane/crypto/pin_translation.hpp>

#include <algorithm>
#include <vector>

namespace cipherlane::crypto {
namespace {

constexpr const char* tmk = "CA5D92598DCA48CE8A4C76361A9269E9";

// A sign-in as it was published.
TEST(KeyWrap, OpensTheKeysOfASignIn) {
    auto wrapping = test_key<key_encryption_key>(algorithm::tdes, tmk);
    const auto pin = unwrap_key_ecb<purpose::pin_encryption>(
        wrapping, algorithm::tdes, hex("6701EAD6A9AD51E51AA406E2C27FCFA9"), hex("8D0A74B8"), cup_pos_policy);
    ASSERT_TRUE(pin.has_value()) << pin.error();
    EXPECT_EQ(to_hex(pin->check_value(kcv_method::legacy, 8).value()), "8D0A74B8C5EF66C6");
    const auto mac = unwrap_key_ecb<purpose::mac>(
        wrapping, algorithm::des, hex("B651F9E9BACE9AE1"), hex("AB7153CA"), cup_pos_policy);
    ASSERT_TRUE(mac.has_value()) << mac.error();
    EXPECT_EQ(to_hex(wrap_key_ecb(wrapping, *mac, cup_pos_policy).value()), "B651F9E9BACE9AE1");
}

// What hosts with SM4 send: the first half of a block, or all of it.
TEST(KeyWrap, TakesCheckValuesOfFourBytesToAWholeBlock) {
    auto wrapping = test_key<key_encryption_key>(algorithm::sm4, "1234567890ABCDEFABCDEF0987654321");
    const auto opened = [&](std::string_view check) {
        return unwrap_key_ecb<purpose::pin_encryption>(
            wrapping, algorithm::sm4, hex("3D66234C49E4296FF9C78D8BACBD6A76"), hex(check), cup_pos_policy);
    };
    for (const char* right : {"861E83E3", "861E83E31FAE", "861E83E31FAEBF10"}) {
        EXPECT_TRUE(opened(right)) << right;
    }
    const auto whole = to_hex(opened("861E83E3")->check_value(kcv_method::legacy, 16).value());
    EXPECT_TRUE(whole.starts_with("861E83E31FAEBF10AA0F")) << whole;
    EXPECT_TRUE(opened(whole));
    EXPECT_TRUE(fails_with(opened("861E83E31FAEBF11"), crypto_errc::check_value_mismatch));
    EXPECT_TRUE(fails_with(opened(whole + "00"), crypto_errc::bad_check_value_length));
}

TEST(KeyWrap, RefusesWhatIsWrong) {
    auto wrapping = test_key<key_encryption_key>(algorithm::tdes, tmk);
    const auto unwrap = [&](algorithm cipher, std::string_view wrapped, std::string_view check,
                            const key_policy& policy) {
        return unwrap_key_ecb<purpose::mac>(wrapping, cipher, hex(wrapped), hex(check), policy);
    };
    EXPECT_TRUE(fails_with(
        unwrap(algorithm::des, "B651F9E9BACE9AE1", "AB7153CB", cup_pos_policy), crypto_errc::check_value_mismatch));
    EXPECT_TRUE(
        fails_with(unwrap(algorithm::des, "B651F9E9BACE9A", "", cup_pos_policy), crypto_errc::bad_key_length));
    EXPECT_TRUE(
        fails_with(unwrap(algorithm::des, "B651F9E9BACE9AE1", "", pci_policy), crypto_errc::refused_by_policy));
    auto sm4 = test_key<key_encryption_key>(algorithm::sm4, tmk);
    EXPECT_TRUE(fails_with(unwrap_key_ecb<purpose::mac>(sm4, algorithm::des, bytes(8), {}, cup_pos_policy),
        crypto_errc::bad_key_length));
}

TEST(KeyComponents, MakeTheKeyTogetherOnly) {
    const auto key = hex("0123456789ABCDEFFEDCBA9876543210");
    const auto split = split_into_components(key, 3).value();
    ASSERT_EQ(split.size(), 3U);
    EXPECT_TRUE(combine_components(split).value() == secret_bytes(byte_view(key)));
    const auto two = std::span(split).first(2);
    EXPECT_FALSE(combine_components(two).value() == secret_bytes(byte_view(key)));
    EXPECT_TRUE(fails_with(combine_components(std::span(split).first(1)), crypto_errc::bad_components));
    std::vector<secret_bytes> uneven;
    uneven.emplace_back(16);
    uneven.emplace_back(8);
    EXPECT_TRUE(fails_with(combine_components(uneven), crypto_errc::bad_components));
    EXPECT_TRUE(fails_with(split_into_components(key, 1), crypto_errc::bad_components));
    EXPECT_TRUE(fails_with(split_into_components({}, 2), crypto_errc::bad_components));
}

TEST(PinTranslation, CarriesThePinAndKeepsThePolicy) {
    constexpr const char* pan = "6225760000000000001";
    auto tpk = test_key<pin_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    auto zpk = test_key<pin_key>(algorithm::aes, "00112233445566778899AABBCCDDEEFF");
    auto sm4 = test_key<pin_key>(algorithm::sm4, "00112233445566778899AABBCCDDEEFF");
    const auto pin = clear_pin::parse("987654").value();
    const auto sent = encrypt_pin_block(tpk, pin_block_format::iso_0, pin, pan).value();
    const auto translate = [&](pin_key& to, pin_block_format format) {
        return translate_pin_block(tpk, pin_block_format::iso_0, sent.view(), to, format, pan);
    };
    const auto by_aes = translate(zpk, pin_block_format::iso_4).value();
    EXPECT_TRUE(decrypt_pin_block(zpk, pin_block_format::iso_4, by_aes.view(), pan).value() == pin);
    const auto by_sm4 = translate(sm4, pin_block_format::unionpay_sm4).value();
    EXPECT_TRUE(decrypt_pin_block(sm4, pin_block_format::unionpay_sm4, by_sm4.view(), pan).value() == pin);
    EXPECT_TRUE(fails_with(translate(tpk, pin_block_format::iso_1), crypto_errc::translation_refused));
    EXPECT_TRUE(fails_with(translate(tpk, pin_block_format::iso_2), crypto_errc::translation_refused));
    EXPECT_TRUE(
        fails_with(translate_pin_block(tpk, pin_block_format::iso_0, bytes(8), zpk, pin_block_format::iso_4, pan),
            crypto_errc::bad_pin_block));
}

TEST(PinTranslation, NeverTakesTheFormatOfACardOrAStranger) {
    const auto card = translated_format::iso_2;
    const auto strange = translated_format::nonstandard;
    EXPECT_EQ(find_translated_format("IBM3624"), strange);
    for (auto format : {translated_format::iso_0, translated_format::iso_1, card, translated_format::iso_3,
             translated_format::iso_4, strange}) {
        EXPECT_FALSE(translation_allowed(card, format, pan_change::no));
        EXPECT_FALSE(translation_allowed(format, card, pan_change::no));
        EXPECT_FALSE(translation_allowed(format, strange, pan_change::no));
        EXPECT_FALSE(translation_allowed(translated_format::iso_0, format, pan_change::yes));
    }
}

} // namespace
} // namespace cipherlane::crypto
