#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <gtest/gtest.h>

namespace cipherlane::iso8583 {
namespace {

/// Decodes, compares three fields of the echo test, and encodes back.
void expect_echo(const dialect& format, byte_view wire, std::string_view mti) {
    const auto view = decode(format, wire);
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(view->mti(), mti);
    EXPECT_EQ(view->fields(), field_set::of(7, 11, 70));
    EXPECT_EQ(view->value(7), "1121093120");
    EXPECT_EQ(view->value(11), "000001");
    EXPECT_EQ(view->value(70), "301");
    const auto again = encode(format, view->to_message());
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(to_hex(*again), to_hex(wire));
}

// Bytes laid out by hand from ISO 8583:1987: type, two bitmaps (1 7 11, 70), fields.
TEST(IsoDialects, EchoInCharacters) {
    constexpr std::string_view wire = "0800"
                                      "8220000000000000"
                                      "0400000000000000"
                                      "1121093120"
                                      "000001"
                                      "301";
    expect_echo(iso87_ascii(), as_bytes(wire), "0800");
}

TEST(IsoDialects, EchoPacked) {
    expect_echo(iso87_bcd(),
        *from_hex("001C080082200000000000000400000000000000112109312000000103"
                  "01"),
        "0800");
}

TEST(IsoDialects, A1993MessageTypeBeginsWithOne) {
    // Bitmap 11 12 24 39 41: 00 30 01 00 02 80 00 00.
    const std::string_view wire = "1814"
                                  "0030010002800000"
                                  "000001"
                                  "261121093120"
                                  "831"
                                  "800"
                                  "TERM0001";
    const auto view = decode(iso93_ascii(), as_bytes(wire));
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(view->value(12), "261121093120");
    EXPECT_EQ(view->value(39), "800");
    EXPECT_EQ(as_text(*encode(iso93_ascii(), view->to_message())), wire);
    EXPECT_EQ(decode(iso87_ascii(), as_bytes(wire)).error().code(), iso8583_errc::bad_mti);
}

TEST(IsoDialects, SignedAmountsTracksAndMacInCharacters) {
    message what("0200");
    what.set(2, "6222000000000017").set(28, "D00000125").set(35, "6222000000000017=2912").set(41, "T1");
    what.set(52, *from_hex("1616116C76559985")).leave_mac_hole(128);
    std::array<std::uint8_t, 512> room{};
    const auto built = encode(iso87_ascii(), what, room);
    ASSERT_TRUE(built) << built.error();
    EXPECT_EQ(built->mac.size(), 16U);
    const auto view = decode(iso87_ascii(), built->frame);
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(view->value(28), "D00000125");
    EXPECT_EQ(view->value(35), "6222000000000017=2912");
    EXPECT_EQ(to_hex(as_bytes(view->value(52))), "1616116C76559985");
    EXPECT_EQ(view->mac_range().size(), built->mac_range.size());
    what.set(28, "X00000125");
    EXPECT_EQ(encode(iso87_ascii(), what).error().field(), "28");
}

TEST(IsoDialects, SignedAmountsPacked) {
    message what("0200");
    what.set(28, "C00000125").set(35, "6222000000000017D2912");
    const auto wire = encode(iso87_bcd(), what);
    ASSERT_TRUE(wire) << wire.error();
    const auto view = decode(iso87_bcd(), *wire);
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(to_hex(view->wire(28)), "4300000125");
    EXPECT_EQ(view->value(28), "C00000125");
    EXPECT_EQ(view->value(35), "6222000000000017D2912");
}

TEST(IsoDialects, BitmapsThatSayNothingAreRefused) {
    for (const std::string_view wire : {"08000000000000000000", "080080000000000000000000000000000000",
             "080080000000000000008000000000000000", "0800822000000000000G"}) {
        EXPECT_EQ(decode(iso87_ascii(), as_bytes(wire)).error().code(), iso8583_errc::bad_bitmap) << wire;
    }
}

TEST(IsoDialects, AreFoundByName) {
    for (const auto* one : built_in_dialects())
        EXPECT_EQ(find_dialect(one->name), one);
    EXPECT_EQ(find_dialect("cup-pos"), &cup_pos());
    EXPECT_EQ(find_dialect("none"), nullptr);
}

TEST(IsoDialects, AContradictionIsFoundInItsRow) {
    auto table = cup_pos();
    table.fields[22].padding = padding::none;
    EXPECT_EQ(first_fault(table), 22);
    table = cup_pos();
    table.fields[35].max = 100;
    EXPECT_EQ(first_fault(table), 35);
    table = cup_pos();
    table.mac_fields = field_set::of(63);
    EXPECT_EQ(first_fault(table), 63);
    table = cup_pos();
    table.name = {};
    EXPECT_EQ(first_fault(table), 0);
}

} // namespace
} // namespace cipherlane::iso8583
