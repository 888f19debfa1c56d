// The tool, a terminal and a till's death as programs of their own.
#include "simkit/child_process.hpp"
#include "simkit/control_client.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string program(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_BINARY_DIR");
    return std::string(root != nullptr ? root : ".") + "/bin/" + name;
}

/// A shop of one till and one terminal.
class TerminalTill : public ::testing::Test {
  protected:
    explicit TerminalTill(std::string driver = "zvt")
        : driver_(std::move(driver)) {
        write_settings(settings_, "till");
    }
    /// Of a till with books of its own, at the same terminal.
    void write_settings(const std::string& file, const std::string& books) {
        std::ofstream(file) << "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\ncurrency = 978\n"
                            << "[card_terminal]\ndriver = \"" << driver_ << "\"\npath = \"tcp:" << address_ << "\"\n"
                            << "[journal]\nfile = \"" << folder_.file(books + ".db") << "\"\nkey_file = \""
                            << folder_.file(books + ".key") << "\"\n";
    }
    json books() { return rig_.ask({{"cmd", "books"}}); }
    sim::child_process start(const std::vector<std::string>& words) {
        std::vector<std::string> all{program("cipherlane"), "till", words.front(), settings_};
        all.insert(all.end(), words.begin() + 1, words.end());
        all.insert(all.end(), {"--json", "--timeout", "30"});
        return sim::child_process::start(all, folder_.file("tool.log")).value();
    }
    /// The exit code; what it said is in `said_`.
    int run(const std::vector<std::string>& words) {
        auto tool = start(words);
        const auto code = tool.wait(40s);
        said_ = tool.read_all(1s);
        return code.value_or(-99);
    }
    /// The exit code of a preflight; its steps are in `steps_`, by part.
    int preflight() {
        auto tool = sim::child_process::start(
            {program("cipherlane"), "preflight", settings_, "--json"}, folder_.file("tool.log"))
                        .value();
        const auto code = tool.wait(40s);
        said_ = tool.read_all(1s);
        steps_.clear();
        const auto all = json::parse(said_);
        for (const auto& step : all.at("steps"))
            steps_[step.at("part")] = step;
        return code.value_or(-99);
    }
    std::string told(const std::string& part, const char* what) {
        const auto step = steps_.find(part);
        return step == steps_.end() ? "not asked" : step->second.value(what, std::string());
    }

    std::string driver_;
    tests::temporary_folder folder_;
    std::string settings_ = folder_.file("till.toml");
    sim::child_process simulator_ = sim::child_process::start(
        {program("cipherlane-terminal-sim"), "--driver", driver_, "--port", "0", "--card", "6212345678900000017"},
        folder_.file("sim.log"))
                                        .value();
    std::string address_ = simulator_.await("listening", 60s).value();
    sim::control_client rig_ = sim::control_client::connect(simulator_.await("control", 60s).value()).value();
    std::string said_;
    std::map<std::string, json> steps_;
};

/// One whose protocol tells totals while the day goes on.
class TotalsTill : public TerminalTill {
  protected:
    TotalsTill()
        : TerminalTill("ecr17") {}
};

TEST_F(TerminalTill, TheToolsVerbsAreDoneAtTheTerminal) {
    ASSERT_EQ(run({"sale", "--key", "tea", "--amount", "12.34"}), 0) << said_;
    EXPECT_EQ(json::parse(said_).at("outcome"), "approved");
    ASSERT_EQ(run({"refund", "--key", "back", "--original", "tea", "--amount", "2.34"}), 0) << said_;
    ASSERT_EQ(run({"sale", "--key", "cake", "--amount", "5.00"}), 0) << said_;
    ASSERT_EQ(run({"void", "--key", "no-cake", "--original", "cake"}), 0) << said_;
    ASSERT_EQ(run({"preauth", "--key", "room", "--amount", "120.00"}), 0) << said_;
    ASSERT_EQ(run({"complete", "--key", "paid", "--original", "room", "--amount", "95.00"}), 0) << said_;
    EXPECT_EQ(json::parse(said_).at("approved"), 9500);
    ASSERT_EQ(run({"complete", "--key", "paid", "--original", "room", "--amount", "95.00"}), 0) << said_;
    EXPECT_EQ(json::parse(said_).at("told"), "recorded");
    ASSERT_EQ(run({"settle"}), 0) << said_;
    EXPECT_EQ(json::parse(said_).at("host"), "balanced");
    EXPECT_EQ(books().at("batch").at("count"), 0);
}

TEST_F(TerminalTill, ThatIsNotReadyIsFoundByAPreflight) {
    EXPECT_EQ(preflight(), 0) << said_;
    EXPECT_EQ(told("card terminal's host", "state"), "good") << said_;
    EXPECT_EQ(told("card terminal's day", "state"), "skipped") << "ZVT tells totals of a day that it closes";
    (void)rig_.ask({{"cmd", "paper"}, {"on", false}});
    ASSERT_EQ(preflight(), 1) << said_;
    EXPECT_EQ(told("card terminal", "state"), "wrong");
    EXPECT_NE(told("card terminal", "found").find("state CC, not ready"), std::string::npos) << said_;
    EXPECT_NE(told("card terminal", "likely").find("paper"), std::string::npos) << said_;
    EXPECT_EQ(told("card terminal's host", "state"), "skipped") << said_;
}

/// What the terminal has of its open day is asked without closing it, and held against the books.
TEST_F(TotalsTill, HoldsItsBatchAgainstTheTerminalsDay) {
    EXPECT_EQ(preflight(), 0) << said_;
    EXPECT_EQ(told("card terminal's day", "state"), "good") << said_;
    EXPECT_EQ(told("card terminal's host", "state"), "skipped") << "ECR17 has no such question";
    ASSERT_EQ(run({"sale", "--key", "tea", "--amount", "12.34"}), 0) << said_;
    EXPECT_EQ(preflight(), 0) << said_;
    EXPECT_NE(told("card terminal's day", "found").find("12.34"), std::string::npos) << said_;
    EXPECT_EQ(books().at("batch").at("minor"), 1234) << "the day goes on";

    // Another till took money at the terminal, which this one knows nothing of.
    const auto mine = std::exchange(settings_, folder_.file("other.toml"));
    write_settings(settings_, "other");
    ASSERT_EQ(run({"sale", "--key", "cake", "--amount", "5.00"}), 0) << said_;
    settings_ = mine;
    EXPECT_EQ(preflight(), 1) << said_;
    EXPECT_EQ(told("card terminal's day", "state"), "wrong") << said_;
    const auto found = told("card terminal's day", "found");
    EXPECT_NE(found.find("17.34"), std::string::npos) << found;
    EXPECT_NE(found.find("12.34"), std::string::npos) << found;
    EXPECT_EQ(told("records of TEST0001", "state"), "good") << said_;
}

/// The terminal has taken the money and the till is killed before it hears of it: the next one finds out, and the
/// same order asked again charges nobody twice.
TEST_F(TerminalTill, IsKilledAfterTheTerminalHasTakenTheMoneyAndFindsOut) {
    ASSERT_EQ(run({"sale", "--key", "coffee", "--amount", "4.20"}), 0) << said_;
    // Those of the registration and of the question for the last transaction come.
    (void)rig_.ask({{"cmd", "faults"},
        {"set", json::array({{{"kind", "no_answer"}, {"match", "completion"}, {"skip", 2}, {"times", 1}}})}});
    {
        auto tool = start({"sale", "--key", "tea", "--amount", "12.34"});
        const auto taken = [&] {
            const auto now = books();
            return now.at("entries").size() == 2 && now.at("entries").back().at("state") == "stored";
        };
        for (const auto end = std::chrono::steady_clock::now() + 20s;
             !taken() && std::chrono::steady_clock::now() < end;)
            std::this_thread::sleep_for(5ms);
        ASSERT_TRUE(taken());
        tool.kill();
    }
    ASSERT_EQ(run({"recover"}), 0) << said_;
    const auto told = json::parse(said_).at("records");
    ASSERT_EQ(told.size(), 1U) << said_;
    EXPECT_EQ(told[0].at("outcome"), "approved");
    ASSERT_EQ(run({"sale", "--key", "tea", "--amount", "12.34"}), 0) << said_;
    EXPECT_EQ(json::parse(said_).at("told"), "recorded");
    EXPECT_EQ(books().at("entries").size(), 2U);
}

} // namespace
} // namespace cipherlane
