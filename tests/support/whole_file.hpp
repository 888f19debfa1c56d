#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace cipherlane::tests {

/// All bytes of a file; nothing where it cannot be read.
[[nodiscard]] inline std::string whole_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The folder of the project's sources.
[[nodiscard]] inline std::filesystem::path source_folder() {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return root != nullptr ? root : ".";
}

/// A file of the project's sources, "docs/21-simulators.md".
[[nodiscard]] inline std::string source_file(const std::string& name) {
    return whole_file(source_folder() / name);
}

} // namespace cipherlane::tests
