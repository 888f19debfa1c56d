#include "hsm-sim/westone/processor.hpp"
#include "racal_answers.hpp"
#include "support/vectors.hpp"

#include <cipherlane/crypto/sm2_key.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace cipherlane::hsm_sim::tests {
namespace {

const std::string key_1 = "0123456789ABCDEFFEDCBA9876543210";

std::string counted(const std::string& data) {
    char length[5];
    std::snprintf(length, sizeof length, "%04zu", data.size());
    return length + data;
}

TEST(Sjl06, MakesThePublishedPosMac) {
    racal_unit unit("sjl06");
    int rows = 0;
    for (const auto& row : cipherlane::tests::load_vectors("mac_unionpay_ecb.csv")) {
        if (!row.ok() || (row["cipher"] != "TDES" && row["cipher"] != "SM4")) continue;
        const bool sm4 = row["cipher"] == "SM4";
        const auto key = *from_hex(row["key"]);
        std::string field;
        command(unit.device, *unit.device.lmks(), {}, 32, field)
            .put_key(slots::tak, sm4 ? 'S' : 'U', clear_key(key, sm4 ? key_algorithm::sm4 : key_algorithm::des));
        char length[5];
        std::snprintf(length, sizeof length, "%04zX", row["mab"].size());
        const auto answer = unit.ask("MU0011" + field + length + row["mab"]);
        EXPECT_EQ(answer.substr(0, 4 + 16), "MV00" + row["mac_raw8"]) << row["id"];
        ++rows;
    }
    EXPECT_GT(rows, 2);
}

TEST(Sjl05, EnciphersWithE0) {
    racal_unit unit("sjl05");
    const auto zek = unit.field(slots::zek, 'U', key_1);
    const std::string clear = "givemeSOMEMACing";
    EXPECT_EQ(unit.ask("E00010" + zek +
                       "01"
                       "180000"
                       "010" +
                       clear),
        "E1001020B2755792E752610D7593C1E8F789EE84");
    EXPECT_EQ(unit.ask("E00110" + zek +
                       "10"
                       "180000"
                       "020B2755792E752610D7593C1E8F789EE84"),
        "E1000010" + clear);
    EXPECT_EQ(unit.ask("E00020" + zek +
                       "01"
                       "180000"
                       "0102030405060708"
                       "010" +
                       clear),
        "E10010200CC9E2A0F2A628A166758A88DFDC1EB6"
        "66758A88DFDC1EB6");
}

TEST(Sjj1310, FormsAKeyFromClearComponents) {
    racal_unit unit("sjj1310");
    const auto formed = unit.ask("AM0010002U" + key_1 + "UC7152C20BC2C830EA7EC9E8334ABE3FE");
    // An independent script's check value of the two, put to odd parity.
    EXPECT_EQ(formed.substr(0, 5), "AN00U");
    EXPECT_EQ(formed.substr(37), "B9B4072E1DA28BEC");
}

// The keys and check values are those of the fact sheet's A6, with 16 digits as this family shows them.
TEST(Sjj1310, StoresWhatItImportsAndForms) {
    racal_unit unit("sjj1310");
    const std::string import = "A6001U71979DEB8587E2734F1E99D5DCAEF9ACXC8E3118AFA853807EB7E92294663A5BAU";
    const std::string zpk = "U1EF828AA8F6B80EB83E19FBC373F3A85";
    const std::string kcv = "6F1E3F74F826B7EB";
    EXPECT_EQ(unit.ask(import + "K000504bank"), "A700" + zpk + kcv);
    EXPECT_EQ(unit.ask("KGK0005").substr(0, 4 + 3 + 1 + 16 + 2 + 4), "KH00001U" + kcv + "04bank");
    EXPECT_EQ(unit.ask("BU011K0005"), "BV00" + kcv);
    // A variant of two digits, or of one, or none, and a place behind it.
    EXPECT_EQ(unit.ask(import + "00K000600"), "A700" + zpk + kcv);
    EXPECT_EQ(unit.ask(import + "0K000700"), "A700" + zpk + kcv);
    EXPECT_EQ(unit.ask(import + "%00"), "A700" + zpk + kcv);
    EXPECT_EQ(unit.ask(import + "K204904bank"), "A721");
    EXPECT_EQ(unit.ask(import + "K000517seventeen letters"), "A715");
    EXPECT_EQ(unit.ask("A8001U71979DEB8587E2734F1E99D5DCAEF9AC" + zpk + "X%00"),
        "A900XC8E3118AFA853807EB7E92294663A5BA" + kcv);
    EXPECT_EQ(unit.ask("A8001U71979DEB8587E2734F1E99D5DCAEF9AC" + std::string("K0005X")),
        "A900XC8E3118AFA853807EB7E92294663A5BA" + kcv);

    const auto formed = unit.ask("A42001U" + zpk + unit.field(slots::zpk, 'U', key_1) + "K000803sum");
    ASSERT_EQ(formed.substr(0, 5), "A500U") << formed;
    // As AM's test has it for the same components.
    EXPECT_EQ(formed.substr(37), "B9B4072E1DA28BEC");
    EXPECT_EQ(unit.ask("KGK0008").substr(0, 4 + 3 + 1 + 16 + 2 + 3), "KH00001UB9B4072E1DA28BEC03sum");
    EXPECT_EQ(unit.ask("BU021K0008"), "BV28"); // a zone PIN key is no terminal one
}

TEST(Sjj1310, SignsAndVerifiesWithSm2) {
    racal_unit unit("sjj1310");
    const auto pair = unit.ask("E707");
    ASSERT_EQ(pair.size(), 4U + 91 + 4 + 32);
    ASSERT_EQ(pair.substr(0, 4), "E800");
    const auto der = pair.substr(4, 91);
    const auto wrapped = pair.substr(4 + 91);
    const std::string text = "2007" + counted("1234567812345678") + ";" + counted("message");
    const auto signature = unit.ask("E5" + text + "K9999" + wrapped);
    ASSERT_EQ(signature.substr(0, 8), "E6000064");
    EXPECT_EQ(unit.ask("E6" + text + signature.substr(4) + "K9999" + der), "E700");
    const auto other = "2007" + counted("1234567812345678") + ";" + counted("Message");
    EXPECT_EQ(unit.ask("E6" + other + signature.substr(4) + "K9999" + der), "E701");
    // Beside the unit: the library agrees.
    const auto point = crypto::sm2_public_point::from_der(as_bytes(der));
    ASSERT_TRUE(point);
    crypto::sm2_signature raw{};
    std::copy_n(as_bytes(signature).begin() + 8, raw.size(), raw.begin());
    EXPECT_TRUE(
        crypto::sm2_verification_key::create(*point)->verify(as_bytes("1234567812345678"), as_bytes("message"), raw));
}

TEST(Sjj1310, DigestsWithSm3) {
    racal_unit unit("sjj1310");
    // GB/T 32905 A.1
    EXPECT_EQ(to_hex(as_bytes(unit.ask("GM2000003abc").substr(4))),
        "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0");
}

class ProfileFile : public testing::Test {
  protected:
    std::string write(const std::string& text) {
        const auto file =
            std::filesystem::temp_directory_path() / ("hsm_sim_profile_" + std::to_string(::getpid()) + ".toml");
        std::ofstream(file) << text;
        path_ = file;
        return file;
    }
    ~ProfileFile() override { std::filesystem::remove(path_); }

  private:
    std::filesystem::path path_;
};

TEST_F(ProfileFile, CorrectsABuiltInProfile) {
    const auto read = find_settings(write(R"(base = "sjj1312"
name = "ours"
account_digits = 16
[frame]
length = "be16"
header_length = 8
byte_order = "little"
[codes.pin_format]
iso0 = "02"
[key_type]
pik = { code = "31", pair = 14, variant = 2 }
)"));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->profile, "ours");
    EXPECT_EQ(read->account_digits, 16U);
    EXPECT_TRUE(read->frame.length_prefix);
    EXPECT_EQ(read->frame.header_length, 8U);
    EXPECT_TRUE(read->little_endian);
    EXPECT_EQ(read->pin_formats.at("02"), pin_format::iso0);
    EXPECT_EQ(read->pin_formats.count("01"), 0U);
    EXPECT_EQ(read->raw_key_types.at("31"), (lmk_slot{7, 2}));
}

TEST_F(ProfileFile, SaysWhatAWestoneUnitDoesByItself) {
    const auto import_with = [&](const std::string& quirks) {
        unit device(find_settings(write("base = \"sjj1312\"\nname = \"ours\"\n[quirks]\n" + quirks)).value(),
            lmk_set::test());
        westone_processor processor(device);
        // C6152C..., whose first byte is even, under the transport key of the known answers; by openssl.
        const auto request = *from_hex("D1021010FFFF"
                                       "DA05B7A979CBD9A15A4FBD3D599B9380"
                                       "A10CFDEF083B4BB8EF316AE55BC7FA9B00");
        std::string out;
        processor.answer(as_text(request), out);
        return to_hex(as_bytes(out));
    };
    EXPECT_EQ(import_with("import_checks_parity = \"yes\"\n"), "4511");
    const std::string pin_2 = "AFA9EFC12ED38347887A5476621B368B";
    EXPECT_EQ(import_with("import_checks_parity = \"no\"\n"), "4110" + pin_2 + "6F1E3F74F826B7EB");
    const std::string data_2 = "5F4770141C0FBAF4532875105511ABC6";
    EXPECT_EQ(import_with("import_checks_parity = \"no\"\nimport_key_type = \"dek\"\n"),
        "4110" + data_2 + "6F1E3F74F826B7EB");
    for (const std::string wrong :
        {"import_checks_parity = \"perhaps\"", "import_key_type = \"zzz\"", "lmk_check = \"26\"",
            "zmk_length = \"long\"", "mq_double_key = \"both\"", "wide_kcv = \"crc\"", "colour = \"red\""}) {
        const auto read = find_settings(write("base = \"sjj1312\"\nname = \"ours\"\n[quirks]\n" + wrong));
        ASSERT_FALSE(read) << wrong;
        EXPECT_EQ(read.error().field(), "quirks." + wrong.substr(0, wrong.find(' '))) << wrong;
    }
    EXPECT_EQ(find_settings(write("base = \"payshield\"\nname = \"ours\"\n[quirks]\nlmk_check = "
                                  "\"655AB203C0FCB755\"\n"))
                  .value()
                  .test_check,
        "655AB203C0FCB755");
}

// Values by openssl's command line.
TEST_F(ProfileFile, ChoosesWhereSourcesDisagree) {
    const auto ask = [&](const std::string& base, const std::string& quirk, const std::string& request) {
        unit device(find_settings(write("base = \"" + base + "\"\nname = \"ours\"\n[quirks]\n" + quirk)).value(),
            lmk_set::test());
        racal_processor processor(device);
        std::string out;
        processor.answer(request, out);
        return out;
    };
    racal_unit tass("sjj1310");
    const auto sm4 = clear_key(*from_hex(key_1), key_algorithm::sm4);
    std::string field;
    command(tass.device, *tass.device.lmks(), {}, 32, field).put_key(slots::zek, 'R', sm4);
    EXPECT_EQ(ask("sjj1310", "wide_kcv = \"ecb\"\n", "BU0A1" + field), "BV002677F46B09C122CC");
    EXPECT_EQ(ask("sjj1310", "wide_kcv = \"cmac\"\n", "BU0A1" + field), "BV00909F5E6ED15518C0");

    const std::string zak = "UE84C6E8F364BB594D2F59F6E8A6BBBF5"; // C226AB6E8A4C941F91CEBCE96BF7C498, published
    const std::string message = zak + "010givemeSOMEMACing";
    EXPECT_EQ(ask("payshield", "mq_double_key = \"tdes_cbc\"\n", "MQ0" + message), "MR007F805A8874D3B604");
    EXPECT_NE(ask("payshield", "mq_double_key = \"x919\"\n", "MQ0" + message), "MR007F805A8874D3B604");
    EXPECT_NE(ask("payshield", "mq_double_key = \"x919\"\n", "MQ1" + message), "MR007F805A8874D3B604");
    EXPECT_EQ(ask("payshield", "mq_double_key = \"as_published\"\n", "MQ1" + message), "MR007F805A8874D3B604");

    // FK's known answer has a single-length ZMK without a tag.
    const std::string single = "FK04ED06495741C280CX2C0E3EE7A5EFFA00C3CD721FE6E66B82;ZU1";
    EXPECT_EQ(ask("payshield", "zmk_length = \"single\"\n", single), "FL00U913248D2781448EB99849CFFE39768AD468318");
    EXPECT_NE(ask("payshield", "zmk_length = \"double\"\n", single).substr(0, 4), "FL00");
}

TEST_F(ProfileFile, NamesTheFaultyEntry) {
    EXPECT_EQ(find_settings(write("base = \"nothing\"\n")).error().field(), "nothing");
    EXPECT_EQ(find_settings(write("base = \"payshield\"\nkcv_digits = 7\n")).error().field(), "kcv_digits");
    EXPECT_EQ(find_settings(write("base = \"payshield\"\n= 7\n")).error().offset(), 2U);
    EXPECT_FALSE(find_settings("/nonexistent/profile.toml"));
    EXPECT_FALSE(find_settings("no such"));
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
