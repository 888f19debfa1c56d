#pragma once

#include <map>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// One row of a known-answer file, by column name.
class vector_row {
  public:
    explicit vector_row(std::map<std::string, std::string> cells)
        : cells_(std::move(cells)) {}
    /// The cell; empty where the file leaves it empty. An unknown column fails the test program at once.
    [[nodiscard]] const std::string& operator[](const std::string& column) const { return cells_.at(column); }
    [[nodiscard]] bool ok() const { return cells_.at("expect") == "ok"; }

  private:
    std::map<std::string, std::string> cells_;
};

/// The rows of `tests/vectors/NAME`; never empty (throws if the file is missing or holds no row).
[[nodiscard]] std::vector<vector_row> load_vectors(const std::string& name);

} // namespace cipherlane::tests
