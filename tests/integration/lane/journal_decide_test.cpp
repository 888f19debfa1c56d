// `cipherlane journal decide`: a person's word on an order that the gateway cannot tell about.
#include "simkit/child_process.hpp"
#include "support/lane/lane_rig.hpp"
#include "support/lane_fixture.hpp"
#include "support/whole_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
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
    std::uint64_t leave_an_order_in_doubt(std::chrono::system_clock::time_point expires = {}) {
        lane_rig rig(rig_settings(), nullptr, folder.file("till.db"));
        rig.gateway.expires = expires;
        rig.gateway.forgets = true;
        return rig.sell_by_code("order", 990).value().handle;
    }

    memory_folder folder;
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

TEST_F(JournalDecide, ListsWhatIsOpenHoweverOldItIs) {
    {
        lane_rig rig(rig_settings(), nullptr, folder.file("till.db"));
        rig.gateway.forgets = true;
        ASSERT_EQ(rig.sell_by_code("order", 990).value().handle, 1U);
        for (const auto* key : {"a", "b", "c"})
            ASSERT_TRUE(rig.sell(key, 100));
    }
    ASSERT_EQ(run({"list", "--open", "--limit", "2", folder.file("till.db")}), 0);
    EXPECT_NE(said.find("1 record(s), 1 undecided"), std::string::npos) << said;
    ASSERT_EQ(run({"list", "--limit", "2", folder.file("till.db")}), 0);
    EXPECT_NE(said.find("the newest alone"), std::string::npos) << said;
}

TEST_F(JournalDecide, WantsAVerdictAndANote) {
    ASSERT_EQ(leave_an_order_in_doubt(), 1U);
    EXPECT_NE(run({"decide", folder.file("till.toml"), "--record", "1", "--note", "n"}), 0);
    EXPECT_NE(run({"decide", folder.file("till.toml"), "--record", "1", "--paid", "--not-paid", "--note", "n"}), 0);
    EXPECT_NE(run({"decide", folder.file("till.toml"), "--record", "1", "--paid"}), 0);
}

/// What one needs to ask somebody and to act, whole, with the zone of its times.
TEST_F(JournalDecide, IsToldAllThatADecisionNeeds) {
    // 2026-11-21 10:05:00 at +08:00.
    ASSERT_EQ(leave_an_order_in_doubt(std::chrono::system_clock::from_time_t(1'795'226'700)), 1U);
    ASSERT_EQ(run({"list", "--open", "--json", folder.file("till.db")}), 0);
    const auto rows = nlohmann::json::parse(said);
    ASSERT_EQ(rows.size(), 1U);
    const auto order = rows[0].at("order").get<std::string>();
    EXPECT_EQ(order.size(), 28U);
    EXPECT_TRUE(rows[0].at("created").get<std::string>().ends_with("+08:00")) << said;
    const auto todo = rows[0].at("todo").get<std::string>();
    EXPECT_NE(todo.find("journal decide SETTINGS --record 1"), std::string::npos);
    for (const auto& part : {order, std::string("merchant TESTMERCH000001"), std::string("9.90"),
             std::string("; its code may be paid until 2026-11-21 10:05:00 +08:00")})
        EXPECT_NE(todo.find(part), std::string::npos) << part << ": " << todo;
    EXPECT_EQ(rows[0].at("expires"), "2026-11-21T10:05:00+08:00");
    ASSERT_EQ(run({"list", folder.file("till.db")}), 0);
    EXPECT_NE(said.find(order), std::string::npos) << "not cut: " << said;
    EXPECT_NE(said.find("+08:00"), std::string::npos) << said;
    EXPECT_NE(said.find("cipherlane journal recover SETTINGS"), std::string::npos) << said;
}

TEST_F(JournalDecide, IsHelpedByCheckAndExport) {
    ASSERT_EQ(leave_an_order_in_doubt(), 1U);
    ASSERT_EQ(run({"check", folder.file("till.db")}), 0) << said;
    EXPECT_NE(said.find("1 record(s) read, 1 undecided"), std::string::npos) << said;
    EXPECT_NE(said.find("whole"), std::string::npos) << said;
    ASSERT_EQ(run({"export", folder.file("till.db")}), 0);
    EXPECT_EQ(nlohmann::json::parse(said).at("requested"), 990);
    ASSERT_EQ(run({"export", "--csv", folder.file("till.db")}), 0);
    EXPECT_TRUE(said.starts_with("id,intact,terminal,")) << said;
    for (const auto* action : {"check", "list", "export"}) {
        EXPECT_EQ(run({action, folder.file("till.toml")}), 2) << action << ": no journal";
        EXPECT_EQ(run({action, folder.path()}), 2) << action << ": a folder";
    }
}

/// Of which not even the tables are left: that is damage, and the way on is another command than the one that was
/// run.
TEST_F(JournalDecide, IsToldAsCutWhereNothingOfItIsLeft) {
    ASSERT_EQ(leave_an_order_in_doubt(), 1U);
    const auto file = folder.file("till.db");
    std::filesystem::remove(file + "-wal");
    for (const std::uintmax_t size : {std::uintmax_t{4096}, std::uintmax_t{1000}}) {
        std::filesystem::resize_file(file, size);
        for (const auto* action : {"check", "list", "export"}) {
            std::filesystem::remove(folder.file("tool.log"));
            EXPECT_EQ(run({action, file}), 1) << action << ' ' << size;
            const auto why = whole_file(folder.file("tool.log"));
            EXPECT_NE(why.find("bring a whole copy"), std::string::npos) << action << ' ' << size << why;
            EXPECT_EQ(why.find("journal check says"), std::string::npos) << action << ' ' << size << why;
        }
    }
}

/// A page that a list of the newest records does not touch.
TEST_F(JournalDecide, IsNeverListedAsWholeWhereItIsDamaged) {
    const auto file = folder.file("till.db");
    {
        lane_rig rig(rig_settings(), nullptr, file);
        for (int i = 0; i < 60; ++i)
            ASSERT_TRUE(rig.sell(std::to_string(i), 100));
    }
    ASSERT_EQ(run({"list", "--limit", "1", file}), 0) << said;
    constexpr std::uintmax_t page = 4096;
    const auto pages = std::filesystem::file_size(file) / page;
    std::size_t silent = 0;
    std::size_t told = 0;
    const auto whole = whole_file(file);
    for (std::uintmax_t at = 3; at < pages; at += std::max<std::uintmax_t>(1, pages / 8)) {
        auto damaged = whole;
        damaged.replace(at * page, page, page, '\xFF');
        std::ofstream(file, std::ios::binary) << damaged;
        const bool lost = run({"check", "--json", file}) == 1;
        const auto found = lost ? nlohmann::json::parse(said, nullptr, false) : nlohmann::json();
        const bool told_of = found.is_object() && found.contains("lost");
        const bool records = told_of && !(found.at("lost").empty() && found.at("damaged").empty());
        const auto code = run({"list", "--limit", "1", file});
        EXPECT_TRUE(code == 1 || !records) << "page " << at;
        (code == 1 ? told : silent) += 1;
    }
    EXPECT_GT(told, 0U) << silent;
}

TEST_F(JournalDecide, IsEasierWhereAPaymentIsFound) {
    std::string reference;
    {
        lane_rig rig(rig_settings(), nullptr, folder.file("till.db"));
        for (const auto* key : {"a", "b", "c"}) {
            ASSERT_TRUE(rig.sell(key, 100));
            rig.clock.time += 24h;
        }
        reference = rig.sell("d", 4711).value().reference;
    }
    const auto found = [&](std::vector<std::string> by) {
        by.insert(by.begin(), {"list", "--json", folder.file("till.db"), "--limit", "9"});
        EXPECT_EQ(run(by), 0) << said;
        std::string keys;
        for (const auto& row : nlohmann::json::parse(said))
            keys += row.at("key").get<std::string>();
        return keys;
    };
    const auto rows = [&] {
        EXPECT_EQ(run({"list", "--json", folder.file("till.db")}), 0);
        return nlohmann::json::parse(said);
    }();
    const auto day_of = [&](std::size_t row) { return rows[row].at("created").get<std::string>().substr(0, 10); };
    const auto card = rows[0].at("card").get<std::string>();
    EXPECT_EQ(found({"--key", "b"}), "b");
    EXPECT_EQ(found({"--amount", "47.11"}), "d");
    EXPECT_EQ(found({"--reference", reference}), "d");
    EXPECT_EQ(found({"--card", card.substr(card.size() - 4)}), "abcd");
    EXPECT_EQ(found({"--card", "9999"}), "");
    EXPECT_EQ(found({"--from", day_of(1), "--to", day_of(2)}), "bc");
    EXPECT_EQ(found({"--from", day_of(1), "--amount", "1.00", "--operator", "01"}), "bc");
    EXPECT_EQ(found({"--operator", "02"}), "");
    ASSERT_EQ(run({"export", "--csv", folder.file("till.db"), "--key", "c"}), 0);
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2) << said;
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--card", "622200"},
             {"--from", "yesterday"}, {"--to", "2026-02-30"}, {"--amount", "x"}}) {
        auto words = wrong;
        words.insert(words.begin(), {"list", folder.file("till.db")});
        EXPECT_EQ(run(words), 2) << wrong.front() << ": " << said;
    }
}

TEST_F(JournalDecide, IsNotLostWithHalfAFile) {
    {
        lane_rig rig(rig_settings(), nullptr, folder.file("till.db"));
        for (int i = 0; i < 60; ++i)
            ASSERT_TRUE(rig.sell(std::to_string(i), 100));
    }
    std::filesystem::resize_file(folder.file("till.db"), std::filesystem::file_size(folder.file("till.db")) * 9 / 10);
    ASSERT_EQ(run({"check", "--json", folder.file("till.db")}), 1) << said;
    const auto found = nlohmann::json::parse(said);
    EXPECT_FALSE(found.at("whole").get<bool>());
    EXPECT_FALSE(found.at("todo").get<std::string>().empty());
    const auto saved = folder.file("saved.db");
    const auto code = run({"recover", folder.file("till.toml"), "--salvage", saved, "--json"});
    EXPECT_TRUE(code == 0 || code == 1) << said;
    const auto intact = found.at("records").get<std::size_t>() - found.at("damaged").size();
    EXPECT_GT(intact, 30U);
    EXPECT_EQ(nlohmann::json::parse(said).at("records"), intact);
    ASSERT_EQ(run({"check", "--json", saved, "--mark", folder.file("till.db.mark")}), 0) << said;
    EXPECT_EQ(nlohmann::json::parse(said).at("records"), intact);
}

/// Of a database its operator keeps backups; a file of the usual name beside it is an old one.
TEST_F(JournalDecide, IsNotSalvagedOutOfADatabase) {
    std::ofstream(folder.file("shared.toml"))
        << "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[journal]\nstore = "
           "\"postgresql://till:sEcret@127.0.0.1:1/books?sslmode=disable\"\nfile = \""
        << folder.file("till.db") << "\"\n";
    { lane_rig rig(rig_settings(), nullptr, folder.file("till.db")); }
    EXPECT_EQ(run({"recover", folder.file("shared.toml"), "--salvage", folder.file("saved.db")}), 2) << said;
    std::ifstream log(folder.file("tool.log"));
    const std::string told{std::istreambuf_iterator<char>(log), {}};
    EXPECT_NE(told.find("journal.store: found shared books, expected a journal in a file"), std::string::npos)
        << told;
    EXPECT_NE(told.find("keep backups"), std::string::npos) << told;
    EXPECT_EQ((told + said).find("sEcret"), std::string::npos) << told;
    EXPECT_FALSE(std::filesystem::exists(folder.file("saved.db")));
}

/// An old copy reverses what was approved since: the till does not start with it unless somebody has decided so.
TEST_F(JournalDecide, TakesNoOldCopyForTheJournal) {
    const auto file = folder.file("till.db");
    {
        lane_rig rig(rig_settings(), nullptr, file);
        ASSERT_TRUE(rig.sell("a", 100));
    }
    std::filesystem::copy_file(file, folder.file("copy"));
    {
        lane_rig rig(rig_settings(), nullptr, file);
        ASSERT_TRUE(rig.sell("b", 100));
    }
    std::filesystem::copy_file(folder.file("copy"), file, std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(run({"recover", folder.file("till.toml")}), 6);
    EXPECT_EQ(run({"check", file}), 1);
    EXPECT_NE(said.find("an old copy"), std::string::npos) << said;
    ASSERT_EQ(run({"adopt", folder.file("till.toml")}), 0) << said;
    EXPECT_EQ(run({"recover", folder.file("till.toml")}), 0) << said;
}

} // namespace
} // namespace cipherlane::tests
