#include "simkit/child_process.hpp"
#include "simkit/control_client.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>
#include <unistd.h>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string program(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_BINARY_DIR");
    return (fs::path(root != nullptr ? root : ".") / "bin" / name).string();
}

/// The tool and a simulated display as programs of their own.
class device_command : public ::testing::Test {
  protected:
    device_command()
        : folder_(fs::temp_directory_path() / ("cipherlane-device-" + std::to_string(::getpid()) + "-" +
                                                  ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
        fs::create_directories(folder_);
        auto started = sim::child_process::start(
            {program("cipherlane-display-sim"), "--driver", "rcall"}, (folder_ / "sim.log").string());
        EXPECT_TRUE(started) << started.error();
        simulator_.emplace(*std::move(started));
        device_ = simulator_->await("device", 60s).value();
        control_ = simulator_->await("control", 60s).value();
    }
    ~device_command() override {
        simulator_.reset();
        fs::remove_all(folder_);
    }
    int run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {program("cipherlane"), "device"});
        auto tool = sim::child_process::start(arguments, (folder_ / "tool.log").string());
        EXPECT_TRUE(tool) << tool.error();
        auto code = tool->wait(20s);
        said_ = tool->read_all(1s);
        return code.value_or(-99);
    }

    fs::path folder_;
    std::optional<sim::child_process> simulator_;
    std::string device_;
    std::string control_;
    std::string said_;
};

TEST_F(device_command, ShowsACode) {
    EXPECT_EQ(run({"show", "--port", device_, "--qr", "HELLO", "--amount", "12.34", "--payee", "小店"}), 0) << said_;
    auto rig = sim::control_client::connect(control_);
    ASSERT_TRUE(rig) << rig.error();
    EXPECT_EQ(rig->ask({{"cmd", "read"}})["codes"], nlohmann::json::array({"HELLO"}));
    EXPECT_EQ(rig->ask({{"cmd", "state"}})["header"], "小店");
}

TEST_F(device_command, MasksLongNumbersInATraceAndReplaysIt) {
    const auto trace = (folder_ / "trace").string();
    EXPECT_EQ(run({"record", "--port", device_, "--trace", trace, "--text", "6222021234567890123"}), 0) << said_;
    std::ifstream in(trace);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_NE(text.find("5B54315D363232323032"), std::string::npos) << text; // [T1]622202
    EXPECT_EQ(text.find("36323232303231323334"), std::string::npos) << text; // 6222021234
    EXPECT_EQ(run({"replay", "--port", device_, "--trace", trace}), 0) << said_;
}

TEST_F(device_command, ShowsACodeOnADescribedDisplay) {
    // The plate's protocol over a line: the same description with another link.
    auto started = sim::child_process::start(
        {program("cipherlane-display-sim"), "--driver", "hid-plate"}, (folder_ / "plate.log").string());
    ASSERT_TRUE(started) << started.error();
    const auto device = started->await("device", 60s).value();
    const auto control = started->await("control", 60s).value();
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    std::ifstream example(fs::path(root != nullptr ? root : ".") / "drivers/descriptions/hid-plate.toml");
    std::string text(std::istreambuf_iterator<char>(example), {});
    const auto begin = text.find("[hid]");
    ASSERT_NE(begin, std::string::npos);
    text.replace(begin, text.find("[packet]") - begin, "[serial]\nbaud = 115200\n\n");
    const auto description = (folder_ / "plate.toml").string();
    std::ofstream(description) << text;
    EXPECT_EQ(run({"show", "--port", device, "--description", description, "--qr", "HELLO", "--amount", "12.34"}), 0)
        << said_;
    EXPECT_NE(said_.find("acknowledged"), std::string::npos) << said_;
    auto rig = sim::control_client::connect(control);
    ASSERT_TRUE(rig) << rig.error();
    EXPECT_EQ(rig->ask({{"cmd", "read"}})["codes"], nlohmann::json::array({"HELLO"}));
    EXPECT_EQ(rig->ask({{"cmd", "read"}})["zbar"], nlohmann::json::array({"HELLO"}));
    std::ofstream(description) << text << "\n[command.dance]\n";
    EXPECT_NE(run({"show", "--port", device, "--description", description, "--qr", "HELLO"}), 0);
    std::ifstream log(folder_ / "tool.log");
    const std::string why(std::istreambuf_iterator<char>(log), {});
    EXPECT_NE(why.find("plate.toml:"), std::string::npos) << why;
    EXPECT_NE(why.find("command.dance"), std::string::npos) << why;
}

TEST_F(device_command, PrintsInALatinPage) {
    auto started = sim::child_process::start(
        {program("cipherlane-display-sim"), "--driver", "escpos"}, (folder_ / "printer.log").string());
    ASSERT_TRUE(started) << started.error();
    const auto device = started->await("device", 60s).value();
    auto rig = sim::control_client::connect(started->await("control", 60s).value());
    ASSERT_TRUE(rig) << rig.error();
    const std::vector<std::string> to{"show", "--driver", "escpos", "--port", device};
    const auto show = [&](std::vector<std::string> more) {
        more.insert(more.begin(), to.begin(), to.end());
        return run(more);
    };
    EXPECT_EQ(show({"--code-page", "cp858", "--code", "raster", "--qr", "HELLO", "--payee", "S\u00E3o \u20AC"}), 0)
        << said_;
    // A printer says nothing back: what was written may still be on its way.
    const auto comes = [&](const std::function<bool()>& there) {
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (!there() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(20ms);
        return there();
    };
    const auto line = [&] {
        const auto lines = rig->ask({{"cmd", "state"}})["lines"];
        return lines.empty() ? std::string() : lines[0].get<std::string>();
    };
    EXPECT_TRUE(comes([&] { return rig->ask({{"cmd", "read"}})["codes"] == nlohmann::json::array({"HELLO"}); }));
    EXPECT_EQ(line(), "S\u00E3o \u20AC");
    EXPECT_EQ(rig->ask({{"cmd", "state"}})["page"], 19);
    EXPECT_NE(show({"--code-page", "cp437", "--text", "S\u00E3o"}), 0);
    std::ifstream log(folder_ / "tool.log");
    const std::string why(std::istreambuf_iterator<char>(log), {});
    EXPECT_NE(why.find("U+00E3"), std::string::npos) << why;
    EXPECT_EQ(show({"--code-page", "cp437", "--transliterate", "--text", "S\u00E3o"}), 0) << said_;
    EXPECT_TRUE(comes([&] { return line() == "Sao"; }));
    EXPECT_NE(show({"--printer", "pos-58", "--code-page", "iso8859-15", "--text", "a"}), 0);
}

TEST_F(device_command, SaysWhatIsWrong) {
    EXPECT_NE(run({"show", "--port", "/nonexistent", "--qr", "A"}), 0);
    EXPECT_NE(run({"show", "--port", device_}), 0);
    EXPECT_NE(run({"show", "--port", device_, "--driver", "led8n", "--qr", "A"}), 0);
    EXPECT_EQ(run({"list"}), 0);
    EXPECT_NE(said_.find("led8n"), std::string::npos);
}

TEST_F(device_command, ListsKindIdentityDriversAndReason) {
    const auto file = [&](const std::string& path, const std::string& text) {
        fs::create_directories((folder_ / path).parent_path());
        std::ofstream(folder_ / path) << text;
    };
    const std::string panel = "sys/devices/usb1/1-1";
    file(panel + "/idVendor", "1a86\n");
    file(panel + "/idProduct", "fe0c\n");
    fs::create_directories(folder_ / panel / "1-1:1.0/ttyACM0");
    fs::create_directories(folder_ / "sys/class/tty/ttyACM0");
    fs::create_symlink(folder_ / panel / "1-1:1.0/ttyACM0", folder_ / "sys/class/tty/ttyACM0/device");
    const std::string plate = "sys/devices/usb1/1-2/1-2:1.1/0003:1209:5A02.0001";
    file(plate + "/uevent", "HID_ID=0003:00001209:00005A02\nHID_NAME=Plate\x1B[2J\xC2\x9B"
                            "1m\nHID_UNIQ=SN9\n");
    file("dev/hidraw3", "");
    fs::create_directories(folder_ / "sys/class/hidraw/hidraw3");
    fs::create_symlink(folder_ / plate, folder_ / "sys/class/hidraw/hidraw3/device");
    ASSERT_EQ(run({"list", "--root", folder_.string()}), 0) << said_;
    EXPECT_NE(said_.find("serial  " + (folder_ / "dev/ttyACM0").string() +
                         "\n    identity: 1-1\n    ids: 1a86:fe0c\n    driver: weact ("),
        std::string::npos)
        << said_;
    EXPECT_NE(said_.find("driver: weact-small ("), std::string::npos) << said_;
    EXPECT_NE(said_.find("ttyACM0 does not exist"), std::string::npos) << said_;
    EXPECT_NE(
        said_.find("hid  " + (folder_ / "dev/hidraw3").string() + "  Plate?[2J?1m\n    identity: 1209:5a02:SN9\n"),
        std::string::npos)
        << said_;
}

/// To a screen that has answered, another protocol's question is the beginning of a command: it works at once after.
TEST_F(device_command, AProbeAsksUntilSomebodyAnswersAndLeavesNothingBehind) {
    ASSERT_EQ(run({"probe", "--port", device_}), 0) << said_;
    EXPECT_NE(said_.find("rcall: R-Call"), std::string::npos) << said_;
    EXPECT_EQ(said_.find("abecs: "), std::string::npos) << said_;
    EXPECT_LT(said_.find("escpos: "), said_.find("rcall: ")) << said_;
    EXPECT_EQ(run({"show", "--port", device_, "--qr", "HELLO"}), 0) << said_;
}

/// It prints what it does not know: it is asked for its state, and once it has told that nothing more comes.
TEST_F(device_command, AProbePrintsNothing) {
    auto started = sim::child_process::start(
        {program("cipherlane-display-sim"), "--driver", "escpos"}, (folder_ / "printer.log").string());
    ASSERT_TRUE(started) << started.error();
    const auto device = started->await("device", 60s).value();
    auto rig = sim::control_client::connect(started->await("control", 60s).value());
    ASSERT_TRUE(rig) << rig.error();
    const auto heard = [&] { return rig->ask({{"cmd", "counters"}})["counters"].value("bytes", 0); };
    ASSERT_EQ(run({"probe", "--port", device, "--questions"}), 0) << said_;
    EXPECT_EQ(said_.find("escpos: sends 100401"), 0U) << said_;
    EXPECT_NE(said_.find("rcall: sends "), std::string::npos) << said_;
    EXPECT_NE(said_.find("abecs: "), std::string::npos) << said_;
    EXPECT_EQ(heard(), 0);
    ASSERT_EQ(run({"probe", "--port", device}), 0) << said_;
    EXPECT_EQ(said_.find("escpos: ESC/POS printer"), 0U) << said_;
    EXPECT_EQ(said_.find("rcall: "), std::string::npos) << said_;
    EXPECT_EQ(heard(), 3) << "the question for its state";
}

TEST_F(device_command, SaysWhatIsMissingBeforeAnythingIsOpened) {
    const auto log = (folder_ / "tool.log").string();
    const auto simulator = [&](std::vector<std::string> words) {
        words.insert(words.begin(), program("cipherlane-terminal-sim"));
        auto started = sim::child_process::start(words, log).value();
        return started.wait(10s).value_or(-99);
    };
    const auto said = [&] {
        std::ifstream in(log);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    EXPECT_EQ(simulator({"--driver", "mispos", "--port", "0"}), 2);
    EXPECT_NE(said().find("mispos needs the TOML file"), std::string::npos) << said();
    EXPECT_EQ(simulator({"--driver", "ecr17", "--through-till", "--port", "0"}), 2);
    EXPECT_EQ(run({"probe"}), 2);
    EXPECT_EQ(run({"show", "--port", "/dev/null", "--qr", "A"}), 2);
    EXPECT_NE(said().find("something else than a serial line"), std::string::npos) << said();
}

TEST_F(device_command, TellsWhatATerminalSaysOfItselfAndItsDay) {
    auto started = sim::child_process::start(
        {program("cipherlane-terminal-sim"), "--driver", "ecr17", "--port", "0", "--card", "6212345678900000017"},
        (folder_ / "terminal.log").string());
    ASSERT_TRUE(started) << started.error();
    const auto where = "tcp:" + started->await("listening", 60s).value();
    const std::vector<std::string> base{"terminal", "--driver", "ecr17", "--port", where};
    const auto ask = [&](std::vector<std::string> more) {
        more.insert(more.begin(), base.begin(), base.end());
        return run(more);
    };
    ASSERT_EQ(ask({"--last", "--totals", "--verify"}), 0) << said_;
    EXPECT_NE(said_.find("terminal 29001006: ready, version SIM 1.0"), std::string::npos) << said_;
    EXPECT_NE(said_.find("open day: 0.00"), std::string::npos) << said_;
    EXPECT_NE(said_.find("card 17: approved"), std::string::npos) << said_;
    ASSERT_EQ(ask({"--json"}), 0) << said_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("state").at("code"), "2");
    EXPECT_EQ(ask({"--abort"}), 2) << "nothing stops it";
    EXPECT_EQ(ask({"--currency", "1000"}), 2);
    EXPECT_EQ(ask({"--password", "000000"}), 2) << "of another protocol";
    EXPECT_EQ(ask({"--timeout", "0"}), 2);
    EXPECT_EQ(run({"terminal", "--port", "127.0.0.1"}), 2) << "without its port";
    EXPECT_EQ(run({"probe", "--port", "xyz:1:2"}), 2);
    EXPECT_EQ(said_.find("rcall"), std::string::npos) << said_;
    EXPECT_EQ(run({"terminal", "--driver", "mispos", "--port", where}), 2) << "without its description";
    EXPECT_EQ(run({"terminal", "--port", "tcp:127.0.0.1:1"}), 4);
}

TEST_F(device_command, AProbeGoesOnWhereALinkCannotBeOpened) {
    for (const std::string port : {"tcp:127.0.0.1:1", "usb:1209:ffff", "/nonexistent"}) {
        EXPECT_EQ(run({"probe", "--port", port}), 4) << port;
        EXPECT_NE(said_.find("rcall: "), std::string::npos) << port << ": " << said_;
        EXPECT_NE(said_.find("escpos: "), std::string::npos) << port << ": " << said_;
        EXPECT_EQ(said_.find("abecs: ") == std::string::npos, port.find(':') != std::string::npos) << said_;
    }
}

} // namespace
} // namespace cipherlane
