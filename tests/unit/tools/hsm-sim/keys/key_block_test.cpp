#include "../racal/racal_answers.hpp"
#include "hsm-sim/keys/key_block.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace cipherlane::hsm_sim::tests {
namespace {

TEST(KeyBlock, OpensPublishedBlocks) {
    int rows = 0;
    for (const auto& row : cipherlane::tests::load_vectors("tr31.csv")) {
        const std::string& block = row["key_block"];
        if (block.empty() || (block.front() != 'B' && block.front() != 'D') || !row.ok()) continue;
        const auto kbpk = *from_hex(row["kbpk"]);
        const auto opened = open_block(
            block_kind::tr31, clear_key(kbpk, block.front() == 'B' ? key_algorithm::des : key_algorithm::aes), block);
        if (opened.verdict == status{'8', '3'} || opened.verdict == status{'A', '5'})
            continue; // extended blocks, other keys
        EXPECT_TRUE(opened.verdict.ok()) << row["id"];
        EXPECT_EQ(to_hex(opened.key.view()), row["key"]) << row["id"];
        ++rows;
    }
    EXPECT_GE(rows, 9);
}

TEST(KeyBlock, RefusesWhatWasChanged) {
    const clear_key protection(*from_hex("89E88CF7931444F334BD7547FC3F380C"));
    const auto block = wrap_block(block_kind::tr31, protection, {"P0", 'T', 'E', "00", 'E'}, clear_key(16));
    EXPECT_TRUE(open_block(block_kind::tr31, protection, block).verdict.ok());
    for (const std::size_t at : {5U, 7U, 8U, 11U, 20U, 60U, static_cast<unsigned>(block.size() - 1)}) {
        auto changed = block;
        changed[at] = changed[at] == '1' ? '2' : '1';
        EXPECT_FALSE(open_block(block_kind::tr31, protection, changed).verdict.ok()) << at;
    }
    EXPECT_FALSE(open_block(block_kind::tr31, protection, block.substr(0, 40)).verdict.ok());
    EXPECT_FALSE(open_block(block_kind::thales, protection, block).verdict.ok());
}

/// One field at the front of an answer: a block with its tag.
std::string block_field(const std::string& body) {
    return body.substr(0, 1 + block_length(std::string_view(body).substr(1)));
}

TEST(KeyBlockUnit, MakesExportsAndImportsKeys) {
    racal_unit unit("payshield-kb");
    const auto zmk_answer = unit.ask("A00FFFS#52T2B00N00");
    ASSERT_EQ(zmk_answer.substr(0, 5), "A100S");
    const auto zmk = block_field(zmk_answer.substr(4));
    const auto zpk_answer = unit.ask("A01FFFS" + zmk + "R#72T2B00E00");
    ASSERT_EQ(zpk_answer.substr(0, 4), "A100");
    const auto zpk = block_field(zpk_answer.substr(4));
    const auto wrapped = block_field(zpk_answer.substr(4 + zpk.size()));
    const auto kcv = zpk_answer.substr(4 + zpk.size() + wrapped.size());
    ASSERT_EQ(kcv.size(), 6U);
    ASSERT_EQ(wrapped.front(), 'R');
    const auto again = unit.ask("A6FFF" + zmk + wrapped + "S");
    EXPECT_EQ(again.substr(0, 4), "A700");
    EXPECT_EQ(again.substr(again.size() - 6), kcv);
    EXPECT_EQ(unit.ask("BUFFF" + zpk + ";001"), "BV00" + kcv);
    EXPECT_EQ(unit.ask("A8FFF" + zmk + zpk + "X").size(), 4U + 33 + 6);
    // The zone master key is marked as not exportable.
    EXPECT_EQ(unit.ask("A8FFF" + zmk + zmk + "R"), "A9AA");
}

TEST(KeyBlockUnit, ChecksUsageAndAuthentication) {
    racal_unit unit("payshield-kb");
    const auto zpk = block_field(unit.ask("A00FFFS#72T2B00E00").substr(4));
    const auto mac_key = block_field(unit.ask("A00FFFS#M3T2C00E00").substr(4));
    const std::string behind = "12"
                               "0000000000000000"
                               "0101"
                               "550000025321";
    EXPECT_EQ(unit.ask("CC" + zpk + mac_key + behind), "CDA6");
    auto broken = zpk;
    broken[40] = broken[40] == '0' ? '1' : '0';
    EXPECT_EQ(unit.ask("CC" + broken + zpk + behind), "CDA4");
    EXPECT_EQ(unit.ask("CCU1EF828AA8F6B80EB83E19FBC373F3A85" + zpk + behind), "CD26");
    const auto block = unit.ask("JG" + zpk +
                                "01"
                                "550000025321"
                                "01234");
    ASSERT_EQ(block.size(), 20U);
    EXPECT_EQ(unit.ask("JE" + zpk + block.substr(4) +
                       "01"
                       "550000025321"),
        "JF0001234");
}

TEST(Tass, EnciphersWithFill) {
    racal_unit unit("sjj1310");
    const auto key = unit.field(slots::zek, 'U', "0123456789ABCDEFFEDCBA9876543210");
    for (const std::string pad : {"00", "01", "03", "04"}) {
        const auto sealed = unit.ask("S30000A" + key + "0000" + pad + "0005hello");
        ASSERT_EQ(sealed.substr(0, 8), "S4000008") << pad;
        EXPECT_EQ(unit.ask("S40000A" + key + "0000" + pad + sealed.substr(4)), "S5000005hello") << pad;
    }
    EXPECT_EQ(unit.ask("S30000A" + key + "0000050005hello"), "S480");
}

TEST(Tass, StoresAndFindsKeys) {
    racal_unit unit("sjj1310");
    const auto made = unit.ask("KR001UK000704name");
    ASSERT_EQ(made.substr(0, 5), "KS00U");
    const auto found = unit.ask("KGK0007");
    EXPECT_EQ(found.substr(0, 4 + 3 + 1 + 16 + 2 + 4), "KH00001U" + made.substr(37) + "04name");
    EXPECT_EQ(unit.ask("KGK0008"), "KH12");
    // The index stands wherever a key may.
    EXPECT_EQ(unit.ask("BU011K0007"), "BV00" + made.substr(37));
    EXPECT_EQ(unit.ask("BU021K0007"), "BV28");
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
