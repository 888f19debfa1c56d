#pragma once

#include "simkit/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// The tool and simulated cipher machines as programs of their own, with a folder for their files.
class hsm_programs : public ::testing::Test {
  protected:
    static constexpr std::chrono::seconds patience{20};

    [[nodiscard]] static std::string program(const std::string& name) {
        const char* root = std::getenv("CIPHERLANE_BINARY_DIR");
        return (std::filesystem::path(root != nullptr ? root : ".") / "bin" / name).string();
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
        return path(name);
    }

    /// Starts a program that stays until the end of the test, and says where it listens.
    std::string start(const std::string& name, const std::vector<std::string>& arguments) {
        std::vector<std::string> all{program(name)};
        all.insert(all.end(), arguments.begin(), arguments.end());
        others_.push_back(sim::child_process::start(all, path("log")).value());
        auto where = others_.back().await("listening", patience);
        EXPECT_TRUE(where) << where.error() << whole_file(path("log"));
        return where ? *where : std::string();
    }
    std::string start_unit(std::vector<std::string> arguments = {}) {
        arguments.insert(arguments.end(), {"--port", "0"});
        return start("cipherlane-hsm-sim", arguments);
    }

    /// Runs a program to its end: its exit code, what it said in `said_` and `complained_`.
    int run(const std::string& name, const std::vector<std::string>& arguments) {
        std::vector<std::string> all{program(name)};
        all.insert(all.end(), arguments.begin(), arguments.end());
        std::filesystem::remove(path("errors")); // what is there would stay
        auto started = sim::child_process::start(all, path("errors")).value();
        const auto code = started.wait(patience);
        said_ = started.read_all(std::chrono::seconds(1));
        complained_ = whole_file(path("errors"));
        return code.value_or(-99);
    }
    int hsm(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "hsm");
        return run("cipherlane", arguments);
    }

    temporary_folder folder_; // goes last
    std::vector<sim::child_process> others_;
    std::string said_;
    std::string complained_;
};

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace cipherlane::tests
