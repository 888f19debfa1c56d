#pragma once

#include "simkit/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// The command-line tool as a program of its own: runs it to its end and keeps what it said.
class tool_program : public testing::Test {
  protected:
    static std::string program(const std::string& name = "cipherlane") {
        const char* programs = std::getenv("CIPHERLANE_PROGRAMS");
        return std::string(programs != nullptr ? programs : ".") + "/" + name;
    }
    std::string file(const std::string& name, const std::string& text) {
        std::ofstream(folder_.file(name)) << text;
        return folder_.file(name);
    }
    int start(const std::vector<std::string>& words) {
        using std::chrono_literals::operator""s;
        std::filesystem::remove(folder_.file("errors"));
        auto tool = sim::child_process::start(words, folder_.file("errors")).value();
        said_ = tool.read_all(30s); // first: a full pipe would hold the program
        const auto code = tool.wait(30s);
        complained_ = whole_file(folder_.file("errors"));
        return code.value_or(-99);
    }
    int run(std::vector<std::string> words) {
        words.insert(words.begin(), program());
        return start(words);
    }
    [[nodiscard]] bool says(const std::string& part) const { return said_.find(part) != std::string::npos; }

    struct command {
        std::vector<std::string> words;
        std::vector<std::string> options;
    };
    /// Every command that has none below it.
    std::vector<command> commands() {
        EXPECT_EQ(run({"completion", "--json"}), 0) << complained_;
        std::vector<command> all;
        collect(nlohmann::json::parse(said_), {}, all);
        return all;
    }

    temporary_folder folder_;
    std::string said_;
    std::string complained_;

  private:
    static void collect(const nlohmann::json& at, const std::vector<std::string>& path, std::vector<command>& into) {
        if (!at.contains("subcommands")) {
            into.push_back({path, {}});
            for (const auto& option : at.at("options"))
                into.back().options.push_back(option.at("name"));
            return;
        }
        for (const auto& each : at.at("subcommands")) {
            auto longer = path;
            longer.push_back(each.at("name"));
            collect(each, longer, into);
        }
    }
};

} // namespace cipherlane::tests
