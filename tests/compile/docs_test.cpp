// Holds the pages of docs/ to themselves and to the code: their order, their links, the code they show.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

fs::path source_root() {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return root != nullptr ? root : ".";
}

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

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
    for (const auto& item : fs::directory_iterator(source_root() / "docs")) {
        if (item.path().extension() == ".md") names.push_back(item.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<fs::path> files_below(const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
    std::vector<fs::path> found;
    for (const auto& folder : folders) {
        if (!fs::exists(source_root() / folder)) continue;
        for (const auto& item : fs::recursive_directory_iterator(source_root() / folder)) {
            const auto ending = item.path().extension().string();
            if (item.is_regular_file() && std::find(endings.begin(), endings.end(), ending) != endings.end()) {
                found.push_back(item.path());
            }
        }
    }
    return found;
}

TEST(Docs, PagesAreNumberedAndTheReadmeListsThemInOrder) {
    const auto readme = content(source_root() / "README.md");
    std::size_t before = 0;
    int number = 0;
    for (const auto& name : pages()) {
        const auto at = readme.find("docs/" + name);
        EXPECT_NE(at, std::string::npos) << "README.md does not list docs/" << name;
        if (name == "glossary.md") continue; // looked up, not read
        ++number;
        const auto expected = (number < 10 ? "0" : "") + std::to_string(number) + "-";
        EXPECT_TRUE(name.starts_with(expected)) << name << " should begin with " << expected;
        EXPECT_GE(at, before) << name << " stands in another order in README.md";
        before = at;
    }
    EXPECT_GT(number, 10);
}

TEST(Docs, EveryLinkLeadsSomewhere) {
    auto files = files_below({"docs"}, {".md"});
    for (const char* name : {"README.md", "CONTRIBUTING.md", "SECURITY.md"})
        files.push_back(source_root() / name);
    std::size_t checked = 0;
    for (const auto& file : files) {
        const auto text = content(file);
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

TEST(Docs, WhatTheCodeCallsAPageIsOne) {
    const auto files = files_below({"sdk", "hsm", "drivers", "till", "samples", "tools", "tests", "docs"},
        {".hpp", ".cpp", ".toml", ".md", ".rules", ".sh", ".txt", ".cmake"});
    std::size_t checked = 0;
    for (const auto& file : files) {
        const auto text = content(file);
        for (auto at = text.find("docs/"); at != std::string::npos; at = text.find("docs/", at + 5)) {
            auto end = at;
            while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 ||
                                            std::string_view("/-_.").find(text[end]) != std::string_view::npos)) {
                ++end;
            }
            const auto name = text.substr(at, end - at);
            const auto page = name.find(".md");
            if (page == std::string::npos) continue;
            EXPECT_TRUE(fs::exists(source_root() / name.substr(0, page + 3))) << file << " names " << name;
            ++checked;
        }
    }
    EXPECT_GT(checked, 10U);
}

/// The lines between `// [tag]` and `// [/tag]`, moved left as far as they go.
std::string tagged(const fs::path& file, const std::string& tag) {
    std::vector<std::string> taken;
    bool inside = false;
    std::size_t margin = std::string::npos;
    for (const auto& line : lines_of(content(file))) {
        if (line.ends_with("// [/" + tag + "]")) inside = false;
        if (inside) {
            taken.push_back(line);
            const auto first = line.find_first_not_of(' ');
            if (first != std::string::npos) margin = std::min(margin, first);
        }
        if (line.ends_with("// [" + tag + "]")) inside = true;
    }
    std::string text;
    for (const auto& line : taken)
        text += (line.size() > margin ? line.substr(margin) : std::string()) + "\n";
    return text;
}

TEST(Docs, CodeIsCompiledCode) {
    constexpr std::string_view opening = "<!-- code: ";
    std::size_t checked = 0;
    for (const auto& name : pages()) {
        const auto lines = lines_of(content(source_root() / "docs" / name));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i] != "```cpp") continue;
            const auto mark = i > 0 ? lines[i - 1] : std::string();
            ASSERT_TRUE(mark.starts_with(opening) && mark.ends_with(" -->"))
                << name << ":" << i + 1 << " has no line \"<!-- code: FILE TAG -->\" before it";
            const auto words = mark.substr(opening.size(), mark.size() - opening.size() - 4);
            const auto file = words.substr(0, words.find(' '));
            const auto tag = words.substr(words.find(' ') + 1);
            std::string shown;
            while (++i < lines.size() && lines[i] != "```")
                shown += lines[i] + "\n";
            EXPECT_EQ(shown, tagged(source_root() / file, tag)) << name << " beside " << file << " [" << tag << "]";
            ++checked;
        }
    }
    EXPECT_GE(checked, 2U);
}

} // namespace
