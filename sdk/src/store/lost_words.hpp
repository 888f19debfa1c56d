#pragma once

#include <cipherlane/store/journal_check.hpp>

#include <string>
#include <vector>

namespace cipherlane::store {

/// As a salvaged journal keeps what it was given up with: "35-43 52-60 ".
[[nodiscard]] inline std::string to_words(const std::vector<lost_records>& lost) {
    std::string text;
    for (const auto& one : lost)
        text += std::to_string(one.first) + "-" + std::to_string(one.last) + " ";
    return text;
}

} // namespace cipherlane::store
