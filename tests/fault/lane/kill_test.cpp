// SIGKILL at random instants of a till's day, again and again, against simulators that live on. In the end the till's
// journal, the host's ledger and what customers were told must agree, and the batch must balance.
#include "lane/books.hpp"
#include "simkit/child_process.hpp"
#include "support/lane_fixture.hpp"

#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class LaneKill : public lane_fixture {
  protected:
    ~LaneKill() override {
        if (!HasFailure()) return;
        std::ifstream log(folder() + "/till.log");
        std::cout << "timeline of all tills:\n" << log.rdbuf();
    }
    [[nodiscard]] sim::child_process start(std::uint64_t seed, int trades, bool settle) const {
        std::vector<std::string> words{programs() + "/lane_till_child", folder(), around->acquirer.where(),
            around->gateway.where(), around->display.where(), around->pinpad.where(), pad_control, key_file(),
            std::to_string(seed), std::to_string(trades)};
        if (settle) words.emplace_back("settle");
        return sim::child_process::start(words, folder() + "/child.log").value();
    }
    static std::string key_file() { return folder() + "/gateway.pem"; }
    static int kills() {
        const char* many = std::getenv("CIPHERLANE_KILLS");
        return many != nullptr ? std::stoi(many) : 20;
    }

    /// The last word that customers heard about each trace.
    void remember(const std::string& output) {
        std::istringstream lines(output);
        std::string word;
        while (lines >> word) {
            if (word != "TOLD") continue;
            std::uint32_t batch = 0;
            std::uint32_t trace = 0;
            std::string outcome;
            if (lines >> batch >> trace >> outcome) told[{batch, trace}] = outcome;
        }
    }

    std::string pad_control;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> told;
};

TEST_F(LaneKill, LosesNothing) {
    const std::uint64_t seed = std::random_device{}();
    std::cout << "seed " << seed << ", " << kills() << " kills\n";
    std::mt19937_64 random(seed);
    pad_control = around->pinpad.control_endpoint();
    std::ofstream(key_file()) << around->gateway.control().ask({{"cmd", "public_key"}}).at("pem").get<std::string>();

    // The first till makes the journal and signs in; the second shows how long one sale takes from start to end.
    std::chrono::microseconds life{0};
    for (const std::uint64_t first : {seed, seed + 1}) {
        const auto begun = std::chrono::steady_clock::now();
        auto till = start(first, 1, false);
        ASSERT_EQ(till.wait(30s), 0) << "the till does not run at all; see " << folder() << "/child.log";
        life = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
        remember(till.read_all(1s));
    }
    int killed = 0;
    for (int starts = 2; killed < kills() && starts <= 4 * kills(); ++starts) {
        auto till = start(seed + static_cast<std::uint64_t>(starts), 3, false); // a batch holds 999 trades
        std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<std::uint64_t>(life.count())));
        till.kill();
        killed += till.wait(0ms) == -SIGKILL ? 1 : 0; // else it had ended by itself
        remember(till.read_all(200ms));
    }
    EXPECT_EQ(killed, kills()) << "too many tills ended before they were killed: the test shows less than it says";
    auto last = start(seed - 1, 1, true);
    ASSERT_EQ(last.wait(60s), 0) << "see " << folder() << "/child.log";
    const auto output = last.read_all(1s);
    remember(output);
    EXPECT_NE(output.find("BALANCED"), std::string::npos) << output;

    ports::system_clock clock;
    store::file_key_provider keys(folder() + "/till.key");
    store::sqlite_journal_settings reading;
    reading.path = folder() + "/till.db";
    reading.access = store::journal_access::read_only;
    auto journal = store::sqlite_journal::open(reading, keys, clock, call(10s), logger::none());
    ASSERT_TRUE(journal) << journal.error();
    const auto records = (*journal)->list(sim::demo_terminal, 100'000, call(10s));
    ASSERT_TRUE(records);
    const auto trades = around->acquirer.control().ask({{"cmd", "trades"}}).at("trades");
    const auto lines = sim::compare_books(*records, trades);
    EXPECT_TRUE(sim::all_agree(lines)) << sim::to_text(lines);
    EXPECT_GT(lines.size(), static_cast<std::size_t>(kills()) / 20)
        << "hardly anything was sold: the test shows nothing";

    // What a customer was told must be what both books say.
    std::map<std::pair<std::uint32_t, std::uint32_t>, ports::record_state> states;
    for (const auto& record : *records)
        states[{record.batch, record.trace}] = record.state;
    for (const auto& [key, outcome] : told) {
        const auto found = states.find(key);
        ASSERT_NE(found, states.end()) << "told of trace " << key.second << ", which no journal knows";
        const bool moved =
            found->second == ports::record_state::approved || found->second == ports::record_state::voided;
        if (outcome == "approved") {
            EXPECT_TRUE(moved) << "trace " << key.second;
        }
        if (outcome == "declined" || outcome == "reversed") {
            EXPECT_FALSE(moved) << "trace " << key.second;
        }
    }
    std::cout << lines.size() << " trades, " << told.size() << " told\n";
}

} // namespace
} // namespace cipherlane::tests
