#include "cipherlane/kat/kat.hpp"

#include <fstream>
#include <stdexcept>

namespace cipherlane::cli {
namespace {

/// RFC 4180: quotes around cells that hold commas or quotes, doubled quotes inside. A quoted cell ends on its line.
std::vector<std::string> split_line(std::string_view line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += line[++i];
        } else if (line[i] == '"') {
            quoted = !quoted;
        } else if (line[i] == ',' && !quoted) {
            cells.emplace_back();
        } else if (line[i] != '\r') {
            cells.back() += line[i];
        }
    }
    return cells;
}

} // namespace

std::vector<kat_row> read_kat_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::string line;
    std::getline(file, line);
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    const auto names = split_line(line);
    std::vector<kat_row> rows;
    while (std::getline(file, line)) {
        if (line.empty() || line == "\r") continue;
        const auto cells = split_line(line);
        if (cells.size() != names.size()) {
            throw std::runtime_error(path + ": row " + std::to_string(rows.size() + 1) + " has " +
                                     std::to_string(cells.size()) + " cells, the header " +
                                     std::to_string(names.size()));
        }
        std::map<std::string, std::string> row;
        for (std::size_t i = 0; i < names.size(); ++i)
            row[names[i]] = cells[i];
        rows.emplace_back(std::move(row));
    }
    return rows;
}

} // namespace cipherlane::cli
