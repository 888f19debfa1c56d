#include "crypto_test_support.hpp"

#include <cipherlane/crypto/aes_gcm.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/crypto/random_source.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr const char* key_256 = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";

TEST(AesGcm, OpensOnlyWhatWasSealed) {
    auto key = test_key<data_key>(algorithm::aes, key_256);
    const auto bound = as_bytes("terminal 00000001");
    const auto clear = as_bytes("6222021234567890123");
    const bytes sealed = gcm_seal(key, bound, clear).value();
    EXPECT_EQ(sealed.size(), clear.size() + gcm_overhead);
    const auto opened = gcm_open(key, bound, sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(std::ranges::equal(opened->expose(), clear));
    EXPECT_NE(gcm_seal(key, bound, clear).value(), sealed);
    EXPECT_TRUE(fails_with(gcm_open(key, as_bytes("terminal 00000002"), sealed), crypto_errc::verification_failed));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        bytes bad = sealed;
        bad[at] ^= 1;
        EXPECT_TRUE(fails_with(gcm_open(key, bound, bad), crypto_errc::verification_failed));
        EXPECT_TRUE(fails_with(gcm_open(key, bound, byte_view(sealed).first(at)), crypto_errc::verification_failed));
    }
}

TEST(RandomSource, StandsInPlaceOfOpenSslsWhileItLives) {
    class counting final : public random_source {
      public:
        void fill(byte_span out) noexcept override {
            for (auto& one : out)
                one = ++last;
        }
        std::uint8_t last = 0;
    };
    counting source;
    bytes drawn(3);
    {
        const random_source::on_this_thread in_place(source);
        ASSERT_TRUE(random_fill(drawn));
        EXPECT_EQ(drawn, (bytes{1, 2, 3}));
        EXPECT_EQ(random_secret(16)->size(), 16U);
    }
    EXPECT_EQ(source.last, 3) << "secrets have a generator of their own";
    bytes later(16);
    ASSERT_TRUE(random_fill(later));
    EXPECT_EQ(source.last, 3);
    EXPECT_NE(later, bytes(16));
}

// GCM specification (McGrew, Viega), test cases 13 and 14.
TEST(AesGcm, OpensPublishedText) {
    auto key = test_key<data_key>(algorithm::aes, "0000000000000000000000000000000000000000000000000000000000000000");
    EXPECT_TRUE(gcm_open(key, {}, hex("000000000000000000000000530F8AFBC74536B9A963B4F1C4CB738B"))->empty());
    const auto clear = gcm_open(
        key, {}, hex("000000000000000000000000CEA7403D4D606B6E074EC5D3BAF39D18D0D1C8A799996BF0265B98B5D48AB919"));
    ASSERT_TRUE(clear.has_value());
    EXPECT_EQ(to_hex(clear->expose()), "00000000000000000000000000000000");
}

// RFC 8998, appendix A.1.
TEST(AesGcm, OpensThePublishedTextOfSm4) {
    auto key = test_key<data_key>(algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210");
    const auto nonce = hex("00001234567800000000ABCD");
    const auto bound = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
    const auto clear = hex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
                           "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA");
    const auto text = hex("17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
                          "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
                          "83DE3541E4C2B58177E065A9BF7B62EC");
    bytes sealed(nonce);
    sealed.insert(sealed.end(), text.begin(), text.end());
    EXPECT_EQ(gcm_seal_under(key, nonce, bound, clear).value(), sealed);
    const auto opened = gcm_open(key, bound, sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(std::ranges::equal(opened->expose(), clear));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        bytes bad = sealed;
        bad[at] ^= 1;
        EXPECT_TRUE(fails_with(gcm_open(key, bound, bad), crypto_errc::verification_failed));
    }
    for (std::size_t size = 0; size < 33; ++size) { // no whole block, and none at all
        const auto part = byte_view(clear).first(size);
        const auto again = gcm_open(key, bound, gcm_seal(key, bound, part).value());
        ASSERT_TRUE(again.has_value());
        EXPECT_TRUE(std::ranges::equal(again->expose(), part));
    }
}

TEST(AesGcm, NeedsAKeyThatHasIt) {
    auto key = test_key<data_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    EXPECT_TRUE(fails_with(gcm_seal(key, {}, {}), crypto_errc::unsupported_algorithm));
    auto aes = test_key<data_key>(algorithm::aes, key_256);
    EXPECT_TRUE(fails_with(gcm_seal_under(aes, hex("00"), {}, {}), crypto_errc::bad_iv_length));
}

} // namespace
} // namespace cipherlane::crypto
