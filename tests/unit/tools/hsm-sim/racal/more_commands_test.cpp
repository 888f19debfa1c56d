// Commands beside the known answers of the fact sheet. Expected values: the vectors, published examples, or openssl's
// command line; never a command's own inverse alone.
#include "hsm-sim/keys/emv.hpp"
#include "racal_answers.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace cipherlane::hsm_sim::tests {
namespace {

using cipherlane::tests::load_vectors;

const std::string key_1 = "0123456789ABCDEFFEDCBA9876543210";

std::string raw(std::string_view hex) {
    return std::string(as_text(*from_hex(hex)));
}

std::string two_hex(std::size_t number) {
    char text[3];
    std::snprintf(text, sizeof text, "%02zX", number);
    return text;
}

/// PAN and sequence number as KW takes them: eight bytes, or all digits packed with a zero in front of odd ones.
std::string pan_field(std::string digits, bool whole) {
    if (!whole && digits.size() > 16) digits = digits.substr(digits.size() - 16);
    if (digits.size() < 16) digits.insert(0, 16 - digits.size(), '0');
    if (digits.size() % 2 != 0) digits.insert(0, 1, '0');
    return raw(digits);
}

TEST(Kw, VerifiesThePublishedCryptograms) {
    racal_unit unit;
    int rows = 0;
    for (const auto& row : load_vectors("emv_ac.csv")) {
        if (!row.ok() || row["skd"] != "EMV_CSK" || row["arqc"].empty()) continue;
        if (row["atc_or_r"].substr(4) != "000000000000") continue; // diversified by more than a counter
        const bool hashed = row["mk_option"] == "B";
        const auto pan = pan_field(row["pan"] + row["psn"], hashed);
        std::string data = raw(row["data"]);
        if (row["padding"] == "2") data += '\x80';
        // The published keys do not care for parity; a unit does, and the cryptogram is the same.
        auto imk = *from_hex(row["imk"]);
        force_odd_parity(imk);
        const std::string head = unit.field(slots::mk_ac, 'U', to_hex(imk)) +
                                 (hashed ? std::to_string(pan.size() / 10) + std::to_string(pan.size() % 10) : "") +
                                 pan + (hashed ? ";" : "") + raw(row["atc_or_r"].substr(0, 4)) +
                                 two_hex(data.size()) + data + ";";
        const std::string scheme = hashed ? "3" : "2";
        EXPECT_EQ(unit.ask("KW0" + scheme + head + raw(row["arqc"])), "KX00") << row["id"];
        // A wrong one is told with the right one, as the unit is authorised.
        EXPECT_EQ(unit.ask("KW0" + scheme + head + std::string(8, '\0')), "KX01" + raw(row["arqc"])) << row["id"];
        ++rows;
    }
    EXPECT_GE(rows, 3);
}

struct kw_case {
    const char* name;
    const char* scheme; ///< scheme, then what stands in front of the counter
    const char* tree;
    const char* arqc;
    const char* method1; ///< with response code "00"
    const char* method2; ///< with status 01020304 and proprietary AABB
};

// Card key by option A of 5000000123456701 under key_1, counter 3456, IV 00 to 0F; by openssl.
TEST(Kw, AnswersByBothMethodsUnderEachSessionKey) {
    const kw_case cases[] = {
        {"common", "2", "", "564A3FE11E3BDA6A", "4CEDC0EFC36FF668", "1F7CCD61"},
        {"tree of 2", "0", "0", "13412D0EC5FBEF9F", "87F0A692721851C5", "7D36462D"},
        {"tree of 4", "0", "1", "2255420663E1CBC5", "4ED834E7EA14BAA9", "DF37C80D"},
    };
    racal_unit unit;
    const std::string data = raw("000000010000000000001000084000000010800840980704001111111158003456A08003242000");
    for (const auto& each : cases) {
        const std::string iv = *each.scheme == '0' ? raw("000102030405060708090A0B0C0D0E0F") : "";
        const std::string front = each.scheme + unit.field(slots::mk_ac, 'U', key_1) + iv + raw("5000000123456701") +
                                  each.tree + raw("3456");
        const std::string text = two_hex(data.size()) + data + ";";
        const std::string arqc = raw(each.arqc);
        EXPECT_EQ(unit.ask("KW0" + front + text + arqc), "KX00") << each.name;
        EXPECT_EQ(unit.ask("KW1" + front + text + arqc + "00"), "KX00" + raw(each.method1)) << each.name;
        EXPECT_EQ(unit.ask("KW2" + front + arqc + "00"), "KX00" + raw(each.method1)) << each.name;
        EXPECT_EQ(
            unit.ask("KW3" + front + text + arqc + raw("01020304") + "2" + raw("AABB")), "KX00" + raw(each.method2))
            << each.name;
        EXPECT_EQ(unit.ask("KW4" + front + arqc + raw("01020304") + "2" + raw("AABB")), "KX00" + raw(each.method2))
            << each.name;
    }
}

// Values that pyemv's authors had from a cipher machine (tests/test_kd_hsm.py).
TEST(Kw, TheTreeOfKeysIsThePublishedOne) {
    struct tree_case {
        const char* counter;
        unsigned branch;
        unsigned height;
        const char* iv;
        const char* session;
    };
    const tree_case cases[] = {
        {"0000", 4, 8, "00000000000000000000000000000000", "80BF3145AECB948A5201DAB9EF469875"},
        {"0000", 2, 16, "00000000000000000000000000000000", "86AD9732D5A192A749ADCE31919DAE8A"},
        {"00FF", 4, 8, "00000000000000000000000000000000", "981F9D208AE6132CBC8A7C97F42A5445"},
        {"00FF", 2, 16, "00000000000000000000000000000000", "1F54F492EF104580B0F4B0F8910D0438"},
        {"FFFF", 4, 8, "F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0", "A10EA78F2F1ACE203B3B402F6EE6CB29"},
        {"FFFF", 2, 16, "00000000000000000000000000000000", "F83E499EF786C20BC41310A176E3F84F"},
        {"FFFF", 2, 16, "F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0", "73E3B0A1406E5E4908D5804C4970E520"},
    };
    const clear_key card(*from_hex("0123456789ABCDEF0123456789ABCDEF"));
    for (const auto& each : cases) {
        const auto made =
            tree_session_key(card, *from_hex(each.iv), each.branch, each.height, *from_hex(each.counter));
        EXPECT_EQ(to_hex(made.view()), each.session) << each.counter;
    }
}

TEST(Kw, RefusesWithItsOwnCodes) {
    racal_unit unit;
    const auto mk = unit.field(slots::mk_ac, 'U', key_1);
    EXPECT_EQ(unit.ask("KW52" + mk), "KX04");
    EXPECT_EQ(unit.ask("KW08" + mk), "KX05");
    EXPECT_EQ(unit.ask("KW00" + mk + std::string(24, 'x') + "7"), "KX52");
    EXPECT_EQ(unit.ask("KW02" + mk + std::string(10, 'x') + "00;" + std::string(8, 'x')), "KX81");
    EXPECT_EQ(unit.ask("KW02" + mk.substr(0, 32) + "0"), "KX10");
}

TEST(Kq, RefusesWithItsOwnCodes) {
    racal_unit unit;
    const auto mk = unit.field(slots::mk_ac, 'U', key_1);
    EXPECT_EQ(unit.ask("KQ90" + mk), "KR04");
    EXPECT_EQ(unit.ask("KQ09" + mk), "KR05");
    EXPECT_EQ(unit.ask("KQ00" + mk + std::string(14, 'x') + "00;" + std::string(8, 'x')), "KR81");
}

// The example of IBM's ICSF: 371234567890123, expiry 9912, CSC-5 61247, CSC-4 8720, CSC-3 552.
TEST(Ry, MakesAndVerifiesThePublishedCodes) {
    racal_unit unit;
    const auto csck = unit.field(slots::cvk, 'U', key_1);
    const std::string card = "3712345678901230000"
                             "9912";
    EXPECT_EQ(unit.ask("RY30" + csck + card), "RZ003612478720552");
    EXPECT_EQ(unit.ask("RY40" + csck + card + "612478720552"), "RZ004000");
    EXPECT_EQ(unit.ask("RY40" + csck + card + "FFFFF8720FFF"), "RZ004101");
    EXPECT_EQ(unit.ask("RY40" + csck + card + "612488720552"), "RZ014200");
    EXPECT_EQ(unit.ask("RY20" + csck + card), "RZ15");
    EXPECT_EQ(unit.ask("RY30" + csck + "371234567890123"), "RZ22");
}

TEST(Pm, VerifiesADynamicCvv) {
    racal_unit unit;
    const auto mk = unit.field(slots::mk_ac, 'U', key_1);
    const std::string card = "A4123456789012345;8701201"
                             "000123";
    EXPECT_EQ(unit.ask("PM00" + mk + card + "871"), "PN00");
    EXPECT_EQ(unit.ask("PM00" + mk + card + "872"), "PN01871");
    unit.device.set_authorised(false);
    EXPECT_EQ(unit.ask("PM00" + mk + card + "872"), "PN01");
    EXPECT_EQ(unit.ask("PM10" + mk + card + "871"), "PN15");
}

TEST(Gw, GivesBothHalvesOfTheMac) {
    racal_unit unit;
    const auto bdk = unit.field(slots::bdk1, 'U', key_1);
    const std::string at = "A05FFFF9876543210E00001";
    const std::string data = "0010sixteen bytes of";
    const auto whole = unit.ask("GW41" + bdk + at + data);
    ASSERT_EQ(whole.size(), 20U) << whole;
    const auto mac = whole.substr(4);
    EXPECT_EQ(unit.ask("GW51" + bdk + at + data), "GX00" + mac.substr(0, 8));
    EXPECT_EQ(unit.ask("GW61" + bdk + at + data), "GX00" + mac.substr(8));
    EXPECT_EQ(unit.ask("GW11" + bdk + at + mac + data), "GX00");
    EXPECT_EQ(unit.ask("GW31" + bdk + at + mac.substr(8) + data), "GX00");
    EXPECT_EQ(unit.ask("GW31" + bdk + at + mac.substr(0, 8) + data), "GX01");
    EXPECT_EQ(unit.ask("GW71" + bdk + at + data), "GX15");
}

TEST(UserStorage, KeepsBlocksThatKeyFieldsName) {
    racal_unit unit;
    // The single TPK and the double ZPK of the known answers.
    EXPECT_EQ(unit.ask("LAK00A020406FBB23A5214DFFFFFFFFFFFFFFFFF1EF828AA8F6B80EB83E19FBC373F3A85"), "LB00");
    EXPECT_EQ(unit.ask("LEK00A02"), "LF000406FBB23A5214DFFFFFFFFFFFFFFFFF1EF828AA8F6B80EB83E19FBC373F3A85");
    EXPECT_EQ(unit.ask("BU020K00A"), "BV000035BBE340A4B763");
    EXPECT_EQ(unit.ask("BU020ZK00A"), "BV000035BBE340A4B763");
    EXPECT_EQ(unit.ask("BU011UK00B"), "BV006F1E3F74F826B7EB");
    EXPECT_EQ(unit.ask("BU011K00B"), "BV10"); // without its tag it is no variant key
    EXPECT_EQ(unit.ask("LEK00C01"), "LF12");
    EXPECT_EQ(unit.ask("BU020K00C"), "BV12");
    EXPECT_EQ(unit.ask("LAKFFF0200000000000000000000000000000000"), "LB21");
    EXPECT_EQ(unit.ask("LAK00A0112345"), "LB15");
    EXPECT_EQ(unit.ask("LAK00A01GGGGGGGGGGGGGGGG"), "LB15");
}

TEST(Uq, MakesTheMacOfAZonePinKey) {
    racal_unit unit("sjj1310");
    const auto zpk = unit.field(slots::zpk, 'U', key_1);
    EXPECT_EQ(unit.ask("UQ0" + zpk + "010givemeSOMEMACing08"), "UR00F683F45CB27075B5");
    EXPECT_EQ(unit.ask("UQ0" + zpk + "010givemeSOMEMACing04"), "UR00F683F45C");
    EXPECT_EQ(unit.ask("UQ0" + zpk + "010givemeSOMEMACing09"), "UR15");
}

// GB/T 32905 A.1; with identity and key the digest that the signature of GM/T 0003.5 annex A is over.
TEST(Sm3, DigestsAsSm2Signs) {
    for (const auto& [profile, code] : {std::pair{"sjj1310", "3C"}, std::pair{"sjl06", "M7"}}) {
        racal_unit unit(profile);
        const std::string answer = std::string(1, code[0]) + static_cast<char>(code[1] + 1);
        EXPECT_EQ(unit.ask(code + std::string("200003abc")),
            answer + "0032" + raw("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"));
        const std::string point = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                                  "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
        const std::string der = raw("3059301306072A8648CE3D020106082A811CCF5501822D03420004" + point);
        EXPECT_EQ(unit.ask(code + std::string("200014message digest;00161234567812345678;") + der),
            answer + "0032" + raw("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"));
        EXPECT_EQ(unit.ask(code + std::string("010003abc")), answer + "79");
    }
}

TEST(PinFormat35, IsTwoWithTheAccountMixedIn) {
    racal_unit unit;
    // The example of the unit's manual: PIN 34567, account 400000123456, block 253416 7FFFE DCBA9.
    const clear_key zpk(*from_hex(key_1));
    std::array<std::uint8_t, 8> block{};
    ASSERT_TRUE(encode_pin(pin_format::mastercard, clear_pin("34567"), "400000123456", block).ok());
    EXPECT_EQ(to_hex(block), "2534167FFFEDCBA9");
    des_encrypt(zpk.view(), block, block);
    const auto field = unit.field(slots::zpk, 'U', key_1);
    EXPECT_EQ(unit.ask("JE" + field + to_hex(block) + "35400000123456"), "JF00034567");
    EXPECT_EQ(unit.ask("JE" + field + to_hex(block) + "41400000123456"), "JF23");
}

// RFC 1321, FIPS 180 and GB/T 32905: digests of "abc".
TEST(Gm, DigestsByEachNumber) {
    const auto digest = [](racal_unit& unit, const std::string& id) {
        return to_hex(as_bytes(unit.ask("GM" + id + "00003abc")));
    };
    racal_unit payshield;
    EXPECT_EQ(digest(payshield, "01"), "474E3030A9993E364706816ABA3E25717850C26C9CD0D89D");
    EXPECT_EQ(digest(payshield, "02"), "474E3030900150983CD24FB0D6963F7D28E17F72");
    EXPECT_EQ(digest(payshield, "06"), "474E3030BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    EXPECT_EQ(payshield.ask("GM2000003abc"), "GN05");
    EXPECT_EQ(payshield.ask("GM0300003abc"), "GN05");
    racal_unit tass("sjj1310");
    EXPECT_EQ(tass.ask("GM0400003abc"), "GN79");
}

// Section 5 of the fact sheet: 81 is these commands' own word for a PIN of another length.
TEST(Offsets, TellAPinThatIsTooShortInTheirOwnCode) {
    racal_unit unit;
    const auto zpk = unit.field(slots::zpk, 'U', key_1);
    const auto pvk = unit.field(slots::tpk, 'U', key_1);
    const auto block = unit.ask("JG" + zpk + "01340000012345" + "01234").substr(4);
    const std::string tables = "06340000012345" + std::string("0123456789012345") + "340000N12345";
    EXPECT_EQ(unit.ask("BK001" + zpk + pvk + block + "01" + tables), "BL81");
    EXPECT_EQ(unit.ask("DU001" + zpk + pvk + block + "01" + tables + "000000FFFFFF" + block), "DV81");
}

TEST(Dukpt, PinCommandsBeginWithTheirMode) {
    racal_unit unit;
    const auto bdk = unit.field(slots::bdk1, 'U', key_1);
    const auto pvk = unit.field(slots::tpk, 'U', key_1);
    // The PIN block of the standard's first example: PIN 1234, account 401234567890.
    const std::string block = "A05FFFF9876543210E000011B9C1845EB993A7A01";
    const std::string account = "401234567890";
    const auto pvv = unit.ask("DG" + pvk + "01234" + account + "1").substr(4);
    EXPECT_EQ(unit.ask("GQ0" + bdk + pvk + block + account + "1" + pvv), "GR00");
    EXPECT_EQ(unit.ask("GQ0" + bdk + pvk + block + account + "2" + pvv), "GR01");
    const std::string tables = "04" + account + "0123456789012345" + "4012345N8901";
    const auto offset = unit.ask("DE" + pvk + "01234" + tables).substr(4);
    EXPECT_EQ(unit.ask("GO0" + bdk + pvk + block + tables + offset), "GP00");
    EXPECT_EQ(
        unit.ask("GO0" + bdk + pvk + block + tables + (offset == "0000FFFFFFFF" ? "1000FFFFFFFF" : "0000FFFFFFFF")),
        "GP01");
    EXPECT_EQ(unit.ask("GQ1" + bdk + pvk + block), "GR15");
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
