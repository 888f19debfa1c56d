#include "crypto_test_support.hpp"

#include <cipherlane/crypto/data_cipher.hpp>

namespace cipherlane::crypto {
namespace {

// SP 800-38A, F.3.13 (CFB128), F.4.1 (OFB), F.5.1 (CTR) with AES-128; the first 5 bytes stand for any length.
TEST(DataCipher, RunsTheModesOfAes) {
    auto key = test_key<data_key>(algorithm::aes, "2B7E151628AED2A6ABF7158809CF4F3C");
    const auto clear = hex("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51");
    const auto iv = hex("000102030405060708090A0B0C0D0E0F");
    const struct {
        block_mode mode;
        bytes iv;
        const char* secret;
    } rows[] = {
        {block_mode::cfb, iv, "3B3FD92EB72DAD20333449F8E83CFB4AC8A64537A0B3A93FCDE3CDAD9F1CE58B"},
        {block_mode::ofb, iv, "3B3FD92EB72DAD20333449F8E83CFB4A7789508D16918F03F53C52DAC54ED825"},
        {block_mode::ctr, hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"),
            "874D6191B620E3261BEF6864990DB6CE9806F66B7970FDFF8617187BB9FFFDFF"},
        {block_mode::cbc, iv, "7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2"},
        {block_mode::ecb, {}, "3AD77BB40D7A3660A89ECAF32466EF97F5D3D58503B9699DE785895A96FDBAAF"},
    };
    for (const auto& row : rows) {
        for (int again = 0; again < 2; ++again) { // a kept context starts anew
            bytes data = clear;
            ASSERT_TRUE(encrypt_data(key, row.mode, row.iv, data, data).has_value());
            EXPECT_EQ(to_hex(data), row.secret);
            ASSERT_TRUE(decrypt_data(key, row.mode, row.iv, data, data).has_value());
            EXPECT_EQ(data, clear);
        }
        if (row.mode == block_mode::ecb || row.mode == block_mode::cbc) continue;
        bytes part(clear.begin(), clear.begin() + 5);
        ASSERT_TRUE(encrypt_data(key, row.mode, row.iv, part, part).has_value());
        EXPECT_EQ(to_hex(part), std::string_view(row.secret).substr(0, 10));
    }
}

TEST(DataCipher, RefusesWhatDoesNotFit) {
    auto key = test_key<data_key>(algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210");
    bytes data(16);
    const bytes iv(16);
    EXPECT_TRUE(fails_with(encrypt_data(key, block_mode::ecb, iv, data, data), crypto_errc::bad_iv_length));
    EXPECT_TRUE(fails_with(encrypt_data(key, block_mode::cbc, {}, data, data), crypto_errc::bad_iv_length));
    EXPECT_TRUE(fails_with(encrypt_data(key, block_mode::ctr, bytes(8), data, data), crypto_errc::bad_iv_length));
    EXPECT_TRUE(fails_with(
        encrypt_data(key, block_mode::ofb, iv, data, byte_span(data).first(8)), crypto_errc::buffer_too_small));
    EXPECT_TRUE(fails_with(
        encrypt_data(key, block_mode::cbc, iv, byte_view(data).first(15), data), crypto_errc::bad_data_length));
    auto tdes = test_key<data_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    EXPECT_TRUE(
        fails_with(encrypt_data(tdes, block_mode::ctr, bytes(8), data, data), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(encrypt_data(tdes, block_mode::cfb, bytes(8), data, data).has_value());
    EXPECT_TRUE(fails_with(find_block_mode("GCM"), crypto_errc::unsupported_algorithm));
}

} // namespace
} // namespace cipherlane::crypto
