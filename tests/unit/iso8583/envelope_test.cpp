// What stands around a message, as data: literal bytes as peers send them, read and written again byte for byte.
#include "cipherlane/iso8583_json.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/envelope.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::iso8583 {
namespace {

std::string hex_of(std::string_view text) {
    return to_hex(as_bytes(text));
}

std::string without_blanks(std::string text) {
    std::erase(text, ' ');
    return text;
}

/// A dialect of its own, and a message in hex.
class sent {
  public:
    sent(std::string_view toml, const std::string& hex)
        : dialect_(loaded_dialect::parse(toml).value())
        , wire_(from_hex(without_blanks(hex)).value()) {}

    [[nodiscard]] const dialect& format() const { return dialect_.table(); }
    [[nodiscard]] const bytes& wire() const { return wire_; }
    [[nodiscard]] result<message_view> read() const { return decode(format(), wire_); }
    [[nodiscard]] partial_message partly(reading how = reading::strict) const {
        return decode_partly(format(), wire_, how);
    }

  private:
    loaded_dialect dialect_;
    bytes wire_;
};

/// Reads, and writes the same bytes from what was read.
void expect_whole(const sent& one, std::string_view mti, const field_set& fields) {
    const auto view = one.read();
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(view->mti(), mti);
    EXPECT_EQ(view->fields(), fields);
    const auto again = encode(one.format(), view->to_message());
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(to_hex(*again), to_hex(one.wire()));
    EXPECT_FALSE(one.partly().failure);
}

/// Small: 11, 37, 39 and 41, and what a test adds.
std::string small_dialect(const std::string& more) {
    return R"(
        name = "small"
        mti = "ascii"
        bitmap = "binary"
        bitmaps = 3
    )" + more +
           R"(
        [field.11]
        name = "trace"
        kind = "digits"
        max = 6
        [field.39]
        name = "answer"
        kind = "alnum"
        max = 2
        [field.41]
        name = "terminal"
        kind = "text"
        max = 8
    )";
}

const std::string small_body = hex_of("0810") + "0020000002800000" + hex_of("12345600TERM0001");
const auto small_fields = field_set::of(11, 39, 41);

TEST(Envelope, KeepsAnEmptySecondBitmap) {
    const sent one("base = \"iso87-ascii\"\nname = \"a\"\nbitmap = \"binary\"",
        "30383030 A220000000800000 0000000000000000 393930303030 30373231313230303030 303030303031 "
        "5445524D30303031");
    expect_whole(one, "0800", field_set::of(3, 7, 11, 41));
    EXPECT_EQ(one.read()->bitmaps(), 2);
    EXPECT_NE(describe(*one.read()).find("empty bitmap"), std::string::npos);
}

TEST(Envelope, SendsAsManyBitmapsAsTheDialectSays) {
    const auto always = loaded_dialect::parse(small_dialect("bitmaps_sent = 2")).value();
    message what("0810");
    what.set(11, "123456");
    const auto wire = encode(always.table(), what).value();
    EXPECT_EQ(to_hex(wire), hex_of("0810") + "8020000000000000" + "0000000000000000" + hex_of("123456"));
    // A peer that sent one is written back with one.
    const auto one = from_hex(small_body).value();
    EXPECT_EQ(*encode(always.table(), decode(always.table(), one)->to_message()), one);
}

TEST(Envelope, ReadsAThirdBitmap) {
    const std::string more = "[field.130]\nname = \"a\"\nkind = \"digits\"\nmax = 2\n"
                             "[field.192]\nname = \"b\"\nkind = \"digits\"\nmax = 3\n";
    const sent one(small_dialect("") + more,
        hex_of("0800") + "8020000000000000" + "8000000000000000" + "4000000000000001" + hex_of("12345677888"));
    expect_whole(one, "0800", field_set::of(11, 130, 192));
    EXPECT_EQ(one.read()->bitmaps(), 3);
    const sent two(small_dialect("").replace(small_dialect("").find("bitmaps = 3"), 11, "bitmaps = 2"),
        hex_of("0800") + "8020000000000000" + "8000000000000000");
    EXPECT_EQ(two.read().error().code(), iso8583_errc::bad_bitmap);
    EXPECT_NE(two.read().error().hint().find("bit 65"), std::string_view::npos);
}

struct head_case {
    const char* name;
    const char* envelope; ///< TOML
    std::string in_front; ///< hex
    std::string behind;
};

class EnvelopeHead : public ::testing::TestWithParam<head_case> {};

TEST_P(EnvelopeHead, GoesThroughByteForByte) {
    const auto& row = GetParam();
    const sent one(small_dialect("[envelope]\n" + std::string(row.envelope)), row.in_front + small_body + row.behind);
    expect_whole(one, "0810", small_fields);
    // As JSON and back it is the same, too.
    const auto again = cli::from_json(one.format(), cli::to_json(one.read().value()));
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(encode(one.format(), *again).value(), one.wire());
}

const std::string interbank = "2E82" + hex_of("0078") + hex_of("00010344   ") + hex_of("01020000   ") + "000000" +
                              "00" + hex_of("00000000") + "00" + hex_of("00000");
const std::string visanet = "16010200"
                            "34"
                            "123456"
                            "654321"
                            "00"
                            "0000"
                            "000000"
                            "00"
                            "000000"
                            "00";

INSTANTIATE_TEST_SUITE_P(All, EnvelopeHead,
    ::testing::Values(head_case{"nothing", "", "", ""}, head_case{"tpdu", "tpdu = true", "6000030000", ""},
        head_case{"tpdu_by_name", "header = \"tpdu\"", "6000030000", ""},
        head_case{
            "eight_characters", "header = [{name = \"head\", form = \"text\", bytes = 8}]", hex_of("A4M04000"), ""},
        head_case{"base24", "header = \"base24\"", hex_of("ISO016000010"), ""},
        head_case{"base24_length_and_end",
            "header = \"base24\"\nlength = \"binary2\"\ntrailer = \"03\"\nlength_counts = [\"trailer\"]",
            "0029" + hex_of("ISO016000010"), "03"},
        head_case{
            "interbank", "header = \"unionpay-interbank\"\nlength = \"ascii4\"", hex_of("0074") + interbank, ""},
        head_case{"visanet", "header = \"visanet\"\nlength = \"binary2\"\nlength_gap = 2", "00320000" + visanet, ""},
        head_case{"rejected_visanet", "header = [\"visanet-reject\", \"visanet\"]",
            "1A" + visanet.substr(2) + "00000123" + visanet, ""},
        head_case{"plain_64", "header = 64", std::string(128, '7'), ""},
        head_case{"own_length", "header = [{name = \"h\", bytes = 20, length = \"counts-itself\"}]", "04FFEE00", ""},
        head_case{"own_length_of_the_rest", "header = [{name = \"h\", bytes = 20, length = \"counts-rest\"}]",
            "03FFEE00", ""},
        head_case{"three_pieces",
            "header = [\"tpdu\", {name = \"kind\", form = \"text\", bytes = 2}, {name = \"tail\", bytes = 3}, "
            "\"lri\"]",
            "6000030000" + hex_of("ZZ") + "FFFFFF", ""},
        head_case{"counts_itself", "length = \"binary2\"\nlength_counts = [\"itself\"]", "001E", ""},
        head_case{"counts_less", "length = \"bcd2\"\nlength_adjust = -5\ntpdu = true",
            "0028"
            "6000030000",
            ""},
        head_case{"little", "length = \"little2\"", "1C00", ""},
        head_case{"binary4", "length = \"binary4\"", "0000001C", ""},
        head_case{"ascii6", "length = \"ascii6\"", hex_of("000028"), ""},
        head_case{"hex4", "length = \"hex4\"", hex_of("001C"), ""},
        head_case{"trailer_as_it_comes", "trailer = 2\nlength = \"binary2\"", "001C", "A1B2"},
        head_case{"trailer_without_length", "trailer = \"0D0A\"", "", "0D0A"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Envelope, TellsWhatAHeaderMustBe) {
    const sent text(small_dialect("[envelope]\nheader = \"base24\""), hex_of("IXO016000010") + small_body);
    ASSERT_FALSE(text.read());
    EXPECT_EQ(text.read().error().field(), "base24");
    EXPECT_NE(
        text.read().error().hint().find("12 bytes of text, 49534F first, found 49584F30"), std::string_view::npos)
        << text.read().error();
    const sent digits(small_dialect("[envelope]\nheader = 6"), hex_of("A4M04000") + small_body);
    EXPECT_NE(digits.read().error().to_string().find("expected packed digits"), std::string::npos);
    const sent reserved(small_dialect("[envelope]\nheader = [{name = \"h\", bytes = 4, length = \"counts-itself\"}]"),
        "05" + small_body);
    EXPECT_EQ(reserved.read().error().field(), "h");
}

TEST(Envelope, NamesTheHeadersPartsAndJudgesTheirLength) {
    const sent one(small_dialect("[envelope]\nheader = \"unionpay-interbank\""), interbank + small_body);
    const auto text = describe(one.partly());
    EXPECT_NE(text.find("destination"), std::string::npos);
    EXPECT_NE(text.find("\"0078\"  WRONG: 74 bytes are here"), std::string::npos) << text;
}

TEST(Envelope, APollIsNoMessage) {
    const std::string poll = "[envelope]\nlength = \"binary2\"\nlength_counts = [\"itself\"]\nzero_length = \"poll\"";
    const sent one(small_dialect(poll), "0000");
    EXPECT_EQ(one.read().error().code(), iso8583_errc::poll);
    EXPECT_TRUE(one.partly().poll);
    EXPECT_NE(describe(one.partly()).find("no message"), std::string::npos);
    const sent refused(small_dialect("[envelope]\nlength = \"binary2\""), "0000");
    EXPECT_EQ(refused.read().error().code(), iso8583_errc::truncated);
    // In a stream it says how many bytes go back.
    const auto frame = read_frame(one.format(), from_hex("0000001E").value()).value();
    EXPECT_TRUE(frame.poll);
    EXPECT_EQ(frame.whole, 2U);
}

TEST(Envelope, AWrongTrailerIsRefused) {
    const sent one(small_dialect("[envelope]\ntrailer = \"03\""), small_body + "04");
    EXPECT_EQ(one.read().error().code(), iso8583_errc::bad_trailer);
    EXPECT_EQ(one.partly().view.fields(), small_fields);
    EXPECT_EQ(decode_body(one.format(), one.wire()).error().field(), "trailer");
}

TEST(Envelope, NothingIsShownThatWasNotThere) {
    const auto nothing = decode_partly(cup_pos(), {});
    EXPECT_EQ(describe(nothing), "");
    EXPECT_FALSE(nothing.view.has_tpdu());
    EXPECT_EQ(nothing.view.mti(), "");
    const auto ascii = from_hex(hex_of("0300") + hex_of("0200")).value();
    const auto read = decode_partly(cup_pos(), ascii);
    EXPECT_EQ(describe(read).find("6000000000"), std::string::npos);
    EXPECT_NE(read.failure->hint().find("as ASCII it would say 0300"), std::string_view::npos) << *read.failure;
}

TEST(Envelope, ACutMessageShowsItsWholeBitmapAndTheFieldThatIsCut) {
    const std::string toml = small_dialect("[envelope]\nheader = [{name = \"head\", form = \"digits\", bytes = 5}]");
    const sent one(toml, "6001230000 30383130 0020000002800000 313233343536 3030 37");
    const auto partly = one.partly();
    EXPECT_EQ(partly.announced, small_fields);
    EXPECT_EQ(partly.view.fields(), field_set::of(11, 39));
    ASSERT_TRUE(partly.cut);
    EXPECT_EQ(partly.cut->number, 41);
    EXPECT_EQ(partly.cut->expected, 8U);
    EXPECT_EQ(partly.cut->found, 1U);
    const auto text = describe(partly);
    EXPECT_NE(text.find("11 39 41"), std::string::npos) << text;
    EXPECT_NE(text.find("CUT: 8 bytes expected, 1 found"), std::string::npos) << text;
    EXPECT_NE(partly.failure->hint().find("found 1 of 8 bytes"), std::string_view::npos);
    // With a length in front, its numbers and the field.
    const sent framed(
        small_dialect("[envelope]\nlength = \"binary2\""), "001C 30383130 0020000002800000 313233343536 3030 37");
    EXPECT_EQ(framed.partly().failure->field(), "length");
    EXPECT_EQ(framed.partly().failure->hint(), "the length says 28 bytes, found 21; cut in field 41");
    const sent early(small_dialect("[envelope]\nlength = \"binary2\""), "001C 30383130 00200000");
    EXPECT_EQ(early.partly().failure->hint(), "the length says 28 bytes, found 8; cut in bitmap, found 4 of 8 bytes");
}

TEST(Envelope, FaultsInAFieldSayWhatWouldBeRight) {
    const sent digits(small_dialect(""), hex_of("0810") + "0020000000000000" + hex_of("12345X"));
    EXPECT_EQ(digits.read().error().hint(), "expected decimal digits, found 58");
    const sent text(small_dialect(""), hex_of("0810") + "0000000000800000" + hex_of("TERM000") + "01");
    EXPECT_EQ(text.read().error().hint(), "expected printable characters, found 01");
    // Of a field that is hidden the byte is not told.
    const std::string card = "[field.2]\nname = \"card\"\nkind = \"digits\"\nmax = 4\nmask = \"pan\"\n";
    const sent secret(small_dialect("") + card, hex_of("0810") + "4000000000000000" + hex_of("123X"));
    EXPECT_EQ(secret.read().error().hint(), "expected decimal digits");
}

TEST(Envelope, HexFieldsMayCountTheirCharacters) {
    const std::string toml = small_dialect("") +
                             "[field.55]\nname = \"chip\"\nkind = \"binary\"\nencoding = \"hex\"\nlength = \"lll\"\n"
                             "max = 255\ninside = \"emv\"\ncounts = \"wire\"\n";
    const sent one(
        toml, hex_of("0200") + "0020000000000200" + hex_of("123456") + hex_of("010") + hex_of("9F26025A5A"));
    expect_whole(one, "0200", field_set::of(11, 55));
    EXPECT_EQ(to_hex(one.read()->to_message().binary(55)), "9F26025A5A");
    const sent odd(
        toml, hex_of("0200") + "0020000000000200" + hex_of("123456") + hex_of("009") + hex_of("9F26025A5"));
    EXPECT_EQ(odd.read().error().code(), iso8583_errc::bad_length_prefix);
}

TEST(Envelope, PackedFieldsMayCountTheirBytes) {
    const std::string toml = small_dialect("") +
                             "[field.2]\nname = \"card\"\nkind = \"digits\"\nencoding = \"bcd\"\nlength = \"ll\"\n"
                             "prefix = \"bcd\"\nmax = 19\npadding = \"right-f\"\nmask = \"pan\"\ncounts = \"wire\"\n";
    const sent odd(toml, hex_of("0200") + "4000000000000000" + "10" + "6222000000000000004F");
    expect_whole(odd, "0200", field_set::of(2));
    EXPECT_EQ(odd.read()->value(2), "6222000000000000004");
    const sent even(toml, hex_of("0200") + "4000000000000000" + "08" + "6222000000000000");
    expect_whole(even, "0200", field_set::of(2));
    EXPECT_EQ(even.read()->value(2), "6222000000000000");
}

TEST(Envelope, LengthsOfFiveAndSixDigits) {
    const std::string toml = small_dialect("") +
                             "[field.120]\nname = \"a\"\nkind = \"text\"\nlength = \"lllll\"\nmax = 20000\n"
                             "[field.127]\nname = \"b\"\nkind = \"text\"\nlength = \"llllll\"\nmax = 65535\n";
    const sent one(
        toml, hex_of("0200") + "8000000000000000" + "0000000000000102" + hex_of("00003ABC") + hex_of("000004WXYZ"));
    expect_whole(one, "0200", field_set::of(120, 127));
    const sent binary(small_dialect("") + "[field.48]\nname = \"a\"\nkind = \"text\"\nlength = \"llllll\"\n"
                                          "prefix = \"binary\"\nmax = 65535\n",
        hex_of("0200") + "0000000000010000" + "000003" + hex_of("ABC"));
    expect_whole(binary, "0200", field_set::of(48));
    EXPECT_TRUE(binary.read()->equals(48, std::string_view("ABC")));
}

const char* const by_bitmap = R"(
    [composite.private]
    style = "bitmap"
    bitmap_bytes = 8
    part = [
      {tag = "127.2", name = "switch key", kind = "text", length = "ll", max = 32},
      {tag = "127.3", name = "routing", kind = "text", max = 4},
      {tag = "127.22", name = "structured data", kind = "text", length = "lllll", max = 9999},
      {tag = "127.39", name = "original answer", kind = "digits", encoding = "bcd", max = 3},
    ]
    [field.127]
    name = "private"
    kind = "binary"
    length = "llllll"
    max = 9999
    inside = "private"
)";

TEST(Envelope, ACompositeByBitmap) {
    const std::string value = "6000040002000000" + hex_of("03ABC") + hex_of("RT01") + hex_of("00002XY") + "0057";
    const std::string size = hex_of("000026");
    const sent one(
        small_dialect("") + by_bitmap, hex_of("0200") + "8000000000000000" + "0000000000000002" + size + value);
    expect_whole(one, "0200", field_set::of(127));
    const auto text = describe(*one.read());
    EXPECT_NE(text.find("127.2   switch key"), std::string::npos) << text;
    EXPECT_NE(text.find("\"RT01\""), std::string::npos);
    EXPECT_NE(text.find("original answer             057"), std::string::npos) << text;
    // Written from its parts it is the same.
    const auto& spec = *one.format().field(127).inside;
    composite_writer writer(spec);
    ASSERT_TRUE(writer.add("127.2", std::string_view("ABC")));
    ASSERT_TRUE(writer.add("127.3", std::string_view("RT01")));
    ASSERT_TRUE(writer.add("127.22", std::string_view("XY")));
    ASSERT_TRUE(writer.add("127.39", from_hex("0057").value()));
    EXPECT_EQ(to_hex(writer.value()), value);
    EXPECT_FALSE(writer.add("127.3", std::string_view("RT01"))); // behind a later one
}

TEST(Envelope, ABitInsideAFieldWithoutARowIsTold) {
    const auto loaded = loaded_dialect::parse(small_dialect("") + by_bitmap).value();
    const auto& spec = *loaded.table().field(127).inside;
    const auto value = from_hex("1000000000000000" + hex_of("X")).value();
    composite_reader reader(spec, value);
    const auto part = reader.next();
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().field(), "127.4");
    const auto cut = from_hex("60000000000000").value();
    EXPECT_EQ(composite_reader(spec, cut).next().error().code(), iso8583_errc::truncated);
    const auto behind = from_hex("0000000000000000"
                                 "FF")
                            .value();
    EXPECT_EQ(composite_reader(spec, behind).next().error().code(), iso8583_errc::trailing_bytes);
}

TEST(Tolerance, WhatDeviatesIsReadAndTold) {
    // A filler of F in field 2, a terminal with a control character, a bit without a field.
    const std::string toml = small_dialect("") +
                             "[field.2]\nname = \"card\"\nkind = \"digits\"\nencoding = \"bcd\"\nlength = \"ll\"\n"
                             "prefix = \"bcd\"\nmax = 19\npadding = \"right-zero\"\nmask = \"pan\"\n";
    const sent one(toml, hex_of("0810") + "4020000000800002" + "19" + "6222000000000000004F" + hex_of("12345X") +
                             hex_of("TERM\x01"
                                    "001"));
    EXPECT_FALSE(one.read());
    const auto read = one.partly(reading::tolerant);
    ASSERT_FALSE(read.failure) << *read.failure;
    EXPECT_EQ(read.view.value(2), "6222000000000000004");
    ASSERT_EQ(read.deviations.size(), 4U);
    EXPECT_EQ(read.deviations[0].what, iso8583_errc::unknown_field);
    EXPECT_EQ(read.deviations[0].field, "63");
    EXPECT_EQ(read.deviations[1].what, iso8583_errc::bad_padding);
    EXPECT_EQ(read.deviations[1].offset, 22U);
    EXPECT_EQ(read.deviations[2].what, iso8583_errc::not_digits);
    EXPECT_EQ(read.deviations[3].what, iso8583_errc::bad_character);
    EXPECT_NE(describe(read).find("deviation"), std::string::npos);
    EXPECT_EQ(read.deviations[0].found, "its bit is set");
    EXPECT_EQ(read.deviations[1].found, "expected a filler of 0, found F") << "no digit of the card";
    EXPECT_EQ(read.deviations[2].found, "expected decimal digits, found 58");
    EXPECT_EQ(read.deviations[3].found, "expected printable characters, found 01");
}

TEST(Tolerance, AWrongLengthAndSmallLettersAreBorne) {
    const std::string toml = small_dialect("[envelope]\nlength = \"binary2\"") +
                             "[field.64]\nname = \"MAC\"\nkind = \"binary\"\nencoding = \"hex\"\nmax = 8\n";
    const sent one(
        toml, "0001" + hex_of("0810") + "0020000000000001" + hex_of("123456") + hex_of("a1b2c3d4e5f60718"));
    const auto read = one.partly(reading::tolerant);
    ASSERT_FALSE(read.failure) << *read.failure;
    EXPECT_EQ(to_hex(as_bytes(read.view.value(64))), "A1B2C3D4E5F60718");
    ASSERT_EQ(read.deviations.size(), 2U);
    EXPECT_EQ(read.deviations[0].field, "length");
    EXPECT_FALSE(read.deviations[0].found.empty());
    EXPECT_EQ(read.deviations[1].field, "64");
    // A message that is cut stays a fault.
    const sent cut(toml, "0001" + hex_of("0810") + "0020000000000001" + hex_of("123"));
    EXPECT_TRUE(cut.partly(reading::tolerant).failure);
}

} // namespace
} // namespace cipherlane::iso8583
