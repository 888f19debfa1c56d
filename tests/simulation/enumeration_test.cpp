// Every flow with every single fault at every step, and a share of the pairs, another one each time;
// cipherlane-simulate runs all pairs.
#include "simulation/known_faults.hpp"
#include "support/seed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::simulation {
namespace {

std::string name_of(const testing::TestParamInfo<const scenario*>& info) {
    std::string name(info.param->name);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::vector<const scenario*> all() {
    std::vector<const scenario*> found;
    for (const auto& one : scenarios())
        found.push_back(&one);
    return found;
}

class Enumeration : public testing::TestWithParam<const scenario*> {
  protected:
    /// Shows what failed as it would be asked for.
    void check(const tally& seen) const {
        for (const auto& one : seen.failures) {
            run_settings how;
            how.keeps_timeline = true;
            const auto least = shrink(what_, one);
            how.seed = least.seed;
            ADD_FAILURE() << "cipherlane-simulate " << GetParam()->name << " --seed " << how.seed
                          << " --timeline --script " << to_string(least.plan) << "\n"
                          << to_string(least.report.findings) << what_.run(least.plan, how).timeline;
        }
    }
    static depth of(std::size_t faults, std::uint64_t sampled) {
        depth how;
        how.faults = faults;
        how.sampled = sampled;
        how.enough = 2;
        how.counts = unknown_yet;
        return how;
    }
    const prepared_scenario what_{*GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Every, Enumeration, testing::ValuesIn(all()), name_of);

TEST_P(Enumeration, OfSingleFaultsBreaksNoRule) {
    // Of the long ones a part, another one each time; cipherlane-simulate runs them whole.
    constexpr auto parts_of_long = std::to_array<std::pair<std::string_view, std::uint64_t>>(
        {{"day", 40}, {"two-terminals", 8}, {"journal-from-a-copy", 8}});
    auto how = of(1, 0);
    for (const auto& [name, parts] : parts_of_long) {
        if (GetParam()->name == name) how.parts = parts;
    }
    how.part = tests::random_seed() % how.parts;
    const auto seen = enumerate(what_, how);
    EXPECT_GT(seen.steps, 20U);
    check(seen);
}

TEST_P(Enumeration, OfPairsDrawnBreaksNoRule) {
    auto how = of(2, 0);
    how.seed = tests::random_seed();
    // Those that begin with some of the single ones, other ones each time: of a flow all of these, of a variant as
    // many as the time lets be.
    if (is_flow(GetParam()->name)) {
        how.parts = 61;
    } else {
        how.parts = 31;
        how.sampled = 4;
        how.time = std::chrono::milliseconds(300);
    }
    how.part = how.seed % how.parts;
    check(enumerate(what_, how));
}

} // namespace
} // namespace cipherlane::simulation
