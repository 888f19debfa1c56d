#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cipherlane::sim {

/// A ZIP archive of files by name, not compressed.
[[nodiscard]] std::string stored_zip(const std::vector<std::pair<std::string, std::string>>& files);

} // namespace cipherlane::sim
