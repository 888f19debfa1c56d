// docs/dialects.md against the profiles: what the table promises is bound, what it denies is not.
#include <cipherlane/hsm/profile.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace cipherlane::hsm {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    std::string cell;
    while (std::getline(in, cell, '|')) {
        const auto first = cell.find_first_not_of(' ');
        const auto last = cell.find_last_not_of(' ');
        cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    if (!cells.empty()) cells.erase(cells.begin());
    return cells;
}

TEST(matrix, the_document_and_the_profiles_agree) {
    const char* source = std::getenv("CIPHERLANE_SOURCE_DIR");
    ASSERT_NE(source, nullptr);
    std::ifstream in(std::string(source) + "/docs/dialects.md");
    std::vector<std::string> names;
    std::size_t rows = 0;
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("|")) continue;
        const auto cells = cells_of(line);
        if (cells[0] == "operation") names.assign(cells.begin() + 1, cells.end());
        const auto what = parse_operation(cells[0]);
        if (!what || names.empty()) continue;
        ++rows;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto dialect = profile::builtin(names[i]).value();
            const bool denied = cells[i + 1].starts_with("no (");
            EXPECT_EQ(dialect->supports(*what), !denied) << names[i] << " " << cells[0];
        }
    }
    EXPECT_EQ(rows, operation_count);
    EXPECT_EQ(names.size(), 6U);
}

} // namespace
} // namespace cipherlane::hsm
