#pragma once

#include <cipherlane/till/till_settings.hpp>

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cipherlane::tests {

/// Settings for the simulators as a file; what is given ("host.address", "'127.0.0.1:1'") stands instead of, or
/// beside, what it has.
inline void write_till_file(const std::string& file, const till_settings& of,
    const std::vector<std::pair<std::string, std::string>>& changes) {
    std::map<std::string, std::map<std::string, std::string>> tables{
        {"terminal", {{"id", "'TEST0001'"}, {"merchant", "'TESTMERCH000001'"}, {"name", "'TEST TEA HOUSE'"}}},
        {"host", {{"address", "'" + of.host.address + "'"}, {"response_time_ms", "3000"}}},
        {"sealer", {{"key_file", "'" + of.sealer.key_file + "'"}}},
        {"pinpad", {{"driver", "'abecs'"}, {"path", "'" + of.pinpad.path + "'"}}},
        {"display", {{"driver", "'rcall'"}, {"path", "'" + of.display.path + "'"}}},
        {"gateway", {{"address", "'" + of.gateway.address + "'"},
                        {"public_key_file", "'" + of.gateway.public_key_file + "'"}, {"poll_ms", "200"}}},
        {"journal", {{"file", "'" + of.journal.file + "'"}, {"key_file", "'" + of.journal.key_file + "'"}}}};
    for (const auto& [path, value] : changes) {
        const auto dot = path.find('.');
        tables[path.substr(0, dot)][path.substr(dot + 1)] = value;
    }
    std::ofstream into(file);
    for (const auto& [table, keys] : tables) {
        into << "[" << table << "]\n";
        for (const auto& [key, value] : keys)
            into << key << " = " << value << "\n";
    }
}

} // namespace cipherlane::tests
