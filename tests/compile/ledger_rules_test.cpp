// Reads the sources: what a trade or a state of a record means is asked of the
// ledger and decided nowhere else.
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using cipherlane::tests::source_folder;

/// Where a name may stand in a condition, and why.
const std::map<std::string, std::string>& allowed() {
    static const std::map<std::string, std::string> table{
        {"sdk/src/ports/journal_record.cpp", "the words of the enumerations"},
        {"sdk/src/store/schema.cpp", "what earlier versions wrote: a step of the schema never changes"},
        {"sdk/src/store/postgres_schema.cpp",
            "likewise: the index serves the set as it was; the questions come from the ledger"},
    };
    return table;
}

/// A line that decides by the name or number of a trade, a state or a phase, by a word of the gateway, or makes a
/// constant or a set of such names to decide by elsewhere.
bool decides(const std::string& line) {
    static const std::string name = R"((?:\w+::)*(?:trade|record_state|order_phase)::\w+)";
    static const std::regex compared(
        "(?:(?:[=!<>]=|[^<]<|[^>-]>)\\s*" + name + ")|(?:" + name + R"(\s*(?:[=!<>]=|[<>](?![<>]))))");
    static const std::regex kept(R"(\b(?:const|constexpr)\b[^=(]*=\s*)" + name + R"(\s*;)");
    static const std::regex gathered(R"(\b(?:trade|state|phase)_set::of\()");
    static const std::regex cased(R"(\bcase\s+)" + name);
    static const std::regex hidden(R"(using\s+enum\s+(?:\w+::)*(?:trade|record_state|order_phase)\s*;)");
    static const std::regex listed(R"(\b(?:state|kind)\s+(?:NOT\s+)?IN\s*\(\s*['\d])", std::regex::icase);
    static const std::regex numbered(
        R"(\b(?:SELECT|WHERE|AND|OR)\b.*\b(?:state|kind)\s*(?:=|!=|<>)\s*['\d])", std::regex::icase);
    // A word of our own among the codes of the host would be a state in hiding.
    static const std::regex coded(R"re(\bhost_code\s*[=!]?=\s*(?:[\w:]+\()?(?:"[a-z]|[\w:]+_mark\b))re");
    const auto code = line.substr(0, line.find("//"));
    // The expressions are slow; most lines have none of their words.
    static const std::array words{"trade::", "record_state", "order_phase", "state", "kind", "host_code", "_set::of"};
    if (std::none_of(words.begin(), words.end(), [&](const char* word) { return code.find(word) != code.npos; })) {
        return false;
    }
    return std::regex_search(code, compared) || std::regex_search(code, kept) || std::regex_search(code, gathered) ||
           std::regex_search(code, cased) || std::regex_search(code, hidden) || std::regex_search(code, listed) ||
           std::regex_search(code, numbered) || std::regex_search(code, coded);
}

bool of_the_ledger(const std::string& file) {
    return file.starts_with("sdk/src/ledger/") || file.starts_with("sdk/include/cipherlane/ledger/");
}

std::vector<std::string> sources() {
    std::vector<std::string> found;
    for (const char* folder : {"sdk", "hsm", "drivers", "till", "bindings", "tools", "samples"}) {
        if (!fs::exists(source_folder() / folder)) continue;
        for (const auto& item : fs::recursive_directory_iterator(source_folder() / folder)) {
            const auto extension = item.path().extension();
            if (extension != ".hpp" && extension != ".cpp") continue;
            found.push_back(fs::relative(item.path(), source_folder()).generic_string());
        }
    }
    return found;
}

struct finding {
    std::string place;
    std::string line;
};

std::vector<finding> decisions_in(const std::string& file) {
    std::vector<finding> found;
    std::ifstream text(source_folder() / file);
    std::size_t number = 0;
    for (std::string line; std::getline(text, line);) {
        ++number;
        if (decides(line)) found.push_back({file + ":" + std::to_string(number), line});
    }
    return found;
}

TEST(LedgerRules, TheSearchKnowsAConditionWhenItSeesOne) {
    for (const char* line : {"if (record.kind == ports::trade::sale) {", "x = trade::refund != what;",
             "case ports::record_state::unknown: break;",
             "case record_state::approved:", "using enum cipherlane::ports::record_state;", "\"AND state IN (1, 5)\"",
             "WHERE kind = 4", "AND state NOT IN ('approved')", "if (end.phase == order_phase::expired) return;",
             "return phase < ports::order_phase::paid;", "record_state::sent >= state", "trade::sale > kind",
             "constexpr auto mine = ports::trade::sale;", "static const record_state last = record_state::returned;",
             "if (record.host_code == ledger::never_left_mark) return;",
             "back.host_code = std::string(never_left_mark);", "if (told.host_code != \"issued\") return;",
             "constexpr auto paying = ledger::trade_set::of(sale, tip);", "case order_phase::paid: break;"}) {
        EXPECT_TRUE(decides(line)) << line;
    }
    for (const char* line : {"fresh.kind = ports::trade::sale;", "journal_verdict v(record_state::approved, by);",
             "// state == record_state::approved", "\"UPDATE records SET state = ? WHERE id = ?\"",
             "row_of(ports::trade::sale)", "int kind = 0;", "out << trade::sale << kind;",
             "verdict.phase = order_phase::issued;", "const auto& row = ledger::row_of(trade::sale);",
             "std::map<ports::trade, std::string> names;", "this->take(x->kind, trade::sale);",
             "CHECK(end.host_code == \"55\")", "verdict.host_code = code;",
             "verdict.host_code = std::string(told);"}) {
        EXPECT_FALSE(decides(line)) << line;
    }
}

TEST(LedgerRules, NoConditionOutsideNamesATradeOrAState) {
    const auto files = sources();
    EXPECT_GT(files.size(), 400U);
    for (const auto& file : files) {
        if (of_the_ledger(file) || allowed().contains(file)) continue;
        for (const auto& [place, line] : decisions_in(file))
            ADD_FAILURE() << place
                          << " decides by a name that the ledger's sets and rows "
                             "should answer:\n"
                          << line;
    }
}

TEST(LedgerRules, EveryExceptionIsNeeded) {
    for (const auto& [file, reason] : allowed())
        EXPECT_FALSE(decisions_in(file).empty()) << file << " (" << reason << ") needs no exception any more";
}

} // namespace
