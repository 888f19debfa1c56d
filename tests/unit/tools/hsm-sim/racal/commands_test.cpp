// docs/09-dialects.md, the profiles and the simulator's own tables: all three name the same commands.
#include "hsm-sim/racal/processor.hpp"
#include "hsm-sim/unit/unit.hpp"
#include "hsm-sim/westone/processor.hpp"

#include <cipherlane/hsm/profile.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace cipherlane::hsm_sim::tests {
namespace {

/// The commands of the fact sheet, 4.1 to 4.6, and the one of the SJL05 that stands apart.
constexpr std::string_view published =
    "NC NO B2 NI J2 J4 J8 JK N0 CR RA FY "
    "A0 A2 A4 A6 A8 AM B0 BW BU KA FA GC FC FE FI FK FM HC HA AE AG IA GG GY MI MG AU AW DW DY BY "
    "KG KR KD AN SH SI "
    "CA CC TI JC JE JG BA NG JA BG QK DE EE BK DU DA EA DC EC DG FW CU 41 43 BC "
    "MA MC ME MK MM MO MQ MS MU M6 M8 S0 UQ E0 M0 M2 M4 S3 S4 S5 GM 3C M7 "
    "CW CY RY PM KQ KW K6 K2 K4 KX CI G0 CK CM GO GQ GW "
    "EI EO EW EY EQ EK GI GK 30 31 32 33 34 35 36 37 38 39 40 42 44 45 E7 E1 E2 E3 E4 E5 E6 TT TU TQ TX TY K1 K3 K5 "
    "X0";

std::vector<std::string> words_of(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

std::vector<std::string> cells_of(const std::string& line) {
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

/// Code and profile to "yes", "table (a)", "no (b)".
struct document {
    std::vector<std::string> profiles;
    std::map<std::string, std::map<std::string, std::string>> cells;
    std::string text;
};

document read_document() {
    document read;
    std::ifstream in(std::string(std::getenv("CIPHERLANE_SOURCE_DIR")) + "/docs/09-dialects.md");
    for (std::string line; std::getline(in, line);) {
        read.text += line + "\n";
        if (!line.starts_with("|")) continue;
        const auto cells = cells_of(line);
        if (cells[0] == "commands") {
            read.profiles.assign(cells.begin() + 1, cells.end());
        } else if (read.profiles.size() + 1 == cells.size() && !cells[0].starts_with("-") &&
                   (cells[1] == "yes" || cells[1].starts_with("no (") || cells[1].starts_with("table ("))) {
            for (const auto& code : words_of(cells[0])) {
                for (std::size_t i = 0; i < read.profiles.size(); ++i)
                    EXPECT_TRUE(read.cells[code].emplace(read.profiles[i], cells[i + 1]).second) << code << " twice";
            }
        }
    }
    return read;
}

TEST(Commands, DocumentTablesAndSimulatorAgree) {
    ASSERT_NE(std::getenv("CIPHERLANE_SOURCE_DIR"), nullptr);
    const auto read = read_document();
    ASSERT_EQ(read.profiles.size(), 5U);
    for (const auto& name : read.profiles) {
        const auto dialect = *hsm::profile::builtin(name);
        const command_table simulated(settings_of(name)->dialect);
        std::size_t answered = 0;
        for (const auto& [code, cells] : read.cells) {
            const auto& cell = cells.at(name);
            EXPECT_EQ(dialect->command(code) != nullptr, !cell.starts_with("no")) << name << " " << code;
            EXPECT_EQ(simulated.find(code) != nullptr, cell == "yes") << name << " " << code;
            answered += cell == "yes" ? 1U : 0U;
            if (cell != "yes") {
                // Every other cell has its reason below the table.
                const auto reason = cell.substr(cell.find('('));
                EXPECT_NE(read.text.find(reason + " "), std::string::npos) << reason;
            }
        }
        EXPECT_EQ(answered, simulated.size()) << name << ": the simulator has a command that the document lacks";
        for (const auto& command : dialect->commands)
            EXPECT_TRUE(read.cells.contains(command.code)) << name << " " << command.code;
    }
}

TEST(Commands, EveryPublishedOneIsInTheDocument) {
    const auto read = read_document();
    for (const auto& code : words_of(published))
        EXPECT_TRUE(read.cells.contains(code)) << code;
}

TEST(Commands, WestoneTableAndSimulatorAgree) {
    const auto dialect = *hsm::profile::builtin("sjj1312");
    unit device(*settings_of("sjj1312"), lmk_set::test());
    westone_processor wire(device);
    for (const auto& command : dialect->commands) {
        std::string out;
        // With nothing behind it a known command waits for more, or is refused for its length.
        const std::string request(as_text(command.wire));
        const auto done = wire.answer(request, out);
        EXPECT_NE(done.error, westone_error::unknown_command) << command.code;
    }
    EXPECT_EQ(dialect->commands.size(), 18U);
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
