#include "support/bytes.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_frame.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using event = abecs_decoder::event;
using tests::hex;

bytes framed(byte_view payload) {
    auto frame = abecs_frame(payload);
    return {frame->expose().begin(), frame->expose().end()};
}

event feed(abecs_decoder& decoder, const bytes& data) {
    auto last = event::nothing;
    for (auto byte : data)
        last = decoder.take(byte);
    return last;
}

// Vector A1: ABECS 2.12, section 2.2.2.1.
TEST(AbecsFrame, MakesThePublishedOpenFrame) {
    EXPECT_EQ(framed(abecs::open_command().expose()), hex("16 4F504E 17 A8A9"));
}

// Vector A2: section 2.2.2.2; the text is Latin-1 on the wire.
TEST(AbecsFrame, MakesThePublishedDisplayFrame) {
    auto lines = abecs::two_lines("    OPERAÇÃO    ", "   FINALIZADA   ", 0);
    ASSERT_TRUE(lines);
    EXPECT_EQ(framed(abecs::display_command(*lines).expose()),
        hex("16 445350303332202020204F50455241C7C34F2020202020202046494E414C495A414441202020 17 5213"));
}

TEST(AbecsFrame, ReadsThePublishedAnswerAndRefusesItsBrokenForm) {
    abecs_decoder decoder;
    EXPECT_EQ(feed(decoder, hex("16 445350 303030 17 FFFF")), event::broken);
    EXPECT_EQ(feed(decoder, hex("16 445350 303030 17 3963")), event::frame);
    EXPECT_EQ(as_text(decoder.payload()), "DSP000");
}

TEST(AbecsFrame, EscapesItsOwnBytes) {
    auto frame = framed(hex("13 16 17 18 04"));
    EXPECT_EQ(bytes(frame.begin(), frame.end() - 2), hex("16 1333 1336 1337 18 04 17"));
    abecs_decoder decoder;
    EXPECT_EQ(feed(decoder, frame), event::frame);
    EXPECT_EQ(bytes(decoder.payload().begin(), decoder.payload().end()), hex("13 16 17 18 04"));
}

TEST(AbecsFrame, KnowsTheCheckValueOfItsCrc) {
    EXPECT_EQ(abecs_crc(as_bytes("123456789")), 0x31C3); // CRC-16/XMODEM
}

TEST(AbecsFrame, HasALimitBothWays) {
    bytes largest(abecs_largest_payload, 'x');
    abecs_decoder decoder;
    EXPECT_EQ(feed(decoder, framed(largest)), event::frame);
    EXPECT_EQ(decoder.payload().size(), abecs_largest_payload);
    bytes longer(abecs_largest_payload + 1, 'x');
    EXPECT_EQ(abecs_frame(longer).error().code(), drivers_errc::too_long);
    EXPECT_EQ(decoder.take(abecs_byte::syn), event::nothing);
    EXPECT_EQ(feed(decoder, longer), event::broken);
    EXPECT_FALSE(decoder.inside());
}

TEST(AbecsFrame, StartsAnewAtSynAndTellsControlBytesOnlyOutside) {
    abecs_decoder decoder;
    EXPECT_EQ(decoder.take(0x06), event::ack);
    EXPECT_EQ(decoder.take(0x15), event::nak);
    EXPECT_EQ(decoder.take(0x04), event::eot);
    EXPECT_EQ(decoder.take(0x18), event::can);
    EXPECT_EQ(decoder.take('x'), event::nothing);
    EXPECT_EQ(feed(decoder, hex("16 4F50 06 15")), event::nothing);
    EXPECT_EQ(feed(decoder, hex("16 4F504E 17 A8A9")), event::frame);
    EXPECT_EQ(as_text(decoder.payload()), "OPN");
    EXPECT_EQ(feed(decoder, hex("16 13 41")), event::broken);
}

} // namespace
} // namespace cipherlane::drivers
