// What docs/ shows of the tools is what they say: each command of a block below "<!-- output: … -->" is run.
//
//     CIPHERLANE_RENEW_DOCS=1 bin/integration_hsm --gtest_filter='docs_program.*'
//
// writes what they say now into the pages.
#include "hsm_programs.hpp"

#include <algorithm>
#include <regex>
#include <sstream>

namespace cipherlane::tests {
namespace {

namespace fs = std::filesystem;

/// As the pages have a unit's address.
const std::string shown_unit = "127.0.0.1:1500";

/// A command, and what stands below it.
struct shown_run {
    std::string command;
    std::string output;
};

/// A block between "```" and "```", by its place in the page.
struct shown_block {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<shown_run> runs;
};

std::vector<shown_block> blocks_of(const std::string& page) {
    std::vector<shown_block> all;
    const std::string mark = "<!-- output: ";
    for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
        shown_block made;
        made.begin = page.find('\n', page.find("```", at)) + 1;
        made.end = page.find("```", made.begin);
        std::istringstream lines(page.substr(made.begin, made.end - made.begin));
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("$ ")) {
                made.runs.push_back({line.substr(2), {}});
            } else if (!made.runs.empty()) {
                made.runs.back().output += line + "\n";
            }
        }
        all.push_back(std::move(made));
    }
    return all;
}

void replace_all(std::string& in, const std::string& from, const std::string& to) {
    for (auto at = in.find(from); at != std::string::npos; at = in.find(from, at + to.size()))
        in.replace(at, from.size(), to);
}

/// How long a unit took is never the same.
std::string without_times(const std::string& text) {
    return std::regex_replace(text, std::regex("[0-9]+ us"), "… us");
}

class docs_program : public hsm_programs {
  protected:
    /// The pages' own files, keys among them, in a folder of the test.
    void take_examples() const {
        for (const auto& each : fs::directory_iterator(fs::path(source()) / "docs/examples/messages")) {
            const fs::path copy = path(each.path().filename());
            fs::copy_file(each.path(), copy, fs::copy_options::overwrite_existing);
            fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write);
        }
    }
    /// What a command says, on both streams as they come.
    std::string said(std::string command, const std::string& unit) {
        replace_all(command, shown_unit, unit);
        const auto words = "cd '" + path("") + "' && PATH='" +
                           fs::path(program("cipherlane")).parent_path().string() + "':\"$PATH\" && " + command +
                           " 2>&1";
        auto started = sim::child_process::start({"/bin/sh", "-c", words}, path("errors")).value();
        EXPECT_TRUE(started.wait(patience).has_value()) << command;
        auto made = started.read_all(std::chrono::seconds(1));
        replace_all(made, unit, shown_unit);
        return made;
    }
    static std::string source() {
        const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
        return root != nullptr ? root : ".";
    }
};

TEST_F(docs_program, TheToolsSayWhatThePagesShow) {
    take_examples();
    std::vector<fs::path> pages;
    for (const auto& each : fs::directory_iterator(fs::path(source()) / "docs"))
        if (each.path().extension() == ".md") pages.push_back(each.path());
    std::sort(pages.begin(), pages.end());
    std::string all;
    for (const auto& file : pages) {
        const auto before = whole_file(file);
        auto page = before;
        auto blocks = blocks_of(page);
        for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
            std::string renewed;
            for (const auto& run : block->runs) {
                // Units of their own, so that each page is as if it were alone.
                const bool asks = run.command.find(shown_unit) != std::string::npos;
                const auto unit = asks ? start_unit({"--seed", "1"}) : shown_unit;
                const auto found = without_times(said(run.command, unit));
                EXPECT_EQ(found, run.output) << file.filename() << ": " << run.command;
                renewed += "$ " + run.command + "\n" + found;
                all += run.command + "\n";
            }
            page.replace(block->begin, block->end - block->begin, renewed);
        }
        if (std::getenv("CIPHERLANE_RENEW_DOCS") != nullptr && page != before) std::ofstream(file) << page;
    }
    for (const char* shown :
        {"iso8583 doctor", "iso8583 mac", "iso8583 diff", "iso8583 redact", "tlv decode", "qr decode", "qr check",
            "keyblock inspect", "hsm send", "hsm probe", "hsm diag", "hsm ceremony", "kat"}) {
        EXPECT_TRUE(has(all, std::string("cipherlane ") + shown)) << shown;
    }
}

} // namespace
} // namespace cipherlane::tests
