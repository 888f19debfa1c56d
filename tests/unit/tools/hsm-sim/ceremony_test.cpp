#include "hsm-sim/ceremony.hpp"
#include "racal_answers.hpp"

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
    EXPECT_EQ(hold_ceremony(asked, *lmk_set::test()).error().field(), "component");
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
