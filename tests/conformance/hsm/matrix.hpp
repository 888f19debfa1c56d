#pragma once

#include <cipherlane/hsm/operation.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace cipherlane::hsm::tests {

/// The matrix of docs/09-dialects.md: operation and profile to "KQ" or "no (9)". It is kept there alone.
class matrix {
  public:
    matrix() {
        const char* source = std::getenv("CIPHERLANE_SOURCE_DIR");
        std::ifstream in(std::string(source == nullptr ? "." : source) + "/docs/09-dialects.md");
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("|")) read(cells_of(line));
        }
    }

    [[nodiscard]] const std::vector<std::string>& profiles() const { return profiles_; }
    [[nodiscard]] std::size_t operations() const { return cells_.size(); }
    /// `sjj1312-racal` is the same unit as `sjl05` and shares its column.
    [[nodiscard]] bool promises(const std::string& profile, operation what) const {
        const auto row = cells_.find(std::string(to_string(what)));
        if (row == cells_.end()) return false;
        const auto cell = row->second.find(profile == "sjj1312-racal" ? "sjl05" : profile);
        return cell != row->second.end() && !cell->second.starts_with("no (");
    }

  private:
    static std::vector<std::string> cells_of(const std::string& line) {
        std::vector<std::string> cells;
        std::istringstream in(line);
        for (std::string cell; std::getline(in, cell, '|');) {
            const auto first = cell.find_first_not_of(' ');
            const auto last = cell.find_last_not_of(' ');
            cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
        }
        if (!cells.empty()) cells.erase(cells.begin());
        return cells;
    }

    void read(const std::vector<std::string>& cells) {
        if (cells[0] == "operation") profiles_.assign(cells.begin() + 1, cells.end());
        if (!parse_operation(cells[0]) || cells.size() != profiles_.size() + 1) return;
        for (std::size_t i = 0; i < profiles_.size(); ++i)
            cells_[cells[0]][profiles_[i]] = cells[i + 1];
    }

    std::vector<std::string> profiles_;
    std::map<std::string, std::map<std::string, std::string>> cells_;
};

} // namespace cipherlane::hsm::tests
