// Every flow with every single fault at every step; pairs and triples drawn. The whole of it is run by
// cipherlane-simulate.
#include "simulation/known_faults.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

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
            ADD_FAILURE() << "cipherlane-simulate " << GetParam()->name << " --timeline --script "
                          << to_string(least.plan) << "\n"
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
    // Each flow whole, of its variants one fault in a few; cipherlane-simulate runs all of them whole.
    constexpr auto whole = std::to_array<std::string_view>({"sale", "sale-unanswered", "void", "refund", "qr-sale",
        "qr-refund", "completion", "hotel", "settlement", "sign-in"});
    auto how = of(1, 0);
    how.parts = std::find(whole.begin(), whole.end(), GetParam()->name) != whole.end() ? 1 : 4;
    if (GetParam()->name == "day") how.parts = 40;
    const auto seen = enumerate(what_, how);
    EXPECT_GT(seen.steps, 20U);
    check(seen);
}

TEST_P(Enumeration, OfPairsDrawnBreaksNoRule) {
    auto how = of(2, 0);
    // The pairs that begin with one or two of the single ones.
    how.parts = GetParam()->name == "day" ? 600 : 89;
    how.part = 23;
    how.sampled = 60;
    check(enumerate(what_, how));
}

} // namespace
} // namespace cipherlane::simulation
