#include "hsm_programs.hpp"
#include "simkit/control_client.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::tests {
namespace {

using send_program = hsm_programs;

TEST_F(send_program, ShowsTheFieldsOfACommandAndPointsToThem) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU"}), 1);
    EXPECT_TRUE(has(complained_, "cipherlane hsm describe BU")) << complained_;
    EXPECT_TRUE(has(complained_, "cipherlane: hsm BU: a field has no value, field key_type2\n")) << complained_;
    EXPECT_EQ(hsm({"describe", "BU"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "request\n")) << said_;
    EXPECT_TRUE(has(said_, "key ")) << said_;
    EXPECT_TRUE(has(said_, "check_value ")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", "sjj1312"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "D1 24  ")) << said_;
    EXPECT_EQ(hsm({"describe", "Q9"}), 1);
}

// A title, a row's name and an entry of a file that came from elsewhere must not steer the terminal.
TEST_F(send_program, NothingOfAFileSteersTheTerminal) {
    const auto profile = file("steers.toml",
        "base = \"payshield\"\nname = \"x\"\ntitle = \"a\\u001B[2Jb\"\n[command.QX]\n"
        "title = \"q\\u001B]0;owned\\u0007\"\nrequest = \"a:N1\"\nerrors = { \"99\" = \"e\\u202Ef\" }\n");
    EXPECT_EQ(hsm({"describe", "--profile", profile}), 0) << complained_;
    EXPECT_TRUE(has(said_, "QX  q?]0;owned?\n")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", profile, "QX"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "99  e?f\n")) << said_;
    EXPECT_FALSE(has(said_, "\x1b")) << said_;
    const auto rows = file("sm3.csv", "id,data,digest,expect,reason,source\nrow\x1b[2J,616263,00,ok,,\n");
    EXPECT_EQ(run("cipherlane", {"kat", rows}), 1);
    EXPECT_TRUE(has(said_, "row?[2J")) << said_;
    EXPECT_FALSE(has(said_, "\x1b")) << said_;
    EXPECT_EQ(run("cipherlane", {"qr", "decode", "--lenient", "0002015907\x1b[2Jabc6304FFFF"}), 0) << complained_;
    EXPECT_FALSE(has(said_, "\x1b")) << said_;
}

TEST_F(send_program, ARefusalIsToldAndNothingElse) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU02F"}), 3) << complained_;
    EXPECT_TRUE(has(said_, "status ")) << said_;
    EXPECT_FALSE(has(said_, "not understood")) << said_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "Q9whatever"}), 3) << complained_;
    EXPECT_FALSE(has(said_, "not understood")) << said_;
}

// The status says refused; that there was more is told.
TEST_F(send_program, ABodyBehindARefusalIsTold) {
    const auto unit = start_unit({"--control", "0"});
    auto rig = sim::control_client::connect(*others_.back().await("control", patience));
    ASSERT_TRUE(rig) << rig.error();
    (void)rig->ask({{"cmd", "faults"}, {"set", {{{"kind", "warning"}, {"match", "BU"}, {"value", "41"}}}}});
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU0200406FBB23A5214DF"}), 3) << complained_;
    EXPECT_TRUE(has(said_, "status 41")) << said_;
    EXPECT_TRUE(has(said_, "not understood by the table, as it came: 20 bytes")) << said_;
}

TEST_F(send_program, KnownAnswersStopWhereTheUnitIsAway) {
    const auto rows = file("hsm_payshield.csv", "id,request,response\none,NC,ND00\ntwo,NC,ND00\nthree,NC,ND00\n");
    EXPECT_EQ(run("cipherlane", {"kat", rows, "--hsm", "127.0.0.1:1", "--timeout", "5"}), 1);
    EXPECT_TRUE(has(said_, "the unit cannot be reached, 2 rows not run")) << said_;
    EXPECT_TRUE(has(said_, "0 passed, 3 failed")) << said_;
    EXPECT_EQ(said_.find("two"), std::string::npos) << said_;
}

TEST_F(send_program, SaysInWordsWhatIsWrong) {
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
