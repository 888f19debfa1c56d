// `cipherlane journal decide`: a person's word on an order that the gateway cannot tell about.
#include "simkit/child_process.hpp"
#include "support/lane/lane_rig.hpp"
#include "support/lane_fixture.hpp"

#include <fstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class JournalDecide : public testing::Test {
  protected:
    JournalDecide() {
        std::ofstream key(folder.file("till.key"));
        for (int i = 0; i < 32; ++i)
            key << "5A"; // as `fake_key`
        key.close();
        std::filesystem::permissions(
            folder.file("till.key"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        std::ofstream(folder.file("till.toml"))
            << "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[gateway]\ncode_valid_seconds = 30\n"
            << "[journal]\nfile = \"" << folder.file("till.db") << "\"\nkey_file = \"" << folder.file("till.key")
            << "\"\n";
    }
    int run(std::vector<std::string> words) {
        const char* programs = std::getenv("CIPHERLANE_PROGRAMS");
        words.insert(words.begin(), {std::string(programs != nullptr ? programs : ".") + "/cipherlane", "journal"});
        auto tool = sim::child_process::start(words, folder.file("tool.log")).value();
        const auto code = tool.wait(30s);
        said = tool.read_all(1s);
        return code.value_or(-1);
    }
    int decide(const std::string& verdict) {
        return run({"decide", folder.file("till.toml"), "--record", "1", verdict, "--note", "Li, by phone"});
    }
    std::uint64_t leave_an_order_in_doubt() {
        lane_rig rig(rig_settings(), nullptr, folder.file("till.db"));
        rig.gateway.forgets = true;
        return rig.sell_by_code("order", 990).value().handle;
    }

    temporary_folder folder;
    std::string said;
};

TEST_F(JournalDecide, WritesWhatAPersonFound) {
    ASSERT_EQ(leave_an_order_in_doubt(), 1U);
    ASSERT_EQ(run({"list", "--open", folder.file("till.db")}), 0);
    EXPECT_NE(said.find("1 undecided"), std::string::npos) << said;
    ASSERT_EQ(decide("--paid"), 0);
    EXPECT_NE(said.find("QR sale 9.90 approved"), std::string::npos) << said;
    ASSERT_EQ(run({"list", folder.file("till.db")}), 0);
    EXPECT_NE(said.find("by a person: Li, by phone"), std::string::npos) << said;
    EXPECT_NE(said.find("0 undecided"), std::string::npos) << said;
    EXPECT_NE(decide("--not-paid"), 0) << "once is enough";
}

TEST_F(JournalDecide, WantsAVerdictAndANote) {
    ASSERT_EQ(leave_an_order_in_doubt(), 1U);
    EXPECT_NE(run({"decide", folder.file("till.toml"), "--record", "1", "--note", "n"}), 0);
    EXPECT_NE(run({"decide", folder.file("till.toml"), "--record", "1", "--paid", "--not-paid", "--note", "n"}), 0);
    EXPECT_NE(run({"decide", folder.file("till.toml"), "--record", "1", "--paid"}), 0);
}

} // namespace
} // namespace cipherlane::tests
