// What a message's bytes look like once they may be shown: zeros where a cardholder's data or a key stood, nothing
// moved.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/masked_bytes.hpp>

#include <gtest/gtest.h>

namespace cipherlane::iso8583 {
namespace {

const std::string envelope = "6000030000603100310730";

std::string masked(const std::string& hex) {
    const auto data = from_hex(hex).value();
    const auto read = decode_body(cup_pos(), data);
    EXPECT_TRUE(read) << read.error();
    return read ? to_hex(masked_bytes(*read, data)) : "";
}

// Fields 2, 3, 4, 11, 35 and 52 of a sale, as the dialect's sheet has them: the card number and the track packed, an
// odd count filled on the right.
TEST(MaskedBytes, KeepFirstSixAndLastFourOfACardAndNothingOfTrackAndPin) {
    const std::string bitmap = "7020000020001000";
    const std::string others = "000000"
                               "000000001234"
                               "000002";
    const std::string track = "6222123456780017D3012201123456789" // 33 digits, and a filling nibble
                              "0";
    const std::string pin = "1616116C76559985";
    EXPECT_EQ(masked(envelope + "0200" + bitmap + "166222123456780017" + others + "33" + track + pin),
        envelope + "0200" + bitmap + "166222120000000017" + others + "33" + std::string(34, '0') +
            std::string(16, '0'));
}

TEST(MaskedBytes, HideAnOddNumberOfDigitsAtTheirPlaces) {
    const std::string bitmap = "4000000000000000";
    EXPECT_EQ(masked(envelope + "0200" + bitmap + "1962221234567890123450"),
        envelope + "0200" + bitmap + "1962221200000000023450");
    EXPECT_EQ(masked(envelope + "0200" + bitmap + "12622212345678"), envelope + "0200" + bitmap + "12000000000000")
        << "a short one is hidden whole";
}

TEST(MaskedBytes, ShowNoKeyOfASignIn) {
    const std::string bitmap = "0000000000000004";
    EXPECT_EQ(masked(envelope + "0810" + bitmap + "0024" + std::string(48, 'A')),
        envelope + "0810" + bitmap + "0024" + std::string(48, '0'));
}

} // namespace
} // namespace cipherlane::iso8583
