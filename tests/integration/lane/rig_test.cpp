// The rig as scripts use it: a program with its options, and words for what is wrong with them.
#include "lane/lane_folder.hpp"
#include "lane/rig_faults.hpp"
#include "simkit/child_process.hpp"
#include "simkit/control_client.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace cipherlane::tests {
namespace {

using std::chrono_literals::operator""s;

class Rig : public testing::Test {
  protected:
    static std::string program(const std::string& name) {
        const char* where = std::getenv("CIPHERLANE_PROGRAMS");
        return std::string(where != nullptr ? where : ".") + "/" + name;
    }
    [[nodiscard]] std::string place() const { return folder_.file("rig"); }
    [[nodiscard]] nlohmann::json ports() const { return nlohmann::json::parse(whole_file(place() + "/ports.json")); }

    /// Runs the rig to its end; what it said is in `said_` and `complained_`.
    int run(std::vector<std::string> options, const std::vector<std::string>& words) {
        options.insert(options.begin(), program("cipherlane-lane-rig"));
        options.push_back(place());
        options.insert(options.end(), words.begin(), words.end());
        std::filesystem::remove(folder_.file("errors"));
        auto started = sim::child_process::start(options, folder_.file("errors"));
        if (!started) {
            ADD_FAILURE() << started.error();
            return -99;
        }
        const auto code = started->wait(60s);
        said_ = started->read_all(1s);
        complained_ = whole_file(folder_.file("errors"));
        return code.value_or(-99);
    }
    std::vector<std::string> sale(const std::string& key) const {
        return {program("cipherlane"), "till", "sale", "--key", key, "--amount", "12.34", "--json"};
    }
    [[nodiscard]] bool says(const std::string& part) const {
        return said_.find(part) != std::string::npos || complained_.find(part) != std::string::npos;
    }

    temporary_folder folder_;
    std::string said_;
    std::string complained_;
};

TEST_F(Rig, HandsSettingsAndPortsToTheProgram) {
    EXPECT_EQ(run({"--terminal", "TEST0042"}, {"cat"}), 0) << complained_;
    EXPECT_TRUE(says("id = \"TEST0042\"")) << said_;
    const auto all = ports();
    EXPECT_EQ(all.at("settings"), place() + "/till.toml");
    for (const auto* name : {"hsm", "acquirer", "gateway"}) {
        EXPECT_TRUE(all.at(name).at("where").get<std::string>().starts_with("127.0.0.1:")) << all;
    }
    for (const auto* name : {"hsm", "acquirer", "gateway", "display", "pinpad"}) {
        EXPECT_TRUE(all.at(name).at("control").get<std::string>().starts_with("127.0.0.1:")) << all;
    }
    EXPECT_EQ(run({"--control-sockets"}, {"sh", "-c", "exit 7"}), 7);
    for (const auto* name : {"hsm", "acquirer", "gateway", "display", "pinpad"}) {
        const auto socket = "unix:" + place() + "/" + name + "-sim.control";
        EXPECT_EQ(ports().at(name).at("control"), socket);
    }
}

TEST_F(Rig, SellsAtACipherMachineThatIsThereUnderAFault) {
    auto unit = sim::child_process::start(
        {program("cipherlane-hsm-sim"), "--profile", "sjj1312", "--port", "0"}, folder_.file("unit.log"));
    ASSERT_TRUE(unit) << unit.error();
    const auto where = unit->await("listening", 60s);
    ASSERT_TRUE(where) << where.error();
    const std::vector<std::string> there{"--hsm", *where, "--profile", "sjj1312", "--terminal", "TEST0042"};
    EXPECT_EQ(run(there, sale("order-1")), 0) << said_ << complained_;
    EXPECT_EQ(ports().at("hsm"), nlohmann::json({{"where", *where}}));
    auto faulty = there;
    faulty.insert(faulty.end(), {"--fault", R"(acquirer:{"kind":"refuse","match":"sale","value":"51"})"});
    EXPECT_EQ(run(faulty, sale("order-2")), 3) << said_ << complained_;
    EXPECT_TRUE(says("\"51\"")) << said_;
}

/// Whoever looks after the books opens no display, printer or scanner; the PIN pad only where it makes the MACs.
TEST_F(Rig, LooksAfterTheBooksOfATillWhosePinPadMakesTheMacs) {
    const std::string with_scanner = "printf '[scanner]\\ndriver = \"serial\"\\npath = \"/nonexistent/scanner\"\\n"
                                     "keeper = false\\n' >> \"$1\"; exec \"$0\" ";
    for (const auto& [words, said] : {std::pair<std::string, std::string>{"till status", "\"host\": \"ready\""},
             {"journal recover", "\"all_decided\": true"}}) {
        EXPECT_EQ(run({"--pinpad-driver", "psbc"},
                      {"sh", "-c", with_scanner + words + " \"$1\" --json", program("cipherlane")}),
            0)
            << words << said_ << complained_;
        EXPECT_TRUE(says(said)) << said_;
    }
}

TEST_F(Rig, TellsInWordsWhatCannotBe) {
    EXPECT_EQ(run({}, {"/nonexistent/program"}), 2);
    EXPECT_TRUE(says("cipherlane-lane-rig: /nonexistent/program: No such file or directory")) << complained_;
    EXPECT_EQ(run({}, {}), 2);
    EXPECT_TRUE(says("PROGRAM is missing")) << complained_;
    EXPECT_EQ(run({"--fault", "kettle:boil"}, {"true"}), 2);
    EXPECT_TRUE(says("no simulator \"kettle\", only hsm, acquirer, gateway, display, pinpad")) << complained_;
    EXPECT_EQ(run({"--fault", "pinpad:no_answer:DPS"}, {"true"}), 2);
    EXPECT_TRUE(says("fault of pinpad: ")) << complained_;
    EXPECT_TRUE(says("not DPS")) << complained_;
    EXPECT_EQ(run({"--hsm", "127.0.0.1:1"}, {"true"}), 2);
    EXPECT_TRUE(says("cipherlane-acquirer-sim")) << complained_;
    EXPECT_EQ(run({"--display", "/dev/null", "--fault", "display:silent"}, {"true"}), 2);
    EXPECT_TRUE(says("has no control channel")) << complained_;
}

TEST_F(Rig, SharesItsFolderWithNobody) {
    const sim::lane_folder other(place());
    std::ofstream(place() + "/journal") << "another lane's";
    EXPECT_EQ(run({}, {"true"}), 2);
    EXPECT_TRUE(says("in use by another lane")) << complained_;
    EXPECT_EQ(whole_file(place() + "/journal"), "another lane's");
}

TEST(LaneFolder, IsEmptiedOnlyIfALaneMadeIt) {
    const temporary_folder around;
    const auto file = around.file("lane") + "/file";
    { const sim::lane_folder first(around.file("lane")); }
    std::ofstream(file) << "old";
    { const sim::lane_folder again(around.file("lane")); }
    EXPECT_FALSE(std::filesystem::exists(file));
    std::filesystem::create_directory(around.file("precious"));
    std::ofstream(around.file("precious") + "/file") << "kept";
    EXPECT_THROW(sim::lane_folder(around.file("precious")), std::runtime_error);
    EXPECT_TRUE(std::filesystem::exists(around.file("precious") + "/file"));
}

TEST(RigFault, IsReadInEachForm) {
    const auto of = [](const char* text) {
        const auto read = sim::rig_fault::parse(text);
        return read.simulator + " " + read.plan;
    };
    EXPECT_EQ(of("hsm:drop"), R"(hsm {"kind":"drop"})");
    EXPECT_EQ(
        of("acquirer:no_answer:batch upload end"), R"(acquirer {"kind":"no_answer","match":"batch upload end"})");
    EXPECT_EQ(of("pinpad:silent:frame:GPN"), R"(pinpad {"kind":"silent","match":"frame:GPN"})");
    EXPECT_EQ(of(R"(gateway:{"kind":"no_answer","times":2})"), R"(gateway {"kind":"no_answer","times":2})");
    for (const auto* wrong : {"", "hsm", "hsm:", ":drop", "kettle:boil", "hsm:{", "hsm:{]"}) {
        EXPECT_THROW(static_cast<void>(sim::rig_fault::parse(wrong)), std::invalid_argument) << wrong;
    }
}

} // namespace
} // namespace cipherlane::tests
