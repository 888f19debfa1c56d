#include "support/vectors.hpp"

#include <cipherlane/qr/crc16.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm.hpp>
#include <cipherlane/qr/mpm_check.hpp>

#include <gtest/gtest.h>

namespace cipherlane::qr {
namespace {

std::string with_crc(std::string text) {
    text += "6304";
    static constexpr std::string_view digits = "0123456789ABCDEF";
    const unsigned crc = crc16(as_bytes(text));
    for (int shift = 12; shift >= 0; shift -= 4)
        text += digits[(crc >> shift) & 0xFU];
    return text;
}

std::string upper_crc(std::string text) {
    for (auto at = text.size() - 4; at < text.size(); ++at) {
        if (text[at] >= 'a' && text[at] <= 'f') text[at] = static_cast<char>(text[at] - 'a' + 'A');
    }
    return text;
}

TEST(Crc16, PublishedCheckValue) {
    EXPECT_EQ(crc16(as_bytes("123456789")), 0x29B1);
    EXPECT_EQ(crc16(as_bytes("6789"), crc16(as_bytes("12345"))), 0x29B1);
    EXPECT_EQ(crc16({}), 0xFFFF);
}

TEST(Mpm, PublishedPayloads) {
    for (const auto& row : tests::load_vectors("qr_mpm.csv")) {
        SCOPED_TRACE(row["id"]);
        const auto payload = mpm_payload::parse(row["payload"]);
        if (row["expect"] == "ok") {
            ASSERT_TRUE(payload) << payload.error();
            EXPECT_EQ(payload->to_text(), upper_crc(row["payload"]));
            const auto found = to_string(check_mpm(*payload));
            const auto& wanted = row["strict_violation"];
            if (wanted.empty()) {
                EXPECT_EQ(found, "");
            } else if (row["id"] == "mpm-05") {
                // The published text also carries object 64-03, which is reserved.
                EXPECT_EQ(found, "62-09 not of A, M, E; RFU 64-03 present; RFU 65 present; 55=01 with 56 and 57");
            } else {
                EXPECT_EQ(found, wanted);
            }
        } else {
            ASSERT_FALSE(payload);
            EXPECT_EQ(payload.error().code() == qr_errc::crc_mismatch, row["expect"] == "crc") << payload.error();
            EXPECT_TRUE(payload.error().is(condition::bad_message));
        }
    }
}

TEST(Mpm, EveryBrokenSyntaxHasItsName) {
    struct broken {
        std::string text;
        qr_errc why;
        std::string field;
        std::size_t offset;
    };
    const broken cases[] = {
        {"", qr_errc::no_format_first, "00", 0},
        {"00", qr_errc::bad_header, "", 0},
        {"000", qr_errc::bad_header, "", 0},
        {"0x0201", qr_errc::bad_header, "", 0},
        {"000201x9", qr_errc::bad_header, "", 6},
        {"000201 59", qr_errc::bad_header, "", 6},
        {with_crc("0002015900"), qr_errc::zero_length, "59", 6},
        {"0002015909SHOP", qr_errc::length_past_end, "59", 6},
        {"00020159", qr_errc::bad_header, "", 6},
        {with_crc("0002015904SHOP5904SHOP"), qr_errc::duplicate_object, "59", 14},
        {with_crc("5904SHOP000201"), qr_errc::no_format_first, "00", 0},
        {"0002015904SHOP", qr_errc::no_crc_last, "63", 14},
        {with_crc("000201") + "5904SHOP", qr_errc::no_crc_last, "63", 22},
        {"000201630512345", qr_errc::no_crc_last, "63", 15},
        {"0002016303123", qr_errc::no_crc_last, "63", 13},
        {with_crc("0002015902\xC3("), qr_errc::not_utf8, "59", 10},
        {with_crc("0002015901\xED\xA0\x80"), qr_errc::not_utf8, "59", 10},
        {with_crc("0002016206070500"), qr_errc::length_past_end, "62/07", 10},
        {with_crc("00020126090002AB000"), qr_errc::bad_header, "26", 16},
        {with_crc("00020126120002AB0002CD"), qr_errc::duplicate_object, "26/00", 16},
        {with_crc("00020162040500"), qr_errc::zero_length, "62/05", 10},
        {with_crc("0002018003abc"), qr_errc::bad_header, "80", 10},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.text);
        const auto payload = mpm_payload::parse(one.text);
        ASSERT_FALSE(payload);
        EXPECT_EQ(payload.error().code(), one.why) << payload.error();
        EXPECT_EQ(payload.error().field(), one.field);
        EXPECT_EQ(payload.error().offset(), one.offset);
    }
}

TEST(Mpm, CrcIsJudgedAfterTheSyntax) {
    EXPECT_EQ(mpm_payload::parse("0002016304FFFF").error().code(), qr_errc::crc_mismatch);
    EXPECT_EQ(mpm_payload::parse("0002016304FFFF").error().offset(), 10U);
    EXPECT_EQ(mpm_payload::parse("0002016304GHIJ").error().code(), qr_errc::crc_mismatch);
    EXPECT_EQ(mpm_payload::parse("0002016304北京北京").error().code(), qr_errc::crc_mismatch);
    EXPECT_TRUE(mpm_payload::parse(with_crc("000201")));
}

TEST(Mpm, LengthsCountCharacters) {
    mpm_payload payload;
    ASSERT_TRUE(payload.set(mpm_id::language, 0, "ZH"));
    ASSERT_TRUE(payload.set(mpm_id::language, 1, "最佳运输"));
    ASSERT_TRUE(payload.set(mpm_id::language, 2, "北京"));
    EXPECT_TRUE(payload.to_text().starts_with("00020164200002ZH0104最佳运输0202北京6304"));
    std::string long_name;
    for (int i = 0; i < 99; ++i)
        long_name += "京";
    ASSERT_TRUE(payload.set(mpm_id::name, long_name));
    const auto back = mpm_payload::parse(payload.to_text());
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->find(mpm_id::name), long_name);
    EXPECT_EQ(payload.set(mpm_id::name, long_name + "x").error().code(), qr_errc::value_too_long);
}

TEST(Mpm, ChangesKeepTheOrder) {
    const std::string text = "0002016003xxx01021153033925903xxx5802JP62100706661436";
    auto payload = mpm_payload::parse(with_crc(text));
    ASSERT_TRUE(payload) << payload.error();
    ASSERT_TRUE(payload->set(mpm_id::city, "TOKYO"));
    ASSERT_TRUE(payload->set(mpm_id::additional, 5, "A1"));
    payload->erase(mpm_id::name);
    EXPECT_EQ(payload->to_text(), with_crc("0002016005TOKYO01021153033925802JP621607066614360502A1"));
    EXPECT_EQ(payload->find(mpm_id::additional, 7), "661436");
    EXPECT_EQ(payload->find(mpm_id::additional, 8), std::nullopt);
    EXPECT_EQ(payload->find(mpm_id::language, 8), std::nullopt);
}

TEST(Mpm, RefusesValuesThatNoObjectHolds) {
    mpm_payload payload;
    EXPECT_EQ(payload.set(mpm_id::crc, "1234").error().code(), qr_errc::bad_value);
    EXPECT_EQ(payload.set(100, "1").error().code(), qr_errc::bad_value);
    EXPECT_EQ(payload.set(59, "").error().code(), qr_errc::zero_length);
    EXPECT_EQ(payload.set(59, "\xFF").error().code(), qr_errc::not_utf8);
    EXPECT_EQ(payload.set(59, "").error().field(), "59");
}

TEST(Mpm, Amounts) {
    mpm_payload payload;
    EXPECT_EQ(payload.total()->has_value(), false);
    ASSERT_TRUE(payload.set_amount(amount(1234)));
    EXPECT_EQ(payload.find(mpm_id::currency), "156");
    EXPECT_EQ(payload.find(mpm_id::amount), "12.34");
    EXPECT_EQ(payload.total()->value(), amount(1234));
    ASSERT_TRUE(payload.set_amount(amount(500, currency_by_number(392))));
    EXPECT_EQ(payload.find(mpm_id::amount), "500");
    EXPECT_EQ(payload.set_amount(amount(0)).error().code(), qr_errc::bad_value);
    ASSERT_TRUE(payload.set_amount(amount(5, currency_by_number(48))));
    EXPECT_EQ(payload.find(mpm_id::currency), "048");
    EXPECT_EQ(payload.find(mpm_id::amount), "0.005");
    ASSERT_TRUE(payload.set(mpm_id::currency, "156"));
    ASSERT_TRUE(payload.set(mpm_id::amount, "98."));
    EXPECT_EQ(payload.total()->value(), amount(9800));
    ASSERT_TRUE(payload.set(mpm_id::amount, "1.234"));
    EXPECT_EQ(payload.total().error().field(), "54");
    ASSERT_TRUE(payload.set(mpm_id::currency, "CNY"));
    EXPECT_EQ(payload.total().error().code(), qr_errc::missing_value);
}

TEST(Mpm, LenientReadingForgivesAndTells) {
    const auto wrong = mpm_payload::parse(" 0002015903abc6304FFFF\r\n", mpm_reading::lenient);
    ASSERT_TRUE(wrong) << wrong.error();
    EXPECT_EQ(wrong->crc(), mpm_crc::wrong);
    EXPECT_EQ(wrong->find(mpm_id::name), "abc");
    const auto absent = mpm_payload::parse("0002015903abc", mpm_reading::lenient);
    ASSERT_TRUE(absent);
    EXPECT_EQ(absent->crc(), mpm_crc::absent);
    EXPECT_NE(to_string(check_mpm(*absent)).find("CRC missing"), std::string::npos);
    const auto no_template = mpm_payload::parse(with_crc("0002012603abc"), mpm_reading::lenient);
    ASSERT_TRUE(no_template);
    EXPECT_EQ(no_template->crc(), mpm_crc::right);
    EXPECT_NE(to_string(check_mpm(*no_template)).find("26 is no template"), std::string::npos);
    EXPECT_FALSE(mpm_payload::parse(" ", mpm_reading::lenient));
    EXPECT_FALSE(mpm_payload::parse("0002015909abc", mpm_reading::lenient));
}

/// A payload that obeys every rule, and what one changed object breaks.
struct change {
    std::uint8_t id;
    std::string value;
    std::string violation;
};

class MpmRule : public testing::TestWithParam<change> {};

TEST_P(MpmRule, IsNamed) {
    auto payload =
        mpm_payload::parse(with_crc("00020126160012D15600000001520441115303156540512.345802CN5904SHOP6007BEIJING"));
    ASSERT_TRUE(payload) << payload.error();
    ASSERT_EQ(to_string(check_mpm(*payload)), "");
    if (GetParam().value.empty()) {
        payload->erase(GetParam().id);
    } else {
        ASSERT_TRUE(payload->set(GetParam().id, GetParam().value));
    }
    EXPECT_EQ(to_string(check_mpm(*payload)), GetParam().violation);
}

INSTANTIATE_TEST_SUITE_P(All, MpmRule,
    testing::Values(change{0, "02", "00 is not 01"}, change{1, "11", ""}, change{1, "12", ""},
        change{1, "13", "01 is neither 11 nor 12"},
        change{1, "1", "point of initiation not of length 2; 01 is neither 11 nor 12"},
        change{15, "3104180052044600", ""}, change{15, "银联", "merchant account 15 not in the common character set"},
        change{26, "", "merchant account (02-51) missing"}, change{26, "0101A", "26-00 missing"},
        change{26, "0033123456789012345678901234567890123", "26-00 longer than 32"},
        change{52, "", "merchant category missing"}, change{52, "411", "merchant category not of length 4"},
        change{52, "41A1", "merchant category malformed"}, change{53, "", "currency missing"},
        change{53, "CNY", "currency malformed"}, change{54, "", ""}, change{54, "0", "amount zero"},
        change{54, "0.00", "amount zero"}, change{54, "98.", ""}, change{54, "1,2", "amount malformed"},
        change{54, "1.2.3", "amount malformed"}, change{54, ".", "amount malformed"},
        change{54, "12345678901.23", "amount longer than 13"}, change{55, "01", ""},
        change{55, "02", "55=02 without 56"}, change{55, "03", "55=03 without 57"},
        change{55, "04", "55 is none of 01, 02, 03"}, change{56, "1", "no 55 with 56"},
        change{57, "1", "no 55 with 57"}, change{58, "", "country missing"}, change{58, "cn", "country malformed"},
        change{59, "", "name missing"}, change{59, "12345678901234567890123456", "name longer than 25"},
        change{59, "商户", "name not in the common character set"}, change{60, "", "city missing"},
        change{60, "1234567890123456", "city longer than 15"},
        change{61, "12345678901", "postal code longer than 10"}, change{62, "0503***", ""},
        change{62, "1001A", "RFU 62-10 present"}, change{62, "0704AMEA", ""}, change{62, "0903AME", ""},
        change{62, "0902AA", "62-09 repeats a letter"},
        change{62, "052612345678901234567890123456", "reference label longer than 25"},
        change{62, "50050101A", "62/50-00 missing"}, change{64, "0002ZH0102商户", ""},
        change{64, "0002ZH", "64-01 missing"}, change{64, "0102商户", "64-00 missing"},
        change{64, "0002ZH0102商户0301A", "RFU 64-03 present"}, change{79, "1", "RFU 79 present"},
        change{80, "0004abcd", ""}, change{99, "0104abcd", "99-00 missing"}));

TEST(Mpm, Advice) {
    mpm_payload payload;
    EXPECT_TRUE(mpm_advice(payload).empty());
    ASSERT_TRUE(payload.set(mpm_id::initiation, "11"));
    ASSERT_TRUE(payload.set(mpm_id::currency, "392"));
    ASSERT_TRUE(payload.set(mpm_id::amount, "999.123"));
    for (std::uint8_t id = 80; id < 86; ++id)
        ASSERT_TRUE(payload.set(id, std::string(99, 'x')));
    EXPECT_EQ(mpm_advice(payload).size(), 3U);
}

TEST(Mpm, NamesOfObjects) {
    EXPECT_EQ(mpm_object_name(59), "name");
    EXPECT_EQ(mpm_object_name(62, 5), "reference label");
    EXPECT_EQ(mpm_object_name(15), "UnionPay account");
    EXPECT_EQ(mpm_object_name(26, 0), "globally unique identifier");
    EXPECT_EQ(mpm_object_name(62, 77), "");
}

} // namespace
} // namespace cipherlane::qr
