// The syntax of the udev rules as udev(7) describes it, and that they name the devices that the table names.
#include <cipherlane/drivers/transport/discovery.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace cipherlane::drivers {
namespace {

struct rule_term {
    std::string key;
    std::string attribute;
    std::string sign;
    std::string value;
};

std::string rules_path() {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/drivers/udev/70-cipherlane.rules";
}

std::vector<std::vector<rule_term>> read_rules() {
    static const std::regex term(R"re(([A-Z]+)(?:\{([A-Za-z_]+)\})?(==|!=|=|\+=|-=|:=)"([^"]*)")re");
    std::vector<std::vector<rule_term>> rules;
    std::ifstream file(rules_path());
    EXPECT_TRUE(file) << rules_path();
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        std::vector<rule_term> terms;
        auto at = line.cbegin();
        for (std::smatch found;
             std::regex_search(at, line.cend(), found, term, std::regex_constants::match_continuous);) {
            terms.push_back({found[1], found[2], found[3], found[4]});
            at = found[0].second;
            if (at == line.cend()) break;
            EXPECT_EQ(std::string(at, at + 2), ", ") << line;
            at += 2;
        }
        EXPECT_TRUE(at == line.cend()) << "not a rule from here: " << std::string(at, line.cend());
        rules.push_back(std::move(terms));
    }
    EXPECT_FALSE(rules.empty());
    return rules;
}

TEST(UdevRules, UseOnlyKeysAndSignsThatExist) {
    static const std::set<std::string> matches{"ACTION", "SUBSYSTEM", "KERNEL", "ATTR", "ATTRS"};
    static const std::set<std::string> assignments{"MODE", "GROUP", "TAG", "ENV", "GOTO", "LABEL"};
    for (const auto& rule : read_rules()) {
        bool assigned = false;
        for (const auto& term : rule) {
            const bool compares = term.sign == "==" || term.sign == "!=";
            EXPECT_TRUE((compares ? matches : assignments).contains(term.key)) << term.key << term.sign;
            EXPECT_TRUE(!compares || !assigned) << "a match after an assignment";
            assigned = assigned || !compares;
            if (term.key == "TAG") {
                EXPECT_EQ(term.sign, "+=") << "other tags must stay";
            }
        }
    }
}

TEST(UdevRules, WriteIdsAsSysfsDoes) {
    static const std::regex lower_hex("[0-9a-f]{4}");
    for (const auto& rule : read_rules()) {
        for (const auto& term : rule) {
            if (term.attribute != "idVendor" && term.attribute != "idProduct") continue;
            EXPECT_TRUE(std::regex_match(term.value, lower_hex)) << term.value;
        }
    }
}

TEST(UdevRules, EveryGotoHasItsLabel) {
    std::set<std::string> wanted;
    std::set<std::string> there;
    for (const auto& rule : read_rules()) {
        for (const auto& term : rule) {
            if (term.key == "GOTO") wanted.insert(term.value);
            if (term.key == "LABEL") there.insert(term.value);
        }
    }
    EXPECT_EQ(wanted, there);
}

TEST(UdevRules, NameTheDevicesOfTheTable) {
    std::set<std::pair<unsigned long, unsigned long>> in_rules;
    for (const auto& rule : read_rules()) {
        unsigned long vendor = 0;
        unsigned long product = 0;
        std::set<std::string> gives;
        for (const auto& term : rule) {
            if (term.attribute == "idVendor") vendor = std::stoul(term.value, nullptr, 16);
            if (term.attribute == "idProduct") product = std::stoul(term.value, nullptr, 16);
            gives.insert(term.key);
        }
        if (vendor == 0) continue;
        in_rules.emplace(vendor, product);
        EXPECT_TRUE(gives.contains("GROUP") && gives.contains("MODE") && gives.contains("TAG"));
    }
    std::set<std::pair<unsigned long, unsigned long>> in_table;
    for (const auto& device : known_devices())
        in_table.emplace(device.vendor, device.product);
    EXPECT_EQ(in_rules, in_table);
}

} // namespace
} // namespace cipherlane::drivers
