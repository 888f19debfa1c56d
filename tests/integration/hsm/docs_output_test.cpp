// What docs/ shows of the tools is what they say: each command of a block below "<!-- output: … -->" is run. One that
// ends in " &" stays until its block ends, and is shown with where it can be reached; where it is given a port it
// gets a free one, and the block's other commands find it there. Other commands that name a unit get one of their
// own.
//
//     CIPHERLANE_RENEW_DOCS=1 bin/integration_hsm --gtest_filter='docs_program.*'
//
// writes what they say now into the pages.
#include "hsm_programs.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
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

/// How long a unit took is never the same, nor are ports and pseudo-terminals that nobody has chosen.
std::string without_chance(const std::string& text) {
    const auto times = std::regex_replace(text, std::regex("[0-9]+ us"), "… us");
    const auto ports = std::regex_replace(times, std::regex("127\\.0\\.0\\.1:[3-6][0-9]{4}"), "127.0.0.1:…");
    return std::regex_replace(ports, std::regex("/dev/pts/[0-9]+"), "/dev/pts/…");
}

/// What stands behind a word of a command: `after("--port 1500 &", "--port ")` is "1500".
std::string after(const std::string& command, const std::string& word) {
    const auto at = command.find(word);
    if (at == std::string::npos) return {};
    const auto begin = at + word.size();
    return command.substr(begin, command.find(' ', begin) - begin);
}

/// What a page gives as code: lines that are indented or fenced (of runs with their output the commands alone), and
/// what stands between backticks.
std::vector<std::string> code_of(const std::string& page) {
    std::vector<std::string> all;
    std::string prose;
    bool fenced = false;
    bool runs = false;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            fenced = !fenced;
            runs = false;
        } else if (fenced || line.starts_with("    ")) {
            runs = runs || line.starts_with("$ ");
            if (!runs || line.starts_with("$ ")) all.push_back(line);
        } else {
            prose += line + " ";
        }
    }
    for (auto at = prose.find('`'); at != std::string::npos;) {
        const auto end = prose.find('`', at + 1);
        if (end == std::string::npos) break;
        all.push_back(prose.substr(at + 1, end - at - 1));
        at = prose.find('`', end + 1);
    }
    return all;
}

/// A program of ours with its subcommands, and the options that a page gives it.
struct named_options {
    std::vector<std::string> command;
    std::set<std::string> options;
};

std::vector<named_options> options_of(const std::string& code) {
    static const std::regex ours("(?:.*/)?(cipherlane(?:-[a-z]+)*)");
    static const std::regex word("[a-z][a-z0-9-]*");
    static const std::regex option("[\\[(]?(--[a-z][a-z0-9-]*).*");
    std::vector<named_options> all;
    std::istringstream words(code.substr(0, code.find(" #")));
    bool within = false;
    bool in_front = false; // of options and values: what stands here may be a subcommand
    for (std::string each; words >> each;) {
        std::smatch found;
        if (std::regex_match(each, found, ours)) {
            all.push_back({{found[1]}, {}});
            within = true;
            in_front = each.ends_with("cipherlane");
        } else if (!within || each == "|" || each == "&&") {
            within = false;
        } else if (in_front && all.back().command.size() < 3 && std::regex_match(each, word)) {
            all.back().command.push_back(each);
        } else {
            in_front = false;
            if (std::regex_match(each, found, option)) all.back().options.insert(found[1]);
        }
    }
    return all;
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
    /// Addresses as the page has them, and as they are.
    using addresses = std::map<std::string, std::string>;

    [[nodiscard]] std::vector<std::string> in_shell(const std::string& command) const {
        return {"/bin/sh", "-c",
            "cd '" + path("") + "' && PATH='" + fs::path(program("cipherlane")).parent_path().string() +
                "':\"$PATH\" && " + command};
    }
    /// What a command says, on both streams as they come.
    std::string said(std::string command, const addresses& there) {
        for (const auto& [shown, real] : there)
            replace_all(command, shown, real);
        auto started = sim::child_process::start(in_shell(command + " 2>&1"), path("errors")).value();
        EXPECT_TRUE(started.wait(patience).has_value()) << command;
        auto made = started.read_all(std::chrono::seconds(1));
        for (const auto& [shown, real] : there)
            replace_all(made, real, shown);
        replace_all(made, path(""), "");
        return without_chance(made);
    }
    /// Starts a program that stays, and says where it is to be reached.
    std::string stays(std::string command, std::vector<sim::child_process>& beside, addresses& there) {
        command.resize(command.size() - std::string_view(" &").size());
        const auto port = after(command, "--port ");
        replace_all(command, "--port " + port, "--port 0");
        beside.push_back(sim::child_process::start(in_shell("exec " + command), path("log")).value());
        const std::string key = port.empty() ? "device" : "listening";
        const auto where = beside.back().await(key, patience);
        EXPECT_TRUE(where) << command << ": " << where.error() << whole_file(path("log"));
        if (!where) return {};
        const auto shown = port.empty() ? *where : "127.0.0.1:" + port;
        there[shown] = *where;
        return key + " on " + shown + "\n";
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
            std::vector<sim::child_process> beside;
            addresses of_block;
            for (const auto& run : block->runs) {
                // Units of their own, so that each page is as if it were alone.
                auto there = of_block;
                if (has(run.command, shown_unit) && !there.contains(shown_unit))
                    there[shown_unit] = start_unit({"--seed", "1"});
                const auto found =
                    run.command.ends_with(" &") ? stays(run.command, beside, of_block) : said(run.command, there);
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
            "keyblock inspect", "hsm send", "hsm probe", "hsm diag", "hsm ceremony", "kat", "journal check",
            "journal list", "reconcile", "rules", "device show", "device terminal", "till sale", "preflight"}) {
        EXPECT_TRUE(has(all, std::string("cipherlane ") + shown)) << shown;
    }
}

TEST_F(docs_program, PagesNameOptionsThatThereAre) {
    std::vector<fs::path> pages{fs::path(source()) / "README.md", fs::path(source()) / "SECURITY.md"};
    for (const auto& each : fs::directory_iterator(fs::path(source()) / "docs"))
        if (each.path().extension() == ".md") pages.push_back(each.path());
    std::map<std::vector<std::string>, std::string> helps;
    std::size_t checked = 0;
    for (const auto& page : pages) {
        for (const auto& code : code_of(whole_file(page))) {
            for (const auto& [command, options] : options_of(code)) {
                if (options.empty() || !fs::exists(program(command.front()))) continue; // a service, a package
                auto& help = helps[command];
                if (help.empty()) {
                    run(command.front(), [&, all = command]() mutable {
                        all.erase(all.begin());
                        all.emplace_back("--help");
                        return all;
                    }());
                    help = " " + said_ + " ";
                }
                for (const auto& option : options) {
                    const std::regex there("[ ,]" + option + "[ ,\n]");
                    EXPECT_TRUE(option == "--help" || std::regex_search(help, there))
                        << page.filename() << ": " << code << ": no option " << option;
                    ++checked;
                }
            }
        }
    }
    EXPECT_GT(checked, 200U);
}

} // namespace
} // namespace cipherlane::tests
