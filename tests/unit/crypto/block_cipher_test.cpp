#include "crypto_test_support.hpp"
#include "des_core.hpp"

#include <cipherlane/crypto/block_cipher.hpp>

#include <string_view>
#include <utility>

namespace cipherlane::crypto {
namespace {

struct known {
    algorithm cipher;
    std::string_view key;
    std::string_view clear;
    std::string_view secret;
};

// SP 800-17 (DES), FIPS 197 appendix C, GB/T 32907 appendix A, SP 800-67 appendix B by two keys.
constexpr known blocks[] = {
    {algorithm::des, "0123456789ABCDEF", "4E6F772069732074", "3FA40E8A984D4815"},
    {algorithm::tdes, "0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123", "5468652071756663", "A826FD8CE53B855F"},
    {algorithm::aes, "000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF",
        "69C4E0D86A7B0430D8CDB78070B4C55A"},
    {algorithm::aes, "000102030405060708090A0B0C0D0E0F1011121314151617", "00112233445566778899AABBCCDDEEFF",
        "DDA97CA4864CDFE06EAF70A0EC0D7191"},
    {algorithm::aes, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
        "00112233445566778899AABBCCDDEEFF", "8EA2B7CA516745BFEAFC49904B496089"},
    {algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210", "0123456789ABCDEFFEDCBA9876543210",
        "681EDF34D206965E86B3E94F536E4246"},
};

TEST(BlockCipher, EncryptsAndDecryptsPublishedBlocks) {
    for (const auto& row : blocks) {
        auto cipher = block_cipher::create(row.cipher, hex(row.key)).value();
        bytes block = hex(row.clear);
        EXPECT_TRUE(cipher.encrypt_ecb(block, block).has_value());
        EXPECT_EQ(to_hex(block), row.secret) << to_string(row.cipher);
        EXPECT_TRUE(cipher.decrypt_ecb(block, block).has_value());
        EXPECT_EQ(to_hex(block), row.clear) << to_string(row.cipher);
    }
}

TEST(BlockCipher, ChainsWhatEcbWouldDoByHand) {
    for (const auto& row : blocks) {
        auto cipher = block_cipher::create(row.cipher, hex(row.key)).value();
        const std::size_t block = cipher.block_size();
        const bytes clear(130 * block, 0x3C);
        const bytes iv(block, 0xA5);
        bytes expected;
        bytes chain = iv;
        for (std::size_t at = 0; at < clear.size(); at += block) {
            for (std::size_t i = 0; i < block; ++i)
                chain[i] ^= clear[at + i];
            ASSERT_TRUE(cipher.encrypt_ecb(chain, chain).has_value());
            expected.insert(expected.end(), chain.begin(), chain.end());
        }
        bytes out(clear.size());
        ASSERT_TRUE(cipher.encrypt_cbc(iv, clear, out).has_value());
        EXPECT_EQ(out, expected);
        bytes sum = iv;
        ASSERT_TRUE(cipher.cbc_checksum(sum, clear).has_value());
        EXPECT_EQ(sum, chain);
        ASSERT_TRUE(cipher.decrypt_cbc(iv, out, out).has_value()); // in place, and again from the initial value
        EXPECT_EQ(out, clear);
    }
}

TEST(BlockCipher, RefusesWhatDoesNotFit) {
    EXPECT_TRUE(fails_with(block_cipher::create(algorithm::des, hex("00")), crypto_errc::bad_key_length));
    EXPECT_TRUE(fails_with(block_cipher::create(algorithm::tdes, bytes(8)), crypto_errc::bad_key_length));
    EXPECT_TRUE(fails_with(block_cipher::create(algorithm::sm4, bytes(24)), crypto_errc::bad_key_length));
    auto cipher = block_cipher::create(algorithm::aes, bytes(16)).value();
    bytes data(17);
    EXPECT_TRUE(fails_with(cipher.encrypt_ecb(data, data), crypto_errc::bad_data_length));
    data.resize(16);
    EXPECT_TRUE(fails_with(cipher.encrypt_ecb(data, byte_span(data).first(8)), crypto_errc::buffer_too_small));
    EXPECT_TRUE(fails_with(cipher.encrypt_cbc(bytes(8), data, data), crypto_errc::bad_iv_length));
    EXPECT_TRUE(cipher.encrypt_ecb({}, {}).has_value());
}

TEST(BlockCipher, ClonesForAnotherThread) {
    auto cipher = block_cipher::create(algorithm::tdes, hex("0123456789ABCDEFFEDCBA9876543210")).value();
    auto other = cipher.clone();
    bytes a(8);
    bytes b(8);
    ASSERT_TRUE(cipher.encrypt_ecb(a, a).has_value());
    const auto moved = std::move(cipher);
    ASSERT_TRUE(other.encrypt_ecb(b, b).has_value());
    EXPECT_EQ(a, b);
    EXPECT_EQ(moved.key_size(), 16U);
}

// Both ways to single DES, whatever this build uses by default.
TEST(DesCore, AllPathsAgree) {
    const bytes key = hex("0123456789ABCDEF");
    const bytes data(1040, 0x77);
    const bytes iv = hex("1122334455667788");
    for (auto way : {des_core::path::evp, des_core::fastest()}) {
        auto core = des_core::create(key, way).value();
        bytes out = hex("4E6F77206973207468652074696D6520");
        ASSERT_TRUE(core.encrypt(out, out).has_value());
        EXPECT_EQ(to_hex(out), "3FA40E8A984D48156A271787AB8883F9"); // FIPS 81, table B1
        ASSERT_TRUE(core.decrypt(out, out).has_value());
        EXPECT_EQ(to_hex(out), "4E6F77206973207468652074696D6520");
        bytes chained(data.size());
        ASSERT_TRUE(core.encrypt_cbc(iv, data, chained).has_value());
        bytes sum = iv;
        ASSERT_TRUE(core.cbc_checksum(sum, data).has_value());
        EXPECT_EQ(sum, bytes(chained.end() - 8, chained.end()));
        ASSERT_TRUE(core.decrypt_cbc(iv, chained, chained).has_value());
        EXPECT_EQ(chained, data);
    }
}

} // namespace
} // namespace cipherlane::crypto
