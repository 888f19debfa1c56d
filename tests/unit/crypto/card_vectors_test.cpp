// The published values of card verification, PIN verification, EMV and FF1, through the runners of `cipherlane kat`,
// which are themselves tested by damaging the rows.
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
    for (const auto table : {card_kats(), ff1_kats()})
        all.insert(all.end(), table.begin(), table.end());
    return all;
}

std::vector<kat_row> rows_of(std::string_view file) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return read_kat_file(std::string(root != nullptr ? root : ".") + "/tests/vectors/" + std::string(file) + ".csv");
}

/// What a row computes: a change here must not go unseen.
const std::map<std::string, std::vector<std::string>, std::less<>> results{
    {"cvv", {"cvv"}},
    {"pin_pvv", {"pvv"}},
    {"pin_ibm3624", {"validation_data", "natural_pin", "pin", "offset"}},
    {"emv_ac", {"icc_mk", "sk_ac", "arqc", "arpc"}},
    {"emv_script_mac", {"sk_smi", "mac"}},
    {"ff1", {"plaintext", "ciphertext"}},
};

class CardVectors : public testing::TestWithParam<kat_entry> {};

TEST_P(CardVectors, Hold) {
    for (const auto& row : rows_of(GetParam().file)) {
        const auto why = GetParam().run(row, {});
        EXPECT_FALSE(why) << row["id"] << ": " << *why;
    }
}

TEST_P(CardVectors, TurnedAroundDoNotHold) {
    for (const auto& row : rows_of(GetParam().file)) {
        const auto turned = row.with("expect", row.must_be_rejected() ? "ok" : "reject");
        EXPECT_TRUE(GetParam().run(turned, {})) << row["id"];
    }
}

TEST_P(CardVectors, DamagedDoNotHold) {
    std::size_t damaged = 0;
    for (const auto& row : rows_of(GetParam().file)) {
        if (row.must_be_rejected()) continue;
        for (const auto& column : results.at(std::string(GetParam().file))) {
            if (!row.has(column)) continue;
            std::string value = row[column];
            value.back() = value.back() == '7' ? '6' : '7';
            EXPECT_TRUE(GetParam().run(row.with(column, value), {})) << row["id"] << " " << column;
            ++damaged;
        }
    }
    EXPECT_GT(damaged, 0U);
}

std::optional<std::string> run_row(std::string_view file, const kat_row& row) {
    for (const auto& entry : all_entries()) {
        if (entry.file == file) return entry.run(row, {});
    }
    return "no such file";
}

std::optional<std::string> run(std::string_view file, const std::map<std::string, std::string>& cells) {
    return run_row(file, kat_row(cells));
}

TEST(EmvRows, NameTheirSessionInManyWays) {
    // The card key and its session key of emv_test.cpp.
    const std::map<std::string, std::string> card{{"imk", "0123456789ABCDEFFEDCBA9876543210"},
        {"pan", "6222000000000017"}, {"psn", "01"}, {"mk_option", "A"}, {"atc_or_r", "001C12345678"}};
    const struct {
        const char* name;
        const char* key;
    } rows[] = {
        {"MCHIP", "9D43F8265B4AF1387F5B253B673D6E86"},
        {"MCHIP_V4", "9D43F8265B4AF1387F5B253B673D6E86"},
        {"EMV_CSK(CVN18)", "9D43F8265B4AF1387F5B253B673D6E86"},
        {"VSDC", "68FEEAF84CF7F18CAB52B3A28C5E40E5"},
        {"Visa CVN10", "68FEEAF84CF7F18CAB52B3A28C5E40E5"},
        {"CVN 18", "9D43F8265B4AF1387F5B253B673D6E86"},
        {"M/Chip CVN 14", "9D43F8265B4AF1387F5B253B673D6E86"},
        {"M/Chip 4, CVN 10", "9D43F8265B4AF1387F5B253B673D6E86"},
        {"EMV common session key", "9D43F8265B4AF1387F5B253B673D6E86"},
        {"CVN 10", "68FEEAF84CF7F18CAB52B3A28C5E40E5"},
    };
    for (const auto& row : rows) {
        auto cells = card;
        cells["skd"] = row.name;
        cells["sk_ac"] = row.key;
        EXPECT_EQ(run("emv_ac", cells), std::nullopt) << row.name;
        cells["skd"] = std::string("another ") + row.name[0];
        const auto why = run("emv_ac", cells);
        ASSERT_TRUE(why);
        EXPECT_NE(why->find("field skd: found \"another "), std::string::npos) << *why;
        EXPECT_NE(why->find("expected NONE, EMV_CSK"), std::string::npos) << *why;
    }
    auto cells = card;
    cells["skd"] = " ";
    for (const char* expect : {"ok", "reject"}) {
        cells["expect"] = expect;
        cells["sk_ac"] = rows[3].key; // without a session it is the card's own
        const auto why = run("emv_ac", cells);
        ASSERT_TRUE(why) << expect;
        EXPECT_NE(why->find("column skd is empty"), std::string::npos) << *why;
    }
    cells = card;
    cells["atc_or_r"] = "0240";
    cells["skd"] = "\u94F6\u8054";
    cells["sk_ac"] = "00";
    const auto why = run("emv_ac", cells);
    ASSERT_TRUE(why);
    EXPECT_NE(why->find("gives "), std::string::npos) << *why;
}

// The key check value and the MAC are those of pyemv's tests/test_sm_hsm.py, test_vis_pin_change.
TEST(ScriptRows, TakeVisasSessionKeyByCounter) {
    std::map<std::string, std::string> cells{{"imk_smi", "0123456789ABCDEFFEDCBA9876543210"},
        {"pan", "1234567890123456"}, {"psn", "01"}, {"r", "FFFF"},
        {"command", "8424000210D421231A6FD2F0FAEE671384F0D3A7B9"}, {"mac", "F67E37E67B06AB99"}};
    EXPECT_EQ(run("emv_script_mac", cells), std::nullopt);
    cells["r"] = "FFFD"; // the lowest bit would fall on a parity bit
    EXPECT_TRUE(run("emv_script_mac", cells));
}

TEST(Ff1Rows, TakeListsWithSpacesOrCommas) {
    const auto sample = rows_of("ff1").front(); // of radix 10: its digits are its numerals
    const auto listed = [&sample](const char* column, std::string_view between) {
        std::string list;
        for (const char digit : sample[column])
            list.append(list.empty() ? "" : between).push_back(digit);
        return list;
    };
    const auto row = sample.with("numerals", "decimal list");
    for (const char* between : {" ", ",", ", ", "  "}) {
        const auto list = row.with("plaintext", listed("plaintext", between));
        EXPECT_EQ(run_row("ff1", list.with("ciphertext", listed("ciphertext", between))), std::nullopt) << between;
        EXPECT_TRUE(run_row("ff1", list.with("ciphertext", listed("plaintext", between)))) << between;
        EXPECT_TRUE(run_row("ff1", list.with("ciphertext", listed("ciphertext", ";")))) << between;
    }
}

INSTANTIATE_TEST_SUITE_P(Files, CardVectors, testing::ValuesIn(all_entries()),
    [](const auto& chosen) { return std::string(chosen.param.file); });

} // namespace
} // namespace cipherlane::cli
