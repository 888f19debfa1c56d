#pragma once

#include "support/whole_file.hpp"

#include <string>
#include <vector>

namespace cipherlane::tests {

/// The fenced blocks of a page of docs/ that stand below a line "<!-- WORD: … -->".
inline std::vector<std::string> doc_blocks(const std::string& page, const std::string& word) {
    const auto text = source_file("docs/" + page);
    std::vector<std::string> blocks;
    const auto mark = "<!-- " + word + ": ";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const auto begin = text.find('\n', text.find("```", at)) + 1;
        blocks.push_back(text.substr(begin, text.find("```", begin) - begin));
    }
    return blocks;
}

} // namespace cipherlane::tests
