// Holds the pages of docs/ to themselves and to the code: their order, their links, the code they show.
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using cipherlane::tests::source_folder;
using cipherlane::tests::whole_file;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else {
            lines.back() += c;
        }
    }
    return lines;
}

/// The pages directly in docs/, by name.
std::vector<std::string> pages() {
    std::vector<std::string> names;
    for (const auto& item : fs::directory_iterator(source_folder() / "docs")) {
        if (item.path().extension() == ".md") names.push_back(item.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<fs::path> files_below(const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
    std::vector<fs::path> found;
    for (const auto& folder : folders) {
        if (!fs::exists(source_folder() / folder)) continue;
        for (const auto& item : fs::recursive_directory_iterator(source_folder() / folder)) {
            const auto ending = item.path().extension().string();
            if (item.is_regular_file() && std::find(endings.begin(), endings.end(), ending) != endings.end()) {
                found.push_back(item.path());
            }
        }
    }
    return found;
}

/// What people read: README, the pages, the decisions.
std::vector<fs::path> all_pages() {
    auto files = files_below({"docs"}, {".md"});
    for (const char* name : {"README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md"})
        files.push_back(source_folder() / name);
    return files;
}

TEST(Docs, PagesAreNumberedAndTheReadmeListsThemInOrder) {
    const auto readme = whole_file(source_folder() / "README.md");
    std::size_t before = 0;
    std::set<std::string> numbers;
    for (const auto& name : pages()) {
        const auto at = readme.find("docs/" + name);
        EXPECT_NE(at, std::string::npos) << "README.md does not list docs/" << name;
        if (name == "glossary.md") continue; // looked up, not read
        EXPECT_TRUE(std::regex_search(name, std::regex("^[0-9][0-9]-"))) << name << " should begin with its number";
        EXPECT_TRUE(numbers.insert(name.substr(0, 2)).second) << name << " has the number of another page";
        EXPECT_GE(at, before) << name << " stands in another order in README.md";
        before = at;
    }
    EXPECT_GT(numbers.size(), 10U);
}

TEST(Docs, EveryLinkLeadsSomewhere) {
    std::size_t checked = 0;
    for (const auto& file : all_pages()) {
        const auto text = whole_file(file);
        for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at + 2)) {
            const auto end = text.find_first_of(")#\n", at + 2);
            const auto target = text.substr(at + 2, end - at - 2);
            if (target.empty() || target.find(':') != std::string::npos || target.find(' ') != std::string::npos) {
                continue;
            }
            EXPECT_TRUE(fs::exists(file.parent_path() / target)) << file << " links to " << target;
            ++checked;
        }
    }
    EXPECT_GT(checked, 10U);
}

/// What is written in backticks and begins with a folder of this tree; patterns as `*`, `{a,b}` and NAME aside.
TEST(Docs, HowToAddNamesFilesThatAreThere) {
    const auto text = whole_file(source_folder() / "docs/35-how-to-add.md");
    const std::regex quoted("`((sdk|hsm|drivers|till|tools|tests|samples|docs)/[^`\\s*{]+)`");
    std::size_t checked = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at) {
        const auto name = (*at)[1].str();
        if (name.find("NAME") != std::string::npos) continue;
        EXPECT_TRUE(fs::exists(source_folder() / name)) << name << " is not there";
        ++checked;
    }
    EXPECT_GT(checked, 30U);
}

TEST(Docs, WhatTheCodeCallsAPageIsOne) {
    const auto files = files_below({"sdk", "hsm", "drivers", "till", "samples", "tools", "tests", "docs"},
        {".hpp", ".cpp", ".toml", ".md", ".rules", ".sh", ".txt", ".cmake"});
    std::size_t checked = 0;
    for (const auto& file : files) {
        const auto text = whole_file(file);
        for (auto at = text.find("docs/"); at != std::string::npos; at = text.find("docs/", at + 5)) {
            auto end = at;
            while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 ||
                                            std::string_view("/-_.").find(text[end]) != std::string_view::npos)) {
                ++end;
            }
            const auto name = text.substr(at, end - at);
            const auto page = name.find(".md");
            if (page == std::string::npos) continue;
            EXPECT_TRUE(fs::exists(source_folder() / name.substr(0, page + 3))) << file << " names " << name;
            ++checked;
        }
    }
    EXPECT_GT(checked, 10U);
}

/// Whether a line is a mark: `// [tag]`, in C `/* [tag] */`, in Python `# [tag]`.
bool is_mark(const std::string& line, const std::string& tag) {
    return line.ends_with("// [" + tag + "]") || line.ends_with("/* [" + tag + "] */") ||
           line.ends_with("# [" + tag + "]");
}

/// The lines between the marks `tag` and `/tag`, moved left as far as they go.
std::string tagged(const fs::path& file, const std::string& tag) {
    std::vector<std::string> taken;
    bool inside = false;
    std::size_t margin = std::string::npos;
    for (const auto& line : lines_of(whole_file(file))) {
        if (is_mark(line, "/" + tag)) inside = false;
        if (inside) {
            taken.push_back(line);
            const auto first = line.find_first_not_of(' ');
            if (first != std::string::npos) margin = std::min(margin, first);
        }
        if (is_mark(line, tag)) inside = true;
    }
    std::string text;
    for (const auto& line : taken)
        text += (line.size() > margin ? line.substr(margin) : std::string()) + "\n";
    return text;
}

/// A fenced block of a page: its language, the line above it, and what stands in it.
struct fenced {
    std::string language;
    std::string mark;
    std::string text;
    std::string where; ///< page and line, for people
};

std::vector<fenced> blocks_of(const fs::path& page) {
    std::vector<fenced> found;
    const auto lines = lines_of(whole_file(page));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].starts_with("```")) continue;
        auto& block = found.emplace_back();
        block.language = lines[i].substr(3);
        block.mark = i > 0 ? lines[i - 1] : std::string();
        block.where = page.filename().string() + ":" + std::to_string(i + 1);
        while (++i < lines.size() && !lines[i].starts_with("```"))
            block.text += lines[i] + "\n";
    }
    return found;
}

/// What a mark "<!-- WORD: VALUE -->" says behind its word; empty for another mark.
std::string marked(const std::string& line, const std::string& word) {
    const auto opening = "<!-- " + word + ": ";
    if (!line.starts_with(opening) || !line.ends_with(" -->")) return {};
    return line.substr(opening.size(), line.size() - opening.size() - 4);
}

/// The languages whose code is that of a file which is compiled or run.
bool is_checked(const std::string& language) {
    return language == "cpp" || language == "c" || language == "java" || language == "js" || language == "python";
}

TEST(Docs, CodeIsCompiledCode) {
    std::size_t checked = 0;
    for (const auto& page : all_pages()) {
        if (page.filename().string().starts_with("README.")) continue; // the next test's
        for (const auto& block : blocks_of(page)) {
            if (!is_checked(block.language)) continue;
            const auto words = marked(block.mark, "code");
            ASSERT_FALSE(words.empty()) << block.where << " has no line \"<!-- code: FILE TAG -->\" before it";
            const auto file = words.substr(0, words.find(' '));
            const auto tag = words.substr(words.find(' ') + 1);
            EXPECT_EQ(block.text, tagged(source_folder() / file, tag))
                << block.where << " beside " << file << " [" << tag << "]";
            ++checked;
        }
    }
    EXPECT_GE(checked, 7U);
}

/// The till of the README is compiled and run as it stands there.
TEST(Docs, CodeOfTheReadmeIsTheProgramThatIsRun) {
    const char* built = std::getenv("CIPHERLANE_BINARY_DIR");
    ASSERT_NE(built, nullptr);
    const auto program = whole_file(fs::path(built) / "tests/compile/readme_till.cpp");
    std::size_t checked = 0;
    for (const auto& block : blocks_of(source_folder() / "README.md")) {
        if (block.language != "cpp") continue;
        EXPECT_NE(program.find(block.text), std::string::npos) << block.where << " is not what readme_till compiles";
        ++checked;
    }
    EXPECT_EQ(checked, 1U);
}

TEST(Docs, CodeStandsInFencesThatNameItsLanguage) {
    std::size_t blocks = 0;
    for (const auto& page : all_pages()) {
        bool inside = false;
        const auto lines = lines_of(whole_file(page));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto where = page.filename().string() + ":" + std::to_string(i + 1);
            if (lines[i].starts_with("```")) {
                inside = !inside;
                if (!inside) continue;
                ++blocks;
                const auto language = lines[i].substr(3);
                EXPECT_TRUE(language.empty() || is_checked(language) || language == "toml" || language == "cmake")
                    << where << ": no test knows the language \"" << language << "\"";
            } else if (!inside && lines[i].starts_with("    ")) {
                const auto code = lines[i].substr(0, lines[i].find("  //"));
                EXPECT_FALSE(code.ends_with(";") || code.ends_with(" {"))
                    << where << ": code that no compiler sees; put it between ```cpp and ```";
            }
        }
        EXPECT_FALSE(inside) << page << " has a block without an end";
    }
    EXPECT_GT(blocks, 10U);
}

/// A page in pieces: code with the marks above it, and what stands between, each as it stands there.
struct page_pieces {
    std::vector<std::string> headings; ///< "## "
    std::vector<std::string> code;
    std::vector<std::string> words; ///< one more than pieces of code: before, between, behind
};

page_pieces pieces_of(const fs::path& page) {
    page_pieces made;
    made.words.emplace_back();
    bool fenced = false;
    bool was_code = false;
    auto text = whole_file(page);
    if (text.ends_with('\n')) text.pop_back();
    for (const auto& line : lines_of(text)) {
        const bool fence = line.starts_with("```");
        const bool is_code = fenced || fence || line.starts_with("    ") || line.starts_with("<!-- ");
        if (fence) fenced = !fenced;
        if (is_code && !was_code) made.code.emplace_back();
        if (!is_code && was_code) made.words.emplace_back();
        (is_code ? made.code : made.words).back() += line + "\n";
        if (!is_code && line.starts_with('#')) made.headings.push_back(line.substr(0, line.find(' ') + 1));
        was_code = is_code;
    }
    if (was_code) made.words.emplace_back();
    return made;
}

/// A command or a chapter that one of the two lacks would be missed by whoever reads that one alone. With
/// CIPHERLANE_RENEW_DOCS set the code of the English page is written into the Chinese one.
TEST(Docs, ChinesePagesHaveTheHeadingsAndTheCodeOfTheEnglishOnes) {
    std::vector<std::pair<fs::path, fs::path>> pairs{
        {source_folder() / "README.md", source_folder() / "README.zh.md"}};
    for (const auto& item : fs::directory_iterator(source_folder() / "docs/zh"))
        pairs.emplace_back(source_folder() / "docs" / item.path().filename(), item.path());
    EXPECT_GE(pairs.size(), 3U);
    for (const auto& [english, chinese] : pairs) {
        ASSERT_TRUE(fs::exists(english)) << chinese;
        const auto ours = pieces_of(english);
        const auto theirs = pieces_of(chinese);
        EXPECT_EQ(ours.headings, theirs.headings) << chinese;
        EXPECT_EQ(ours.code, theirs.code) << chinese;
        if (std::getenv("CIPHERLANE_RENEW_DOCS") == nullptr || ours.code.size() != theirs.code.size()) continue;
        std::ofstream out(chinese);
        for (std::size_t i = 0; i < theirs.words.size(); ++i)
            out << theirs.words[i] << (i < ours.code.size() ? ours.code[i] : std::string());
    }
}

/// How many cells a row of a table has: bars in code, and those that are escaped, part none.
std::size_t cells_of(const std::string& row) {
    std::size_t bars = 0;
    bool code = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == '`') code = !code;
        if (row[i] == '|' && !code && (i == 0 || row[i - 1] != '\\')) ++bars;
    }
    return bars - 1;
}

/// What stands in a cell too many is shown to nobody.
TEST(Docs, TablesHaveRowsOfOneLength) {
    std::size_t checked = 0;
    for (const auto& page : all_pages()) {
        std::size_t columns = 0;
        const auto lines = lines_of(whole_file(page));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].starts_with('|')) {
                columns = 0;
                continue;
            }
            if (columns == 0) columns = cells_of(lines[i]);
            EXPECT_EQ(cells_of(lines[i]), columns) << page.filename() << ":" << i + 1 << ": " << lines[i];
            ++checked;
        }
    }
    EXPECT_GT(checked, 100U);
}

/// A first sale: what a reader must have learnt before it.
TEST(Docs, TheTillOfTheReadmeNeedsFiveNamesAndOneInclude) {
    const auto readme = whole_file(source_folder() / "README.md");
    const std::string fence = "```cpp\n";
    const auto begin = readme.find(fence, readme.find("\n## A till\n")) + fence.size();
    const auto code = readme.substr(begin, readme.find("\n```", begin) - begin);
    const auto all = [&](const std::string& form) {
        std::set<std::string> found;
        const std::regex one(form);
        for (std::sregex_iterator at(code.begin(), code.end(), one), end; at != end; ++at)
            found.insert((*at)[1]);
        return found;
    };
    EXPECT_EQ(all("#include <(cipherlane/[^>]*)>"), std::set<std::string>{"cipherlane/till/till.hpp"}) << code;
    auto names = all("(\\w+)::");
    names.erase("std");
    for (const auto& of_till : all("till\\.(\\w+)\\("))
        names.insert(of_till);
    EXPECT_EQ(names, (std::set<std::string>{"till", "sale", "amount", "receipt", "receipt_copy"})) << code;
}

/// The programs' own tests load what is marked: unit_iso8583 envelopes, unit_hsm profiles, unit_till settings.
TEST(Docs, SettingsAreLoadedByATest) {
    std::size_t checked = 0;
    for (const auto& page : all_pages()) {
        for (const auto& block : blocks_of(page)) {
            if (block.language != "toml") continue;
            const bool known = !marked(block.mark, "envelope").empty() || !marked(block.mark, "profile").empty() ||
                               !marked(block.mark, "till").empty();
            EXPECT_TRUE(known) << block.where
                               << " has no line \"<!-- envelope: NAME -->\", profile or till, before it";
            ++checked;
        }
    }
    EXPECT_GE(checked, 6U);
}

} // namespace
