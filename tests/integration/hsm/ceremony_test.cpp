#include "hsm_programs.hpp"

namespace cipherlane::tests {
namespace {

using ceremony_program = hsm_programs;

const std::string first = "0123456789ABCDEFFEDCBA9876543210";
const std::string second = "C7152C20BC2C830EA7EC9E8334ABE3FE";

TEST_F(ceremony_program, HoldsSheetsAndCheckValuesAgainstEachOther) {
    const std::vector<std::string> both{"ceremony", "--type", "001", "--component", first, "--component", second};
    auto right = both;
    right.insert(
        right.end(), {"--expect-component", "08D7B4", "--expect-component", "6F1E3F", "--expect-kcv", "B9B407"});
    EXPECT_EQ(hsm(right), 0) << complained_;
    auto wrong = both;
    wrong.insert(wrong.end(), {"--expect-kcv", "8CA64D"});
    EXPECT_EQ(hsm(wrong), 2);
    EXPECT_TRUE(has(complained_, "key: its check value is B9B407")) << complained_;
    EXPECT_EQ(hsm({"ceremony", "--component", first, "--component", first}), 2);
    EXPECT_TRUE(has(complained_, "component 2: the same as component 1")) << complained_;
    EXPECT_EQ(hsm({"ceremony", "--component", first, "--component", "zz"}), 2);
    EXPECT_TRUE(has(complained_, "component 2: ")) << complained_;
}

// The keys of the demo, as lane-rig wraps them; a rig that is made by hand gets the same.
TEST_F(ceremony_program, PutsAWholeTestKeyUnderTheLocalMasterKey) {
    EXPECT_EQ(hsm({"ceremony", "--type", "001", "--key", first, "--expect-kcv", "08D7B4"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "under the LMK U")) << said_;
    EXPECT_FALSE(has(said_, first)) << said_;
    EXPECT_EQ(hsm({"ceremony", "--type", "001", "--key", "0123456789ABCDEF"}), 2);
    EXPECT_TRUE(has(complained_, "key: 16 bytes wanted, 8 given")) << complained_;
    EXPECT_EQ(hsm({"ceremony", "--type", "001", "--key", "0023456789ABCDEFFEDCBA9876543210"}), 2);
    EXPECT_TRUE(has(complained_, "key: parity is not odd")) << complained_;
    EXPECT_NE(hsm({"ceremony", "--key", first, "--component", second}), 0);
}

TEST_F(ceremony_program, WritesAllSheetsOrNone) {
    const auto old = file("component-3.txt", "an old sheet");
    EXPECT_EQ(hsm({"ceremony", "--components", "3", "--sheets", folder_.path()}), 2);
    EXPECT_TRUE(has(complained_, "component-3.txt is there already")) << complained_;
    EXPECT_FALSE(std::filesystem::exists(path("component-1.txt")));
    EXPECT_EQ(whole_file(old), "an old sheet");
    std::filesystem::remove(old);
    EXPECT_EQ(hsm({"ceremony", "--components", "3", "--sheets", folder_.path()}), 0) << complained_;
    EXPECT_TRUE(has(whole_file(path("component-3.txt")), "Component       3 of 3"));
}

} // namespace
} // namespace cipherlane::tests
