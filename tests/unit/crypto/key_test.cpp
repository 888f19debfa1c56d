#include "crypto_test_support.hpp"

#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/known_test_key.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/random.hpp>

#include <array>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace cipherlane::crypto {
namespace {

static_assert(!std::is_convertible_v<mac_key, pin_key> && !std::is_constructible_v<pin_key, mac_key&&>);
static_assert(!std::is_copy_constructible_v<mac_key> && std::is_nothrow_move_constructible_v<mac_key>);

crypto_errc verdict(algorithm cipher, std::string_view key, purpose use, const key_policy& policy) {
    const auto judged = check_key(cipher, hex(key), use, policy);
    return judged ? crypto_errc{} : static_cast<crypto_errc>(judged.error().code().value());
}

TEST(KeyPolicy, JudgesWhatItsProfileNames) {
    constexpr auto pin = purpose::pin_encryption;
    constexpr auto mac = purpose::mac;
    constexpr auto fine = crypto_errc{};
    const struct {
        algorithm cipher;
        const char* key;
        purpose use;
        crypto_errc cup_pos, legacy, pci;
    } rows[] = {
        {algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210", pin, fine, fine, fine},
        {algorithm::aes, "00112233445566778899AABBCCDDEEFF", pin, fine, fine, fine},
        {algorithm::des, "0123456789ABCDEF", mac, fine, fine, crypto_errc::refused_by_policy},
        {algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210", pin, fine, fine, crypto_errc::refused_by_policy},
        {algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210", mac, fine, fine, fine},
        {algorithm::tdes, "0123456789ABCDEF0123456789ABCDEF", mac, fine, fine, crypto_errc::equal_key_parts},
        {algorithm::tdes, "0023456789ABCDEFFEDCBA9876543210", mac, fine, fine, crypto_errc::bad_parity},
        {algorithm::tdes, "0123456789ABCDEF1FFE1FFE0EFE0EFE", mac, crypto_errc::weak_key, fine,
            crypto_errc::weak_key},
        {algorithm::des, "0000000000000000", mac, crypto_errc::weak_key, fine, crypto_errc::refused_by_policy},
        {algorithm::tdes, "0123456789ABCDEFFEDCBA98765432100123456789ABCDEF", mac, fine, fine, fine},
        {algorithm::aes, "0123", mac, crypto_errc::bad_key_length, crypto_errc::bad_key_length,
            crypto_errc::bad_key_length},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(verdict(row.cipher, row.key, row.use, cup_pos_policy), row.cup_pos) << row.key;
        EXPECT_EQ(verdict(row.cipher, row.key, row.use, legacy_policy), row.legacy) << row.key;
        EXPECT_EQ(verdict(row.cipher, row.key, row.use, pci_policy), row.pci) << row.key;
    }
}

TEST(KeyPolicy, IsFoundByName) {
    EXPECT_EQ(find_key_policy("pci"), &pci_policy);
    EXPECT_EQ(find_key_policy("cup-pos"), &cup_pos_policy);
    EXPECT_EQ(find_key_policy("PCI"), nullptr);
}

TEST(KeyPolicy, SetsParity) {
    bytes key = hex("00FE10EF");
    EXPECT_FALSE(has_odd_parity(key));
    set_odd_parity(key);
    EXPECT_EQ(to_hex(key), "01FE10EF");
    EXPECT_TRUE(has_odd_parity(key));
}

TEST(Key, MakesItsCheckValueAndClones) {
    const auto key = test_key<mac_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    EXPECT_EQ(to_hex(key.clone().check_value(kcv_method::legacy, 3).value()), "08D7B4");
    EXPECT_EQ(key.cipher(), algorithm::tdes);
    EXPECT_EQ(key.size(), 16U);
}

// Clones share nothing: the thread sanitizer looks on.
TEST(Key, ClonesWorkInThreadsOfTheirOwn) {
    const auto key = test_key<mac_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    std::array<std::string, 4> macs;
    std::vector<std::thread> threads;
    for (auto& mac : macs) {
        threads.emplace_back([&mac, own = key.clone()]() mutable {
            for (int round = 0; round < 100; ++round) {
                mac = to_hex(retail_mac(own, mac_padding::method_1, as_bytes("Now is the time for all "))->first(4));
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    for (const auto& mac : macs)
        EXPECT_EQ(mac, "A1C72E74"); // ISO/IEC 9797-1:2011 B.4
}

// The check values of a published sign-in, whole blocks.
TEST(CheckValue, ComparesWithinThePolicy) {
    const auto key = hex("807A23AD32B36D457AE91FDF927570EA");
    const auto check = [&](std::string_view expected, const key_policy& policy) {
        return verify_key_check_value(algorithm::tdes, key, kcv_method::legacy, hex(expected), policy);
    };
    EXPECT_TRUE(check("8D0A74B8", cup_pos_policy).has_value());
    EXPECT_TRUE(check("8D0A74B8C5EF66C6", legacy_policy).has_value());
    EXPECT_TRUE(check("8D0A74B8C5EF66C6", cup_pos_policy).has_value()) << "hosts send 4 bytes to a whole block";
    EXPECT_TRUE(fails_with(check("8D0A74B8C5EF66C7", cup_pos_policy), crypto_errc::check_value_mismatch));
    EXPECT_TRUE(fails_with(check("8D0A74B8", pci_policy), crypto_errc::bad_check_value_length));
    EXPECT_TRUE(fails_with(check("8D0A74B9", cup_pos_policy), crypto_errc::check_value_mismatch));
    EXPECT_TRUE(
        fails_with(verify_key_check_value(algorithm::aes, bytes(16), kcv_method::legacy, hex("66E94B"), pci_policy),
            crypto_errc::refused_by_policy));
}

TEST(CheckValue, HasLimits) {
    for (std::size_t length : {0U, 9U}) {
        EXPECT_TRUE(fails_with(key_check_value(algorithm::tdes, bytes(16), kcv_method::legacy, length),
            crypto_errc::bad_check_value_length));
    }
    EXPECT_TRUE(fails_with(
        key_check_value(algorithm::aes, bytes(16), kcv_method::cmac, 6), crypto_errc::bad_check_value_length));
}

TEST(KnownTestKey, IsWhatEverybodyKnows) {
    for (const char* known : {"0123456789ABCDEFFEDCBA9876543210", "FEDCBA98765432100123456789ABCDEF",
             "0123456789ABCDEF", "0022456688AACCEEFEDCBA9876543210", "00000000000000000000000000000000",
             "11111111111111111111111111111111", "000102030405060708090A0B0C0D0E0F",
             "0F0E0D0C0B0A09080706050403020100"}) {
        EXPECT_TRUE(is_known_test_key(hex(known))) << known;
    }
    EXPECT_TRUE(is_known_test_key(bytes(32))) << "a journal key of zeros";
    for (const char* own :
        {"3B1F4C6D8A9E02B7C4D5E6F7081929A3", "0123456789ABCDEFFEDCBA9876543230", "0123456789ABCDEF01"})
        EXPECT_FALSE(is_known_test_key(hex(own))) << own;
    for (int i = 0; i < 100; ++i)
        EXPECT_FALSE(is_known_test_key(random_secret(16).value().expose()));
}

TEST(Random, Differs) {
    bytes a(32);
    bytes b(32);
    ASSERT_TRUE(random_fill(a).has_value());
    ASSERT_TRUE(random_fill(b).has_value());
    EXPECT_NE(a, b);
    EXPECT_FALSE(random_secret(16).value() == random_secret(16).value());
}

} // namespace
} // namespace cipherlane::crypto
