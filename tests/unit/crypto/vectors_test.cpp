#include "cipherlane/kat/kat.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::cli {
namespace {

std::vector<kat_entry> all_entries() {
    std::vector<kat_entry> all;
    for (const auto table : {crypto_kats(), crypto_keys_kats(), crypto_sm_kats()})
        all.insert(all.end(), table.begin(), table.end());
    return all;
}

std::vector<kat_row> rows_of(std::string_view file) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return read_kat_file(std::string(root != nullptr ? root : ".") + "/tests/vectors/" + std::string(file) + ".csv");
}

/// What a row computes: a change here must not go unseen.
const std::map<std::string, std::vector<std::string>, std::less<>> results{
    {"pinblock_format0", {"clear_block", "enc_block", "pin"}},
    {"pinblock_format1", {"clear_block", "pin"}},
    {"pinblock_format2", {"clear_block", "pin"}},
    {"pinblock_format3", {"clear_block", "enc_block", "pin"}},
    {"pinblock_format4", {"enc_block", "pan_field", "pin", "pin_field"}},
    {"mac_iso9797_alg1", {"mac"}},
    {"mac_iso9797_alg3", {"mac"}},
    {"mac_unionpay_ecb", {"xor_result", "hex_text", "enc1", "mac8_ascii", "mac8_hex", "mac_raw8"}},
    {"cmac_aes", {"mac"}},
    {"cmac_tdes", {"mac"}},
    {"cmac_sm4", {"mac"}},
    {"hmac", {"mac"}},
    {"kcv", {"kcv"}},
    {"dukpt_tdes", {"ik", "txn_key", "enc_pin_block", "pin", "mac_request", "mac_response", "enc_data_request"}},
    {"dukpt_aes", {"ik", "txn_key", "working_key", "pin_field", "enc_pin_block", "pin", "mac_or_cipher"}},
    {"tr31", {"key"}},
    {"tr31_derived_keys", {"kbek", "kbak"}},
    {"sm2", {"message", "r", "s"}},
    {"sm3", {"digest"}},
    {"sm4", {"ciphertext"}},
};

kat_row with(const kat_row& row, const std::string& column, const std::string& value) {
    std::map<std::string, std::string> cells;
    for (const char* name : {"id", "op", "pin", "pan", "fill_nibbles", "clear_block", "key", "enc_block", "expect",
             "random8", "pin_field", "pan_field", "from_format", "to_format", "pan_changes", "cipher", "padding",
             "data", "mac", "key1", "key2", "mab", "xor_result", "hex_text", "enc1", "mac8_ascii", "mac8_hex",
             "mac_raw8", "hash", "method", "length", "kcv", "curve", "user_id", "private", "public_x", "public_y",
             "k", "message", "r", "s", "c1c3c2", "digest", "mode", "iv", "plaintext", "ciphertext", "version", "kbpk",
             "kbek", "kbak", "key_block", "bdk", "ksn", "ik", "txn_key", "enc_pin_block", "mac_data", "mac_request",
             "mac_response", "enc_data_request", "usage", "key_type", "working_key", "mac_or_cipher"}) {
        cells[name] = row[name];
    }
    cells[column] = value;
    return kat_row(std::move(cells));
}

class CryptoVectors : public testing::TestWithParam<kat_entry> {};

TEST_P(CryptoVectors, Hold) {
    for (const auto& row : rows_of(GetParam().file)) {
        const auto why = GetParam().run(row, {});
        EXPECT_FALSE(why) << row["id"] << ": " << *why;
    }
}

TEST_P(CryptoVectors, TurnedAroundDoNotHold) {
    for (const auto& row : rows_of(GetParam().file)) {
        const auto turned = with(row, "expect", row.must_be_rejected() ? "ok" : "reject");
        EXPECT_TRUE(GetParam().run(turned, {})) << row["id"];
    }
}

TEST_P(CryptoVectors, DamagedDoNotHold) {
    const auto columns = results.find(GetParam().file);
    if (columns == results.end()) return; // a policy: its verdict is turned around above
    for (const auto& row : rows_of(GetParam().file)) {
        if (row.must_be_rejected()) continue;
        for (const auto& column : columns->second) {
            // Of a block that is only decoded, fill may differ: there the PIN is the result.
            const bool only_decoded = row["op"].starts_with("dec") && column != "pin" && column != "message";
            if (!row.has(column) || only_decoded) continue;
            std::string value = row[column];
            value.back() = value.back() == '7' ? '6' : '7';
            EXPECT_TRUE(GetParam().run(with(row, column, value), {})) << row["id"] << " " << column;
        }
    }
}

std::optional<std::string> run_row(std::string_view file, const kat_row& row) {
    for (const auto& entry : all_entries()) {
        if (entry.file == file) return entry.run(row, {});
    }
    return "no such file";
}

TEST(DukptRows, HaveSomethingToCheck) {
    const auto aes = rows_of("dukpt_aes").front();
    EXPECT_TRUE(run_row("dukpt_aes", kat_row({{"bdk", aes["bdk"]}, {"ksn", aes["ksn"]}})));
    const auto tdes = rows_of("dukpt_tdes").front();
    EXPECT_TRUE(run_row("dukpt_tdes", kat_row({{"bdk", tdes["bdk"]}, {"ksn", tdes["ksn"]}})));
}

TEST(DukptRows, TruncateMacsOnly) {
    std::size_t ciphertexts = 0;
    for (const auto& row : rows_of("dukpt_aes")) {
        if (!row.has("mac_or_cipher") || row.must_be_rejected()) continue;
        const bool mac = row["usage"].starts_with("MAC");
        const auto cut = row.with("mac_or_cipher", row["mac_or_cipher"].substr(0, 8));
        EXPECT_EQ(run_row("dukpt_aes", cut).has_value(), !mac) << row["id"];
        ciphertexts += mac ? 0 : 1;
    }
    EXPECT_GT(ciphertexts, 0U);
}

TEST(DukptRows, KnowTheNamesOfDataBothWays) {
    const auto row = rows_of("dukpt_aes").front().with("key_type", "AES128").with("working_key", "00");
    const auto key_of = [&row](const char* usage) { // as the complaint tells it
        return run_row("dukpt_aes", row.with("usage", usage)).value_or("");
    };
    const auto both = key_of("DATA");
    EXPECT_TRUE(both.starts_with("working_key gives ")) << both;
    EXPECT_NE(both, key_of("DENC"));
    for (const char* name : {"DATABOTH", "DATA_BOTH", "ENCDEC"}) {
        EXPECT_EQ(key_of(name), both) << name;
    }
}

// The key is made by hand from the published one of this serial number.
TEST(DukptRows, HaveAColumnForEveryKeyOfATransaction) {
    const kat_row row({{"bdk", "0123456789ABCDEFFEDCBA9876543210"}, {"ksn", "9014030B2ABDC0000050"},
        {"data_key_magtek", "4D29235BE48DA35D4CF84DFF43845524"}});
    EXPECT_EQ(run_row("dukpt_tdes", row), std::nullopt);
    const auto wrong = run_row("dukpt_tdes", row.with("data_key_magtek", "00")).value_or("");
    EXPECT_TRUE(wrong.starts_with("data_key_magtek gives ")) << wrong;
    // The variant for PINs is the same one, and no other is.
    EXPECT_EQ(run_row("dukpt_tdes", row.with("pin_key", row["data_key_magtek"])), std::nullopt);
    EXPECT_NE(run_row("dukpt_tdes", row.with("data_key_request", row["data_key_magtek"])), std::nullopt);
    const auto none = run_row("dukpt_tdes", row.with("data_key_magtek", "")).value_or("");
    EXPECT_NE(none.find("expected a value in one of ik, txn_key"), std::string::npos) << none;
    EXPECT_NE(none.find("data_key_magtek"), std::string::npos) << none;
}

TEST(KeyBlockRows, TakeTheTagsOfAPayshield) {
    for (const char* block : {"S10096P0TE00N0000",
             "R"
             "D0112P0AE00E0000",
             "B0080P0TE00E0000", "00072P0TN00N0000"}) {
        const kat_row row({{"op", "parse_header"}, {"key_block", block}});
        EXPECT_EQ(run_row("tr31", row), std::nullopt) << block;
    }
    const auto why = run_row("tr31", kat_row({{"op", "unwrap"}, {"version", "Q"}, {"key_block", "QQ"}})).value_or("");
    EXPECT_NE(why.find("field version: found \"Q\", expected A"), std::string::npos) << why;
}

TEST(Rows, TellWhichWordsACellMayHave) {
    const auto why = [](std::string_view file, std::map<std::string, std::string> cells) {
        return run_row(file, kat_row(std::move(cells))).value_or("");
    };
    EXPECT_NE(
        why("kcv", {{"cipher", "3DES"}, {"key", "00"}}).find("field cipher: found \"3DES\", expected DES, TDES"),
        std::string::npos);
    EXPECT_NE(why("kcv", {{"cipher", "AES"}, {"key", "00"}, {"length", "3"}, {"method", "ZEROS"}})
                  .find("found \"ZEROS\", expected LEGACY or CMAC"),
        std::string::npos);
    EXPECT_NE(why("sm2", {{"op", "sign"}, {"curve", "secp256k1"}}).find("expected sm2p256v1"), std::string::npos);
    const auto row = rows_of("dukpt_aes").front();
    EXPECT_NE(
        run_row("dukpt_aes", row.with("usage", "PINS")).value_or("").find("found \"PINS\", expected PIN, MACGEN"),
        std::string::npos);
}

TEST(Sm4Rows, NameFeedbackOfWholeBlocks) {
    // openssl enc -sm4-cfb and -sm4-ofb of the same
    for (const auto& [mode, ciphertext] : {std::pair{"CFB128", "07BBD906B40DA542D4514D1A97FCCB7AB0804227"},
             {"OFB128", "07BBD906B40DA542D4514D1A97FCCB7AF2CC072B"}}) {
        const kat_row row(
            {{"mode", mode}, {"key", "0123456789ABCDEFFEDCBA9876543210"}, {"iv", "000102030405060708090A0B0C0D0E0F"},
                {"plaintext", "0123456789ABCDEFFEDCBA987654321001234567"}, {"ciphertext", ciphertext}});
        EXPECT_EQ(run_row("sm4", row), std::nullopt) << mode;
    }
}

INSTANTIATE_TEST_SUITE_P(Files, CryptoVectors, testing::ValuesIn(all_entries()),
    [](const auto& chosen) { return std::string(chosen.param.file); });

} // namespace
} // namespace cipherlane::cli
