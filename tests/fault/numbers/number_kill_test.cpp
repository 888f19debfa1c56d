// SIGKILL at random instants of programs that give out numbers from one file, two beside each other. No number may
// ever have been told twice, and every number must be one that the counter says was taken.
#include "simkit/child_process.hpp"
#include "support/seed.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/store/number_issuer.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

int kills() {
    const char* many = std::getenv("CIPHERLANE_KILLS");
    return many != nullptr ? std::stoi(many) : 20;
}

std::string program() {
    const char* folder = std::getenv("CIPHERLANE_PROGRAMS");
    return std::string(folder != nullptr ? folder : "bin") + "/number_child";
}

crypto::number_plan plan() { // as the program has it
    auto key = crypto::numbering_key::create(
        crypto::algorithm::aes, from_hex("000102030405060708090A0B0C0D0E0F").value(), crypto::pci_policy);
    return crypto::number_plan::create(
        std::move(key).value(), crypto::number_layout::parse("898 ######## %").value(), "tenant")
        .value();
}

/// How often each number was told.
using told_numbers = std::map<std::string, int>;

class NumberKill : public testing::Test {
  protected:
    [[nodiscard]] std::string file() const { return folder_.file("numbers.db"); }
    [[nodiscard]] sim::child_process start(std::vector<std::string> words) const {
        words.insert(words.begin(), program());
        return sim::child_process::start(words, folder_.file("child.log")).value();
    }
    /// A last line without its end was not told to anybody.
    void remember(sim::child_process& child) {
        std::istringstream lines(child.read_all(2s));
        for (std::string line; std::getline(lines, line) && !lines.eof();) {
            if (!line.starts_with("issuing on ")) ++told[line];
        }
    }
    [[nodiscard]] int repeated() const {
        int many = 0;
        for (const auto& [number, times] : told)
            many += times > 1 ? 1 : 0;
        return many;
    }

    told_numbers told;
    std::mt19937_64 random{random_seed()};

  private:
    temporary_folder folder_;
};

TEST_F(NumberKill, NoNumberIsGivenTwice) {
    int killed = 0;
    for (int starts = 0; killed < kills() && starts < 4 * kills(); ++starts) {
        const std::string block = starts % 2 == 0 ? "1" : "7";
        std::vector<sim::child_process> pair;
        pair.push_back(start({file(), block, "1000000"}));
        pair.push_back(start({file(), block, "1000000"}));
        // Some die while they open the file, most while they give out numbers.
        if (starts % 4 != 0) {
            ASSERT_TRUE(pair.back().await("issuing", 30s));
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
        for (auto& child : pair) {
            child.kill();
            killed += child.wait(0ms) == -SIGKILL ? 1 : 0;
            remember(child);
        }
    }
    EXPECT_GE(killed, kills()) << "programs ended before they were killed: the test shows less than it says";
    EXPECT_GT(told.size(), static_cast<std::size_t>(kills())) << "hardly a number was given: the test shows nothing";
    EXPECT_EQ(repeated(), 0);

    // The one that lives on gives yet others, and the owner finds every number below the counter.
    auto last = start({file(), "1", "40"});
    ASSERT_EQ(last.wait(30s), 0);
    remember(last);
    EXPECT_EQ(repeated(), 0);
    auto numbers = plan();
    auto counter = store::number_counter::open(file(), call(20s)).value();
    const auto next = counter.next("tenant/898########%", call(20s)).value();
    std::uint64_t highest = 0;
    for (const auto& [number, times] : told) {
        const auto taken = numbers.counter_of(number);
        ASSERT_TRUE(taken) << taken.error();
        highest = std::max(highest, *taken);
    }
    EXPECT_EQ(highest + 1, next) << "the last one gave all that it took";
    std::cout << killed << " kills, " << told.size() << " numbers, " << next - told.size() << " left out\n";
}

// The same test over a program that writes its counter after the number: it must see numbers come twice.
TEST_F(NumberKill, WouldSeeNumbersGivenTwice) {
    for (int starts = 0; starts < 20 * kills() && repeated() == 0; ++starts) {
        auto child = start({file() + ".txt", "1", "1000000", "careless"});
        ASSERT_TRUE(child.await("issuing", 30s));
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
        child.kill();
        remember(child);
    }
    EXPECT_GT(repeated(), 0);
}

} // namespace
} // namespace cipherlane::tests
