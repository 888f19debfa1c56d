// A chip card from its reader to the host and back: PIN within the card's own flow, field 55, the host's word to the
// card, and the card's word last.
#include "support/lane_fixture.hpp"

#include <cipherlane/acquiring/errc.hpp>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class ChipCard : public lane_fixture {
  protected:
    void insert(bool accepts, bool offline = false) {
        const auto& card = around->rich;
        around->pinpad.control().ask({{"cmd", "press"}, {"keys", card.pin + "E"}, {"when_asked", true}});
        around->pinpad.control().ask({{"cmd", "card"}, {"kind", "chip"}, {"pan", card.number},
            {"expiry", card.expiry}, {"sequence", "01"}, {"track2", card.track2()}, {"pin", "online"},
            {"accepts", accepts}, {"offline", offline},
            {"emv", {{"9F26", "1122334455667788"}, {"95", "0080008000"}, {"9F36", "0001"}, {"9F10", "07010103A0"}}}});
    }
    std::int64_t balance() {
        return around->acquirer.control()
            .ask({{"cmd", "balance"}, {"number", around->rich.number}})
            .at("balance")
            .get<std::int64_t>();
    }
    unsigned pad_commands() {
        return around->pinpad.control().ask({{"cmd", "counters"}}).at("counters").value("commands", 0U);
    }
};

TEST_F(ChipCard, PaysInThreeRoundTripsOfThePad) {
    sim::narrator tell(story);
    auto till = open_till(&tell);
    insert(true);
    ASSERT_TRUE(till.sale({"first", amount(100)}, call(60s))); // opens the pad's session
    const auto before = pad_commands();
    insert(true);
    const auto paid = till.sale({"chip", amount(1234)}, call(60s));
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, acquiring::verdict::approved) << *paid;
    EXPECT_EQ(paid->entry, "051");
    EXPECT_EQ(pad_commands() - before, 3U);
    EXPECT_EQ(balance(), around->rich.balance - 1334);
}

TEST_F(ChipCard, ThatDeclinesAfterTheApprovalIsReversedOnBothSides) {
    sim::narrator tell(story);
    auto till = open_till(&tell);
    insert(false);
    const auto end = till.sale({"chip", amount(1234)}, call(60s));
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, acquiring::verdict::reversed) << *end;
    ASSERT_TRUE(end->why);
    EXPECT_EQ(end->why->code(), acquiring_errc::declined_by_card);
    const auto trades = around->acquirer.control().ask({{"cmd", "trades"}}).at("trades");
    ASSERT_EQ(trades.size(), 1U);
    EXPECT_EQ(trades.at(0).at("state"), "reversed");
    EXPECT_EQ(balance(), around->rich.balance);
}

/// The pad's kernel approves without the host, in three round trips; the host hears of it before the settlement.
TEST_F(ChipCard, ApprovesOfflineWhereThePadAsksItTo) {
    auto limited = settings();
    limited.terminals.front().offline.most_each_minor = 5000;
    limited.terminals.front().offline.most_together_minor = 5000;
    limited.terminals.front().offline.most_records = 5;
    sim::narrator tell(story);
    auto till = open_till(limited, &tell);
    insert(true);
    ASSERT_TRUE(till.sale({"first", amount(100)}, call(60s))); // opens the pad's session
    const auto before = pad_commands();
    insert(true, true);
    const auto taken = till.trade({ports::trade::offline_sale, "offline", amount(1234)}, call(60s));
    ASSERT_TRUE(taken) << taken.error();
    EXPECT_EQ(taken->outcome, acquiring::verdict::stored) << *taken;
    EXPECT_EQ(taken->entry, "052");
    EXPECT_EQ(pad_commands() - before, 3U);
    EXPECT_EQ(balance(), around->rich.balance - 100) << "nobody has told the host";
    insert(true, false);
    const auto declined = till.trade({ports::trade::offline_sale, "declined", amount(1)}, call(60s));
    ASSERT_FALSE(declined);
    EXPECT_EQ(declined.error().code(), acquiring_errc::offline_declined);
    const auto settled = till.settle(call(60s));
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(balance(), around->rich.balance - 1334);
}

} // namespace
} // namespace cipherlane::tests
