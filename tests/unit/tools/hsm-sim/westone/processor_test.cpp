// Literal bytes by the fact sheet's table; the enciphered parts come from an independent 3DES script.
#include "hsm-sim/westone/processor.hpp"

#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm_sim {
namespace {

// 0123456789ABCDEFFEDCBA9876543210 and C7152C20BC2C830EA7EC9E8334ABE3FE as PIN, transport, MAC and data keys.
const std::string pin_1 = "8B4ECCAE01B4B17AAC951121A98DB14E";
const std::string pin_2 = "AFA9EFC12ED38347887A5476621B368B";
const std::string transport_1 = "DA05B7A979CBD9A15A4FBD3D599B9380";
const std::string mac_1 = "74385088A93CEAD518AF51FA55A42A59";
const std::string data_1 = "8479E4A3DBEB93D75491F82E45A18840";
const std::string data_2 = "5F4770141C0FBAF4532875105511ABC6";
const std::string second_under_first = "84156A859050FB27EF316AE55BC7FA9B";
const std::string kcv_1 = "08D7B4FB629D0885";
const std::string kcv_2 = "6F1E3F74F826B7EB";
const std::string text = "676976656D65534F4D454D4143696E67"; // givemeSOMEMACing
const std::string account = "353530303030303235333231";      // 550000025321
const std::string zero_iv = "0000000000000000";

class Westone : public testing::Test {
  protected:
    explicit Westone(bool authorised = true)
        : device(
              [authorised] {
                  auto settings = *settings_of("sjj1312");
                  settings.authorised = authorised;
                  return settings;
              }(),
              lmk_set::test())
        , processor(device) {}

    std::string ask(const std::string& hex) {
        const auto request = *from_hex(hex);
        std::string out;
        last = processor.answer(as_text(request), out);
        return to_hex(as_bytes(out));
    }

    unit device;
    westone_processor processor;
    westone_processor::outcome last;
};

TEST_F(Westone, TakesInAClearKey) {
    EXPECT_EQ(ask("D108"
                  "10"
                  "11"
                  "0123456789ABCDEFFEDCBA9876543210"),
        "41"
        "10" +
            pin_1 + kcv_1);
    EXPECT_EQ(ask("D108"
                  "10"
                  "13"
                  "0123456789ABCDEFFEDCBA9876543210"),
        "41"
        "10" +
            data_1 + kcv_1);
    EXPECT_EQ(ask("D008"
                  "10"
                  "0123456789ABCDEFFEDCBA9876543210"),
        "41"
        "10" +
            data_1 + kcv_1);
    EXPECT_EQ(ask("D108"
                  "10"
                  "11"
                  "0023456789ABCDEFFEDCBA9876543210"),
        "4511");
    EXPECT_EQ(ask("D108"
                  "10"
                  "77"
                  "0123456789ABCDEFFEDCBA9876543210"),
        "4512");
}

TEST_F(Westone, ImportsUnderATransportKey) {
    const std::string head = "D102"
                             "10"
                             "10"
                             "FFFF" +
                             transport_1 + second_under_first;
    EXPECT_EQ(ask(head + "04"
                         "6F1E3F74"),
        "41"
        "10" +
            pin_2 + kcv_2);
    EXPECT_EQ(ask(head + "00"), "41"
                                "10" +
                                    pin_2 + kcv_2);
    EXPECT_EQ(ask(head + "04"
                         "6F1E3F75"),
        "4530");
    EXPECT_EQ(ask("D002"
                  "02" +
                  transport_1 + "10" + second_under_first),
        "41"
        "10" +
            data_2 + kcv_2);
    // A MAC key where a transport key must stand: its variant does not fit.
    EXPECT_EQ(ask("D102"
                  "10"
                  "10"
                  "FFFF" +
                  mac_1 + second_under_first + "00"),
        "4511");
}

TEST_F(Westone, ExportsUnderATransportKey) {
    EXPECT_EQ(ask("D104"
                  "10"
                  "10"
                  "FFFF"
                  "11" +
                  transport_1 + pin_2 + "08" + kcv_2),
        "41"
        "10" +
            second_under_first + kcv_2);
    EXPECT_EQ(ask("D004"
                  "02" +
                  transport_1 + "10" + data_2),
        "41"
        "10" +
            second_under_first + kcv_2);
}

TEST_F(Westone, UsesAKeyByIndex) {
    device.store(7, {transport_1, "01", {}, {}, {}});
    EXPECT_EQ(ask("D102"
                  "10"
                  "10"
                  "0007" +
                  second_under_first + "00"),
        "41"
        "10" +
            pin_2 + kcv_2);
    EXPECT_EQ(ask("D102"
                  "10"
                  "10"
                  "0008" +
                  second_under_first + "00"),
        "4521");
}

TEST_F(Westone, TranslatesPins) {
    const std::string keys = "D124"
                             "10" +
                             pin_1 + "10" + pin_2;
    EXPECT_EQ(ask(keys +
                  "0101"
                  "C968AEC14C3B2F39" +
                  account + "3B" + account),
        "41"
        "91DDDA0A7C12CFAA");
    EXPECT_EQ(ask(keys +
                  "0101"
                  "C968AEC14C3B2F39" +
                  account +
                  "3B"
                  "313131313131313131313131"),
        "41"
        "F6052A5891953D75");
    EXPECT_EQ(ask(keys +
                  "0101"
                  "C968AEC14C3B2F38" +
                  account + "3B" + account),
        "4520");
    EXPECT_EQ(ask(keys +
                  "0901"
                  "C968AEC14C3B2F39" +
                  account + "3B" + account),
        "4523");
    EXPECT_EQ(ask("D126"
                  "10" +
                  pin_1 +
                  "01"
                  "C968AEC14C3B2F39" +
                  account),
        "41"
        "04"
        "31323334");
}

TEST_F(Westone, MakesAndVerifiesMacs) {
    const auto mac = [&](const char* algorithm, const std::string& data, const char* length) {
        return ask(std::string("D132") + algorithm + "10" + mac_1 + zero_iv + length + data);
    };
    EXPECT_EQ(mac("01", text, "0010"), "41"
                                       "ACE1081720EFA5A9");
    EXPECT_EQ(mac("02", text, "0010"), "41"
                                       "CAB9931DD322C2BF");
    EXPECT_EQ(mac("03", text, "0010"), "41"
                                       "F683F45CB27075B5");
    // The POS MAC of a published message: its fold as sixteen characters.
    EXPECT_EQ(mac("02", "34443038463433343436344645374246", "0010"), "41"
                                                                     "84C8B24124A71EAF");
    const std::string verify = "D134"
                               "02"
                               "10" +
                               mac_1 + zero_iv;
    EXPECT_EQ(ask(verify +
                  "CAB9931D"
                  "0010" +
                  text),
        "41"
        "CAB9931DD322C2BF");
    EXPECT_EQ(ask(verify +
                  "CAB9931E"
                  "0010" +
                  text),
        "4531");
}

TEST_F(Westone, ChecksAndFormsKeys) {
    EXPECT_EQ(ask("D00A"
                  "10" +
                  data_1 +
                  "04"
                  "08D7B4FB"),
        "41");
    EXPECT_EQ(ask("D00A"
                  "10" +
                  pin_1 + "08" + kcv_1),
        "41");
    EXPECT_EQ(ask("D00A"
                  "10" +
                  data_1 +
                  "04"
                  "08D7B4FC"),
        "4530");
    EXPECT_EQ(ask("D00C"
                  "10"
                  "02" +
                  data_1 + data_2),
        "41"
        "10"
        "31992D59511BA081716DABE4E09B07F7"
        "B9B4072E1DA28BEC");
}

TEST_F(Westone, EnciphersData) {
    EXPECT_EQ(ask("D012"
                  "00"
                  "02"
                  "10" +
                  data_1 + "0010" + text),
        "41"
        "0010"
        "B2755792E752610D7593C1E8F789EE84");
    EXPECT_EQ(ask("D012"
                  "01"
                  "02"
                  "10" +
                  data_1 + "0010" + text + "0102030405060708"),
        "41"
        "0010"
        "0CC9E2A0F2A628A166758A88DFDC1EB6");
    EXPECT_EQ(ask("D014"
                  "01"
                  "02"
                  "10" +
                  data_1 +
                  "0010"
                  "0CC9E2A0F2A628A166758A88DFDC1EB6"
                  "0102030405060708"),
        "41"
        "0010" +
            text);
    EXPECT_EQ(ask("D016"
                  "00"
                  "02" +
                  data_1 + "02" + data_2 +
                  "0010"
                  "B2755792E752610D7593C1E8F789EE84"),
        "41"
        "0010"
        "31A2972D96FA08C9B04D38BE1E43C103");
    EXPECT_EQ(ask("D012"
                  "00"
                  "01"
                  "10" +
                  data_1 + "0010" + text),
        "4510");
    EXPECT_EQ(ask("D012"
                  "00"
                  "02"
                  "10" +
                  data_1 + "000F" + text.substr(2)),
        "4568");
}

TEST_F(Westone, MakesKeys) {
    const auto made = ask("D006"
                          "10");
    ASSERT_EQ(made.size(), 2U + 2 + 32 + 16);
    EXPECT_EQ(ask("D00A"
                  "10" +
                  made.substr(4, 32) + "08" + made.substr(36)),
        "41");
    const auto both = ask("D107"
                          "10"
                          "11"
                          "FFFF"
                          "10" +
                          transport_1);
    ASSERT_EQ(both.size(), 2U + 2 + 32 + 32 + 16);
    EXPECT_EQ(ask("D102"
                  "10"
                  "10"
                  "FFFF" +
                  transport_1 + both.substr(36, 32) + "08" + both.substr(68)),
        "41"
        "10" +
            both.substr(4, 32) + both.substr(68));
}

TEST_F(Westone, WaitsForTheWholeRequest) {
    const auto whole = *from_hex("D10610"
                                 "11");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::string out;
        EXPECT_EQ(processor.answer(as_text(byte_view(whole).first(size)), out).consumed, 0U);
        EXPECT_TRUE(out.empty());
    }
    std::string out;
    EXPECT_EQ(processor.answer(as_text(whole), out).consumed, whole.size());
}

TEST_F(Westone, HangsUpWhenItIsLost) {
    EXPECT_EQ(ask("D199"), "4560");
    EXPECT_TRUE(last.hang_up);
    EXPECT_EQ(ask("D1060911"), "4510");
    EXPECT_TRUE(last.hang_up);
}

class LockedWestone : public Westone {
  protected:
    LockedWestone()
        : Westone(false) {}
};

TEST_F(LockedWestone, RefusesClearKeysAndPins) {
    EXPECT_EQ(ask("D108"
                  "10"
                  "11"
                  "0123456789ABCDEFFEDCBA9876543210"),
        "4517");
    EXPECT_EQ(ask("D126"
                  "10" +
                  pin_1 +
                  "01"
                  "C968AEC14C3B2F39" +
                  account),
        "4517");
}

} // namespace
} // namespace cipherlane::hsm_sim
