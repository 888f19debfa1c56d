#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

TEST(TerminalSettings, OfTheRigAreGood) {
    EXPECT_TRUE(rig_settings().validate());
}

TEST(TerminalSettings, NameWhatBreaksItsRuleAndWhatIsAllowed) {
    auto settings = rig_settings();
    settings.terminal_id = "SHORT";
    const auto refused = settings.validate();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::bad_settings);
    EXPECT_EQ(refused.error().field(), "terminal.id");
    EXPECT_EQ(refused.error().hint(), "expected 8 letters and digits");
}

} // namespace
} // namespace cipherlane::tests
