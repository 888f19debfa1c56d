#include "cipherlane/trace_mask.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cipherlane::cli {
namespace {

constexpr auto till = trace_entry::from::till;
constexpr auto device = trace_entry::from::device;
constexpr std::string_view number = "6222021234567890123"; // made up
constexpr std::string_view masked = "6222020000000000123";

std::string text_of(const std::vector<trace_entry>& entries) {
    std::string all;
    for (const auto& one : entries)
        all += as_text(one.data);
    return all;
}

std::vector<trace_entry> masked_pieces(std::initializer_list<std::string_view> pieces) {
    trace_mask mask;
    for (const auto piece : pieces)
        mask.add(device, as_bytes(piece));
    mask.finish();
    return mask.take();
}

TEST(TraceMask, HidesANumberInOneTransfer) {
    EXPECT_EQ(text_of(masked_pieces({"[T1]6222021234567890123\n"})), "[T1]6222020000000000123\n");
    EXPECT_EQ(text_of(masked_pieces({"[T2]12345678901\n"})), "[T2]12345678901\n") << "shorter than a PAN";
    EXPECT_EQ(text_of(masked_pieces({"0123456789ABCDEF"})), "012345000000CDEF") << "an encrypted PIN";
}

TEST(TraceMask, HidesANumberSplitAnywhereOverTwoReads) {
    for (std::size_t at = 1; at < number.size(); ++at) {
        trace_mask mask;
        mask.add(device, as_bytes("[T1]" + std::string(number.substr(0, at))));
        mask.add(till, as_bytes("[V]\n")); // the other direction in between
        mask.add(device, as_bytes(std::string(number.substr(at)) + "\n"));
        mask.finish();
        const auto entries = mask.take();
        ASSERT_EQ(entries.size(), 3U);
        EXPECT_EQ(text_of({entries[0], entries[2]}), "[T1]" + std::string(masked) + "\n") << at;
        EXPECT_EQ(as_text(entries[1].data), "[V]\n");
        EXPECT_EQ(entries[0].data.size(), 4 + at) << "transfers keep their sizes";
    }
}

TEST(TraceMask, HidesANumberThatComesDigitByDigit) {
    trace_mask mask;
    for (const char one : number)
        mask.add(device, as_bytes(std::string(1, one)));
    mask.finish();
    EXPECT_EQ(text_of(mask.take()), masked);
}

TEST(TraceMask, HidesANumberOverPacketsWithBytesAroundTheirPieces) {
    for (std::size_t at = 3; at + 3 <= number.size(); ++at) {
        const std::string head("\x51\x20Q\x00\x02", 5);
        const std::string sum("\x03"
                              "4");
        const auto entries = masked_pieces(
            {head + std::string(number.substr(0, at)) + sum, head + std::string(number.substr(at)) + sum});
        std::string clear;
        for (const auto& one : entries)
            clear += std::string(as_text(one.data).substr(5, one.data.size() - 7));
        EXPECT_EQ(clear, masked) << at;
    }
}

TEST(TraceMask, LeavesCommandsAndAnswersAsTheyAre) {
    for (const std::string_view answers : {"[T1]OK\n", "[CQ]OK\n", "[V]QR-1.3.10.7789\n"}) {
        trace_mask mask;
        for (int i = 0; i < 20; ++i)
            mask.add(device, as_bytes(answers));
        mask.finish();
        std::string wanted;
        for (int i = 0; i < 20; ++i)
            wanted += answers;
        EXPECT_EQ(text_of(mask.take()), wanted);
    }
}

TEST(TraceMask, GivesOutWhatIsSettledAndKeepsTheOrder) {
    trace_mask mask;
    mask.add(till, as_bytes("[V]\n"));
    EXPECT_EQ(mask.take().size(), 1U);
    mask.add(device, as_bytes("622202"));
    EXPECT_TRUE(mask.take().empty()) << "the number may go on";
    mask.add(till, as_bytes("x\n"));
    EXPECT_TRUE(mask.take().empty());
    mask.add(device, as_bytes("\n"));
    EXPECT_EQ(mask.take().size(), 3U);
}

} // namespace
} // namespace cipherlane::cli
