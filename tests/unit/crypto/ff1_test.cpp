#include "crypto_test_support.hpp"

#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/ff1.hpp>

#include <numeric>
#include <random>
#include <string>
#include <vector>

// Values beside the published ones were computed with a plain Python transcription of SP 800-38G, algorithm 7, over
// Python's cryptography package and whole numbers.
namespace cipherlane::crypto {
namespace {

using numerals = std::vector<std::uint16_t>;

constexpr const char* key_128 = "2B7E151628AED2A6ABF7158809CF4F3C";
constexpr const char* key_256 = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";

numbering_key aes(const char* digits) {
    return test_key<numbering_key>(algorithm::aes, digits);
}

void expect_pair(
    numbering_key& key, std::uint32_t radix, byte_view tweak, const numerals& clear, const numerals& hidden) {
    numerals moved = clear;
    ASSERT_TRUE(ff1_encrypt(key, radix, tweak, moved));
    EXPECT_EQ(moved, hidden);
    ASSERT_TRUE(ff1_decrypt(key, radix, tweak, moved));
    EXPECT_EQ(moved, clear);
}

std::string digits_of(numerals values) {
    std::string text;
    for (const auto value : values)
        text += static_cast<char>('0' + value);
    return text;
}

TEST(Ff1, ReachesFromRadixTwoToTheLargest) {
    auto small = aes(key_128);
    auto large = aes(key_256);
    numerals one(20, 0);
    one.back() = 1;
    expect_pair(small, 2, hex("01"), one, {1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1});
    expect_pair(small, 255, {}, {254, 254, 254}, {117, 233, 99});
    expect_pair(large, 65536, hex("00112233445566778899AABBCCDDEEFF00"), {0, 65535, 1, 32768, 7},
        {38754, 36931, 22951, 16227, 51224});
}

TEST(Ff1, TakesLongInputsAndTweaks) {
    auto key = aes(key_128);
    numerals text(57);
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<std::uint16_t>(i % 10);
    const bytes tweak(100, 't');
    ASSERT_TRUE(ff1_encrypt(key, 10, tweak, text));
    EXPECT_EQ(digits_of(text), "896660688032470126938957792465016785725196242334258094414");

    numerals letters(ff1_max_numerals);
    for (std::size_t i = 0; i < letters.size(); ++i)
        letters[i] = static_cast<std::uint16_t>(i * 7 % 26);
    ASSERT_TRUE(ff1_encrypt(key, 26, {}, letters));
    const bytes low(letters.begin(), letters.end());
    EXPECT_EQ(to_hex(digest(digest_algorithm::sha256, low).value().view()),
        "B504AB3AB2D1D96EA9396634E19C9ED7050ECC8375AA19E3998084AFB7C33949");
}

TEST(Ff1, FillsEveryBufferToItsLimit) {
    auto key = aes(key_256);
    bytes tweak(ff1_max_tweak);
    std::iota(tweak.begin(), tweak.end(), std::uint8_t{0});
    numerals values(ff1_max_numerals);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<std::uint16_t>(i * 257);
    const numerals before = values;
    ASSERT_TRUE(ff1_encrypt(key, ff1_max_radix, tweak, values));
    bytes wide;
    for (const auto value : values) {
        wide.push_back(static_cast<std::uint8_t>(value >> 8));
        wide.push_back(static_cast<std::uint8_t>(value));
    }
    EXPECT_EQ(to_hex(digest(digest_algorithm::sha256, wide).value().view()),
        "50098E8A0C6EDBBC96504F4FB6B6F583333CB67D47D2F0D8FDE08F01D3751A1D");
    ASSERT_TRUE(ff1_decrypt(key, ff1_max_radix, tweak, values));
    EXPECT_EQ(values, before);
}

TEST(Ff1, TakesSm4) {
    auto key = test_key<numbering_key>(algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210");
    numerals text(8, 0);
    ASSERT_TRUE(ff1_encrypt(key, 10, as_bytes("merchant-id"), text));
    EXPECT_EQ(digits_of(text), "26814221");
}

TEST(Ff1, RefusesWhatTheStandardDoes) {
    auto key = aes(key_128);
    const auto run = [&](std::uint32_t radix, numerals text, std::size_t tweak_size = 0) {
        return ff1_encrypt(key, radix, bytes(tweak_size), text);
    };
    EXPECT_TRUE(fails_with(run(1, numerals(8)), crypto_errc::bad_radix));
    EXPECT_TRUE(fails_with(run(0, numerals(8)), crypto_errc::bad_radix));
    EXPECT_TRUE(fails_with(run(65537, numerals(8)), crypto_errc::bad_radix));
    EXPECT_TRUE(fails_with(run(10, numerals(5)), crypto_errc::domain_too_small));
    EXPECT_TRUE(run(10, numerals(6))) << "exactly a million";
    EXPECT_TRUE(fails_with(run(999, numerals(2)), crypto_errc::domain_too_small));
    EXPECT_TRUE(run(1000, numerals(2)));
    EXPECT_TRUE(fails_with(run(2, numerals(19)), crypto_errc::domain_too_small));
    EXPECT_TRUE(fails_with(run(65536, numerals(1)), crypto_errc::domain_too_small));
    EXPECT_TRUE(fails_with(run(10, {}), crypto_errc::domain_too_small));
    EXPECT_TRUE(fails_with(run(10, numerals(ff1_max_numerals + 1)), crypto_errc::bad_data_length));
    EXPECT_TRUE(fails_with(run(10, numerals(6), ff1_max_tweak + 1), crypto_errc::bad_data_length));
    const auto outside = run(10, {1, 2, 3, 10, 4, 5});
    EXPECT_TRUE(fails_with(outside, crypto_errc::bad_numeral));
    EXPECT_EQ(outside.error().offset(), 3U);
    auto tdes = test_key<numbering_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA9876543210");
    numerals text(8, 0);
    EXPECT_TRUE(fails_with(ff1_encrypt(tdes, 10, {}, text), crypto_errc::unsupported_algorithm));
}

TEST(Ff1, LeavesRefusedInputAsItWas) {
    auto key = aes(key_128);
    numerals text{1, 2, 3, 4, 5, 11};
    const numerals before = text;
    EXPECT_FALSE(ff1_encrypt(key, 10, {}, text));
    EXPECT_EQ(text, before);
}

TEST(Ff1, ComesBackForEveryShape) {
    std::mt19937 random(20); // NOLINT(cert-msc51-cpp): the same shapes every time
    auto key = aes(key_256);
    for (int i = 0; i < 300; ++i) {
        const auto radix = static_cast<std::uint32_t>(2 + random() % 65535);
        numerals text(20 + random() % 60);
        for (auto& value : text)
            value = static_cast<std::uint16_t>(random() % radix);
        const bytes tweak(random() % 40, static_cast<std::uint8_t>(i));
        numerals moved = text;
        ASSERT_TRUE(ff1_encrypt(key, radix, tweak, moved));
        EXPECT_NE(moved, text);
        ASSERT_TRUE(ff1_decrypt(key, radix, tweak, moved));
        ASSERT_EQ(moved, text) << radix << " " << text.size();
    }
}

// SP 800-38G, sample 3.
TEST(Ff1Text, GoesThroughAnAlphabet) {
    auto key = aes(key_128);
    const auto base36 = ff1_alphabet::alphanumeric(36).value();
    const auto tweak = hex("3737373770717273373737");
    EXPECT_EQ(ff1_encrypt(key, base36, tweak, "0123456789abcdefghi").value(), "a9tv40mll9kdu509eum");
    EXPECT_EQ(ff1_decrypt(key, base36, tweak, "a9tv40mll9kdu509eum").value(), "0123456789abcdefghi");
    const auto upper = ff1_encrypt(key, base36, tweak, "012345A");
    EXPECT_TRUE(fails_with(upper, crypto_errc::bad_numeral));
    EXPECT_EQ(upper.error().offset(), 6U);
    EXPECT_TRUE(fails_with(
        ff1_encrypt(key, base36, tweak, std::string(ff1_max_numerals + 1, '0')), crypto_errc::bad_data_length));
}

TEST(Ff1Alphabet, HoldsDistinctPrintableCharacters) {
    EXPECT_TRUE(fails_with(ff1_alphabet::create(""), crypto_errc::bad_radix));
    EXPECT_TRUE(fails_with(ff1_alphabet::create("0"), crypto_errc::bad_radix));
    EXPECT_TRUE(fails_with(ff1_alphabet::create(std::string(96, 'x')), crypto_errc::bad_radix));
    const auto twice = ff1_alphabet::create("01231");
    EXPECT_TRUE(fails_with(twice, crypto_errc::bad_numeral));
    EXPECT_EQ(twice.error().offset(), 4U);
    EXPECT_TRUE(fails_with(ff1_alphabet::create("01\x7F"), crypto_errc::bad_numeral));
    EXPECT_TRUE(fails_with(ff1_alphabet::create("01\xC3\xA4"), crypto_errc::bad_numeral));
    std::string all;
    for (char c = 0x20; c < 0x7F; ++c)
        all += c;
    EXPECT_EQ(ff1_alphabet::create(all).value().radix(), ff1_alphabet::max_size);
    EXPECT_TRUE(fails_with(ff1_alphabet::alphanumeric(37), crypto_errc::bad_radix));
    EXPECT_TRUE(fails_with(ff1_alphabet::alphanumeric(1), crypto_errc::bad_radix));
    const auto digits = ff1_alphabet::alphanumeric(10).value();
    std::string out(1, ' ');
    EXPECT_TRUE(fails_with(digits.to_text(numerals{10}, out), crypto_errc::bad_numeral));
}

} // namespace
} // namespace cipherlane::crypto
