// Personal data in payment codes are shown as a PAN is.
#include "cipherlane/qr_personal.hpp"

#include <gtest/gtest.h>

namespace cipherlane::cli {
namespace {

/// A code between persons: an account template with its scheme and key, and a name.
qr::mpm_payload code(std::string_view scheme, std::uint8_t sub, std::string_view key) {
    qr::mpm_payload payload;
    EXPECT_TRUE(payload.set(26, 0, scheme));
    EXPECT_TRUE(payload.set(26, sub, key));
    EXPECT_TRUE(payload.set(qr::mpm_id::name, "MARIA SILVA"));
    return payload;
}

TEST(QrPersonal, PhoneMailAndNameAreMasked) {
    const auto phone = code("br.gov.bcb.pix", 1, "+5511987654321");
    const qr_personal hide(phone);
    EXPECT_TRUE(hide.any());
    EXPECT_EQ(hide.shown(26, 0, "br.gov.bcb.pix"), "br.gov.bcb.pix");
    EXPECT_EQ(hide.shown(26, 1, "+5511987654321"), "+551********21");
    EXPECT_EQ(hide.shown(qr::mpm_id::name, {}, "MARIA SILVA"), "M**** S****");
    const auto mail = code("br.gov.bcb.pix", 1, "maria@example.org");
    EXPECT_EQ(qr_personal(mail).shown(26, 1, "maria@example.org"), "m****@example.org");
    // A tax number is no phone number, and as personal.
    const auto number = code("BR.GOV.BCB.PIX", 1, "12345678909");
    EXPECT_EQ(qr_personal(number).shown(26, 1, "12345678909"), "123******09");
    const auto promptpay = code("A000000677010111", 1, "0066812345678");
    EXPECT_EQ(qr_personal(promptpay).shown(26, 1, "0066812345678"), "006********78");
    EXPECT_EQ(hide.shown(qr::mpm_id::additional, 2, "13800138000"), "138******00");
}

TEST(QrPersonal, OfEveryCountrysScheme) {
    const auto philippines = code("com.p2pqrpay", 4, "09171234567");
    const qr_personal instapay(philippines);
    EXPECT_EQ(instapay.shown(26, 4, "09171234567"), "091******67");
    EXPECT_EQ(instapay.shown(qr::mpm_id::name, {}, "JUAN DELA CRUZ"), "J*** D*** C***");
    const auto viet = code("A000000727", 1, "0006970436011009012345670");
    EXPECT_EQ(qr_personal(viet).shown(26, 1, "0006970436011009012345670").find("0901234567"), std::string::npos);
    // No table knows the scheme; the number speaks for itself.
    for (const std::string_view number : {"0912345678", "09171234567", "0066812345678", "13800138000"}) {
        const auto unknown = code("com.example", 3, number);
        EXPECT_EQ(qr_personal(unknown).shown(26, 3, number).find(number), std::string::npos) << number;
    }
    EXPECT_EQ(instapay.shown(2, {}, "4000123456789012"), "400012******9012");
    EXPECT_EQ(instapay.shown(4, {}, "5413330089020011"), "541333******0011");
}

TEST(QrPersonal, WhatIsAShopsStays) {
    const auto random = code("br.gov.bcb.pix", 1, "123e4567-e12b-12d1-a456-426655440000");
    const qr_personal key(random);
    EXPECT_FALSE(key.any());
    EXPECT_EQ(key.shown(26, 1, "123e4567-e12b-12d1-a456-426655440000"), "123e4567-e12b-12d1-a456-426655440000");
    const auto shop = code("com.example.shop", 1, "100200300400");
    const qr_personal none(shop);
    EXPECT_FALSE(none.any());
    EXPECT_EQ(none.shown(26, 1, "100200300400"), "100200300400");
    EXPECT_EQ(none.shown(qr::mpm_id::name, {}, "SHOP 1"), "SHOP 1");
    EXPECT_EQ(none.shown(qr::mpm_id::additional, 2, "***"), "***"); // the app asks for it
}

} // namespace
} // namespace cipherlane::cli
