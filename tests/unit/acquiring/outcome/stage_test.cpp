#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/stage.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests {
namespace {

using acquiring::cancelling;
using acquiring::stage;
using namespace std::chrono_literals;

std::vector<stage> stages_of(const lane_rig& rig) {
    std::vector<stage> names;
    for (const auto& event : rig.seen.stages())
        names.push_back(event.at);
    return names;
}

TEST(Stage, OfASaleIsToldInOrder) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("order-1", 1234));
    EXPECT_EQ(
        stages_of(rig), (std::vector{stage::preparing, stage::card, stage::pin, stage::sending, stage::finishing}));
    for (const auto& event : rig.seen.stages()) {
        EXPECT_EQ(event.key, "order-1");
        EXPECT_EQ(event.total, amount(1234));
        EXPECT_FALSE(event.expires);
        const bool late = event.at == stage::sending || event.at == stage::finishing;
        EXPECT_EQ(event.cancel, late ? cancelling::too_late : cancelling::possible) << to_string(event.at);
    }
}

TEST(Stage, OfALostAnswerIsUndoing) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    ASSERT_TRUE(rig.sell("order-1", 1234));
    const auto names = stages_of(rig);
    EXPECT_NE(std::find(names.begin(), names.end(), stage::undoing), names.end());
}

TEST(Stage, OfACodeTellsUntilWhenItIsValid) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    rig.gateway.expires = rig.clock.now() + 77s;
    ASSERT_TRUE(rig.sell_by_code("order-1", 500)->ok());
    EXPECT_EQ(stages_of(rig), (std::vector{stage::preparing, stage::ordering, stage::scanning}));
    EXPECT_EQ(rig.seen.stages().back().expires, rig.gateway.expires) << "the gateway's word, not the setting";
    EXPECT_EQ(rig.display.valid_for, rig.settings.gateway.code_valid) << "the till waits no longer";
    EXPECT_EQ(rig.seen.stages().back().cancel, cancelling::possible);
    rig.gateway.expires = {};
    ASSERT_TRUE(rig.sell_by_code("order-2", 500)->ok());
    EXPECT_EQ(rig.seen.stages().back().expires, rig.clock.now() + rig.settings.gateway.code_valid);
    rig.gateway.expires = rig.clock.now() + 12s;
    ASSERT_TRUE(rig.sell_by_code("order-3", 500)->ok());
    EXPECT_EQ(rig.display.valid_for, 12s) << "the display counts down to the gateway's moment";
}

TEST(Stage, HasWordsInBothLanguages) {
    for (int i = 0; i <= static_cast<int>(stage::paying); ++i) {
        const auto one = static_cast<stage>(i);
        EXPECT_FALSE(words_of(one, language::english).empty()) << to_string(one);
        EXPECT_FALSE(words_of(one, language::chinese).empty()) << to_string(one);
    }
}

TEST(Stage, NobodyTypesAPinForNothing) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.time = 3s;
    // Six seconds, of which the host may take three: card and PIN have the rest.
    ASSERT_TRUE(acquiring::sale(rig.lane()).run({"order-1", amount(100)}, call(6s)));
    EXPECT_LE(rig.pinpad.time_for_card, 3s);
    EXPECT_GT(rig.pinpad.time_for_card, 1s);
    EXPECT_LE(rig.pinpad.time_for_pin, 3s);
    rig.pinpad.trips = 0;
    const auto late = acquiring::sale(rig.lane()).run({"order-2", amount(100)}, call(2s));
    EXPECT_EQ(late.error().code(), acquiring_errc::too_little_time);
    EXPECT_EQ(rig.pinpad.trips, 0) << "the card is not asked for";
}

} // namespace
} // namespace cipherlane::tests
