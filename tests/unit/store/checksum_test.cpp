// The checksum of a record stands in journals that are there: quick or not, it is FNV-1a, byte by byte.
#include "checksum.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string_view>

namespace cipherlane::store {
namespace {

std::uint64_t fnv_1a(byte_view data) {
    std::uint64_t value = 0xCBF29CE484222325U;
    for (const auto one : data)
        value = (value ^ one) * 0x100000001B3U;
    return value;
}

bytes lowest_first(std::int64_t value) {
    bytes made;
    for (unsigned shift = 0; shift < 64; shift += 8)
        made.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
    return made;
}

/// The test vectors of the algorithm's authors: test_fnv.c, "" and "foobar".
TEST(Checksum, IsComparedWithFnv1a) {
    EXPECT_EQ(fnv_1a({}), 0xCBF29CE484222325U);
    EXPECT_EQ(fnv_1a(as_bytes(std::string_view("foobar"))), 0x85944171F73967E8U);
}

TEST(Checksum, OfANumberIsThatOfItsEightBytes) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{255}, std::int64_t{256},
             std::int64_t{0x10000}, std::int64_t{1'794'103'200'000}, std::int64_t{1} << 55U, least, ~least,
             std::int64_t{-1}, std::int64_t{-256}}) {
        checksum sum;
        sum.add(value);
        EXPECT_EQ(sum.value(), fnv_1a(lowest_first(value))) << value;
    }
}

TEST(Checksum, OfATextBeginsWithItsLength) {
    constexpr std::string_view text = "TEST0001";
    auto whole = lowest_first(static_cast<std::int64_t>(text.size()));
    whole.insert(whole.end(), text.begin(), text.end());
    checksum sum;
    sum.add(as_bytes(text));
    EXPECT_EQ(sum.value(), fnv_1a(whole));
}

} // namespace
} // namespace cipherlane::store
