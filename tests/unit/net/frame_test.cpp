#include "support/bytes.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/frame.hpp>

#include <gtest/gtest.h>

namespace cipherlane::net {
namespace {

using tests::hex;

bytes owned(const std::optional<byte_view>& view) {
    return view ? bytes(view->begin(), view->end()) : bytes{};
}

TEST(LengthPrefixed, CutsMessagesHoweverTheyArrive) {
    const bytes stream = hex("0003 414243 0001 44 0002 4546");
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        length_prefixed frames(100);
        bytes all;
        for (const auto part : {byte_view(stream).first(first), byte_view(stream).subspan(first)}) {
            ASSERT_TRUE(frames.feed(part));
            while (auto message = frames.next()) {
                all.insert(all.end(), message->begin(), message->end());
                all.push_back('|');
            }
        }
        EXPECT_EQ(as_text(all), "ABC|D|EF|") << "split at " << first;
        EXPECT_EQ(frames.pending(), 0U);
    }
}

TEST(LengthPrefixed, KeepsAnIncompleteMessage) {
    length_prefixed frames(100);
    ASSERT_TRUE(frames.feed(hex("00")));
    EXPECT_FALSE(frames.next());
    ASSERT_TRUE(frames.feed(hex("0241")));
    EXPECT_FALSE(frames.next());
    EXPECT_EQ(frames.pending(), 3U);
    ASSERT_TRUE(frames.feed(hex("42")));
    EXPECT_EQ(owned(frames.next()), hex("4142"));
}

TEST(LengthPrefixed, RefusesALengthOfZeroAndSaysWhere) {
    length_prefixed frames(100);
    ASSERT_TRUE(frames.feed(hex("0001 41")));
    EXPECT_EQ(owned(frames.next()), hex("41"));
    auto fed = frames.feed(hex("0001 42 0000"));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code(), make_error_code(net_errc::frame_empty));
    EXPECT_TRUE(fed.error().is(condition::bad_message));
    EXPECT_EQ(fed.error().offset(), 6U);
    EXPECT_EQ(owned(frames.next()), hex("42")) << "what came before the fault is still good";
    EXPECT_FALSE(frames.feed(hex("0001 43"))) << "the stream stays broken";
}

TEST(LengthPrefixed, SkipsHeartbeatsWhereTheProfileHasThem) {
    length_prefixed frames(100, length_prefixed::empty_message::skip);
    ASSERT_TRUE(frames.feed(hex("0000 0001 41 0000")));
    EXPECT_EQ(owned(frames.next()), hex("41"));
    EXPECT_FALSE(frames.next());
    EXPECT_EQ(frames.pending(), 0U);
}

TEST(LengthPrefixed, GivesPollsOutWhereTheyAreToBeAnswered) {
    length_prefixed frames(100, length_prefixed::empty_message::give);
    ASSERT_TRUE(frames.feed(hex("0000 0001 41 00")));
    const auto poll = frames.next();
    ASSERT_TRUE(poll);
    EXPECT_TRUE(poll->empty());
    EXPECT_EQ(owned(frames.next()), hex("41"));
    EXPECT_FALSE(frames.next());
    ASSERT_TRUE(frames.feed(hex("00")));
    EXPECT_TRUE(frames.next());
    EXPECT_FALSE(frames.next());
}

TEST(LengthPrefixed, RefusesALengthAboveTheLimitBeforeItsBytesArrive) {
    length_prefixed frames(256);
    ASSERT_TRUE(frames.feed(hex("0100")));
    length_prefixed strict(255);
    auto fed = strict.feed(hex("0100"));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code(), make_error_code(net_errc::frame_too_long));
}

TEST(LengthPrefixed, TakesLengthsOfFourDigitsAndRefusesWhatIsNoNumber) {
    using empty = length_prefixed::empty_message;
    const auto stream = as_bytes("0003ABC00010D");
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        length_prefixed frames(100, empty::skip, frame_prefix::digits4);
        ASSERT_TRUE(frames.feed(stream.first(first)));
        ASSERT_TRUE(frames.feed(stream.subspan(first)));
        EXPECT_EQ(owned(frames.next()), hex("414243"));
        EXPECT_EQ(owned(frames.next()), hex("30")) << "a digit of the message is none of a length";
        EXPECT_EQ(frames.pending(), 1U);
    }
    length_prefixed frames(100, empty::skip, frame_prefix::digits4);
    ASSERT_TRUE(frames.feed(as_bytes("00000001A")));
    const auto wrong = frames.feed(as_bytes("00 1B"));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), make_error_code(core_errc::not_digits));
    EXPECT_EQ(wrong.error().offset(), 9U);
    bytes written(4);
    put_prefix(written, 123, frame_prefix::digits4);
    EXPECT_EQ(as_text(written), "0123");
}

} // namespace
} // namespace cipherlane::net
