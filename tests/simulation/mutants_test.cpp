// Faults that are put into the till on purpose: what does not find them would not find them in the code either.
#include "simulation/enumerate.hpp"

#include <gtest/gtest.h>

namespace cipherlane::simulation {
namespace {

TEST(Mutants, AreAllFound) {
    EXPECT_GE(all_mutants().size(), 20U);
    for (const auto& row : all_mutants()) {
        EXPECT_NE(find_scenario(row.scenario), nullptr) << row.name;
        const auto found = hunt(row);
        EXPECT_TRUE(found) << row.name << " escapes";
    }
}

} // namespace
} // namespace cipherlane::simulation
