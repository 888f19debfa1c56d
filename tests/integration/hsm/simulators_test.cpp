// What every simulator does at its start and at its end.
#include "hsm_programs.hpp"

#include <cerrno>
#include <csignal>
#include <sys/stat.h>
#include <thread>

namespace cipherlane::tests {
namespace {

using simulator_program = hsm_programs;

const std::string zone_key = "0123456789ABCDEFFEDCBA9876543210";

TEST_F(simulator_program, EndsWith2AndItsNameWhereItCannotStart) {
    const auto gateway = start("cipherlane-gateway-sim", {"--port", "0"});
    const auto taken = gateway.substr(gateway.find(':') + 1);
    struct row {
        const char* name;
        std::vector<std::string> arguments;
    };
    for (const auto& [name, arguments] : {row{"gateway-sim", {"--port", taken}},
             row{"gateway-sim", {"--ledger", file("none.json", "{}")}}, row{"hsm-sim", {"--profile", "nothing"}},
             row{"display-sim", {"--link", "/nonexistent/x"}}, row{"display-sim", {"--snapshots", "/nonexistent"}},
             row{"pinpad-sim", {"--master-key", "x"}}, row{"pinpad-sim", {"--link", "/nonexistent/x"}},
             row{"acquirer-sim", {"--hsm", "127.0.0.1:1", "--zpk", "U" + zone_key, "--zpk-clear", zone_key}}}) {
        EXPECT_EQ(run(std::string("cipherlane-") + name, arguments), 2) << name << said_;
        EXPECT_TRUE(has(complained_, std::string("cipherlane-") + name + ": ")) << complained_;
    }
    EXPECT_EQ(run("cipherlane-pinpad-sim", {"--no-such-option"}), 2);
    EXPECT_EQ(run("cipherlane-hsm-sim", {"--help"}), 0);
    EXPECT_TRUE(has(said_, "payshield")) << said_;
    EXPECT_TRUE(has(said_, "1500")) << said_;
}

TEST_F(simulator_program, MakesTheSameKeysAfterTheSameSeed) {
    std::vector<std::string> made;
    for (const auto* seed : {"7", "7", "8"}) {
        const auto unit = start_unit({"--seed", seed, "--threads", "1"});
        EXPECT_EQ(hsm({"send", "--hsm", unit, "A00001U"}), 0) << complained_;
        made.push_back(said_);
    }
    EXPECT_EQ(made[0], made[1]);
    EXPECT_NE(made[0], made[2]);
}

TEST_F(simulator_program, GoesWhenItsParentGoes) {
    auto shell = sim::child_process::start(
        {"/bin/sh", "-c", program("cipherlane-gateway-sim") + " --die-with-parent --port 0 & echo child on $!; wait"},
        path("log"));
    ASSERT_TRUE(shell) << shell.error();
    const auto child = shell->await("child", patience);
    ASSERT_TRUE(child);
    ASSERT_TRUE(shell->await("listening", patience));
    shell->kill();
    const auto id = static_cast<pid_t>(std::stol(*child));
    const auto alive = [&] {
        // One that has ended and that nobody has taken in is gone, too.
        const auto state = content("/proc/" + *child + "/stat");
        return ::kill(id, 0) == 0 && !has(state, ") Z ");
    };
    for (int wait = 0; wait < 500 && alive(); ++wait)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_FALSE(alive());
}

TEST_F(simulator_program, TheGatewayKeepsItsKeyAndItsOrders) {
    const std::vector<std::string> arguments{
        "--port", "0", "--key", path("gateway.pem"), "--ledger", path("orders.json")};
    start("cipherlane-gateway-sim", arguments);
    const auto key = content(path("gateway.pem"));
    EXPECT_TRUE(key.starts_with("-----BEGIN PRIVATE KEY-----"));
    struct ::stat about {};
    ASSERT_EQ(::stat(path("gateway.pem").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    others_.back().kill();
    start("cipherlane-gateway-sim", arguments);
    EXPECT_EQ(content(path("gateway.pem")), key);
}

} // namespace
} // namespace cipherlane::tests
