#include "support/bytes.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_frame.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cipherlane::drivers {
namespace {

using event = zvt_frame_decoder::event;
using tests::hex;

std::string shown(const secret_bytes& data) {
    return to_hex(data.expose());
}

/// Frames of public tests and captures: what is framed, and the frame.
struct known_frame {
    const char* message;
    const char* frame;
};
const std::vector<known_frame> known{
    {"0600061234 56BA0978", "10020600061234 56BA0978100324C3"},
    {"06930312 3456", "1002069303123456 1003CAA4"},
    {"06010A0400000001100049 0978", "100206010A040000000110100049 09781003F2FF"},
    {"067000", "1002067000 1003D9F9"},
    {"0600100000 00B609780301060626040A0206D3", "100206001010000000B609780301060626040A0206D31003B431"},
    {"060107040000000001 90", "10020601070400000000019010037657"},
    {"06010C0400000000005049097806 00", "100206010C0400000000005049097806001003C121"},
    {"04FF010A", "100204FF010A1003F57D"},
    {"04FF020E10", "100204FF020E10101003916B"},
    {"061E016C", "1002061E016C1003C9F2"},
    {"060F0A190029290010 06490978", "1002060F0A19002929001010064909781003EF72"},
    {"849C00", "1002849C001003C341"},
    {"06301000000087015304000000001880490978", "1002063010100000008701530400000000188049097810035D5F"},
    {"0620051234560303", "1002062005123456030310037038"},
    {"849D0704000000000500", "1002849D0704000000000500100362BD"},
    {"040F692700040000000018800B0001530C1923360D041617000122F0F8EEEEEEEEEEEE57262929001006"
     "2A3130303736343939322020202020203B39353835323000003CF0F1F447454E2E4E522E3A39353835323049097887015388000153"
     "8A2E8BF0F84D41455354524F00",
        "1002040F692700040000000018800B0001530C1923360D041617000122F0F8EEEEEEEEEEEE57262929001010062A3130303736343939"
        "322020202020203B39353835323000003CF0F1F447454E2E4E522E3A393538353230490978870153880001538A2E8BF0F84D41455354"
        "524F00100338D0"},
};

TEST(ZvtFrame, IsThePublishedOne) {
    for (const auto& [message, frame] : known)
        EXPECT_EQ(shown(zvt_frame(hex(message))), to_hex(hex(frame))) << message;
}

TEST(ZvtFrame, IsReadAgainByteByByte) {
    for (const auto& [message, frame] : known) {
        zvt_frame_decoder decoder;
        const auto wire = hex(frame);
        for (std::size_t at = 0; at + 1 < wire.size(); ++at)
            EXPECT_EQ(decoder.take(wire[at]), event::nothing) << message << " at " << at;
        EXPECT_TRUE(decoder.inside());
        ASSERT_EQ(decoder.take(wire.back()), event::frame) << message;
        EXPECT_FALSE(decoder.inside());
        const auto read = decoder.message();
        EXPECT_EQ(shown(to_wire(read.code, read.data.expose())), to_hex(hex(message)));
    }
}

TEST(ZvtFrame, IsBrokenByEveryChangedByteAndNeverReadWrong) {
    const auto whole = hex("10020601070400000000019010037657");
    for (std::size_t at = 2; at < whole.size(); ++at) {
        auto wire = whole;
        wire[at] ^= 0x21;
        zvt_frame_decoder decoder;
        for (const auto byte : wire)
            EXPECT_NE(decoder.take(byte), event::frame) << "byte " << at;
    }
}

/// Wherever it is cut, what follows it is read, or asked for again.
TEST(ZvtFrame, CutAtAnyByteItHidesNothingBehindIt) {
    for (const auto& [message, frame] : known) {
        const auto wire = hex(frame);
        for (std::size_t cut = 0; cut < wire.size(); ++cut) {
            zvt_frame_decoder decoder;
            bool read = false;
            bool broken = false;
            for (const auto part : {byte_view(wire).first(cut), byte_view(wire)}) {
                for (const auto byte : part) {
                    const auto what = decoder.take(byte);
                    broken = broken || what == event::broken;
                    if (what != event::frame) continue;
                    read = true;
                    const auto whole = decoder.message();
                    EXPECT_EQ(shown(to_wire(whole.code, whole.data.expose())), to_hex(hex(message)));
                }
            }
            EXPECT_TRUE(read || broken) << message << " cut at " << cut;
        }
    }
}

TEST(ZvtFrame, WithMoreThanItsLengthIsBroken) {
    zvt_frame_decoder decoder;
    auto last = event::nothing;
    for (const auto byte : hex("1002 067000 55")) {
        last = decoder.take(byte);
    }
    EXPECT_EQ(last, event::broken);
    EXPECT_FALSE(decoder.inside());
}

TEST(ZvtFrame, ANewOneWithinTakesThePlaceOfTheOld) {
    zvt_frame_decoder decoder;
    auto last = event::nothing;
    for (const auto byte : hex("1002 0670 1002067000 1003D9F9"))
        last = decoder.take(byte);
    EXPECT_EQ(last, event::frame);
    EXPECT_EQ(decoder.message().code, zvt_code::diagnosis);
}

TEST(ZvtFrame, ControlBytesStandOutsideFrames) {
    zvt_frame_decoder decoder;
    EXPECT_EQ(decoder.take(0x06), event::ack);
    EXPECT_EQ(decoder.take(0x15), event::nak);
    EXPECT_EQ(decoder.take(0x41), event::nothing);
}

TEST(ZvtApdu, HasALongLengthLowByteFirst) {
    const bytes data(300, 0x55);
    const auto wire = to_wire(0x06D3, data);
    EXPECT_EQ(to_hex(wire.expose().first(5)), "06D3FF2C01");
    zvt_reader reader;
    bool whole = false;
    for (const auto byte : wire.expose()) {
        EXPECT_FALSE(whole);
        whole = reader.take(byte);
    }
    ASSERT_TRUE(whole);
    const auto read = reader.message();
    EXPECT_EQ(read.code, zvt_code::print_text_block);
    EXPECT_EQ(read.data.size(), 300U);
}

TEST(ZvtApdu, OfTwoHundredAndFiftyFourBytesHasAShortLength) {
    EXPECT_EQ(to_wire(0x040F, bytes(254)).size(), 257U);
    EXPECT_EQ(to_wire(0x040F, bytes(255)).size(), 260U);
}

} // namespace
} // namespace cipherlane::drivers
