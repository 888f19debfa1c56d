#include "support/lane/lane_rig.hpp"
#include "unit/acquiring/pos_vectors.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>

#include <gtest/gtest.h>

#include <map>

namespace cipherlane::tests {
namespace {

/// The rig's terminal in another currency, whose amounts its calls must have.
class foreign_rig {
  public:
    foreign_rig()
        : rig(with()) {
        rig.host.watch = [this](const iso8583::message_view& view) {
            const std::string mti(view.mti());
            if (view.has(49)) currencies[mti + view.value(60).substr(0, 2)] = view.value(49);
        };
    }
    static acquiring::terminal_settings with() {
        auto settings = rig_settings();
        settings.unit = find_currency(344).value();
        return settings;
    }
    [[nodiscard]] amount money(std::int64_t minor) const { return amount(minor, rig.settings.unit); }

    lane_rig rig;
    std::map<std::string, std::string> currencies; ///< field 49 by message type and 60.1
};

TEST(Request, CarriesTheTerminalsCurrencyInEveryMessageAboutMoney) {
    foreign_rig with;
    auto& rig = with.rig;
    const auto first = acquiring::sale(rig.lane()).run({"sale-1", with.money(1000)}, soon());
    ASSERT_TRUE(first) << first.error();
    ASSERT_TRUE(rig.undo("void-1", first->handle)->ok());
    const auto second = acquiring::sale(rig.lane()).run({"sale-2", with.money(2000)}, soon()).value();
    ASSERT_TRUE(acquiring::refund(rig.lane()).run({"refund-1", second.handle, with.money(500)}, soon())->ok());
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    ASSERT_EQ(
        acquiring::sale(rig.lane()).run({"sale-3", with.money(1)}, soon())->outcome, acquiring::verdict::reversed);
    rig.host.mood = host_mood();
    rig.host.mood.code = "51"; // the totals differ: everything is uploaded
    ASSERT_TRUE(rig.settle());
    const std::map<std::string, std::string> expected{{"020022", "344"}, {"020023", "344"}, {"022025", "344"},
        {"040022", "344"}, {"050000", "344"}, {"032025", "344"}};
    EXPECT_EQ(with.currencies, expected);
}

TEST(Request, OfALaterReversalKeepsMerchantAndCurrencyOfItsTrade) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_EQ(rig.sell("sale-1", 500)->outcome, acquiring::verdict::unknown);
    rig.host.mood = host_mood();
    rig.restart();
    rig.settings.merchant_id = "TESTMERCH000002";
    rig.settings.unit = find_currency(344).value();
    rig.host.watch = [](const iso8583::message_view& view) {
        if (view.mti() != "0400") return;
        EXPECT_TRUE(view.equals(42, "TESTMERCH000001")) << "the host knows the trade under this one";
        EXPECT_TRUE(view.equals(49, "156"));
    };
    EXPECT_EQ(rig.recover()->front().outcome, acquiring::verdict::reversed);
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(Request, HasNoRoomForPinAndInstalmentPlanUnderSm4) {
    auto settings = rig_settings();
    settings.keys.algorithm = acquiring::key_algorithm::sm4;
    lane_rig rig(settings);
    // Both working keys: sixteen zeros under the master key, with the check value of such a key.
    auto above = crypto::block_cipher::create(crypto::algorithm::sm4, from_hex(test_tmk).value()).value();
    auto key = crypto::block_cipher::create(crypto::algorithm::sm4, bytes(16, 0)).value();
    bytes wrapped(16);
    bytes check(16);
    (void)above.encrypt_ecb(bytes(16, 0), wrapped);
    (void)key.encrypt_ecb(bytes(16, 0), check);
    const auto one = to_hex(wrapped) + to_hex(byte_view(check).first(4));
    rig.host.field62 = one + one;
    const auto signed_in = rig.sign_in();
    ASSERT_TRUE(signed_in) << signed_in.error();
    const auto sent = rig.host.requests.size();
    acquiring::trade_request wish(ports::trade::instalment_sale, "plan", amount(12'000));
    wish.instalment = {12, "", '0'};
    const auto end = acquiring::trade(rig.lane()).run(wish, soon());
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), acquiring_errc::bad_request) << end.error();
    EXPECT_EQ(end.error().field(), "keys.algorithm");
    EXPECT_EQ(rig.pinpad.trips, 0) << "no card was asked for";
    EXPECT_EQ(rig.host.requests.size(), sent);
}

} // namespace
} // namespace cipherlane::tests
