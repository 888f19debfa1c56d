#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/consumer_code.hpp>

#include <gtest/gtest.h>

namespace cipherlane::emv {
namespace {

// EMVCo QRCPS CPM v1.1, Annex B.1 and B.2.
constexpr std::string_view annex_b1 = "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=";
constexpr std::string_view annex_b2 =
    "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0Icn"
    "Vlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw==";

bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

bytes code(std::string_view rest) {
    return hex("85054350563031" + std::string(rest));
}

TEST(ConsumerCode, PublishedWithOneApplication) {
    const auto read = consumer_code::parse(annex_b1);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->applications(), 1U);
    EXPECT_EQ(to_hex(read->find(0, 0x4F).value()), "A0000000555555");
    EXPECT_EQ(to_hex(read->find(0, 0x57).value()), "1234567890123458D191220112345F");
    EXPECT_EQ(read->card(0)->expose(), "1234567890123458");
    EXPECT_FALSE(read->find(1, 0x4F).has_value());
    EXPECT_EQ(read->to_text(), annex_b1);
}

TEST(ConsumerCode, PublishedWithTwoApplications) {
    const auto read = consumer_code::parse(annex_b2);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->applications(), 2U);
    EXPECT_EQ(as_text(read->find(0, 0x50).value()), "Product1");
    EXPECT_EQ(as_text(read->find(1, 0x50).value()), "Product2");
    EXPECT_EQ(as_text(read->find(1, 0x5F20).value()), "CARDHOLDER/EMV");
    EXPECT_EQ(to_hex(read->find(0, 0x9F26).value()), "584FD385FA234BCC"); // in 64
    EXPECT_EQ(read->card(1)->expose(), "1234567890123458");
    EXPECT_EQ(read->to_text(), annex_b2);
}

TEST(ConsumerCode, Recognised) {
    EXPECT_TRUE(consumer_code::recognised(annex_b1));
    EXPECT_FALSE(consumer_code::recognised("000201"));
    EXPECT_FALSE(consumer_code::recognised(""));
}

TEST(ConsumerCode, AnIndicatorWithALongLengthWouldNotBeRecognised) {
    constexpr std::string_view application = "61134F07A0000000555555"
                                             "5A081234567890123458";
    EXPECT_TRUE(consumer_code::from_tlv(code(application)));
    const auto refused = consumer_code::from_tlv(hex("8581054350563031" + std::string(application)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), emv_errc::not_consumer_code);
    EXPECT_EQ(refused.error().field(), "85");
}

TEST(ConsumerCode, DataBehindTheLongestTextIsRefused) {
    auto data = code("61134F07A0000000555555"
                     "5A081234567890123458");
    data.resize(3073); // zeros between objects are allowed
    EXPECT_EQ(consumer_code::from_tlv(data).error().code(), emv_errc::too_large);
    data.resize(3072);
    const auto longest = consumer_code::from_tlv(data);
    ASSERT_TRUE(longest) << longest.error();
    EXPECT_TRUE(consumer_code::parse(longest->to_text()));
}

TEST(ConsumerCode, LenientForgivesPaddingWhiteSpaceAndOrder) {
    auto bare = std::string(annex_b1.substr(0, annex_b1.size() - 1));
    EXPECT_EQ(consumer_code::parse(bare).error().code(), emv_errc::not_base64);
    EXPECT_TRUE(consumer_code::parse(" " + bare + "\r\n", cpm_reading::lenient));
    // No card data at all: a wallet may give them in 63 under names of its own.
    const auto no_card = code("61094F07A0000000555555");
    EXPECT_EQ(consumer_code::from_tlv(no_card).error().code(), emv_errc::missing_tag);
    const auto read = consumer_code::from_tlv(no_card, cpm_reading::lenient);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->card(0).error().code(), emv_errc::missing_tag);
}

TEST(ConsumerCode, UnionPayWithCryptogramInside63) {
    const auto read = consumer_code::from_tlv(code("61264F08A0000003330101025A0862123456789012346310"
                                                   "9F26081122334455667788"
                                                   "9F36020001"));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(to_hex(read->find(0, 0x9F36).value()), "0001");
    EXPECT_EQ(read->card(0)->expose(), "6212345678901234");
}

TEST(ConsumerCode, EveryBrokenRuleIsRefused) {
    struct broken {
        bytes data;
        emv_errc why;
        const char* field;
    };
    const std::string one = "61134F07A0000000555555"
                            "5A081234567890123458";
    const std::string bare = "61094F07A0000000555555";
    const broken cases[] = {
        {{}, emv_errc::not_consumer_code, "85"},
        {hex("85054350563032" + one), emv_errc::not_consumer_code, "85"},
        {hex(one), emv_errc::not_consumer_code, "85"},
        {hex("0085054350563031" + one), emv_errc::not_consumer_code, "85"}, // the text would begin otherwise
        {code(""), emv_errc::missing_tag, "61"},
        {code("61025000"), emv_errc::missing_tag, "61/4F"},
        {code("610A5A081234567890123458"), emv_errc::missing_tag, "61/4F"},
        {code("61135A0812345678901234584F07A0000000555555"), emv_errc::missing_tag, "61/4F"},
        {code(bare), emv_errc::missing_tag, "61/5A"},
        {code(one + one + one), emv_errc::too_many, "61"},
        {code(one + "62055F2D026465"), emv_errc::too_many, "62"},
        {code(bare + bare +
              "620A5A081234567890123458"
              "62055F2D026465"),
            emv_errc::duplicate_tag, "62"},
        {code(one + one + "620A5A081234567890123458"), emv_errc::duplicate_tag, "62/5A"},
        {code("610F4F07A0000000555555"
              "500141500142"),
            emv_errc::duplicate_tag, "61/50"},
        {code("610E4F07A00000005555555A03123A56"), emv_errc::bad_value, "61/5A"},
        {code("610A4F07A00000005555559F"), emv_errc::cut_tag, "61/9F"},
        {code("61FF4F"), emv_errc::bad_length, "61"},
    };
    for (const auto& one_case : cases) {
        SCOPED_TRACE(to_hex(one_case.data));
        const auto read = consumer_code::from_tlv(one_case.data);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code(), one_case.why) << read.error();
        EXPECT_EQ(read.error().field(), one_case.field);
        EXPECT_TRUE(read.error().is(condition::bad_message));
    }
}

TEST(ConsumerCode, Base64IsExact) {
    EXPECT_EQ(consumer_code::parse("hQVDUFY*MWEa").error().offset(), 7U);
    EXPECT_EQ(consumer_code::parse("hQVDUFYwM=Ea").error().offset(), 9U);
    EXPECT_EQ(consumer_code::parse("hQVDUFYwMWEaT===").error().code(), emv_errc::not_base64);
    EXPECT_EQ(consumer_code::parse("hQVDUFYwMR==").error().code(), emv_errc::not_base64); // bits left over
    EXPECT_EQ(consumer_code::parse("hQVDUFYwMQ==").error().code(), emv_errc::missing_tag);
    EXPECT_EQ(consumer_code::parse("hQVDUFY" + std::string(5000, 'A')).error().code(), emv_errc::too_large);
}

} // namespace
} // namespace cipherlane::emv
