// The tool's door: what scripts may count on, whichever subcommand they call.
#include "simkit/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class ToolDoor : public testing::Test {
  protected:
    static std::string program() {
        const char* programs = std::getenv("CIPHERLANE_PROGRAMS");
        return std::string(programs != nullptr ? programs : ".") + "/cipherlane";
    }
    static std::string content(const std::string& file) {
        std::ifstream in(file);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string file(const std::string& name, const std::string& text) {
        std::ofstream(folder_.file(name)) << text;
        return folder_.file(name);
    }
    int start(const std::vector<std::string>& words) {
        std::filesystem::remove(folder_.file("errors"));
        auto tool = sim::child_process::start(words, folder_.file("errors")).value();
        said_ = tool.read_all(30s); // first: a full pipe would hold the program
        const auto code = tool.wait(30s);
        complained_ = content(folder_.file("errors"));
        return code.value_or(-99);
    }
    int run(std::vector<std::string> words) {
        words.insert(words.begin(), program());
        return start(words);
    }
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

    temporary_folder folder_;
    std::string said_;
    std::string complained_;
};

TEST_F(ToolDoor, EverySubcommandTakesJson) {
    for (const auto& [words, options] : commands()) {
        EXPECT_NE(std::find(options.begin(), options.end(), "--json"), options.end()) << words.back();
    }
}

/// Some of each family: a program's start costs more than its work.
TEST_F(ToolDoor, TellsACommandLineThatCannotBeReadAsJson) {
    const auto all = commands();
    EXPECT_GT(all.size(), 40U);
    std::string family;
    for (auto [words, options] : all) {
        if (words.front() == std::exchange(family, words.front())) continue;
        SCOPED_TRACE(words.back());
        words.insert(words.end(), {"--no-such-option", "--json"});
        EXPECT_EQ(run(words), 2) << said_ << complained_;
        const auto told = nlohmann::json::parse(said_, nullptr, false);
        ASSERT_TRUE(told.is_object()) << said_;
        EXPECT_EQ(told.at("exit"), 2);
        const auto& error = told.at("error");
        EXPECT_EQ(error.at("condition"), "misuse");
        EXPECT_EQ(error.at("code"), 2);
        // The option that is one too many is named; one that is missing says that --json is none.
        EXPECT_EQ(error.at("text").get<std::string>().find("--json"), std::string::npos) << said_;
    }
}

TEST_F(ToolDoor, EndsByOneTable) {
    const auto folder = folder_.path();
    const auto broken = file("cvv.csv", "id,cvk,pan\nshort,1\n");
    const struct {
        std::vector<std::string> words;
        int code;
        std::string condition;
    } rows[] = {
        {{"foo"}, 2, "misuse"},
        {{"hsm"}, 2, "misuse"},
        {{"qr", "check", "00020101"}, 2, ""},
        {{"qr", "decode", "--picture", folder + "/none.png"}, 2, "misuse"},
        {{"qr", "encode", "--fields", broken}, 2, "misuse"},
        {{"qr", "render", "x", "--png", folder + "/none/x.png"}, 6, "local_fault"},
        {{"device", "show", "--port", folder + "/none", "--text", "x"}, 4, "link_lost"},
        {{"device", "replay", "--port", "x", "--trace", folder + "/none"}, 2, "misuse"},
        {{"journal", "list", folder + "/none.db"}, 6, "local_fault"},
        {{"journal", "export", folder + "/none.db"}, 6, "local_fault"},
        {{"journal", "adopt", folder + "/none.toml"}, 2, ""},
        {{"till", "status", folder + "/none.toml"}, 2, ""},
        {{"preflight", folder + "/none.toml"}, 2, ""},
        {{"hsm", "diag", "--hsm", "127.0.0.1:1"}, 4, "link_lost"},
        {{"hsm", "diag", "--hsm", "127.0.0.1:1", "--profile", "nosuch"}, 2, "misuse"},
        {{"iso8583", "decode", "--dialect", "nosuch", "00"}, 2, "misuse"},
        {{"keyblock", "inspect", "Z"}, 2, ""},
        {{"tlv", "decode", "9F"}, 2, ""},
        {{"wireshark", "nosuch"}, 2, "misuse"},
        {{"wireshark", "cup-pos", "--out", folder + "/none/x.lua"}, 6, "local_fault"},
    };
    for (const auto& row : rows) {
        std::string name;
        for (const auto& word : row.words)
            name += " " + word;
        SCOPED_TRACE(name);
        EXPECT_EQ(run(row.words), row.code) << said_ << complained_;
        EXPECT_TRUE(complained_.starts_with("cipherlane")) << complained_;
        auto words = row.words;
        words.push_back("--json");
        EXPECT_EQ(run(words), row.code) << said_ << complained_;
        const auto told = nlohmann::json::parse(said_, nullptr, false);
        ASSERT_TRUE(told.is_object()) << said_;
        EXPECT_EQ(told.at("exit"), row.code);
        EXPECT_FALSE(told.at("error").at("text").get<std::string>().empty());
        EXPECT_TRUE(told.at("error").contains("code"));
        if (!row.condition.empty()) {
            EXPECT_EQ(told.at("error").at("condition"), row.condition) << said_;
        }
    }
}

TEST_F(ToolDoor, NamesWhatIsWrongAndWhatThereIs) {
    EXPECT_EQ(run({"foo"}), 2);
    EXPECT_TRUE(complained_.starts_with("cipherlane: no \"foo\"; there are device journal kat ")) << complained_;
    EXPECT_EQ(run({"hsm"}), 2);
    EXPECT_TRUE(complained_.starts_with("cipherlane hsm: a subcommand is missing; there are ceremony "))
        << complained_;
    EXPECT_EQ(run({"kat"}), 2);
    EXPECT_NE(complained_.find("cipherlane kat: paths is required"), std::string::npos) << complained_;
}

TEST_F(ToolDoor, SaysWhatItWasBuiltWith) {
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_TRUE(said_.starts_with("cipherlane ")) << said_;
    for (const auto* part : {"built with ", "C++20", "OpenSSL 3", "Boost 1.81", "preset ", "runs on OpenSSL 3"})
        EXPECT_NE(said_.find(part), std::string::npos) << said_;
}

TEST_F(ToolDoor, CompletesInBash) {
    const auto complete = [&](const std::string& words, int place) {
        return start({"/bin/bash", "-c",
            "source <(" + program() + " completion bash); COMP_WORDS=(" + words +
                "); COMP_CWORD=" + std::to_string(place) + "; _cipherlane; echo \"${COMPREPLY[@]}\""});
    };
    EXPECT_EQ(complete("cipherlane wire", 1), 0) << complained_;
    EXPECT_EQ(said_, "wireshark\n");
    EXPECT_EQ(complete("cipherlane hsm se", 2), 0) << complained_;
    EXPECT_EQ(said_, "send\n");
    EXPECT_EQ(complete("cipherlane hsm send NC --show", 4), 0) << complained_;
    EXPECT_EQ(said_, "--show-all\n");
    // The other shells are not here: what they get names every command.
    for (const auto* shell : {"zsh", "fish"}) {
        EXPECT_EQ(run({"completion", shell}), 0);
        for (const auto* part : {"wireshark", "ceremony", "show-all"})
            EXPECT_NE(said_.find(part), std::string::npos) << shell;
    }
}

TEST_F(ToolDoor, WritesKnownAnswersForBuildServers) {
    const std::string source = std::getenv("CIPHERLANE_SOURCE_DIR");
    const auto broken = file("cvv.csv", "id,cvk,pan\nshort,1\n");
    const auto junit = folder_.file("kat.xml");
    EXPECT_EQ(run({"kat", broken, source + "/tests/vectors/sm3.csv", "--junit", junit, "--json"}), 1) << complained_;
    const auto told = nlohmann::json::parse(said_);
    EXPECT_EQ(told.at("exit"), 1);
    EXPECT_EQ(told.at("failed"), 1);
    EXPECT_GT(told.at("passed"), 1);
    ASSERT_EQ(told.at("files").size(), 2U);
    EXPECT_NE(told["files"][0]["failures"][0]["why"].get<std::string>().find("row 1 has 2 cells"), std::string::npos);
    const auto xml = content(junit);
    EXPECT_TRUE(xml.starts_with("<?xml")) << xml;
    EXPECT_NE(xml.find("<testsuite name=\"cvv.csv\" tests=\"1\" failures=\"1\">"), std::string::npos) << xml;
    EXPECT_NE(xml.find("<testcase classname=\"sm3.csv\" name=\""), std::string::npos) << xml;
    EXPECT_NE(xml.find("<failure message=\""), std::string::npos) << xml;
    EXPECT_NE(xml.find("</testsuites>\n"), std::string::npos) << xml;
}

TEST_F(ToolDoor, HandsCodesAndDevicesToScripts) {
    EXPECT_EQ(run({"qr", "encode", "00=01", "52=5812", "53=156", "58=CN", "59=SHOP", "60=SH", "--json"}), 0);
    const auto text = nlohmann::json::parse(said_).at("text").get<std::string>();
    EXPECT_EQ(run({"qr", "decode", text, "--json"}), 0) << complained_;
    const auto fields = file("fields.json", said_);
    EXPECT_EQ(run({"qr", "encode", "--fields", fields}), 0) << complained_;
    EXPECT_EQ(said_, text + "\n") << "back from what decode prints";
    EXPECT_EQ(run({"qr", "render", text, "--json"}), 0) << complained_;
    const auto drawn = nlohmann::json::parse(said_);
    EXPECT_EQ(drawn.at("modules").size(), 17U + 4U * drawn.at("version").get<unsigned>());
    EXPECT_EQ(run({"qr", "render", text, "--level", "h", "--json"}), 0) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("level"), "H");
    EXPECT_EQ(run({"qr", "render", "--help"}), 0);
    EXPECT_TRUE(std::none_of(said_.begin(), said_.end(), [](char c) { return c >= 0 && c < ' ' && c != '\n'; }))
        << "help is text: " << said_;
    EXPECT_EQ(run({"device", "list", "--root", folder_.path(), "--json"}), 0) << complained_;
    const auto devices = nlohmann::json::parse(said_);
    EXPECT_TRUE(devices.at("devices").empty());
    EXPECT_EQ(devices.at("displays").at(0).at("name"), "rcall");
}

} // namespace
} // namespace cipherlane::tests
