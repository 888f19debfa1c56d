#include "simkit/child_process.hpp"
#include "simkit/control_client.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
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
        device_ = simulator_->await("device", 10s).value();
        control_ = simulator_->await("control", 10s).value();
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

TEST_F(device_command, shows_a_code) {
    EXPECT_EQ(run({"show", "--port", device_, "--qr", "HELLO", "--amount", "12.34", "--payee", "小店"}), 0) << said_;
    auto rig = sim::control_client::connect(control_);
    ASSERT_TRUE(rig) << rig.error();
    EXPECT_EQ(rig->ask({{"cmd", "read"}})["codes"], nlohmann::json::array({"HELLO"}));
    EXPECT_EQ(rig->ask({{"cmd", "state"}})["header"], "小店");
}

TEST_F(device_command, masks_long_numbers_in_a_trace_and_replays_it) {
    const auto trace = (folder_ / "trace").string();
    EXPECT_EQ(run({"record", "--port", device_, "--trace", trace, "--text", "6222021234567890123"}), 0) << said_;
    std::ifstream in(trace);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_NE(text.find("5B54315D363232323032"), std::string::npos) << text; // [T1]622202
    EXPECT_EQ(text.find("36323232303231323334"), std::string::npos) << text; // 6222021234
    EXPECT_EQ(run({"replay", "--port", device_, "--trace", trace}), 0) << said_;
}

TEST_F(device_command, shows_a_code_on_a_described_display) {
    // The plate's protocol over a line: the same description with another link.
    auto started = sim::child_process::start(
        {program("cipherlane-display-sim"), "--driver", "hid-plate"}, (folder_ / "plate.log").string());
    ASSERT_TRUE(started) << started.error();
    const auto device = started->await("device", 10s).value();
    const auto control = started->await("control", 10s).value();
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

TEST_F(device_command, says_what_is_wrong) {
    EXPECT_NE(run({"show", "--port", "/nonexistent", "--qr", "A"}), 0);
    EXPECT_NE(run({"show", "--port", device_}), 0);
    EXPECT_NE(run({"show", "--port", device_, "--driver", "led8n", "--qr", "A"}), 0);
    EXPECT_EQ(run({"list"}), 0);
    EXPECT_NE(said_.find("led8n"), std::string::npos);
}

} // namespace
} // namespace cipherlane
