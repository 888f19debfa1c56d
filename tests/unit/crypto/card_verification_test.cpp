#include "crypto_test_support.hpp"

#include <cipherlane/crypto/card_verification.hpp>

#include <string>

namespace cipherlane::crypto {
namespace {

constexpr const char* cvk_digits = "0123456789ABCDEFFEDCBA9876543210";

std::string value_of(std::string_view pan, std::string_view expiry, std::string_view service_code) {
    auto key = test_key<card_verification_key>(algorithm::tdes, cvk_digits);
    return std::string(card_verification::compute(key, pan, expiry, service_code).value().expose());
}

// Computed with Python's cryptography package, step by step as Visa describes it.
TEST(CardVerification, ComputesAllThreeValues) {
    EXPECT_EQ(value_of("6222000000000000017", "3012", "201"), "131");
    EXPECT_EQ(value_of("6222000000000000017", "1230", cvv2_service_code), "094");
    EXPECT_EQ(value_of("6222000000000000017", "3012", icvv_service_code), "605");
    EXPECT_EQ(value_of("12345678", "3012", "201"), "941");
    EXPECT_EQ(value_of("3102760287470222", "3012", "201"), "595") << "only two of the sixteen are decimal";
}

TEST(CardVerification, TellsWhatIsWrongWithItsInput) {
    auto key = test_key<card_verification_key>(algorithm::tdes, cvk_digits);
    const struct {
        const char* pan;
        const char* expiry;
        const char* service_code;
        crypto_errc why;
        std::optional<std::size_t> offset;
    } rows[] = {
        {"1234567", "3012", "201", crypto_errc::bad_pan, {}},
        {"12345678901234567890", "3012", "201", crypto_errc::bad_pan, {}},
        {"", "3012", "201", crypto_errc::bad_pan, {}},
        {"62220000A0000017", "3012", "201", crypto_errc::bad_pan, 8},
        {"6222000000000017", "301", "201", crypto_errc::bad_expiry, {}},
        {"6222000000000017", "30123", "201", crypto_errc::bad_expiry, {}},
        {"6222000000000017", "30/2", "201", crypto_errc::bad_expiry, 2},
        {"6222000000000017", "3012", "20", crypto_errc::bad_service_code, {}},
        {"6222000000000017", "3012", "2010", crypto_errc::bad_service_code, {}},
        {"6222000000000017", "3012", "20:", crypto_errc::bad_service_code, 2},
    };
    for (const auto& row : rows) {
        const auto got = card_verification::compute(key, row.pan, row.expiry, row.service_code);
        ASSERT_TRUE(fails_with(got, row.why)) << row.pan << " " << row.expiry << " " << row.service_code;
        EXPECT_EQ(got.error().offset(), row.offset);
        EXPECT_FALSE(got.error().field().empty());
    }
}

TEST(CardVerification, WantsADoubleLengthKey) {
    for (const auto& [cipher, digits] : {std::pair{algorithm::des, "0123456789ABCDEF"},
             std::pair{algorithm::tdes, "0123456789ABCDEFFEDCBA98765432100123456789ABCDEF"},
             std::pair{algorithm::aes, "0123456789ABCDEFFEDCBA9876543210"}}) {
        auto key = test_key<card_verification_key>(cipher, digits);
        EXPECT_TRUE(fails_with(
            card_verification::compute(key, "6222000000000017", "3012", "201"), crypto_errc::bad_key_length));
    }
}

TEST(CardVerification, VerifiesOnlyTheWholeValue) {
    auto key = test_key<card_verification_key>(algorithm::tdes, cvk_digits);
    const auto verify = [&](std::string_view received) {
        return card_verification::verify(key, "6222000000000000017", "3012", "201", received);
    };
    EXPECT_TRUE(verify("131"));
    for (const char* wrong : {"132", "031", "13", "1310", "", "131 "}) {
        EXPECT_TRUE(fails_with(verify(wrong), crypto_errc::verification_failed)) << wrong;
    }
}

TEST(CardVerification, MovesAndIsNeitherCopiedNorPrinted) {
    using digits = card_verification_digits;
    static_assert(!std::is_copy_constructible_v<digits> && !std::is_copy_assignable_v<digits>);
    auto key = test_key<card_verification_key>(algorithm::tdes, cvk_digits);
    auto first = card_verification::compute(key, "6222000000000000017", "3012", "201").value();
    auto second = card_verification::compute(key, "6222000000000000017", "3012", "999").value();
    second = std::move(first);
    EXPECT_EQ(second.expose(), "131");
    EXPECT_EQ(first.expose(), std::string_view("\0\0\0", 3)); // NOLINT(bugprone-use-after-move): it is wiped
}

} // namespace
} // namespace cipherlane::crypto
