// The published values of card verification, PIN verification, EMV and FF1, through the runners of `cipherlane kat`,
// which are themselves tested by damaging the rows.
#include "cipherlane/kat/kat.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
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

INSTANTIATE_TEST_SUITE_P(Files, CardVectors, testing::ValuesIn(all_entries()),
    [](const auto& chosen) { return std::string(chosen.param.file); });

} // namespace
} // namespace cipherlane::cli
