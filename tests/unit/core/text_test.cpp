#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/nearest_word.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/utf8.hpp>

#include <gtest/gtest.h>

#include <array>

namespace cipherlane {
namespace {

TEST(PersonalText, IsMaskedAsAPanIs) {
    EXPECT_EQ(mask_phone("13800138000"), "138******00");
    EXPECT_EQ(mask_phone("+86 138-0013-8000"), "+86 1**-****-**00");
    EXPECT_EQ(mask_phone("1234"), "****");
    EXPECT_EQ(mask_mail("someone@example.org"), "s******@example.org");
    EXPECT_EQ(mask_name("ANNA MARIA SILVA"), "A*** M**** S****");
    EXPECT_EQ(mask_name("\xE5\xBC\xA0\xE4\xB8\x89"), "\xE5\xBC\xA0*");
    EXPECT_EQ(masked_personal("+5511987654321"), "+551********21");
    EXPECT_EQ(masked_personal("a.b@c"), "a**@c");
    // A number alone may be anything.
    for (const std::string_view text : {"13800138000", "A@", "@b", "hello", "", "+12", "a b@c.d"})
        EXPECT_FALSE(masked_personal(text)) << text;
}

TEST(PersonalText, IsFoundInWhatNoTableNames) {
    const auto bytes_of = [](std::string_view hex) { return from_hex(hex).value(); };
    EXPECT_EQ(masked_unnamed(bytes_of("4761739001010010")), "476173******0010");
    EXPECT_EQ(masked_unnamed(bytes_of("0347617390010100FF")), "0347617390010100FF"); // the check digit is wrong
    EXPECT_EQ(masked_unnamed(bytes_of("4761739001010010D2212201")), "476173******0010D*******");
    EXPECT_EQ(masked_unnamed(as_bytes("card 4761 7390 0101 0010, 13812345678")),
        "\"card 4761 73** **** 0010, 138******78\"");
    EXPECT_EQ(masked_unnamed(as_bytes("47617390010100102212201")), "\"476173******00102212201\"");
    EXPECT_EQ(masked_unnamed(bytes_of("013812345678")), "0138******78");
    EXPECT_EQ(masked_unnamed(as_bytes("+5511987654321")), "\"+551********21\"");
    // No number, no mask.
    for (const std::string_view hex : {"", "00", "1122334455667788", "31323334353637", "00000000000000000000"})
        EXPECT_EQ(masked_unnamed(bytes_of(hex)), hex);
}

// GB 11643; the sample of the standard's own explanation, whose check character is X.
TEST(PersonalText, IdentityNumbersAreMaskedWithAndWithoutTheirCheckCharacter) {
    EXPECT_EQ(masked_numbers("11010519491231002X"), "110*************2X");
    EXPECT_EQ(masked_numbers("id 11010519491231002x."), "id 110*************2x.");
    EXPECT_EQ(masked_numbers("110105194912310029"), "110*************29") << "the check character is wrong";
    EXPECT_EQ(masked_numbers("110105194912310028"), "110*************28") << "that passes for a card's, too";
    EXPECT_EQ(masked_numbers("0111010519491231002X"), "01110*************2X") << "type of document in front";
    EXPECT_EQ(masked_numbers("110105 19491231 002X"), "110*** ******** **2X");
    EXPECT_EQ(masked_numbers("990011010519491231002X77"), "9900110*************2X77");
    EXPECT_EQ(masked_unnamed(as_bytes("11010519491231002X")), "\"110*************2X\"");
    EXPECT_EQ(masked_unnamed(from_hex("110105194912310029").value()), "110*************29");
    for (const std::string_view text : {"11010519491331002X", "01010519491231003X", "1010519491231003X",
             "202611301630001234", "110105194912310", "X"})
        EXPECT_EQ(masked_numbers(text), text);
}

TEST(PersonalText, NumbersAreFoundBehindTheirLengthAndBetweenOtherBytes) {
    const auto bytes_of = [](std::string_view hex) { return from_hex(hex).value(); };
    EXPECT_EQ(masked_hex(bytes_of("164761739001010010FF")), "16476173******0010FF");
    EXPECT_EQ(masked_hex(bytes_of("6217001234567890122F")), "621700*********0122F");
    EXPECT_EQ(masked_numbers("+8613812345678 or 008613812345678"), "+86138******78 or 0086138******78");
    // Text beside bytes that are none: a name in GBK, then a number.
    EXPECT_EQ(
        masked_hex(bytes_of("D5C53437363137333930303130313030313000")), "D5C5343736313733************3030313000");
    EXPECT_EQ(masked_numbers("4761739001010010=25122010000"), "476173******0010=***********");
    EXPECT_EQ(masked_numbers("B4761739001010010^DOE/J^2512201?;"), "B476173******0010^*************?;");
    EXPECT_EQ(masked_numbers("4761739001010010X"), "476173******0010X");
    EXPECT_TRUE(holds_personal(bytes_of("6217001234567890122F")));
    EXPECT_TRUE(holds_personal(as_bytes("x11010519491231002X")));
    EXPECT_TRUE(holds_personal(bytes_of("110105194912310029"))) << "packed, its check character wrong";
    EXPECT_FALSE(holds_personal(bytes_of("013812345678"))) << "an amount may look so";
    EXPECT_FALSE(holds_personal(bytes_of("A0000003330101064761739001010010")));
    EXPECT_EQ(masked_unnamed(as_bytes("VISA DEBIT"), unnamed_form::text), "\"VISA DEBIT\"");
}

TEST(Utf8, TakesCodePoints) {
    std::string_view text = "A\xC2\xA5\xE4\xBB\xB7\xF0\x9F\x98\x80";
    for (const char32_t each : {U'A', U'\xA5', U'\x4EF7', U'\x1F600'}) {
        EXPECT_EQ(take_code_point(text), each);
    }
    EXPECT_TRUE(text.empty());
    EXPECT_FALSE(take_code_point(text));
    EXPECT_EQ(utf8_length("A\xC2\xA5\xE4\xBB\xB7"), 3U);
    EXPECT_EQ(utf8_length(""), 0U);
}

TEST(Utf8, RefusesWhatIsNotWellFormed) {
    // Overlong, surrogate, above U+10FFFF, cut, a lone continuation, and leads that do not exist.
    for (const std::string_view text : {"\xC0\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xED\xA0\x80",
             "\xF4\x90\x80\x80", "\xE4\xBB", "\x80", "\xFE", "\xF8\x88\x80\x80\x80"}) {
        auto rest = text;
        EXPECT_FALSE(take_code_point(rest));
        EXPECT_EQ(rest, text);
        EXPECT_FALSE(utf8_length(text));
    }
}

TEST(PrintableText, LeavesWordsAndTakesWhatSteers) {
    EXPECT_EQ(printable_text("Caf\xC3\xA9 \xE5\x95\x86\xE6\x88\xB7 \xF0\x9F\x98\x80"),
        "Caf\xC3\xA9 \xE5\x95\x86\xE6\x88\xB7 \xF0\x9F\x98\x80");
    EXPECT_EQ(printable_text("a\x1B[2Jb\r\nc\td\x7F"), "a?[2Jb??c?d?");
    EXPECT_EQ(printable_text(std::string_view("\0x", 2)), "?x");
    EXPECT_EQ(printable_text("a\xC2\x9B"
                             "2Jb"),
        "a?2Jb"); // CSI of C1
    EXPECT_EQ(printable_text("\xE2\x80\xAE"
                             "cod.exe"),
        "?cod.exe"); // U+202E
    for (const char* each : {"\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9",
             "\xE2\x80\xAA", "\xE2\x81\xA6", "\xE2\x81\xA9", "\xEF\xBB\xBF"}) {
        EXPECT_EQ(printable_text(each), "?") << each;
    }
    EXPECT_EQ(printable_text("\xFF\xC3x"), "??x");
}

TEST(PrintableText, CutsBeforeACharacter) {
    EXPECT_EQ(printable_text("abcdef", 6), "abcdef");
    EXPECT_EQ(printable_text("abcdefg", 6), "abc...");
    EXPECT_EQ(printable_text("\xE5\x95\x86\xE6\x88\xB7\xE5\x95\x86", 8), "\xE5\x95\x86...");
    EXPECT_EQ(printable_text("abc", 2), "..");
    EXPECT_EQ(printable_text(std::string(60'000, 'x')).size(), 200U);
    EXPECT_EQ(printable_text(""), "");
}

TEST(NearestWord, FindsWhatWasMeant) {
    constexpr std::array<std::string_view, 5> words{"address", "header", "bitmap", "tls", "id"};
    EXPECT_EQ(nearest_word("adress", words), "address");
    EXPECT_EQ(nearest_word("haeder", words), "header");
    EXPECT_EQ(nearest_word("Bitmaps", words), "bitmap");
    EXPECT_EQ(nearest_word("tsl", words), "tls");
    EXPECT_EQ(nearest_word("is", words), "id");
    EXPECT_EQ(nearest_word("x", words), "");
    EXPECT_EQ(nearest_word("colour", words), "");
    EXPECT_EQ(nearest_word("", words), "");
    EXPECT_EQ(nearest_word(std::string(1'000, 'a'), words), "");
}

} // namespace
} // namespace cipherlane
