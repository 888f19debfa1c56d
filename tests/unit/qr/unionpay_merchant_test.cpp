#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm_check.hpp>
#include <cipherlane/qr/unionpay_merchant.hpp>

#include <gtest/gtest.h>

namespace cipherlane::qr {
namespace {

unionpay_merchant merchant() {
    return {.acquirer = "31041800",
        .forwarder = "52044600",
        .merchant = "123456789012345",
        .category = "5812",
        .name = "CIPHERLANE CAFE",
        .city = "BEIJING",
        .country = "CN",
        .postal_code = "",
        .local_language = "ZH",
        .local_name = "密道咖啡",
        .local_city = "北京"};
}

TEST(UnionPayMerchant, DynamicCode) {
    const auto payload = make_dynamic_code(merchant(), amount(1250), "A20241121000123", "T0000001");
    ASSERT_TRUE(payload) << payload.error();
    EXPECT_EQ(payload->to_text().substr(0, payload->to_text().size() - 4),
        "000201010212153131041800520446001234567890123455204581253031565405"
        "12.505802CN5915CIPHERLANE CAFE6007BEIJING62310515A202411210001230708T0000001"
        "64200002ZH0104密道咖啡0202北京6304");
    EXPECT_TRUE(check_mpm(*payload).empty());
    EXPECT_TRUE(mpm_advice(*payload).empty());
    EXPECT_EQ(payload->total()->value(), amount(1250));
    const auto back = mpm_payload::parse(payload->to_text());
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->find(mpm_id::additional, 5), "A20241121000123");
}

TEST(UnionPayMerchant, StaticCodeHasNoAmount) {
    auto shop = merchant();
    shop.local_language = shop.local_name = shop.local_city = "";
    const auto payload = make_static_code(shop);
    ASSERT_TRUE(payload) << payload.error();
    EXPECT_EQ(payload->find(mpm_id::initiation), "11");
    EXPECT_FALSE(payload->find(mpm_id::amount).has_value());
    EXPECT_FALSE(payload->find(mpm_id::additional).has_value());
    EXPECT_FALSE(payload->find(mpm_id::language).has_value());
}

TEST(UnionPayMerchant, RefusesWhatBreaksTheRules) {
    auto refused = [](auto change) {
        auto shop = merchant();
        change(shop);
        const auto made = make_dynamic_code(shop, amount(1), "1");
        return made ? std::string("made") : std::string(made.error().field());
    };
    EXPECT_EQ(refused([](auto&) {}), "made");
    EXPECT_EQ(refused([](auto& shop) { shop.acquirer = "1234567"; }), "15");
    EXPECT_EQ(refused([](auto& shop) { shop.forwarder = "1234567x"; }), "15");
    EXPECT_EQ(refused([](auto& shop) { shop.merchant = "1"; }), "15");
    EXPECT_EQ(refused([](auto& shop) { shop.category = ""; }), "52");
    EXPECT_EQ(refused([](auto& shop) { shop.name = "密道咖啡"; }), "59");
    EXPECT_EQ(refused([](auto& shop) { shop.city = "A CITY WITH A LONG NAME"; }), "60");
    EXPECT_EQ(refused([](auto& shop) { shop.local_name = ""; }), "64/01");
    EXPECT_EQ(make_dynamic_code(merchant(), amount(0), "1").error().field(), "54");
    EXPECT_EQ(make_dynamic_code(merchant(), amount(1), "").error().field(), "62/05");
    EXPECT_EQ(make_dynamic_code(merchant(), amount(1), std::string(26, 'x')).error().field(), "62/05");
}

} // namespace
} // namespace cipherlane::qr
