#pragma once

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace cipherlane::cli {

/// One row and how it went.
struct kat_verdict {
    std::string id;
    std::string why; ///< empty: it holds
};

/// One file: its rows that were run, and those that could not be.
struct kat_file_report {
    std::string file;
    std::vector<kat_verdict> rows;
    std::size_t not_run = 0; ///< counted as failed

    [[nodiscard]] std::size_t passed() const;
    [[nodiscard]] std::size_t failed() const;
};

[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<kat_file_report>& files);
/// As build servers read it: a suite a file, a case a row.
void write_junit(std::ostream& out, const std::vector<kat_file_report>& files);

} // namespace cipherlane::cli
