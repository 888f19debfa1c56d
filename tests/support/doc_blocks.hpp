#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// The fenced blocks of a page of docs/ that stand below a line "<!-- WORD: … -->".
inline std::vector<std::string> doc_blocks(const std::string& page, const std::string& word) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    std::ifstream in(std::string(root != nullptr ? root : ".") + "/docs/" + page, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    std::vector<std::string> blocks;
    const auto mark = "<!-- " + word + ": ";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const auto begin = text.find('\n', text.find("```", at)) + 1;
        blocks.push_back(text.substr(begin, text.find("```", begin) - begin));
    }
    return blocks;
}

} // namespace cipherlane::tests
