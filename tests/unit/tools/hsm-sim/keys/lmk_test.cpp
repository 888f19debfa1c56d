// Local master keys from a file, and what NC shows of them. Expected values: the published one, or openssl's command
// line (`enc -des-ede` by each pair in turn, `enc -aes-256-ecb`).
#include "../racal/racal_answers.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace cipherlane::hsm_sim::tests {
namespace {

const std::string other_pair = "0123456789ABCDEFFEDCBA9876543210";
const std::string block_line = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";

/// The published pairs as a file has them, without the last.
std::string nineteen_pairs() {
    std::string text = "# published test keys\n\n";
    for (std::size_t i = 0; i + 1 < lmk_set::pairs; ++i)
        text += to_hex(lmk_set::test()->pair(i)) + (i % 2 == 0 ? "\n" : "   # pair\r\n");
    return text;
}
const std::string last_test_pair = "01010101010101010101010101010101";

class LmkFile : public testing::Test {
  protected:
    result<std::shared_ptr<const lmk_set>> load(const std::string& text) {
        std::ofstream(folder_.file("keys.lmk")) << text;
        return lmk_set::load(folder_.file("keys.lmk"));
    }
    /// What a unit of the profile shows under the keys of a file.
    std::string shown(const std::string& profile, const std::string& text) {
        unit device(*settings_of(profile), load(text).value());
        racal_processor processor(device);
        std::string out;
        processor.answer("NC", out);
        return out.substr(0, 20);
    }

  private:
    cipherlane::tests::temporary_folder folder_;
};

TEST_F(LmkFile, NcShowsThePublishedValueOfThePublishedKeys) {
    EXPECT_EQ(shown("payshield", nineteen_pairs() + last_test_pair + "\n"), "ND002686040000000000");
    racal_unit blocks("payshield-kb");
    EXPECT_EQ(blocks.ask("NC").substr(0, 20), "ND009D04A00000000000");
}

TEST_F(LmkFile, NcShowsOtherKeys) {
    EXPECT_EQ(shown("payshield", nineteen_pairs() + other_pair), "ND00072DA50000000000");
    EXPECT_EQ(shown("sjj1310", nineteen_pairs() + other_pair), "ND00072DA50000000000");
    EXPECT_EQ(shown("payshield-kb", nineteen_pairs() + last_test_pair + "\n" + block_line), "ND00F290000000000000");
}

TEST_F(LmkFile, KeysComeFromTheFile) {
    const auto keys = load(nineteen_pairs() + other_pair + "\n" + block_line).value();
    EXPECT_EQ(to_hex(keys->pair(19)), other_pair);
    EXPECT_EQ(to_hex(keys->block_key().view()), block_line);
    // The pair of the known answer is the published one still.
    unit device(*settings_of("payshield"), keys);
    racal_processor processor(device);
    std::string out;
    processor.answer("BU0200406FBB23A5214DF", out);
    EXPECT_EQ(out, "BV000035BBE340A4B763");
}

TEST_F(LmkFile, FaultsNameFileLineAndWhatIsWanted) {
    const auto said = [&](const std::string& text) { return load(text).error().to_string(); };
    EXPECT_EQ(said("xyz\n"), "tools load LMKs at keys.lmk: a pair of keys is 32 hex digits, field line 1");
    EXPECT_EQ(said("\n# none\n" + other_pair.substr(2) + "\n"),
        "tools load LMKs at keys.lmk: a pair of keys is 32 hex digits, field line 3");
    EXPECT_EQ(said(nineteen_pairs()),
        "tools load LMKs at keys.lmk: twenty pairs of 32 hex digits are wanted, and the file ends, field line 21");
    EXPECT_EQ(said(nineteen_pairs() + other_pair + "\n" + other_pair),
        "tools load LMKs at keys.lmk: behind twenty pairs only the key for blocks may stand: 64 hex digits, or 48 of "
        "a "
        "TDES key, field line 23");
    EXPECT_EQ(lmk_set::load("/nonexistent/keys.lmk").error().endpoint(), "/nonexistent/keys.lmk");
    EXPECT_EQ(lmk_set::load("/nonexistent/" + std::string(40, 'x') + "/keys.lmk").error().endpoint(), "keys.lmk");
    EXPECT_TRUE(lmk_set::load("/nonexistent/keys.lmk").error().is(condition::local_fault));
}

// The published TDES key for blocks.
TEST_F(LmkFile, ATdesKeyProtectsBlocksToo) {
    const auto keys =
        load(nineteen_pairs() + last_test_pair + "\n0123456789ABCDEF8080808080808080FEDCBA9876543210").value();
    unit device(*settings_of("payshield-kb"), keys);
    racal_processor processor(device);
    const auto ask = [&](const std::string& request) {
        std::string out;
        processor.answer(request, out);
        return out;
    };
    EXPECT_EQ(ask("NC").substr(0, 20), "ND008E0EC00000000000"); // zeros under it, by openssl
    const auto made = ask("A00FFFS#72T2B00E00");
    ASSERT_EQ(made.substr(0, 6), "A100S0") << made;
    EXPECT_EQ(ask("BUFFF" + made.substr(4, made.size() - 10) + ";001"), "BV00" + made.substr(made.size() - 6));
}

TEST(Unit, ARestartEmptiesWhatAHostLoadedAndKeepsWhatAUnitStored) {
    racal_unit loaded;
    EXPECT_EQ(loaded.ask("LAK00A010123456789ABCDEF"), "LB00");
    loaded.device.set_authorised(false);
    loaded.device.start_again();
    EXPECT_EQ(loaded.ask("LEK00A01"), "LF12");
    EXPECT_TRUE(loaded.device.authorised());
    racal_unit kept("sjj1310");
    EXPECT_EQ(kept.ask("KR001UK000704abcd").substr(0, 4), "KS00");
    kept.device.start_again();
    EXPECT_EQ(kept.ask("KGK0007").substr(0, 8), "KH00001U");
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
