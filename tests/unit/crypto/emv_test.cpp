#include "crypto_test_support.hpp"

#include <cipherlane/crypto/emv_arpc.hpp>
#include <cipherlane/crypto/emv_cryptogram.hpp>
#include <cipherlane/crypto/emv_keys.hpp>
#include <cipherlane/crypto/emv_script.hpp>

#include <string>
#include <type_traits>

// Values were computed with Python's cryptography package from the steps of EMV 4.3 Book 2.
namespace cipherlane::crypto {
namespace {

constexpr const char* imk_digits = "0123456789ABCDEFFEDCBA9876543210";
constexpr const char* pan = "6222000000000017";

static_assert(!std::is_convertible_v<emv_ac_master_key, emv_smi_master_key>);
static_assert(!std::is_convertible_v<emv_ac_card_key, emv_ac_session_key>);
static_assert(!std::is_constructible_v<emv_smc_session_key, emv_smi_session_key&&>);

std::string card_key(emv_card_key_option option, std::string_view digits, std::string_view sequence) {
    return to_hex(emv_card_key_bytes(hex(imk_digits), option, digits, sequence).value().expose());
}

emv_ac_card_key ac_card() {
    auto master = test_key<emv_ac_master_key>(algorithm::tdes, imk_digits);
    return derive_card_key(master, emv_card_key_option::a, pan, "01").value();
}

emv_smc_session_key smc_session() {
    auto master = test_key<emv_smc_master_key>(algorithm::tdes, imk_digits);
    auto card = derive_card_key(master, emv_card_key_option::a, pan, "01").value();
    return derive_session_key(card, script_diversifier({0xAB, 0xCD, 0xEF, 0x12, 0x34, 0x56, 0x78, 0xFE}, 1)).value();
}

TEST(EmvCardKey, FollowsBothOptions) {
    using option = emv_card_key_option;
    EXPECT_EQ(card_key(option::a, pan, "01"), "68FEEAF84CF7F18CAB52B3A28C5E40E5");
    EXPECT_EQ(card_key(option::b, pan, "01"), "68FEEAF84CF7F18CAB52B3A28C5E40E5") << "16 digits go by option A";
    EXPECT_EQ(card_key(option::a, "4123456789012", ""), "4A64F8F22385B0194C9B10679E0D70D5");
    EXPECT_EQ(card_key(option::b, "12345678901234567", "05"), "2A671FFDEAF4A2BC4F6415DA92A48C0B");
    EXPECT_EQ(card_key(option::b, "6222000000000000017", "05"), "B08626520746C19D077A324F0D374AE3");
    EXPECT_EQ(card_key(option::b, "6222000000000002106", "05"), "7331F8898F8C1CBFABC74A46DC159EF1")
        << "the digest has fewer than 16 decimal digits";
}

TEST(EmvCardKey, IsTheSameByHandle) {
    auto master = test_key<emv_ac_master_key>(algorithm::tdes, imk_digits);
    const auto card = derive_card_key(master, emv_card_key_option::b, "6222000000000000017", "05").value();
    const auto bare = test_key<emv_ac_card_key>(algorithm::tdes, "B08626520746C19D077A324F0D374AE3");
    EXPECT_EQ(card.check_value(kcv_method::legacy, 8).value(), bare.check_value(kcv_method::legacy, 8).value());
}

TEST(EmvCardKey, TellsWhatIsWrongWithItsInput) {
    const auto derive = [](std::string_view digits, std::string_view sequence) {
        return emv_card_key_bytes(hex(imk_digits), emv_card_key_option::a, digits, sequence);
    };
    for (const char* bad : {"", "1234567", "12345678901234567890", "622200000000001F"}) {
        EXPECT_TRUE(fails_with(derive(bad, "00"), crypto_errc::bad_pan)) << bad;
    }
    EXPECT_EQ(derive("622200000000001F", "00").error().offset(), 15U);
    for (const char* bad : {"0", "001", "0A"}) {
        EXPECT_TRUE(fails_with(derive(pan, bad), crypto_errc::bad_sequence_number)) << bad;
    }
    const auto short_key = emv_card_key_bytes(hex("0123456789ABCDEF"), emv_card_key_option::a, pan, "00");
    EXPECT_TRUE(fails_with(short_key, crypto_errc::bad_key_length));
    auto aes = test_key<emv_ac_master_key>(algorithm::aes, imk_digits);
    EXPECT_TRUE(
        fails_with(derive_card_key(aes, emv_card_key_option::a, pan, "00"), crypto_errc::unsupported_algorithm));
    auto triple = test_key<emv_ac_master_key>(algorithm::tdes, std::string(imk_digits) + "0123456789ABCDEF");
    EXPECT_TRUE(fails_with(derive_card_key(triple, emv_card_key_option::a, pan, "00"), crypto_errc::bad_key_length));
}

TEST(EmvSessionKey, KnowsTheDiversifiers) {
    EXPECT_EQ(to_hex(counter_diversifier(0x3456)), "3456000000000000");
    const auto both = counter_and_number_diversifier(0x001C, 0x12345678);
    EXPECT_EQ(to_hex(both), "001C000012345678");
    const emv_cryptogram cryptogram{0xAB, 0xCD, 0xEF, 0x12, 0x34, 0x56, 0xFF, 0xFE};
    EXPECT_EQ(to_hex(script_diversifier(cryptogram)), "ABCDEF123456FFFE");
    EXPECT_EQ(to_hex(script_diversifier(cryptogram, 2)), "ABCDEF1234570000");
    EXPECT_EQ(to_hex(script_diversifier({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 1)), "0000000000000000");
    const auto session = emv_session_key_bytes(hex("68FEEAF84CF7F18CAB52B3A28C5E40E5"), both).value();
    EXPECT_EQ(to_hex(session.expose()), "9D43F8265B4AF1387F5B253B673D6E86");
    EXPECT_TRUE(fails_with(emv_session_key_bytes(hex("0123456789ABCDEF"), both), crypto_errc::bad_key_length));
}

// A published card of PBOC/UnionPay: card key by option A, counter 0240, cryptogram and the issuer's answer.
TEST(EmvSessionKey, IsPbocs) {
    auto master = test_key<emv_ac_master_key>(algorithm::tdes, "F0C34A8124CEE0A91A0B034AA97D6EAC");
    const auto bare =
        emv_card_key_bytes(hex("F0C34A8124CEE0A91A0B034AA97D6EAC"), emv_card_key_option::a, "6228000100001", "01")
            .value();
    EXPECT_TRUE(to_hex(bare.expose()).starts_with("014C986E"));
    EXPECT_EQ(
        to_hex(pboc_session_key_bytes(bare.expose(), 0x0240).value().expose()), "D4102725E6E5AD329E55AAB50BF23DA9");
    auto card = derive_card_key(master, emv_card_key_option::a, "6228000100001", "01").value();
    auto session = derive_pboc_session_key(card, 0x0240).value();
    const auto arqc = application_cryptogram(session, mac_padding::method_2,
        hex("000000000001000000000000015600800460000156140701001E78EEBC7D00024003A04002"))
                          .value();
    EXPECT_EQ(to_hex(arqc), "5D016C91005E7CC2");
    EXPECT_EQ(to_hex(arpc_method_1(session, arqc, hex("3031")).value()), "21415243527CE78F");
    EXPECT_TRUE(fails_with(pboc_session_key_bytes(hex("0123456789ABCDEF"), 1), crypto_errc::bad_key_length));
}

struct tree_case {
    std::uint16_t counter;
    emv_tree shape;
    std::uint8_t start; ///< sixteen times
    const char* session;
};

// Values that pyemv's authors had from a cipher machine (tests/test_kd_hsm.py, test_derive_emv2000_tree_sk).
constexpr tree_case tree_cases[] = {
    {0x0000, emv_tree::of_4, 0x00, "80BF3145AECB948A5201DAB9EF469875"},
    {0x0000, emv_tree::of_4, 0xF0, "DC31BC40B3AB8F73F2E3DA5EBF9DE59B"},
    {0x0000, emv_tree::of_2, 0x00, "86AD9732D5A192A749ADCE31919DAE8A"},
    {0x0000, emv_tree::of_2, 0xF0, "7C57A15261202A101C6DA29B16672A3E"},
    {0x00FF, emv_tree::of_4, 0x00, "981F9D208AE6132CBC8A7C97F42A5445"},
    {0x00FF, emv_tree::of_4, 0xF0, "D579C8A4927589017FA1739B2C853BAD"},
    {0x00FF, emv_tree::of_2, 0x00, "1F54F492EF104580B0F4B0F8910D0438"},
    {0x00FF, emv_tree::of_2, 0xF0, "2086F81AAB731FF8CED9BF6DA7191CA2"},
    {0xFFFF, emv_tree::of_4, 0x00, "D93D7A6B70F867615D4AAB79BF235B62"},
    {0xFFFF, emv_tree::of_4, 0xF0, "A10EA78F2F1ACE203B3B402F6EE6CB29"},
    {0xFFFF, emv_tree::of_2, 0x00, "F83E499EF786C20BC41310A176E3F84F"},
    {0xFFFF, emv_tree::of_2, 0xF0, "73E3B0A1406E5E4908D5804C4970E520"},
};

TEST(EmvSessionKey, IsALeafOfTheTreeOfEmv2000) {
    const auto card = hex("0123456789ABCDEF0123456789ABCDEF");
    for (const auto& each : tree_cases) {
        emv_tree_start start;
        start.fill(each.start);
        const auto made = emv2000_session_key_bytes(card, each.counter, each.shape, start);
        ASSERT_TRUE(made) << made.error();
        EXPECT_EQ(to_hex(made->expose()), each.session) << each.counter;
    }
    // pyemv's documentation.
    EXPECT_EQ(to_hex(emv2000_session_key_bytes(hex("0123456789ABCDEFFEDCBA9876543210"), 0x001C).value().expose()),
        "E5BF6D1067F194B0A89B7F5D83BC64A2");
    EXPECT_TRUE(fails_with(emv2000_session_key_bytes(hex("0123456789ABCDEF"), 1), crypto_errc::bad_key_length));
    // By handles it is the same key: a cryptogram under it is that of the bytes.
    auto handle = test_key<emv_ac_card_key>(algorithm::tdes, "0123456789ABCDEF0123456789ABCDEF");
    auto session = derive_emv2000_session_key(handle, 0x00FF).value();
    auto bare = test_key<emv_ac_session_key>(algorithm::tdes, "981F9D208AE6132CBC8A7C97F42A5445");
    const auto data = hex("00010203");
    EXPECT_EQ(to_hex(application_cryptogram(session, mac_padding::method_2, data).value()),
        to_hex(application_cryptogram(bare, mac_padding::method_2, data).value()));
}

// Keys, check values, cryptogram and MAC: pyemv's tests/test_sm_hsm.py, test_vis_pin_change.
TEST(EmvSessionKey, IsVisasForScripts) {
    auto integrity = test_key<emv_smi_master_key>(algorithm::tdes, imk_digits);
    const auto smi_card = derive_card_key(integrity, emv_card_key_option::a, "1234567890123456", "01").value();
    auto smi = derive_visa_session_key(smi_card, 0xFFFF).value();
    EXPECT_EQ(to_hex(smi.check_value(kcv_method::legacy, 3).value()), "A41D47");
    auto secrecy = test_key<emv_smc_master_key>(algorithm::tdes, "11111111111111112222222222222222");
    const auto smc_card = derive_card_key(secrecy, emv_card_key_option::a, "1234567890123456", "01").value();
    auto smc = derive_visa_session_key(smc_card, 0xFFFF).value();
    EXPECT_EQ(to_hex(smc.check_value(kcv_method::legacy, 3).value()), "BD7C46");

    const auto pin_block = hex("08049999FFC4B001F1"); // its length in front
    const auto sealed =
        emv_script_encrypt(smc, emv_script_mode::ecb, emv_script_padding::when_needed, pin_block).value();
    EXPECT_EQ(to_hex(sealed), "D421231A6FD2F0FAEE671384F0D3A7B9");
    EXPECT_TRUE(verify_emv_script_mac(smi, hex("8424000210" + to_hex(sealed)), hex("F67E37E67B06AB99"), 8));
    // By hand: 1234 into the left half's end, EDCB into the right one's, then odd parity.
    EXPECT_EQ(to_hex(visa_session_key_bytes(hex("68FEEAF84CF7F18CAB52B3A28C5E40E5"), 0x1234).value().expose()),
        "68FEEAF84CF7E3B9AB52B3A28C5EAD2F");
    EXPECT_TRUE(fails_with(visa_session_key_bytes(hex("0123456789ABCDEF"), 1), crypto_errc::bad_key_length));
}

TEST(EmvCryptogram, IsMadeAndAnswered) {
    auto card = ac_card();
    auto key = derive_session_key(card, counter_and_number_diversifier(0x001C, 0x12345678)).value();
    const auto data = hex("00112233445566778899AABBCCDDEEFF01");
    const auto arqc = application_cryptogram(key, mac_padding::method_2, data).value();
    EXPECT_EQ(to_hex(arqc), "99633AB17423E26C");
    EXPECT_TRUE(verify_application_cryptogram(key, mac_padding::method_2, data, arqc));
    EXPECT_TRUE(fails_with(
        verify_application_cryptogram(key, mac_padding::method_1, data, arqc), crypto_errc::verification_failed));
    EXPECT_TRUE(fails_with(verify_application_cryptogram(key, mac_padding::method_2, data, byte_view(arqc).first(4)),
        crypto_errc::bad_cryptogram));
    EXPECT_TRUE(fails_with(application_cryptogram(key, mac_padding::method_2, {}), crypto_errc::empty_input));

    const auto first = arpc_method_1(key, arqc, hex("3030")).value();
    EXPECT_EQ(to_hex(first), "31AA7EB2F8754FEC");
    EXPECT_TRUE(verify_arpc_method_1(key, arqc, hex("3030"), first));
    EXPECT_TRUE(fails_with(verify_arpc_method_1(key, arqc, hex("3035"), first), crypto_errc::verification_failed));
    const auto second = arpc_method_2(key, arqc, hex("03820000"), hex("0102030405060708")).value();
    EXPECT_EQ(to_hex(second), "D2C0810A");
    EXPECT_TRUE(verify_arpc_method_2(key, arqc, hex("03820000"), hex("0102030405060708"), second));
    EXPECT_TRUE(
        fails_with(verify_arpc_method_2(key, arqc, hex("03820000"), {}, second), crypto_errc::verification_failed));
}

TEST(EmvArpc, RefusesWrongLengths) {
    const auto card = ac_card();
    auto key = without_session(card);
    const auto arqc = hex("99633AB17423E26C");
    const auto long_data = hex("010203040506070809");
    EXPECT_TRUE(fails_with(arpc_method_1(key, hex("99633AB1"), hex("3030")), crypto_errc::bad_cryptogram));
    EXPECT_TRUE(fails_with(arpc_method_1(key, arqc, hex("30")), crypto_errc::bad_response_data));
    EXPECT_TRUE(fails_with(arpc_method_1(key, arqc, hex("303030")), crypto_errc::bad_response_data));
    EXPECT_TRUE(fails_with(arpc_method_2(key, {}, hex("03820000"), {}), crypto_errc::bad_cryptogram));
    EXPECT_TRUE(fails_with(arpc_method_2(key, arqc, hex("3030"), {}), crypto_errc::bad_response_data));
    EXPECT_TRUE(fails_with(arpc_method_2(key, arqc, hex("03820000"), long_data), crypto_errc::bad_response_data));
    auto aes = test_key<emv_ac_session_key>(algorithm::aes, imk_digits);
    EXPECT_TRUE(fails_with(arpc_method_1(aes, arqc, hex("3030")), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(
        fails_with(application_cryptogram(aes, mac_padding::method_2, arqc), crypto_errc::unsupported_algorithm));
}

TEST(EmvScript, VerifiesItsMac) {
    auto master = test_key<emv_smi_master_key>(algorithm::tdes, imk_digits);
    auto card = derive_card_key(master, emv_card_key_option::a, "1234567890123456", "01").value();
    auto key = derive_session_key(card, {0xAB, 0xCD, 0xEF, 0x12, 0x34, 0x56, 0x78, 0x90}).value();
    const auto command = hex("8424000008");
    EXPECT_TRUE(verify_emv_script_mac(key, command, hex("CF323F09"), 4)); // emv_script_mac.csv, truncated
    EXPECT_TRUE(
        fails_with(verify_emv_script_mac(key, command, hex("CF323F08"), 4), crypto_errc::verification_failed));
    EXPECT_TRUE(fails_with(verify_emv_script_mac(key, command, hex("CF323F"), 4), crypto_errc::bad_mac_length));
    EXPECT_TRUE(fails_with(emv_script_mac(key, {}), crypto_errc::empty_input));
}

TEST(EmvScript, EnciphersInEveryModeAndPadding) {
    using mode = emv_script_mode;
    using padding = emv_script_padding;
    auto key = smc_session();
    const struct {
        mode how;
        padding pad;
        const char* clear;
        const char* cryptogram;
    } rows[] = {
        {mode::ecb, padding::when_needed, "041234FFFFFFFFFF", "828E8CBB1F0D8AF1"},
        {mode::ecb, padding::always, "041234FFFFFFFFFF", "828E8CBB1F0D8AF198AA5C3D000257A9"},
        {mode::cbc, padding::always, "041234FFFFFFFFFFAA", "828E8CBB1F0D8AF1D397BFC3775DA449"},
        {mode::cbc, padding::when_needed, "041234FFFFFFFFFFAA", "828E8CBB1F0D8AF1D397BFC3775DA449"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(to_hex(emv_script_encrypt(key, row.how, row.pad, hex(row.clear)).value()), row.cryptogram);
        const auto back = emv_script_decrypt(key, row.how, row.pad, hex(row.cryptogram)).value();
        const auto text = to_hex(back.expose());
        const bool whole = row.pad == padding::when_needed && hex(row.clear).size() % 8 != 0;
        EXPECT_EQ(text, row.clear + std::string(whole ? "80000000000000" : ""));
    }
}

TEST(EmvScript, RefusesBadPaddingInOneWay) {
    auto key = smc_session();
    const auto decrypt = [&](std::string_view cryptogram) {
        return emv_script_decrypt(key, emv_script_mode::ecb, emv_script_padding::always, hex(cryptogram));
    };
    // No 80 at all; something behind the 80; zeros alone.
    for (const char* bad : {"828E8CBB1F0D8AF1AD236A11F8E4DC7B", "69530E7D8E797CA5", "AD236A11F8E4DC7B"}) {
        EXPECT_TRUE(fails_with(decrypt(bad), crypto_errc::verification_failed)) << bad;
    }
    EXPECT_TRUE(fails_with(decrypt(""), crypto_errc::bad_data_length));
    EXPECT_TRUE(fails_with(decrypt("69530E7D8E797C"), crypto_errc::bad_data_length));
    EXPECT_TRUE(fails_with(
        emv_script_encrypt(key, emv_script_mode::ecb, emv_script_padding::always, {}), crypto_errc::empty_input));
}

} // namespace
} // namespace cipherlane::crypto
