#include "support/vectors.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cipherlane::tests {
namespace {

/// RFC 4180: quotes around cells that hold commas or quotes, doubled quotes inside.
std::vector<std::string> split_csv(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else if (c != '\r') {
            cells.back() += c;
        }
    }
    return cells;
}

} // namespace

std::vector<vector_row> load_vectors(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    const std::string path = std::string(root != nullptr ? root : ".") + "/tests/vectors/" + name;
    std::ifstream file(path);
    if (!file) throw std::runtime_error("no vector file " + path);
    std::string line;
    std::getline(file, line);
    const auto names = split_csv(line);
    std::vector<vector_row> rows;
    while (std::getline(file, line)) {
        const auto cells = split_csv(line);
        if (cells.size() != names.size()) throw std::runtime_error(path + ": wrong number of cells: " + line);
        std::map<std::string, std::string> row;
        for (std::size_t i = 0; i < names.size(); ++i)
            row[names[i]] = cells[i];
        rows.emplace_back(std::move(row));
    }
    if (rows.empty()) throw std::runtime_error(path + " holds no row");
    return rows;
}

} // namespace cipherlane::tests
