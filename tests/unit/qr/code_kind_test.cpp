#include <cipherlane/core/pan.hpp>
#include <cipherlane/qr/code_kind.hpp>

#include <gtest/gtest.h>

namespace cipherlane::qr {
namespace {

using kinds = std::vector<code_kind>;
using enum code_kind;

TEST(CodeKind, UrlsAndPayloads) {
    EXPECT_EQ(kinds_of("https://qr.95516.com/00010000/01234567890123456789012345678901"), kinds{unionpay_url});
    EXPECT_EQ(kinds_of("HTTPS://QR.95516.COM/00010000/01234567890123456789012345678901"), kinds{unionpay_url});
    EXPECT_EQ(kinds_of("weixin://wxpay/bizpayurl?pr=abcdefg"), kinds{wechat_url});
    EXPECT_EQ(kinds_of("https://qr.alipay.com/bax0123456789abcdef"), kinds{alipay_url});
    EXPECT_EQ(kinds_of("HTTPS://PAY.EXAMPLE/MPM/3/0001002"), kinds{alipay_plus_url});
    EXPECT_EQ(kinds_of("upi://pay?pa=a@b"), kinds{upi_url});
    EXPECT_EQ(
        kinds_of("00020101021129370016A000000677010111011300668012345675802TH530376463046197"), kinds{emv_merchant});
    EXPECT_EQ(kinds_of("hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8="), kinds{emv_consumer});
    EXPECT_EQ(kinds_of("https://qr.95516.example/1"), kinds{});
    EXPECT_EQ(kinds_of("https:///MPM/3/x"), kinds{});
    EXPECT_EQ(kinds_of(""), kinds{});
}

TEST(CodeKind, PaymentCodesByPrefixAndLength) {
    EXPECT_EQ(kinds_of("134567890123456789"), kinds{wechat_payment_code});
    EXPECT_EQ(kinds_of("  134567890123456789\r\n"), kinds{wechat_payment_code});
    EXPECT_EQ(kinds_of("164567890123456789"), kinds{});
    EXPECT_EQ(kinds_of("13456789012345678"), kinds{});
    EXPECT_EQ(kinds_of("13456789012345678x"), kinds{});
    EXPECT_EQ(kinds_of("284567890123456789"), kinds{alipay_payment_code});
    EXPECT_EQ(kinds_of("314567890123456789"), kinds{});
}

std::string with_check_digit(std::string digits) {
    return digits + luhn_digit(digits);
}

std::string with_wrong_check_digit(std::string digits) {
    return digits + static_cast<char>('0' + (luhn_digit(digits) - '0' + 1) % 10);
}

TEST(CodeKind, AmbiguousTextsSaySo) {
    // 19 digits from 62: a payment code, and a card number too where the check digit is right.
    EXPECT_EQ(kinds_of(with_check_digit("622345678901234567")), (kinds{unionpay_payment_code, card_number}));
    EXPECT_EQ(kinds_of(with_wrong_check_digit("622345678901234567")), kinds{unionpay_payment_code});
    EXPECT_EQ(kinds_of(with_check_digit("622345678901234")), kinds{card_number});
    EXPECT_EQ(kinds_of(with_wrong_check_digit("622345678901234")), kinds{});
    // 16 digits from 25: Alipay, and Mastercard's second range.
    EXPECT_EQ(kinds_of(with_check_digit("254567890123456")), (kinds{alipay_payment_code, card_number}));
    EXPECT_EQ(kinds_of(with_check_digit("411111111111111")), kinds{card_number});
}

TEST(CodeKind, RowsOfYourOwn) {
    const code_rule rows[] = {{ecny_payment_code, "01", "01", 19, 19, code_chars::digits}};
    EXPECT_EQ(kinds_of("0123456789012345678", rows), kinds{ecny_payment_code});
    EXPECT_EQ(kinds_of("0123456789012345678"), kinds{});
}

TEST(CodeKind, WhoShowsIt) {
    EXPECT_TRUE(shown_by_payer(wechat_payment_code));
    EXPECT_TRUE(shown_by_payer(emv_consumer));
    EXPECT_FALSE(shown_by_payer(unionpay_url));
    EXPECT_FALSE(shown_by_payer(card_number));
    EXPECT_EQ(to_string(ecny_payment_code), "e-CNY payment code");
    EXPECT_EQ(to_string(emv_merchant), "EMV merchant-presented");
}

} // namespace
} // namespace cipherlane::qr
