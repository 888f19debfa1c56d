#include "hsm_programs.hpp"
#include "simkit/control_client.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::tests {
namespace {

using load_program = hsm_programs;

TEST_F(load_program, MeasuresMacsAndTranslations) {
    const auto unit = start_unit();
    const auto metrics = path("metrics");
    EXPECT_EQ(hsm({"bench", "--hsm", unit, "--seconds", "1", "--metrics", metrics}), 0) << complained_;
    EXPECT_TRUE(has(said_, " MACs in 1.")) << said_;
    EXPECT_TRUE(has(said_, ", 0 failed")) << said_;
    EXPECT_TRUE(has(whole_file(metrics), "cipherlane_hsm_")) << whole_file(metrics);
    EXPECT_EQ(hsm({"bench", "--hsm", unit, "--seconds", "1", "--operation", "translate-pin"}), 0) << complained_;
    EXPECT_TRUE(has(said_, " PIN translations in 1.")) << said_;
}

TEST_F(load_program, RefusesWhatWouldNeverEndOrBegin) {
    const auto unit = start_unit();
    EXPECT_NE(hsm({"bench", "--hsm", unit, "--seconds", "0"}), 0);
    EXPECT_TRUE(has(complained_, "--seconds")) << complained_;
    EXPECT_NE(hsm({"bench", "--hsm", unit, "--connections", "0"}), 0);
    EXPECT_TRUE(has(complained_, "--connections")) << complained_;
    EXPECT_EQ(hsm({"bench", "--hsm", unit, "--seconds", "1", "--metrics", "/nonexistent/metrics"}), 6);
    EXPECT_EQ(said_, "") << "the load must not have run";
}

// A unit whose local master keys change makes every call fail: the reason is told and the exit code says so.
TEST_F(load_program, TellsWhyCallsFailed) {
    const auto unit = start_unit({"--control", "0"});
    const auto control = others_.back().await("control", patience);
    ASSERT_TRUE(control);
    auto rig = sim::control_client::connect(*control);
    ASSERT_TRUE(rig) << rig.error();
    (void)rig->ask(
        {{"cmd", "faults"}, {"set", {{{"kind", "status"}, {"match", "M6"}, {"value", "15"}, {"times", -1}}}}});
    EXPECT_EQ(hsm({"bench", "--hsm", unit, "--seconds", "1"}), 3);
    EXPECT_TRUE(has(complained_, " times: hsm M6")) << complained_;
    EXPECT_TRUE(has(complained_, "peer's code 15")) << complained_;
}

} // namespace
} // namespace cipherlane::tests
