#include "crypto_test_support.hpp"

#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/terminal_serial.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

namespace cipherlane::crypto {
namespace {

constexpr const char* double_key = "0123456789ABCDEFFEDCBA9876543210";

bytes message(std::size_t size) {
    bytes data(size);
    for (std::size_t i = 0; i < size; ++i)
        data[i] = static_cast<std::uint8_t>(i * 7 + 1);
    return data;
}

// The one-shot functions are held to published values by the vector tests; the stream is held to them here.
TEST(MacStream, CutAnywhereGivesTheSame) {
    auto key = test_key<mac_key>(algorithm::tdes, double_key);
    auto sm4 = test_key<mac_key>(algorithm::sm4, double_key);
    for (auto padding : {mac_padding::method_1, mac_padding::method_2, mac_padding::method_3}) {
        for (std::size_t size = 0; size <= 50; ++size) {
            const bytes data = message(size);
            auto retail = mac_stream::retail(key, padding, size).value();
            auto cbc = mac_stream::algorithm_1(sm4, padding, size).value();
            for (std::size_t cut = 0; cut <= size; ++cut) {
                for (auto* stream : {&retail, &cbc}) {
                    ASSERT_TRUE(stream->update(byte_view(data).first(cut)).has_value());
                    ASSERT_TRUE(stream->update(byte_view(data).subspan(cut)).has_value());
                }
                EXPECT_EQ(
                    to_hex(retail.finish().value().view()), to_hex(retail_mac(key, padding, data).value().view()));
                EXPECT_EQ(
                    to_hex(cbc.finish().value().view()), to_hex(mac_algorithm_1(sm4, padding, data).value().view()));
            }
        }
    }
}

TEST(MacStream, NeedsThePromisedLength) {
    auto key = test_key<mac_key>(algorithm::tdes, double_key);
    auto stream = mac_stream::retail(key, mac_padding::method_3, 9).value();
    ASSERT_TRUE(stream.update(message(8)).has_value());
    EXPECT_TRUE(fails_with(stream.finish(), crypto_errc::bad_data_length));
}

TEST(RetailMac, IsAlgorithm3WithDes) {
    auto key = test_key<mac_key>(algorithm::tdes, double_key);
    auto left = test_key<mac_key>(algorithm::des, "0123456789ABCDEF");
    auto right = test_key<mac_key>(algorithm::des, "FEDCBA9876543210");
    for (auto padding : {mac_padding::method_1, mac_padding::method_2, mac_padding::method_3}) {
        for (std::size_t size : {0U, 1U, 7U, 8U, 9U, 255U, 256U, 2000U}) {
            EXPECT_EQ(to_hex(retail_mac(key, padding, message(size)).value().view()),
                to_hex(mac_algorithm_3(left, right, padding, message(size)).value().view()));
        }
    }
    EXPECT_TRUE(fails_with(retail_mac(left, mac_padding::method_1, {}), crypto_errc::bad_key_length));
}

// Made by hand with single DES alone.
TEST(RetailMac, EndsWithTheThirdKeyWhereThereIsOne) {
    auto key = test_key<mac_key>(algorithm::tdes, "0123456789ABCDEFFEDCBA987654321089ABCDEF01234567");
    const auto mac = retail_mac(key, mac_padding::method_1, as_bytes("Now is the time for all "));
    EXPECT_EQ(to_hex(mac.value().view()), "5AB5B1465E02A612");
}

// Streams have contexts of their own: two over one key, mixed with one-shot calls, do not disturb each other.
TEST(CmacStream, RunsBesideOthers) {
    auto key = test_key<mac_key>(algorithm::aes, "2B7E151628AED2A6ABF7158809CF4F3C");
    auto a = cmac_stream::create(key).value();
    auto b = cmac_stream::create(key).value();
    const bytes data = message(40);
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(a.update(byte_view(data).first(13)).has_value());
        ASSERT_TRUE(b.update(byte_view(data).first(40)).has_value());
        const auto whole = to_hex(cmac(key, data).value().view());
        ASSERT_TRUE(a.update(byte_view(data).subspan(13)).has_value());
        EXPECT_EQ(to_hex(a.finish().value().view()), whole);
        EXPECT_EQ(to_hex(b.finish().value().view()), whole);
        EXPECT_EQ(to_hex(a.finish().value().view()), "BB1D6929E95937287FA37D129B756746"); // RFC 4493, empty
    }
    EXPECT_TRUE(verify_cmac(key, {}, hex("BB1D6929"), 4).has_value());
    EXPECT_TRUE(fails_with(verify_cmac(key, {}, hex("BB1D6928"), 4), crypto_errc::verification_failed));
    EXPECT_TRUE(fails_with(verify_cmac(key, {}, hex("BB1D69"), 3), crypto_errc::bad_mac_length));
}

// RFC 4231, test case 2.
TEST(Hmac, StreamsAndVerifies) {
    auto key = hmac_key::create(digest_algorithm::sha256, as_bytes("Jefe")).value();
    auto other = key.clone().value();
    auto stream = hmac_stream::create(key).value();
    constexpr const char* expected = "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843";
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(stream.update(as_bytes("what do ya want ")).has_value());
        ASSERT_TRUE(stream.update(as_bytes("for nothing?")).has_value());
        EXPECT_EQ(to_hex(stream.finish()->view()), expected);
    }
    EXPECT_TRUE(verify_hmac(other, as_bytes("what do ya want for nothing?"), hex(expected), 32).has_value());
    EXPECT_TRUE(
        fails_with(verify_hmac(other, as_bytes("what"), hex(expected), 32), crypto_errc::verification_failed));
    EXPECT_TRUE(fails_with(hmac_key::create(digest_algorithm::sha256, {}), crypto_errc::bad_key_length));
}

// ISO/IEC 9797-1:2011 B.4.
TEST(RetailMac, VerifiesTruncatedOnlyDownToFourBytes) {
    auto key = test_key<mac_key>(algorithm::tdes, double_key);
    const auto data = as_bytes("Now is the time for all ");
    const auto check = [&](std::string_view mac, std::size_t length = 4) {
        return verify_retail_mac(key, mac_padding::method_1, data, hex(mac), length);
    };
    EXPECT_TRUE(check("A1C72E74").has_value());
    EXPECT_TRUE(fails_with(check("A1C72E75"), crypto_errc::verification_failed));
    EXPECT_TRUE(fails_with(check("A1C72E", 3), crypto_errc::bad_mac_length));
    EXPECT_TRUE(fails_with(check("A1C72E74000000000000", 10), crypto_errc::bad_mac_length));
}

// Who sends 4 of 8 bytes would have to guess only 4.
TEST(RetailMac, TakesTheLengthOfTheReceiverAndNotOfTheSender) {
    auto key = test_key<mac_key>(algorithm::tdes, double_key);
    const auto data = as_bytes("Now is the time for all ");
    const auto mac = retail_mac(key, mac_padding::method_1, data).value();
    const auto verified = [&](std::size_t sent, std::size_t expected) {
        return verify_retail_mac(key, mac_padding::method_1, data, mac.first(sent), expected);
    };
    EXPECT_TRUE(verified(8, 8).has_value());
    EXPECT_TRUE(fails_with(verified(4, 8), crypto_errc::bad_mac_length));
    EXPECT_TRUE(fails_with(verified(8, 4), crypto_errc::bad_mac_length));
}

struct serial_case {
    const char* key;
    const char* serial;
    const char* factor;
    const char* cryptogram;
};

// Checked with a second SM4: zero fill, three blocks, one block exactly, a factor from a payment code.
TEST(TerminalSerial, FitsThePublishedArithmetic) {
    constexpr serial_case cases[] = {
        {"0123456789ABCDEFFEDCBA9876543210", "00000304N7NL01933217", "127026", "01D5E54A"},
        {"0123456789ABCDEFFEDCBA9876543210", "0000020254004318", "000052", "8B42533B"},
        {"88888888888888888888888888888888", "000024039991810100000206", "156983", "524622E5"},
        {"31323334353637383930414243444546", "00000304CIPHERLANE000000012", "654321", "961545CD"},
        {"11111111111111111111111111111111", "NL01933217", "000001", "7AE7E48B"},
        {"0123456789ABCDEFFEDCBA9876543210", "N7NL01933217", "234567", "178B05AE"},
    };
    for (const auto& each : cases) {
        auto key = test_key<mac_key>(algorithm::sm4, each.key);
        auto made = terminal_serial_cryptogram(key, each.serial, each.factor).value();
        EXPECT_EQ(as_text(made), each.cryptogram) << each.serial;
        EXPECT_TRUE(verify_terminal_serial_cryptogram(key, each.serial, each.factor, made).has_value());
        made[7] ^= 1;
        EXPECT_TRUE(fails_with(verify_terminal_serial_cryptogram(key, each.serial, each.factor, made),
            crypto_errc::verification_failed));
    }
}

TEST(TerminalSerial, RefusesWhatIsNone) {
    auto key = test_key<mac_key>(algorithm::sm4, "0123456789ABCDEFFEDCBA9876543210");
    EXPECT_TRUE(terminal_serial_cryptogram(key, std::string(50, 'S'), "1234567890").has_value());
    EXPECT_TRUE(fails_with(terminal_serial_cryptogram(key, "", "127026"), crypto_errc::bad_data_length));
    EXPECT_TRUE(
        fails_with(terminal_serial_cryptogram(key, std::string(51, 'S'), "127026"), crypto_errc::bad_data_length));
    EXPECT_TRUE(fails_with(terminal_serial_cryptogram(key, "S", "12345678901"), crypto_errc::bad_data_length));
    EXPECT_TRUE(fails_with(terminal_serial_cryptogram(key, "S", "12x456"), crypto_errc::bad_numeral));
    auto tdes = test_key<mac_key>(algorithm::tdes, double_key);
    EXPECT_TRUE(fails_with(terminal_serial_cryptogram(tdes, "S", "127026"), crypto_errc::unsupported_algorithm));
}

TEST(UnionpayMac, TakesTheFormTheHostWants) {
    auto key = test_key<mac_key>(algorithm::sm4, "12345678901234567890123456789012");
    const auto mab = as_bytes("6000112018111411003020170930101010120171025000755000000005553");
    const auto raw = unionpay_mac(key, mab, unionpay_mac_form::raw8).value();
    EXPECT_EQ(to_hex(raw), "1E80F37340B0FEE6");
    EXPECT_EQ(as_text(unionpay_mac(key, mab, unionpay_mac_form::ascii8).value()), "1E80F373");
    EXPECT_TRUE(verify_unionpay_mac(key, mab, unionpay_mac_form::raw8, raw).has_value());
    EXPECT_TRUE(
        fails_with(verify_unionpay_mac(key, mab, unionpay_mac_form::ascii8, raw), crypto_errc::verification_failed));
    auto aes = test_key<mac_key>(algorithm::aes, double_key);
    EXPECT_TRUE(fails_with(unionpay_mac(aes, mab, unionpay_mac_form::raw8), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(fails_with(unionpay_mac(key, {}, unionpay_mac_form::raw8), crypto_errc::empty_input));
}

// What a cipher machine finishes: a zero-IV CBC-MAC over the text with the whole key in every block.
TEST(UnionpayMac, EndsAsACbcMacOverItsText) {
    auto key = test_key<mac_key>(algorithm::tdes, double_key);
    const auto text = unionpay_mac_text::fold(8, hex("0001020304050607")).value();
    EXPECT_EQ(as_text(text.text()), "0001020304050607");
    EXPECT_EQ(to_hex(mac_algorithm_1(key, mac_padding::method_1, text.text()).value().first(4)), "B3C7A67C");
}

} // namespace
} // namespace cipherlane::crypto
