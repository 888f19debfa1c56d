// What the first bytes of a peer say it speaks, where it is no unit of the profile.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/foreign_protocol.hpp>

#include <gtest/gtest.h>

#include <string>

namespace cipherlane::hsm {
namespace {

std::string_view told(std::string_view text, framing::prefix length = framing::prefix::be16) {
    framing how;
    how.length = length;
    std::string message;
    if (length == framing::prefix::be16) message = {'\0', static_cast<char>(text.size())};
    message += text;
    return foreign_protocol(how, as_bytes(message));
}

/// A header that counts passes by numbers that are message types, too.
TEST(ForeignProtocol, TakesNoUnitsAnswerForAPaymentHost) {
    for (const std::string header : {"0100", "0200", "02000001", "020000010420", "0200000100000000",
             "02000001000000000800", "990200", "99990200000100000000"}) {
        EXPECT_EQ(told(header + "ND00268604000000000000007-E000"), "") << header;
        EXPECT_EQ(told(header + "ND68"), "") << header;
    }
}

TEST(ForeignProtocol, KnowsAPaymentHostInCharactersAndPacked) {
    constexpr std::string_view host = "ISO 8583: a payment host, or a till's port to one";
    EXPECT_EQ(told("0810822000000000000004000000000000000721122000000001301"), host);
    EXPECT_EQ(told("0110A22000000080000000000000000000009900000721122000000001TERM0001"), host);
    EXPECT_EQ(told("0210FA388001A8C0800000000000000000"), host) << "letters of a bitmap are no answer";
    EXPECT_EQ(told("0810" + std::string("\x82\x20\x00\x00\x00\x00\x00\x00", 8)), host);
    EXPECT_EQ(told(as_text(from_hex("600003000008100020000000C00012").value())), host);
}

} // namespace
} // namespace cipherlane::hsm
