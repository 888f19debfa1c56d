#include "hsm_programs.hpp"

namespace cipherlane::tests {
namespace {

using send_program = hsm_programs;

TEST_F(send_program, shows_the_fields_of_a_command_and_points_to_them) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU"}), 1);
    EXPECT_TRUE(has(complained_, "cipherlane hsm describe BU")) << complained_;
    EXPECT_EQ(hsm({"describe", "BU"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "request\n")) << said_;
    EXPECT_TRUE(has(said_, "key ")) << said_;
    EXPECT_TRUE(has(said_, "check_value ")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", "sjj1312"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "D1 24  ")) << said_;
    EXPECT_EQ(hsm({"describe", "Q9"}), 1);
}

TEST_F(send_program, a_refusal_is_told_and_nothing_else) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU02F"}), 3) << complained_;
    EXPECT_TRUE(has(said_, "status ")) << said_;
    EXPECT_FALSE(has(said_, "not understood")) << said_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "Q9whatever"}), 3) << complained_;
    EXPECT_FALSE(has(said_, "not understood")) << said_;
}

TEST_F(send_program, says_in_words_what_is_wrong) {
    const auto unit = start_unit({"--header", "8"});
    EXPECT_EQ(hsm({"send", "--hsm", unit, "NC"}), 1);
    EXPECT_TRUE(has(complained_, "cipherlane hsm probe")) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--tls", "--ca", path("nowhere.pem"), "NC"}), 1);
    EXPECT_EQ(complained_, "cipherlane: " + path("nowhere.pem") + ": No such file or directory\n");
    const auto text = file("text.pem", "no certificate");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--tls", "--ca", text, "NC"}), 1);
    EXPECT_EQ(complained_, "cipherlane: " + text + ": no certificates in PEM\n");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", "nobody", "NC"}), 1);
    EXPECT_TRUE(has(complained_, "built in: payshield ")) << complained_;
}

} // namespace
} // namespace cipherlane::tests
