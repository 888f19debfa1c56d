#include "../racal/racal_answers.hpp"
#include "hsm-sim/keys/ceremony.hpp"

#include <gtest/gtest.h>

namespace cipherlane::hsm_sim::tests {
namespace {

TEST(Ceremony, AgreesWithTheUnit) {
    ceremony_request asked;
    const auto held = hold_ceremony(asked, *lmk_set::test());
    ASSERT_TRUE(held);
    ASSERT_EQ(held->components.size(), 3U);
    racal_unit unit;
    std::string request = "A43000U";
    for (const auto& component : held->components)
        request += component.under_lmk;
    EXPECT_EQ(unit.ask(request), "A500" + held->under_lmk + held->check_value);
}

TEST(Ceremony, TakesComponentsThatWereEntered) {
    ceremony_request asked;
    asked.key_type = "001";
    asked.entered.emplace_back(*from_hex("0123456789ABCDEFFEDCBA9876543210"));
    asked.entered.emplace_back(*from_hex("C7152C20BC2C830EA7EC9E8334ABE3FE"));
    const auto held = hold_ceremony(asked, *lmk_set::test());
    ASSERT_TRUE(held);
    EXPECT_EQ(held->components[0].check_value, "08D7B4");
    EXPECT_EQ(held->components[1].check_value, "6F1E3F");
    EXPECT_EQ(held->check_value, "B9B407");
    const auto sheet = print_sheet(asked, *held, 1, "2026-01-01");
    EXPECT_NE(sheet.find("TEST KEYS"), std::string::npos);
    EXPECT_NE(sheet.find("C715 2C20 BC2C 830E"), std::string::npos);
    EXPECT_NE(sheet.find("Component       2 of 2"), std::string::npos);
    EXPECT_EQ(sheet.find("0123"), std::string::npos) << "another custodian's component";
}

TEST(Ceremony, RefusesWhatIsNoComponent) {
    ceremony_request asked;
    asked.key_type = "0Z0";
    EXPECT_EQ(hold_ceremony(asked, *lmk_set::test()).error().field(), "type");
    asked.key_type = "000";
    asked.components = 1;
    EXPECT_EQ(hold_ceremony(asked, *lmk_set::test()).error().field(), "components");
    asked.entered.emplace_back(*from_hex("0023456789ABCDEFFEDCBA9876543210"));
    asked.entered.emplace_back(*from_hex("C7152C20BC2C830EA7EC9E8334ABE3FE"));
    EXPECT_EQ(hold_ceremony(asked, *lmk_set::test()).error().field(), "component 1: parity is not odd");
}

const char* const first = "0123456789ABCDEFFEDCBA9876543210";
const char* const second = "C7152C20BC2C830EA7EC9E8334ABE3FE";

std::string fault_of(std::initializer_list<const char*> components, std::vector<std::string> expected = {},
    const std::string& sum = {}, char scheme = 'U') {
    ceremony_request asked;
    asked.scheme = scheme;
    for (const char* digits : components) {
        asked.entered.emplace_back(*from_hex(digits));
    }
    asked.expected = std::move(expected);
    asked.expected_sum = sum;
    const auto held = hold_ceremony(asked, *lmk_set::test());
    return held ? "none" : std::string(held.error().field());
}

TEST(Ceremony, SaysWhichComponentIsWrongAndWhy) {
    EXPECT_EQ(fault_of({first, second}), "none");
    EXPECT_EQ(fault_of({first, "C7152C20BC2C830E"}), "component 2: 16 bytes wanted, 8 given");
    EXPECT_EQ(fault_of({first, "C7152C20BC2C830EA7EC9E8334ABE3FF"}), "component 2: parity is not odd");
    EXPECT_EQ(fault_of({first, second, first}), "component 3: the same as component 1");
}

// Equal components cancel each other out: the zero key, check value 8CA64D.
TEST(Ceremony, RefusesWeakKeys) {
    EXPECT_EQ(fault_of({first, first}), "component 2: the same as component 1");
    EXPECT_EQ(
        fault_of({"0123456789ABCDEF", "0123456789ABCDEF"}, {}, {}, 'Z'), "component 2: the same as component 1");
    // Three components that leave zero, and two whose sum has equal halves.
    EXPECT_EQ(
        fault_of({"1315191A1C1F2023", "2525262929373838", "37313E323429191A"}, {}, {}, 'Z'), "key: a weak DES key");
    EXPECT_EQ(
        fault_of({"0123456789ABCDEF0123456789ABCDEF", "1315191A1C1F20231315191A1C1F2023"}), "key: two equal parts");
}

TEST(Ceremony, HoldsWhatTheSheetsSay) {
    EXPECT_EQ(fault_of({first, second}, {"08D7B4", "6f1e"}, "B9B407"), "none");
    EXPECT_EQ(fault_of({first, second}, {"08D7B4", "08D7B4"}), "component 2: its check value is 6F1E3F");
    EXPECT_EQ(fault_of({first, second}, {"08D7B4"}), "expected");
    EXPECT_EQ(fault_of({first, second}, {}, "B9B408"), "key: its check value is B9B407");
    EXPECT_EQ(fault_of({first, second}, {}, "B9"), "key: its check value is B9B407");
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
