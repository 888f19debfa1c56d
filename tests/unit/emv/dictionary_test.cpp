#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/bit_names.hpp>
#include <cipherlane/emv/dol.hpp>
#include <cipherlane/emv/meaning.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <gtest/gtest.h>

namespace cipherlane::emv {
namespace {

bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

TEST(TagDictionary, EveryTagOfField55IsThere) {
    for (const tag_number tag : {0x9F26U, 0x9F27U, 0x9F10U, 0x9F37U, 0x9F36U, 0x95U, 0x9AU, 0x9CU, 0x9F02U, 0x5F2AU,
             0x82U, 0x9F1AU, 0x9F03U, 0x9F33U, 0x9F35U, 0x9F1EU, 0x84U, 0x9F09U, 0x9F41U, 0x9F63U, 0x9F34U, 0x9F74U,
             0xDF31U, 0x91U, 0x71U, 0x72U}) {
        EXPECT_NE(find_tag(tag), nullptr) << tag_text(tag);
    }
    EXPECT_EQ(find_tag(0xDFEE01), nullptr);
    EXPECT_EQ(find_tag(0x9F26)->name, "Application Cryptogram (AC)");
    EXPECT_EQ(find_tag(0x9F63)->origin, tag_origin::unionpay);
    EXPECT_EQ(to_string(find_tag(0x9F02)->format), "n");
    EXPECT_EQ(to_string(find_tag(0x70)->format), "template");
}

TEST(TagDictionary, Values) {
    EXPECT_TRUE(check_value(0x9F02, hex("000000012345")));
    EXPECT_FALSE(check_value(0x9F02, hex("0000000123")));
    EXPECT_FALSE(check_value(0x9F02, hex("00000001234A")));
    EXPECT_EQ(check_value(0x9F02, hex("00")).error().field(), "9F02");
    EXPECT_TRUE(check_value(0x5A, hex("6212345678901234567F")));
    EXPECT_FALSE(check_value(0x5A, hex("62123456F8901234567F")));
    EXPECT_TRUE(check_value(0x57, hex("6212345678901234D2512201")));
    EXPECT_FALSE(check_value(0x57, hex("62123456789012342512201F")));
    EXPECT_FALSE(check_value(0x57, hex("6212D345678901234D25122F")));
    EXPECT_TRUE(check_value(0x5F55, as_bytes("CN")));
    EXPECT_FALSE(check_value(0x5F55, as_bytes("C1")));
    EXPECT_TRUE(check_value(0x8A, as_bytes("00")));
    EXPECT_FALSE(check_value(0x8A, as_bytes("0-")));
    EXPECT_FALSE(check_value(0x50, hex("0A")));
    EXPECT_TRUE(check_value(0x9F38, hex("9F66049F02069F03069F1A0295055F2A029A039C019F3704")));
    EXPECT_FALSE(check_value(0x9F38, hex("9F66")));
    EXPECT_FALSE(check_value(0xA5, hex("88")));
    EXPECT_TRUE(check_value(0xDFEE01, hex("00")));
}

TEST(TagDictionary, DescribesWithoutSecrets) {
    EXPECT_EQ(describe_value(0x9F26, hex("0123456789ABCDEF")), "0123456789ABCDEF");
    EXPECT_EQ(describe_value(0x50, as_bytes("UnionPay Debit")), "\"UnionPay Debit\"");
    EXPECT_EQ(describe_value(0x50, hex("D2F8C1AA")), "D2F8C1AA");
    EXPECT_EQ(describe_value(0x5A, hex("6212345678901234567F")), "621234*********4567");
    EXPECT_EQ(describe_value(0x57, hex("6212345678901234D2512201")), "(12 bytes, not shown)");
    EXPECT_EQ(describe_value(0x5F20, as_bytes("CARDHOLDER")), "(10 bytes, not shown)");
    EXPECT_EQ(describe_value(0x9F38, hex("9F02069F37")), "9F02 (6), input ends inside a length");
    EXPECT_EQ(describe_value(0xDFEE01, hex("00")), "00");
    // A number in a tag that nobody knows, and a number that is shifted.
    EXPECT_EQ(describe_value(0xDF02, hex("4761739001010010")), "476173******0010");
    EXPECT_EQ(describe_value(0xDF7F, as_bytes("13812345678")), "\"138******78\"");
    EXPECT_EQ(describe_value(0x5A, hex("FF47617390010100")), "(8 bytes that are no digits, not shown)");
}

TEST(TagDictionary, SaysWhatIsWrongWithAValue) {
    const auto told = [](tag_number tag, const bytes& value) {
        const auto done = check_value(tag, value);
        return done ? std::string() : std::string(done.error().hint());
    };
    EXPECT_EQ(told(0x95, hex("04000000")), "found 4 bytes, expected 5");
    EXPECT_EQ(told(0x91, hex("0400")), "found 2 bytes, allowed 8 to 16");
    EXPECT_EQ(told(0x90, {}), "found 0 bytes, expected 1 or more");
    EXPECT_EQ(told(0x9F02, hex("000000000A00")), "found A as digit 10, allowed 0 to 9");
    EXPECT_EQ(told(0x8A, hex("3021")), "found 21 as byte 2, expected letters and digits");
    EXPECT_EQ(told(0x5A, hex("62F2")), "expected digits, and F behind them alone");
    EXPECT_NE(told(0x9F38, hex("9F66")), "");
    EXPECT_EQ(told(0x9A, hex("231399")), "found month 13, allowed 01 to 12");
    EXPECT_EQ(told(0x9A, hex("250230")), "found day 30, allowed 01 to 28");
    EXPECT_EQ(told(0x9A, hex("240229")), "");
    EXPECT_EQ(told(0x5F25, hex("250431")), "found day 31, allowed 01 to 30");
    EXPECT_EQ(told(0x5F24, hex("260631")), "") << "issuers let cards end so";
    EXPECT_EQ(told(0x5F24, hex("260600")), "found day 00, allowed 01 to 31");
    EXPECT_EQ(told(0x9F21, hex("246000")), "found hour 24, allowed 00 to 23");
    EXPECT_EQ(told(0x9F21, hex("236000")), "found minute 60, allowed 00 to 59");
}

/// A value that was shifted or wrongly labelled is what the tool is called for.
TEST(TagDictionary, MasksWhatIsNotOfItsTagsForm) {
    EXPECT_EQ(describe_value(0x9F6C, hex("6217001234567890122F")), "621700*********0122F");
    EXPECT_EQ(describe_value(0x95, hex("6217001234567890122D251220100F")), "621700*********0122D*********F");
    EXPECT_EQ(describe_value(0x9F02, hex("4761739001010010")), "476173******0010");
    EXPECT_EQ(describe_value(0x9F36, as_bytes("13812345678")), "\"138******78\"");
    EXPECT_EQ(describe_value(0x9F36, as_bytes("a.b@example.org")), "\"a**@example.org\"");
    // Text always, of its form or not.
    EXPECT_EQ(describe_value(0x50, hex("6217001234567890122D251220100F")), "621700*********0122D*********F");
    EXPECT_EQ(describe_value(0x50, as_bytes("6228000100001117")), "\"622800******1117\"");
    EXPECT_EQ(describe_value(0x5F50, as_bytes("13812345678")), "\"138******78\"");
    EXPECT_EQ(describe_value(0x9F12, as_bytes("11010519491231002X")), "\"110*************2X\"");
    EXPECT_EQ(describe_value(0x50, as_bytes("PURCHASE A")), "\"PURCHASE A\"");
    // Bits of no fixed length, where they begin as a card does.
    EXPECT_EQ(describe_value(0x9F7C, hex("6217001234567890122F")), "621700*********0122F");
    EXPECT_EQ(describe_value(0x9F05, as_bytes("id 110105194912310029")), "\"id 110*************29\"");
    EXPECT_EQ(describe_value(0x9F10, hex("07010103A0200001")), "07010103A0200001");
    // What has its form is shown whole, whatever its digits are.
    EXPECT_EQ(describe_value(0x9F26, hex("4761739001010010")), "4761739001010010");
    EXPECT_EQ(describe_value(0x9F02, hex("013812345678")), "013812345678");
    EXPECT_FALSE(may_be_personal(0x9F26, hex("4761739001010010")));
    EXPECT_TRUE(may_be_personal(0x9F26, hex("476173900101")));
}

TEST(TagDictionary, KnowsTheCardholdersDocument) {
    EXPECT_EQ(find_tag(0x9F61)->name, "Cardholder Identity Number");
    EXPECT_EQ(describe_value(0x9F61, as_bytes("11010519491231002X")), "(18 bytes, not shown)");
    EXPECT_EQ(describe_value(0x9F62, hex("00")), "00");
    EXPECT_EQ(coded_meaning(0x9F62, hex("02")), "passport");
    EXPECT_EQ(coded_meaning(0x9F62, hex("000000000038")), "") << "another object of a magnetic stripe's mode";
}

TEST(BitNames, DependOnTheScheme) {
    EXPECT_FALSE(set_bits(0x9F6C, hex("3000"), card_scheme::visa).empty());
    EXPECT_FALSE(set_bits(0x9F6C, hex("3000")).empty());
    EXPECT_TRUE(set_bits(0x9F6C, hex("0001"), card_scheme::mastercard).empty());
    EXPECT_TRUE(set_bits(0x9F66, hex("0F00")).empty()); // two bytes are Mastercard's PUNATC
    ASSERT_EQ(meaning_lines(0x9F66, hex("0F00")).size(), 1U);
    EXPECT_NE(meaning_lines(0x9F6C, hex("0001"), card_scheme::mastercard).at(0).find("version"), std::string::npos);
}

TEST(BitNames, InWords) {
    const auto set = set_bits(0x95, hex("8000048001"));
    ASSERT_EQ(set.size(), 4U);
    EXPECT_EQ(set[0].text, "offline data authentication not performed");
    EXPECT_EQ(set[1].text, "online PIN entered");
    EXPECT_EQ(set[2].text, "amount above the floor limit");
    // A bit without a name is told, too.
    EXPECT_EQ(set[3].byte, 5);
    EXPECT_EQ(set[3].bit, 1);
    EXPECT_EQ(set[3].text, "(set, but no meaning is known)");
    EXPECT_EQ(set_bits(0x9B, hex("E800")).size(), 4U);
    EXPECT_EQ(set_bits(0x82, hex("7C")).size(), 5U);
    EXPECT_TRUE(set_bits(0x9F26, hex("FF")).empty());
    EXPECT_TRUE(bit_names(0x9F26).empty());
}

// EMV Contactless Book A, 5.7, and Book C-3, Annex A; action codes have the bits of the TVR.
TEST(BitNames, QualifiersAndActionCodes) {
    const auto card = set_bits(0x9F6C, hex("0080"));
    ASSERT_EQ(card.size(), 1U);
    EXPECT_EQ(card[0].text, "consumer device CVM performed");
    std::vector<std::string_view> terminal;
    for (const auto& each : set_bits(0x9F66, hex("36204000")))
        terminal.push_back(each.text);
    EXPECT_EQ(terminal,
        (std::vector<std::string_view>{"EMV mode supported", "chip with contacts supported", "online PIN supported",
            "signature supported", "offline PIN supported (chip with contacts)", "consumer device CVM supported"}));
    EXPECT_EQ(set_bits(0x9F0D, hex("FC50ACA000")).size(), 14U);
    EXPECT_EQ(set_bits(0x9F66, hex("26000080")).back().text, "fDDA of version 01 supported");
    EXPECT_EQ(find_tag(0xDF8120)->name, "Terminal Action Code, Default");
    EXPECT_EQ(find_tag(0xDF812A)->privacy, tag_privacy::secret);
    EXPECT_EQ(set_bits(0x9F0E, hex("0010000000"))[0].text, "service not allowed for this card product");
}

TEST(Meaning, EachRuleOfACvmList) {
    const auto lines = meaning_lines(0x8E, hex("000000000000000042031E031F03"));
    EXPECT_EQ(
        lines, (std::vector<std::string>{"X = 0, Y = 0 in units of the application's currency",
                   "rule 1: enciphered PIN checked online, if the terminal supports it; if it fails, the next rule",
                   "rule 2: signature on paper, if the terminal supports it; if it fails, verification has failed",
                   "rule 3: no verification required, if the terminal supports it"}));
    EXPECT_EQ(meaning_lines(0x8E, hex("00000000000000004203FF")).back(), "half a rule at the end");
    EXPECT_EQ(meaning_lines(0x8E, hex("0000")).size(), 1U);
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& each : lines)
        text.append(each).append("\n");
    return text;
}

TEST(Meaning, WhatTheIssuerAnswers) {
    EXPECT_EQ(meaning_lines(0x91, hex("11223344556677883030")),
        (std::vector<std::string>{"by method 1: ARPC 1122334455667788, response code \"00\""}));
    EXPECT_EQ(meaning_lines(0x91, hex("11223344556677880012")).front().substr(36), "response code 0012");
    EXPECT_EQ(meaning_lines(0x91, hex("1122334483920000AB")),
        (std::vector<std::string>{"by method 2: ARPC 11223344", "card status update 83920000, PIN tries left 3",
            "  proprietary data follow", "  issuer approves", "  PIN try counter is to be set",
            "  offline counters to zero", "issuer's own data AB"}));
    EXPECT_TRUE(meaning_lines(0x91, hex("11223344")).empty());
}

TEST(Meaning, AnswersOfTheCardWithoutTags) {
    EXPECT_EQ(meaning_lines(0x94, hex("080101001001030118020202")),
        (std::vector<std::string>{"file 1, record 1",
            "file 2, records 1 to 3, the first 1 in offline data authentication",
            "file 3, record 2, the first 2 in offline data authentication; WRONG: allowed at most 1"}));
    EXPECT_EQ(meaning_lines(0x94, hex("AABBCCDD")),
        (std::vector<std::string>{"file 21, records 187 to 204, the first 221 in offline data authentication; WRONG: "
                                  "the low three bits of AA are not zero; WRONG: allowed at most 18"}));
    EXPECT_NE(meaning_lines(0x94, hex("F8010100")).front().find("allowed files 1 to 30"), std::string::npos);
    EXPECT_EQ(meaning_lines(0x94, hex("08020100")).front(), "file 1, records 2 to 1; no such records");
    EXPECT_EQ(meaning_lines(0x94, hex("080300")), (std::vector<std::string>{"part of an entry at the end"}));
    EXPECT_EQ(meaning_lines(0x80, hex("198008010100")),
        (std::vector<std::string>{
            "answer to GET PROCESSING OPTIONS: application interchange profile 1980", "file 1, record 1"}));
    EXPECT_EQ(meaning_lines(0x80, hex("8002401122334455667788060A0103A0A000")),
        (std::vector<std::string>{"answer to GENERATE AC: ARQC 1122334455667788",
            "application transaction counter 0240", "issuer application data 060A0103A0A000"}));
}

TEST(Meaning, FormFactorsOfBothSchemes) {
    EXPECT_EQ(meaning_lines(0x9F6E, hex("23880000"), card_scheme::visa),
        (std::vector<std::string>{"form: Visa's form factor indicator, version 1", "device: mobile phone",
            "able to take a pass code", "two-way messages"}));
    EXPECT_EQ(meaning_lines(0x9F6E, hex("0840000030310A")),
        (std::vector<std::string>{"form: Mastercard's third party data", "country 0840", "unique identifier 0000",
            "device type \"01\"", "proprietary data 0A"}));
    EXPECT_EQ(meaning_lines(0x9F6E, hex("084080000A"), card_scheme::mastercard).back(), "proprietary data 0A");
}

TEST(Meaning, IssuerDataByTheirForm) {
    const auto phone =
        joined(meaning_lines(0x9F10, hex("1F4A6331A00000000010030273000000004000000000000000000000000000FF")));
    EXPECT_NE(phone.find("Visa, format 4"), std::string::npos) << phone;
    EXPECT_NE(phone.find("CVN 4A (decimal 74)"), std::string::npos);
    EXPECT_NE(phone.find("key index 63"), std::string::npos);
    EXPECT_NE(phone.find("ARQC in the first GENERATE AC, no second GENERATE AC"), std::string::npos);
    const auto visa = joined(meaning_lines(0x9F10, hex("06011203A0B800")));
    EXPECT_NE(visa.find("Visa, format 1"), std::string::npos) << visa;
    EXPECT_NE(visa.find("CVN 12 (decimal 18)"), std::string::npos);
    EXPECT_NE(visa.find("byte 2 bit 5: new card"), std::string::npos);
    const auto unionpay = joined(meaning_lines(0x9F10, hex("07010103A0200001")));
    EXPECT_NE(unionpay.find("UnionPay"), std::string::npos) << unionpay;
    EXPECT_NE(unionpay.find("algorithm 01, TDES"), std::string::npos);
    EXPECT_NE(joined(meaning_lines(0x9F10, hex("07010103A0200004"))).find("SM4"), std::string::npos);
    const auto mchip = joined(meaning_lines(0x9F10, hex("0110A00001220000000000000000000000FF")));
    EXPECT_NE(mchip.find("M/Chip"), std::string::npos) << mchip;
    EXPECT_NE(mchip.find("CVN 10 (decimal 16), Mastercard's session key"), std::string::npos);
    EXPECT_NE(mchip.find("byte 4 bit 6: offline PIN verification not performed"), std::string::npos);
    const auto core =
        joined(meaning_lines(0x9F10, hex("0FA501A23800040000000000000000000F000000000000000000000000000000")));
    EXPECT_NE(core.find("common core identifier A5, TDES"), std::string::npos) << core;
    EXPECT_EQ(meaning_lines(0x9F10, hex("0102")), (std::vector<std::string>{"form: not known"}));
    EXPECT_EQ(scheme_of_aid(hex("A000000333010101")), card_scheme::unionpay);
    // Another scheme's bits are not read as Visa's.
    EXPECT_EQ(
        joined(meaning_lines(0x9F10, hex("06010103A0B800"), card_scheme::amex)).find("new card"), std::string::npos);
}

// EMV 4.4 Book 3, Annex C3; Book 4, 6.3.4.5 for the outcome and for 3F.
TEST(CodedMeaning, CryptogramAndCardholderVerification) {
    const auto say = [](tag_number tag, std::string_view digits) { return coded_meaning(tag, *from_hex(digits)); };
    EXPECT_EQ(say(0x9F27, "80"), "ARQC: the card asks to go online");
    EXPECT_EQ(say(0x9F27, "40"), "TC: approved offline");
    EXPECT_EQ(say(0x9F27, "00"), "AAC: declined by the card");
    EXPECT_EQ(say(0x9F34, "420300"), "enciphered PIN checked online, if the terminal supports it, outcome not known");
    EXPECT_EQ(say(0x9F34, "1E0302"), "signature on paper, if the terminal supports it, successful");
    EXPECT_EQ(say(0x9F34, "1F0002"), "no verification required, always, successful");
    EXPECT_EQ(say(0x9F34, "3F0000"), "no method performed");
    EXPECT_EQ(say(0x9F34, "410A03"), "plaintext PIN checked by the card, condition unknown, outcome unknown");
    EXPECT_EQ(say(0x9F34, "2B0000"), "method 2B, always, outcome not known");
    EXPECT_EQ(say(0x9F34, "4203"), "");
    EXPECT_EQ(say(0x9F26, "80"), "");
}

TEST(CodedMeaning, AnswersTransactionTypesAndEntryModes) {
    const auto say = [](tag_number tag, std::string_view digits) { return coded_meaning(tag, *from_hex(digits)); };
    EXPECT_EQ(say(0x8A, "5931"), "approved offline");
    EXPECT_EQ(say(0x8A, "5A33"), "declined offline, as nobody could be reached");
    EXPECT_EQ(say(0x8A, "3030"), "approved by the issuer");
    EXPECT_EQ(say(0x8A, "3531"), "") << "an issuer's code is the host's to explain";
    EXPECT_EQ(say(0x9C, "20"), "refund");
    EXPECT_EQ(say(0x9C, "0020"), "");
    EXPECT_EQ(say(0x9F39, "07"), "contactless chip");
    EXPECT_EQ(say(0x9F39, "99"), "");
}

TEST(Meaning, ResultsOfIssuerScripts) {
    using lines = std::vector<std::string>;
    const auto say = [](std::string_view digits, card_scheme scheme = card_scheme::unknown) {
        return meaning_lines(0x9F5B, *from_hex(digits), scheme);
    };
    EXPECT_EQ(say("2000000001"), lines{"script 00000001: successful"});
    EXPECT_EQ(say("13AABBCCDD1F00000000"),
        (lines{"script AABBCCDD: failed at command 3", "script 00000000: failed at command 15 or behind it"}));
    EXPECT_EQ(say("0000000000"), lines{"script 00000000: not performed"});
    EXPECT_EQ(say("20000000"), lines{}) << "no whole script";
    EXPECT_EQ(say("2000000001", card_scheme::mastercard), lines{}) << "another object there";
}

TEST(Dol, ReadsTagsAndLengths) {
    const auto list = hex("9F02069F03069F1A0295055F2A029A039C019F3704");
    dol_reader reader(list);
    std::size_t count = 0;
    while (reader.next())
        ++count;
    EXPECT_TRUE(reader.finish());
    EXPECT_EQ(count, 8U);
    EXPECT_EQ(dol_data_size(list).value(), 29U);
    EXPECT_TRUE(check_dol({}));
}

TEST(Dol, EveryFaultHasItsPlace) {
    struct broken {
        const char* list;
        emv_errc why;
        std::size_t offset;
        const char* field;
    };
    for (const auto& one : {broken{"9F02069F", emv_errc::cut_tag, 3, "9F"},
             broken{"9A", emv_errc::cut_length, 0, "9A"}, broken{"9AFF", emv_errc::bad_length, 0, "9A"},
             broken{"9F8182838401", emv_errc::tag_too_long, 0, "9F818283"}}) {
        const auto done = check_dol(hex(one.list));
        ASSERT_FALSE(done) << one.list;
        EXPECT_EQ(done.error().code(), one.why);
        EXPECT_EQ(done.error().offset(), one.offset);
        EXPECT_EQ(done.error().field(), one.field);
    }
    EXPECT_EQ(check_dol(bytes(256)).error().code(), emv_errc::too_large);
}

TEST(Dol, BuildsByTheRulesOfEachFormat) {
    const auto amount = hex("000000012345");
    const auto pan = hex("6212345678901234");
    const auto cryptogram = hex("0102030405060708");
    auto source = [&](tag_number tag) -> std::optional<byte_view> {
        if (tag == 0x9F02) return amount;
        if (tag == 0x5A) return pan;
        if (tag == 0x9F26) return cryptogram;
        if (tag == 0x70) return amount;
        return std::nullopt;
    };
    std::array<std::uint8_t, 64> out{};
    auto built = [&](std::string_view list) { return to_hex(build_dol(hex(list), source, out).value()); };
    EXPECT_EQ(built("9F0206"), "000000012345");
    EXPECT_EQ(built("9F0204"), "00012345");         // n loses its first bytes
    EXPECT_EQ(built("9F0208"), "0000000000012345"); // and gains leading zeros
    EXPECT_EQ(built("5A04"), "62123456");           // cn loses its last
    EXPECT_EQ(built("5A0A"), "6212345678901234FFFF");
    EXPECT_EQ(built("9F2604"), "01020304");
    EXPECT_EQ(built("9F260A"), "01020304050607080000");
    EXPECT_EQ(built("9F3704"), "00000000"); // not there
    EXPECT_EQ(built("7002"), "0000");       // templates are never given
    EXPECT_EQ(built("9F02069F3702"), "0000000123450000");
    EXPECT_EQ(build_dol(hex("9F02069F3740"), source, out).error().code(), emv_errc::buffer_too_small);
    EXPECT_EQ(build_dol(hex("9F02069F"), source, out).error().code(), emv_errc::cut_tag);
}

} // namespace
} // namespace cipherlane::emv
