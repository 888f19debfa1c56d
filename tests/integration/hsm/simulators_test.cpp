// What every simulator does at its start and at its end.
#include "hsm_programs.hpp"
#include "simkit/control_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <csignal>
#include <sys/stat.h>
#include <thread>

namespace cipherlane::tests {
namespace {

using simulator_program = hsm_programs;

const std::string zone_key = "0123456789ABCDEFFEDCBA9876543210";
/// Type 001 under the published test LMK, variant scheme.
const std::string zone_key_under_test_lmk = "U063A0E7C0F2124E56192A4510F395ED7";

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
             row{"display-sim", {"--control", "unix:/tmp/control"}}, row{"pinpad-sim", {"--master-key", "x"}},
             row{"pinpad-sim", {"--link", "/nonexistent/x"}},
             row{"acquirer-sim", {"--hsm", "127.0.0.1:1", "--zpk", "U" + zone_key, "--zpk-clear", zone_key}}}) {
        EXPECT_EQ(run(std::string("cipherlane-") + name, arguments), 2) << name << said_;
        EXPECT_TRUE(has(complained_, std::string("cipherlane-") + name + ": ")) << complained_;
    }
    EXPECT_EQ(run("cipherlane-pinpad-sim", {"--no-such-option", "--zpk-claer=" + zone_key, zone_key}), 2);
    EXPECT_TRUE(has(complained_, "cipherlane-pinpad-sim: not expected: --no-such-option --zpk-claer; "))
        << complained_;
    EXPECT_FALSE(has(complained_, zone_key)) << complained_;
    EXPECT_EQ(run("cipherlane-pinpad-sim", {"--pin-timeout-ms", "\x1B]0;x\x07"}), 2);
    EXPECT_FALSE(has(complained_, "\x1B")) << complained_;
    EXPECT_EQ(run("cipherlane-gateway-sim", {"--port", taken}), 2);
    EXPECT_TRUE(has(complained_, "127.0.0.1:" + taken) && has(complained_, "another program has the port"))
        << complained_;
    EXPECT_EQ(run("cipherlane-hsm-sim", {"--port", taken}), 2);
    EXPECT_TRUE(has(complained_, "127.0.0.1:" + taken) && has(complained_, "another program has the port"))
        << complained_;
    EXPECT_EQ(run("cipherlane-display-sim", {"--link", "/nonexistent/x"}), 2);
    EXPECT_TRUE(has(complained_, "/nonexistent/x")) << complained_;
    for (const auto* name : {"cipherlane-hsm-sim", "cipherlane-lane-rig", "cipherlane-acquirer-sim"}) {
        EXPECT_EQ(run(name, {"--help"}), 0) << name;
        EXPECT_FALSE(has(said_, "ENUM") || has(said_, "{false}") || has(said_, "->")) << said_;
    }
    for (const auto* wrong : {"65536", "unix:", "-2", "here"}) {
        EXPECT_EQ(run("cipherlane-hsm-sim", {"--port", "0", "--control", wrong}), 2) << wrong;
        EXPECT_TRUE(has(complained_, "--control: expected a port of 0 to 65535, or unix:PATH")) << complained_;
    }
    EXPECT_EQ(run("cipherlane-hsm-sim", {"--help"}), 0);
    EXPECT_TRUE(has(said_, "payshield")) << said_;
    EXPECT_TRUE(has(said_, "1500")) << said_;
}

// What the page says of a channel is what the channel says of itself, and nothing that is sent there ends a program.
TEST_F(simulator_program, HelpsOnItsControlChannelAndOutlivesAnyBytes) {
    const auto page = source_file("docs/21-simulators.md");
    ASSERT_FALSE(page.empty());
    const auto unit = start_unit();
    struct row {
        const char* name;
        std::vector<std::string> arguments;
    };
    for (const auto& [name, arguments] : {row{"hsm-sim", {"--port", "0"}}, row{"gateway-sim", {"--port", "0"}},
             row{"display-sim", {}}, row{"pinpad-sim", {}},
             row{"acquirer-sim", {"--hsm", unit, "--zpk", zone_key_under_test_lmk, "--zpk-clear", zone_key}}}) {
        const auto place = "unix:" + path(std::string(name) + ".control");
        std::vector<std::string> words{program(std::string("cipherlane-") + name), "--control", place};
        words.insert(words.end(), arguments.begin(), arguments.end());
        auto started = sim::child_process::start(words, path("log"));
        ASSERT_TRUE(started) << started.error();
        const auto where = started->await("control", patience);
        ASSERT_TRUE(where) << name << whole_file(path("log"));
        EXPECT_EQ(*where, place);
        auto client = *sim::control_client::connect(*where);
        const auto commands = client.ask({{"cmd", "help"}}).at("commands");
        EXPECT_GT(commands.size(), 3U) << name;
        for (const auto& one : commands) {
            const auto command = one.at("cmd").get<std::string>();
            EXPECT_TRUE(has(page, "`" + command + "`") || has(page, "\"cmd\":\"" + command + "\""))
                << name << " " << command;
            for (const auto& argument : one.at("arguments").items()) {
                const auto& key = argument.key();
                EXPECT_TRUE(has(page, "`" + key + "`") || has(page, "\"" + key + "\""))
                    << name << " " << command << " " << key;
            }
            EXPECT_THROW(client.ask({{"cmd", command}, {"no such entry", 1}}), std::runtime_error) << name << command;
        }
        EXPECT_THROW(client.ask({{"cmd", "faults"}, {"set", {{{"kind", "no such kind"}}}}}), std::runtime_error);
        EXPECT_TRUE(sim::control_client::connect(*where)->ask({{"cmd", "counters"}}).at("counters").is_object())
            << name;
    }
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
        const auto state = whole_file("/proc/" + *child + "/stat");
        return ::kill(id, 0) == 0 && !has(state, ") Z ");
    };
    for (int wait = 0; wait < 3000 && alive(); ++wait)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_FALSE(alive());
}

/// One HTTP request to its answer's end.
std::string asked(const std::string& where, const std::string& request) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket link(io);
    const auto port = static_cast<std::uint16_t>(std::stoi(where.substr(where.rfind(':') + 1)));
    link.connect({boost::asio::ip::address_v4::loopback(), port});
    boost::asio::write(link, boost::asio::buffer(request));
    std::string answer;
    boost::system::error_code ended;
    boost::asio::read(link, boost::asio::dynamic_buffer(answer), ended);
    return answer;
}

TEST_F(simulator_program, TheGatewayKeepsItsKeyAndItsOrders) {
    const std::vector<std::string> arguments{
        "--port", "0", "--key", path("gateway.pem"), "--ledger", path("orders.json")};
    const auto gateway = start("cipherlane-gateway-sim", arguments);
    const nlohmann::json order{{"order_number", "KEPT1"}, {"merchant_id", "TESTMERCH000001"},
        {"terminal_id", "TEST0001"}, {"amount", 1234}, {"currency", "156"}, {"subject", "tea"},
        {"valid_seconds", 600}, {"notify_url", ""}};
    const auto body = order.dump();
    const auto made = asked(gateway, "POST /orders HTTP/1.1\r\nHost: " + gateway +
                                         "\r\nConnection: close\r\nContent-Type: "
                                         "application/json\r\nContent-Length: " +
                                         std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_TRUE(has(made, " 201 ") && has(made, "code_url")) << made;
    const auto key = whole_file(path("gateway.pem"));
    EXPECT_TRUE(key.starts_with("-----BEGIN PRIVATE KEY-----"));
    struct ::stat about {};
    ASSERT_EQ(::stat(path("gateway.pem").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    others_.back().kill();
    const auto again = start("cipherlane-gateway-sim", arguments);
    EXPECT_EQ(whole_file(path("gateway.pem")), key);
    const auto kept = asked(again, "GET /orders/KEPT1 HTTP/1.1\r\nHost: " + again + "\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(has(kept, " 200 ") && has(kept, "waiting")) << kept;
}

} // namespace
} // namespace cipherlane::tests
