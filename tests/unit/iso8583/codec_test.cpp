#include "support/vectors.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::iso8583 {
namespace {

/// A sale with values of odd and even lengths.
message sample() {
    message what("0200");
    what.set_tpdu(*tpdu::parse("6000030000")).set_header("603100310730");
    what.set(2, "6222000000000000004").set(3, "000000").set(4, "000000001234").set(11, "000002").set(22, "021");
    what.set(23, "001").set(25, "00").set(32, "48000").set(35, "6222000000000000004D30122011234");
    what.set(41, "TEST0001").set(42, "TESTMERCH000001").set(49, "156").set(53, "2600000000000000");
    what.set(60, "22000001000500").leave_mac_hole();
    return what;
}

/// `what` as bytes, with one byte changed where `at` says.
bytes spoiled(const message& what, std::size_t at, std::uint8_t value) {
    auto wire = *encode(cup_pos(), what);
    wire.at(at) = value;
    return wire;
}

std::size_t offset_of(const message& what, int field) {
    const auto wire = *encode(cup_pos(), what);
    return decode(cup_pos(), wire)->offset(field);
}

void expect_refused(const bytes& wire, iso8583_errc why, std::string_view field, std::size_t at) {
    const auto view = decode(cup_pos(), wire);
    ASSERT_FALSE(view);
    EXPECT_EQ(view.error().code(), why) << view.error();
    EXPECT_EQ(view.error().field(), field);
    EXPECT_EQ(view.error().offset(), at);
    EXPECT_TRUE(view.error().is(condition::bad_message));
}

TEST(Codec, PadsAsTheFieldTableSays) {
    const auto what = sample();
    const auto wire = *encode(cup_pos(), what);
    const auto view = *decode(cup_pos(), wire);
    EXPECT_EQ(to_hex(view.wire(2)), "62220000000000000040");
    EXPECT_EQ(to_hex(view.wire(22)), "0210");
    EXPECT_EQ(to_hex(view.wire(23)), "0001");
    EXPECT_EQ(to_hex(view.wire(32)), "048000");
    EXPECT_EQ(to_hex(view.wire(35)), "6222000000000000004D301220112340");
    for (const int field : what.fields())
        EXPECT_EQ(view.value(field), what.get(field)) << field;
    EXPECT_EQ(view.to_message().fields(), what.fields());
}

TEST(Codec, FillingNibblesAreChecked) {
    const auto what = sample();
    expect_refused(
        spoiled(what, offset_of(what, 2) + 9, 0x41), iso8583_errc::bad_padding, "2", offset_of(what, 2) + 9);
    expect_refused(
        spoiled(what, offset_of(what, 22) + 1, 0x1F), iso8583_errc::bad_padding, "22", offset_of(what, 22) + 1);
    expect_refused(spoiled(what, offset_of(what, 23), 0x10), iso8583_errc::bad_padding, "23", offset_of(what, 23));
}

TEST(Codec, EnvelopeIsChecked) {
    const auto what = sample();
    expect_refused(spoiled(what, 2, 0x68), iso8583_errc::bad_tpdu, "tpdu", 2);
    expect_refused(spoiled(what, 4, 0xA0), iso8583_errc::bad_tpdu, "tpdu", 4);
    expect_refused(spoiled(what, 9, 0x0B), iso8583_errc::bad_header, "header", 9);
    expect_refused(spoiled(what, 13, 0x12), iso8583_errc::bad_mti, "mti", 13);
    expect_refused(spoiled(what, 13, 0x0A), iso8583_errc::bad_mti, "mti", 13);
    expect_refused(spoiled(what, 13, 0x00), iso8583_errc::bad_mti, "mti", 13);
    // Bit 1 would announce a second bitmap; bit 5 is a field that terminals do not have.
    const auto first = (*encode(cup_pos(), what))[15];
    expect_refused(spoiled(what, 15, first | 0x80), iso8583_errc::bad_bitmap, "bitmap", 15);
    expect_refused(spoiled(what, 15, first | 0x08), iso8583_errc::unknown_field, "5", 15);
}

TEST(Codec, LengthPrefixesAreDigitsWithinBounds) {
    const auto what = sample();
    const auto at2 = offset_of(what, 2) - 1;
    expect_refused(spoiled(what, at2, 0x1A), iso8583_errc::bad_length_prefix, "2", at2);
    expect_refused(spoiled(what, at2, 0x20), iso8583_errc::bad_length_prefix, "2", at2);
    expect_refused(spoiled(what, at2, 0x00), iso8583_errc::bad_length_prefix, "2", at2);
    const auto at60 = offset_of(what, 60) - 2;
    expect_refused(spoiled(what, at60, 0x10), iso8583_errc::bad_length_prefix, "60", at60);
    expect_refused(spoiled(what, at60 + 1, 0x1F), iso8583_errc::bad_length_prefix, "60", at60);
}

TEST(Codec, TracksHoldHexOnlyWhereField53SaysEncrypted) {
    auto what = sample();
    const auto at = offset_of(what, 35);
    expect_refused(spoiled(what, at, 0x6A), iso8583_errc::bad_character, "35", at);
    what.set(35, "6222A00000000000004D30122011234");
    EXPECT_EQ(encode(cup_pos(), what).error().field(), "35");
    what.set(53, "2610000000000000");
    const auto wire = encode(cup_pos(), what);
    ASSERT_TRUE(wire) << wire.error();
    const auto view = decode(cup_pos(), *wire);
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(view->value(35), "6222A00000000000004D30122011234");
}

TEST(Codec, EveryCutAndEveryExtraByteIsRefused) {
    const auto wire = *encode(cup_pos(), sample());
    for (std::size_t size = 0; size < wire.size(); ++size) {
        EXPECT_FALSE(decode(cup_pos(), byte_view(wire).first(size))) << size;
        // With a length that fits what is left, the fields themselves must notice.
        if (size < 2) continue;
        bytes cut(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(size));
        store_be16(cut.data(), static_cast<std::uint16_t>(size - 2));
        const auto view = decode(cup_pos(), cut);
        ASSERT_FALSE(view) << size;
        EXPECT_EQ(view.error().code(), iso8583_errc::truncated);
        EXPECT_EQ(view.error().offset(), size);
        EXPECT_FALSE(view.error().field().empty());
    }
    auto longer = wire;
    longer.push_back(0);
    EXPECT_EQ(decode(cup_pos(), longer).error().code(), iso8583_errc::trailing_bytes);
    store_be16(longer.data(), static_cast<std::uint16_t>(longer.size() - 2));
    EXPECT_EQ(decode(cup_pos(), longer).error().offset(), wire.size());
}

TEST(Codec, NoSingleByteChangeMakesItRoundTripWrongly) {
    const auto wire = *encode(cup_pos(), sample());
    for (std::size_t at = 0; at < wire.size(); ++at) {
        for (unsigned flip = 1; flip < 256; ++flip) {
            auto changed = wire;
            changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
            const auto view = decode(cup_pos(), changed);
            if (!view) continue;
            const auto again = encode(cup_pos(), view->to_message());
            ASSERT_TRUE(again) << again.error();
            EXPECT_EQ(*again, changed) << at;
        }
    }
}

TEST(Codec, MacRangeRunsFromTheMessageTypeToField64) {
    const auto what = sample();
    std::array<std::uint8_t, 512> room{};
    const auto built = encode(cup_pos(), what, room);
    ASSERT_TRUE(built) << built.error();
    EXPECT_EQ(built->mac_range.data(), built->body.data() + 11);
    EXPECT_EQ(built->mac_range.data() + built->mac_range.size(), built->mac.data());
    EXPECT_EQ(built->mac.size(), 8U);
    EXPECT_EQ(to_hex(built->mac), "0000000000000000");
    std::fill(built->mac.begin(), built->mac.end(), std::uint8_t{0x41});
    const auto view = decode(cup_pos(), built->frame);
    ASSERT_TRUE(view);
    EXPECT_EQ(as_text(view->mac()), "AAAAAAAA");
    EXPECT_EQ(view->mac_range().data(), built->mac_range.data());
    EXPECT_EQ(view->mac_range().size(), built->mac_range.size());
    EXPECT_TRUE(decode_body(cup_pos(), built->body));

    auto open = sample();
    open.remove(64);
    const auto unsealed = encode(cup_pos(), open, room);
    ASSERT_TRUE(unsealed);
    EXPECT_TRUE(unsealed->mac.empty() && unsealed->mac_range.empty());
}

TEST(Codec, DialMonitorHeaderIsOptional) {
    auto what = sample();
    bytes lri(lri_bytes, 0x11);
    std::copy_n("LRI", 3, lri.begin());
    what.set_monitor_header(lri);
    const auto wire = encode(cup_pos(), what);
    ASSERT_TRUE(wire) << wire.error();
    EXPECT_EQ(to_hex(byte_view(*wire).subspan(7, 3)), "4C5249");
    const auto view = decode(cup_pos(), *wire);
    ASSERT_TRUE(view) << view.error();
    EXPECT_EQ(to_hex(view->monitor_header()), to_hex(lri));
    EXPECT_EQ(view->header(), "603100310730");
    EXPECT_EQ(view->mac_range().size(), decode(cup_pos(), *encode(cup_pos(), sample()))->mac_range().size());
}

TEST(Codec, EncodeRefusesWhatDecodeWould) {
    const auto refused = [](int field, std::string_view value) {
        auto what = sample();
        what.set(field, value);
        const auto wire = encode(cup_pos(), what);
        EXPECT_FALSE(wire) << field;
        return wire ? std::string() : std::string(wire.error().field());
    };
    EXPECT_EQ(refused(2, "62220000000000000041"), "2");
    EXPECT_EQ(refused(3, "00000"), "3");
    EXPECT_EQ(refused(3, "00000A"), "3");
    EXPECT_EQ(refused(5, "000000000000"), "5");
    EXPECT_EQ(refused(37, "1234567890-2"), "37");
    EXPECT_EQ(refused(41, "TEST\n001"), "41");
    EXPECT_EQ(refused(52, "12"), "52");
    EXPECT_EQ(refused(66, "1"), "66");
    auto what = sample();
    EXPECT_EQ(encode(cup_pos(), what.set_header("6031")).error().field(), "header");
    what = sample();
    EXPECT_EQ(encode(cup_pos(), what.set_mti("020")).error().field(), "mti");
    std::array<std::uint8_t, 40> small{};
    EXPECT_EQ(encode(cup_pos(), sample(), small).error().code(), iso8583_errc::buffer_too_small);
}

TEST(Codec, FixedTextIsFilledWithSpaces) {
    auto what = sample();
    what.set(41, "T1");
    const auto wire = encode(cup_pos(), what);
    ASSERT_TRUE(wire);
    EXPECT_EQ(decode(cup_pos(), *wire)->value(41), "T1      ");
}

TEST(Message, ReplacesValuesAndForgetsThem) {
    message what("0200");
    what.set(2, "6222000000000017").set(2, "62220000000000000041").set(11, "000001");
    EXPECT_EQ(what.get(2), "62220000000000000041");
    what.set(3, what.get(11));
    EXPECT_EQ(what.get(3), "000001");
    auto copy = what.clone();
    what.remove(2);
    EXPECT_FALSE(what.has(2));
    EXPECT_EQ(what.get(2), "");
    message moved = std::move(copy);
    EXPECT_EQ(moved.get(2), "62220000000000000041");
    moved.clear();
    EXPECT_TRUE(moved.fields().empty());
    for (int i = 0; i < 200; ++i)
        moved.set(62, std::string_view(std::string(500, 'x')));
    EXPECT_EQ(moved.get(62).size(), 500U);
}

} // namespace
} // namespace cipherlane::iso8583
