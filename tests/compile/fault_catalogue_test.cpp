// Every error code, alert and outcome of the headers has one row in docs/fault-catalogue.txt, the row names a test
// that is there, and docs/18-fault-catalogue.md is what the rows say. docs/17-money-safety.md names tests that are
// there, too, one at least for each instant at which a till may stop, and so do other pages that promise something.
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {
namespace catalogue {

namespace fs = std::filesystem;
using cipherlane::tests::source_folder;
using cipherlane::tests::whole_file;

struct row {
    std::string group; ///< "store"
    std::string name;  ///< "disk_full"
    std::string way;
    std::string shown; ///< "Suite.Test", "run" or "not run: why"
};

std::vector<row> rows() {
    std::vector<row> all;
    std::istringstream lines(whole_file(source_folder() / "docs/fault-catalogue.txt"));
    const std::regex form(R"((\w+)\.(\w+) \| (.+) \| (.+))");
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) continue;
        std::smatch parts;
        if (!std::regex_match(line, parts, form)) {
            ADD_FAILURE() << "no row of the catalogue: " << line;
            continue;
        }
        all.push_back({parts[1], parts[2], parts[3], parts[4]});
    }
    return all;
}

/// The enumerators of an enumeration, in their order.
std::vector<std::string> enumerators(const std::string& header, const std::string& enumeration) {
    const auto begin = header.find("enum class " + enumeration + " ");
    if (begin == std::string::npos) return {};
    const auto open = header.find('{', begin);
    auto body = header.substr(open + 1, header.find("};", open) - open - 1);
    body = std::regex_replace(body, std::regex("//[^\n]*"), "");
    std::vector<std::string> names;
    const std::regex word(R"((\w+)\s*(=[^,]*)?(,|$))");
    for (std::sregex_iterator at(body.begin(), body.end(), word), end; at != end; ++at)
        names.push_back((*at)[1]);
    return names;
}

/// "store.disk_full" for each code of each public `errc.hpp`, each alert and each outcome.
std::vector<std::string> names_in_headers() {
    std::vector<std::string> all;
    const auto take = [&](const fs::path& file, const std::string& enumeration, const std::string& group) {
        const auto names = enumerators(whole_file(file), enumeration);
        EXPECT_FALSE(names.empty()) << enumeration << " in " << file;
        for (const auto& name : names)
            all.push_back(group + "." + name);
    };
    for (const auto* part : {"sdk", "hsm", "drivers", "till"}) {
        for (const auto& item : fs::recursive_directory_iterator(source_folder() / part / "include")) {
            if (item.path().filename() != "errc.hpp") continue;
            const auto layer = item.path().parent_path().filename().string();
            take(item.path(), layer + "_errc", layer);
        }
    }
    const auto acquiring = source_folder() / "sdk/include/cipherlane/acquiring";
    take(acquiring / "timeline.hpp", "alert_kind", "alert");
    take(acquiring / "payment.hpp", "verdict", "outcome");
    return all;
}

/// "Suite.Test" of all sources of tests.
std::set<std::string> tests() {
    std::set<std::string> all;
    const std::regex form(R"(TEST(?:_F|_P)?\((\w+),\s*(\w+)\))");
    for (const auto& item : fs::recursive_directory_iterator(source_folder() / "tests")) {
        if (item.path().extension() != ".cpp") continue;
        const auto text = whole_file(item.path());
        for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at)
            all.insert((*at)[1].str() + "." + (*at)[2].str());
    }
    return all;
}

const std::vector<std::pair<std::string, std::string>>& groups() {
    static const std::vector<std::pair<std::string, std::string>> all{{"outcome", "Outcomes of a payment"},
        {"alert", "What a person must know about"}, {"acquiring", "The flow"},
        {"hostlink", "The link to host and gateway"}, {"store", "The journal"},
        {"reconcile", "Statements of acquirers"}, {"clearing", "What merchants are paid"},
        {"till", "A till and its settings"}, {"drivers", "Devices"}, {"hsm", "The cipher machine"},
        {"net", "Connections"}, {"iso8583", "Messages"}, {"emv", "EMV data"}, {"qr", "Payment codes"},
        {"crypto", "Cryptography"}, {"core", "Values and files"}};
    return all;
}

std::string page() {
    std::string text =
        "# Fault catalogue\n\n"
        "Each error code, each alert and each outcome of a payment, with one way to provoke it. This page is made "
        "of\n"
        "[fault-catalogue.txt](fault-catalogue.txt); a test holds both to the headers and to each other.\n\n"
        "An amount is one of [the table](21-simulators.md) that the simulated host has. `SIMULATOR:KIND[:MATCH]` or\n"
        "`SIMULATOR:{JSON}` is a fault, as `cipherlane-lane-rig --fault` takes it and, without the simulator, each "
        "simulator's\n"
        "own `--fault`. `run` under \"shown by\" is the test `FaultProvocations`, which does just that to a till; "
        "any other name is\n"
        "the test that shows it, and where there is none stands why.\n";
    for (const auto& [group, title] : groups()) {
        text += "\n## " + title + "\n\n| " +
                (group == "outcome" || group == "alert" ? group : "`" + group + "_errc`") +
                " | way | shown by |\n|---|---|---|\n";
        for (const auto& one : rows()) {
            if (one.group != group) continue;
            const bool is_test = one.shown.find(' ') == std::string::npos && one.shown != "run";
            text +=
                "| `" + one.name + "` | " + one.way + " | " + (is_test ? "`" + one.shown + "`" : one.shown) + " |\n";
        }
    }
    return text;
}

TEST(FaultCatalogue, HasOneRowForEachCodeAlertAndOutcome) {
    std::map<std::string, int> there;
    for (const auto& one : rows())
        ++there[one.group + "." + one.name];
    const auto wanted = names_in_headers();
    EXPECT_GT(wanted.size(), 290U);
    for (const auto& name : wanted) {
        EXPECT_EQ(there[name], 1) << name << ": docs/fault-catalogue.txt says how to provoke it, in one row";
        there.erase(name);
    }
    for (const auto& left : there)
        ADD_FAILURE() << left.first << " is in no header";
}

TEST(FaultCatalogue, NamesTestsThatAreThere) {
    const auto known = tests();
    const auto provocations = whole_file(source_folder() / "tests/integration/lane/fault_provocations_test.cpp");
    for (const auto& one : rows()) {
        const auto name = one.group + "." + one.name;
        if (one.shown == "run") {
            EXPECT_NE(provocations.find('"' + name + '"'), std::string::npos) << name << " is not provoked";
        } else if (!one.shown.starts_with("not run: ")) {
            EXPECT_TRUE(known.contains(one.shown)) << name << ": no test " << one.shown;
        }
    }
}

/// What a text names in the form of a test, "`Suite.Test`" or "`Suite.*`".
std::set<std::string> tests_named_in(const std::string& text) {
    std::set<std::string> found;
    const std::regex form(R"(`(\w+\.(?:[A-Z]\w*|\*))`)");
    for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at)
        found.insert((*at)[1].str());
    return found;
}

bool is_there(const std::set<std::string>& known, std::string name) {
    if (!name.ends_with(".*")) return known.contains(name);
    name.pop_back();
    const auto first = known.lower_bound(name);
    return first != known.end() && first->starts_with(name);
}

TEST(MoneySafety, NamesTestsThatAreThereForEachInstant) {
    const auto page = whole_file(source_folder() / "docs/17-money-safety.md");
    const auto known = tests();
    const auto named = tests_named_in(page);
    EXPECT_GT(named.size(), 40U);
    for (const auto& name : named)
        EXPECT_TRUE(is_there(known, name)) << "docs/17-money-safety.md: no test " << name;
    const auto begin = page.find("\n| it stops |");
    ASSERT_NE(begin, std::string::npos);
    std::istringstream lines(page.substr(begin + 1, page.find("\n\n", begin) - begin));
    std::size_t instants = 0;
    for (std::string line; std::getline(lines, line); ++instants) {
        if (instants < 2) continue; // the head
        EXPECT_FALSE(tests_named_in(line.substr(line.rfind('|', line.size() - 2))).empty()) << line;
    }
    EXPECT_GT(instants, 30U);
}

/// What is promised to acquirers and to those who look for weaknesses.
TEST(Docs, PagesThatPromiseNameTestsThatAreThere) {
    const auto known = tests();
    for (const char* page : {"04-front-with-two-units.md", "07-security.md", "23-certification.md",
             "zh/04-front-with-two-units.md", "zh/23-certification.md"}) {
        const auto named = tests_named_in(whole_file(source_folder() / "docs" / page));
        EXPECT_GT(named.size(), 5U) << page;
        for (const auto& name : named)
            EXPECT_TRUE(is_there(known, name)) << page << ": no test " << name;
    }
}

/// With CIPHERLANE_RENEW_CATALOGUE set it writes the page instead.
TEST(FaultCatalogue, IsThePageThatItsRowsMake) {
    const auto file = source_folder() / "docs/18-fault-catalogue.md";
    if (std::getenv("CIPHERLANE_RENEW_CATALOGUE") != nullptr) std::ofstream(file) << page();
    EXPECT_TRUE(whole_file(file) == page())
        << "CIPHERLANE_RENEW_CATALOGUE=1 build/dev/bin/compile_docs --gtest_filter='FaultCatalogue.*' writes it";
}

} // namespace catalogue
} // namespace
